/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include <memhp.h>

#include "change/change-report.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/follow-up.h"
#include "shell/json.h"
#include "shell/messages.h"
#include "shell/outlook.h"
#include "shell/path.h"

static bool stopped_by_permission(const struct memhp_report *report)
{
	for (size_t i = 0; i < memhp_report_get_count(report); i++) {
		if (memhp_report_get_result(report, i)->reason == MEMHP_REASON_PERMISSION)
			return true;
	}
	return false;
}

static bool is_complete(const struct report_context *context)
{
	return memhp_report_is_complete(context->report) && report_count_expected_failures(context) == 0;
}

static int exit_of(const struct report_context *context)
{
	const struct memhp_report *report = context->report;
	uint64_t done = memhp_report_count_outcome(report, MEMHP_OUTCOME_DONE);
	uint64_t already = memhp_report_count_outcome(report, MEMHP_OUTCOME_ALREADY);

	/* Filters that leave nothing to do, of nodes and devices that are there: a script may run twice. */
	if (memhp_report_get_count(report) == 0 && context->filtered)
		return EXIT_OK;
	if (context->dry_run)
		done = memhp_report_count_outcome(report, MEMHP_OUTCOME_NOT_TRIED) -
		       report_count_expected_failures(context);
	if (is_complete(context))
		return done || already ? EXIT_OK : EXIT_NOTHING;
	if (done)
		return EXIT_PARTLY;
	return stopped_by_permission(report) ? EXIT_PERMISSION : EXIT_NOTHING;
}

static json_object *amount(uint64_t blocks, uint64_t block_size)
{
	json_object *object = json_new_object();
	json_add_u64(object, "blocks", blocks);
	json_add_u64(object, "size", blocks * block_size);
	return object;
}

static json_object *writes_json(const struct report_context *context, size_t index)
{
	json_object *list = json_new_array();
	const char *word;

	for (size_t i = 0; (word = report_write(context, index, i)); i++)
		json_append(list, json_new_string(word));
	return list;
}

/* Of a dry run: what would be written, and what is expected of it. */
static void add_expected(json_object *object, const struct report_context *context, size_t index)
{
	const struct memhp_outlook *expected = report_expected(context, index);

	json_add_string(object, "verdict",
			expected ? memhp_verdict_name(memhp_outlook_get_verdict(expected)) : NULL);
	json_add(object, "writes", writes_json(context, index));
}

static json_object *result_json(const struct report_context *context, size_t index)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, index);
	json_object *object = json_new_object();
	const struct memhp_outlook *outlook = plan_outlook(context, result);
	const struct memhp_outlook *expected = report_expected(context, index);
	char buffer[REASON_SIZE];

	json_add_u64(object, "block", result->block);
	json_add_u64(object, "count", result->count);
	json_add_u64(object, "start", result->block * context->block_size);
	json_add(object, "node", result->node < 0 ? NULL : json_new_int(result->node));
	json_add_string(object, "outcome", memhp_outcome_name(result->outcome));
	json_add_string(object, "state", memhp_state_name(result->state));
	json_add_string(object, "zone", memhp_zone_name(result->zone));
	json_add_string(object, "errno", result->error ? errno_name(result->error) : NULL);
	json_add_string(object, "code",
			expected ? memhp_cause_code(memhp_outlook_get_finding(expected, 0)->cause)
				 : memhp_reason_code(result->reason));
	json_add_string(object, "reason", report_reason(context, index, buffer, sizeof(buffer)));
	json_add(object, "failure", failure_json(memhp_report_get_failure(context->report, index)));
	json_add(object, "pages", outlook ? pages_json(outlook) : NULL);
	json_add_u64(object, "elapsed_ms", result->elapsed_ms);
	if (context->dry_run && context->plan)
		add_expected(object, context, index);
	if (context->traced)
		json_add(object, "trace", path_json(memhp_report_get_path(context->report, index)));
	return object;
}

/* Blocks asked for: with a size, that much; else all that were named and exist. */
static uint64_t requested(const struct report_context *context)
{
	uint64_t settled = 0;

	if (context->wanted)
		return context->wanted / context->block_size;
	for (int outcome = 0; outcome < MEMHP_OUTCOME_COUNT; outcome++) {
		if (outcome != MEMHP_OUTCOME_ABSENT)
			settled += memhp_report_count_outcome(context->report, (enum memhp_outcome)outcome);
	}
	return settled;
}

static json_object *messages_json(const struct memhp_report *report)
{
	json_object *messages = json_new_array();
	const char *message;
	for (size_t i = 0; (message = memhp_report_get_kernel_message(report, i)); i++)
		json_append(messages, json_new_string(message));
	return messages;
}

/*
 * What must follow, of what has come out otherwise than it was: a block that is online again, in another
 * zone, is the same memory. False when out of memory.
 */
static bool read_follow_up(struct app *app, const struct report_context *context, struct follow_up *follow)
{
	bool changed = false, resized = false;

	for (size_t i = 0; !context->dry_run && i < memhp_report_get_count(context->report); i++) {
		const struct memhp_result *result = memhp_report_get_result(context->report, i);
		const struct memhp_block *before =
			context->snapshot ? memhp_snapshot_find(context->snapshot, result->block) : NULL;
		bool was = before && memhp_block_get_state(before) == MEMHP_STATE_ONLINE;
		bool is = result->state == MEMHP_STATE_ONLINE;
		/* What failed may have changed all the same: a way back that failed, too. */
		bool known = before && result->state != MEMHP_STATE_UNKNOWN;
		if (result->outcome != MEMHP_OUTCOME_DONE && (!known || was == is))
			continue;
		changed |= !was || !is;
		resized |= was != is;
	}
	*follow = (struct follow_up){ 0 };
	return !changed || follow_up_read(app, resized, follow);
}

/* False if there was no memory for it. */
static bool print_json(struct app *app, const struct report_context *context, uint64_t asked,
		       const struct follow_up *follow)
{
	const struct memhp_report *report = context->report;
	json_object *document = json_document(app), *blocks = json_new_array();

	json_add(document, "requested", amount(asked, context->block_size));
	json_add(document, "done",
		 amount(memhp_report_count_outcome(report, MEMHP_OUTCOME_DONE), context->block_size));
	json_add(document, "already",
		 amount(memhp_report_count_outcome(report, MEMHP_OUTCOME_ALREADY), context->block_size));
	json_add_bool(document, "complete", is_complete(context));
	json_add_bool(document, "dry_run", context->dry_run);
	json_add_u64(document, "elapsed_ms", memhp_report_get_elapsed_ms(report));
	if (context->adds)
		json_add(document, "memmap",
			 context->memmap == UINT64_MAX ? NULL : json_new_u64(context->memmap));
	json_add(document, "warnings", json_object_get(context->warnings));
	json_add(document, "kernel_messages", messages_json(report));
	for (size_t i = 0; i < memhp_report_get_count(report); i++)
		json_append(blocks, result_json(context, i));
	json_add(document, "blocks", blocks);
	if (context->traced)
		json_add(document, "trace", path_json(memhp_report_get_device_path(report)));
	json_add(document, "follow_up", follow_up_json(follow));
	if (context->dry_run && context->by_pages)
		plan_json(document, context);
	return json_finish(app, document, EXIT_OK) == EXIT_OK;
}

int report_finish(struct app *app, const struct report_context *context)
{
	uint64_t asked = requested(context);
	int exit = exit_of(context);
	struct follow_up follow;
	bool whole = read_follow_up(app, context, &follow);

	if (!whole) {
		app_no_memory(app);
	} else if (app->json) {
		whole = print_json(app, context, asked, &follow);
	} else {
		report_lines(app, context, asked);
		follow_up_print(&follow);
	}
	if (exit == EXIT_PERMISSION && !app->json)
		fprintf(stderr,
			"memhp %s: stopped at the first block: not root, or /sys is mounted read-only\n",
			app->cmd->name);
	if (whole && ((!ferror(stdout) && fflush(stdout) == 0) || context->dry_run))
		return exit;
	if (!context->dry_run)
		report_changed(stderr, context);
	return EXIT_NOTHING;
}
