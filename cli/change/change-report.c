/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include <memhp.h>

#include "change/change-report.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"
#include "shell/outcome.h"
#include "shell/outlook.h"
#include "shell/text.h"

static bool stopped_by_permission(const struct memhp_report *report)
{
	for (size_t i = 0; i < memhp_report_get_count(report); i++) {
		if (memhp_report_get_result(report, i)->reason == MEMHP_REASON_PERMISSION)
			return true;
	}
	return false;
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
		done = memhp_report_count_outcome(report, MEMHP_OUTCOME_NOT_TRIED);
	if (memhp_report_is_complete(report))
		return done || already ? EXIT_OK : EXIT_NOTHING;
	if (done)
		return EXIT_PARTLY;
	return stopped_by_permission(report) ? EXIT_PERMISSION : EXIT_NOTHING;
}

static json_object *amount(uint64_t blocks, uint64_t block_size)
{
	json_object *object = json_object_new_object();
	json_add_u64(object, "blocks", blocks);
	json_add_u64(object, "size", blocks * block_size);
	return object;
}

/* Of a block that a dry run would try: what is known of it. */
static const struct memhp_outlook *choice_of(const struct report_context *context,
					     const struct memhp_result *result)
{
	bool chosen = context->dry_run && result->outcome == MEMHP_OUTCOME_NOT_TRIED;
	return chosen ? plan_outlook(context, result) : NULL;
}

/* What was found out about the attempt says more than its errno. */
static const char *reason_of(const struct report_context *context, size_t index, char *buffer, size_t size)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, index);
	const struct memhp_failure *failure = memhp_report_get_failure(context->report, index);
	const struct memhp_outlook *choice = choice_of(context, result);
	const char *known = NULL;

	if (choice)
		known = choice_text(choice, buffer, size);
	else if (failure && (result->reason == MEMHP_REASON_KERNEL || result->reason == MEMHP_REASON_TIMEOUT))
		known = failure_reason(failure, buffer, size);
	return known ? known : report_reason(result, context->words, buffer, size);
}

static json_object *result_json(const struct report_context *context, size_t index)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, index);
	json_object *object = json_object_new_object();
	const struct memhp_outlook *outlook = plan_outlook(context, result);
	const struct memhp_outlook *choice = choice_of(context, result);
	char buffer[REASON_SIZE];

	json_add_u64(object, "block", result->block);
	json_add_u64(object, "count", result->count);
	json_add_u64(object, "start", result->block * context->block_size);
	json_object_object_add(object, "node", result->node < 0 ? NULL : json_object_new_int(result->node));
	json_add_string(object, "outcome", memhp_outcome_name(result->outcome));
	json_add_string(object, "state", memhp_state_name(result->state));
	json_add_string(object, "zone", memhp_zone_name(result->zone));
	json_add_string(object, "errno", result->error ? errno_name(result->error) : NULL);
	json_add_string(object, "code",
			choice ? memhp_cause_code(memhp_outlook_get_finding(choice, 0)->cause)
			       : memhp_reason_code(result->reason));
	json_add_string(object, "reason", reason_of(context, index, buffer, sizeof(buffer)));
	json_object_object_add(object, "failure",
			       failure_json(memhp_report_get_failure(context->report, index)));
	json_object_object_add(object, "pages", outlook ? pages_json(outlook) : NULL);
	json_add_u64(object, "elapsed_ms", result->elapsed_ms);
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
	json_object *messages = json_object_new_array();
	const char *message;
	for (size_t i = 0; (message = memhp_report_get_kernel_message(report, i)); i++)
		json_object_array_add(messages, json_object_new_string(message));
	return messages;
}

static void print_json(struct app *app, const struct report_context *context, uint64_t asked)
{
	const struct memhp_report *report = context->report;
	json_object *document = json_document(app), *blocks = json_object_new_array();

	json_object_object_add(document, "requested", amount(asked, context->block_size));
	json_object_object_add(
		document, "done",
		amount(memhp_report_count_outcome(report, MEMHP_OUTCOME_DONE), context->block_size));
	json_object_object_add(
		document, "already",
		amount(memhp_report_count_outcome(report, MEMHP_OUTCOME_ALREADY), context->block_size));
	json_add_bool(document, "complete", memhp_report_is_complete(report));
	json_add_bool(document, "dry_run", context->dry_run);
	json_add_u64(document, "elapsed_ms", memhp_report_get_elapsed_ms(report));
	json_object_object_add(document, "warnings", json_object_get(context->warnings));
	json_object_object_add(document, "kernel_messages", messages_json(report));
	for (size_t i = 0; i < memhp_report_get_count(report); i++)
		json_object_array_add(blocks, result_json(context, i));
	json_object_object_add(document, "blocks", blocks);
	if (context->dry_run && context->survey)
		plan_json(document, context);
	json_finish(app, document, 0);
}

static void print_result(FILE *out, bool color, const struct report_context *context, size_t index)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, index);
	const char *state = memhp_state_name(result->state), *zone = memhp_zone_name(result->zone);
	char buffer[REASON_SIZE];
	const char *reason = reason_of(context, index, buffer, sizeof(buffer));
	const char *outcome = memhp_outcome_name(result->outcome);
	char blocks[48], errno_text[32] = "";

	const struct memhp_outlook *choice = choice_of(context, result);
	if (context->dry_run && result->outcome == MEMHP_OUTCOME_NOT_TRIED)
		outcome = choice && memhp_outlook_get_verdict(choice) != MEMHP_VERDICT_YES
				  ? "would be tried"
				  : context->words->planned;
	snprintf(blocks, sizeof(blocks), "%" PRIu64, result->block);
	if (result->count > 1)
		snprintf(blocks, sizeof(blocks), "%" PRIu64 "-%" PRIu64, result->block,
			 result->block + result->count - 1);
	if (result->error)
		snprintf(errno_text, sizeof(errno_text), "%s: ", errno_name(result->error));
	fprintf(out, "memory%s: %s%s%s", blocks, color ? outcome_color(result->outcome) : "", outcome,
		color ? "\033[0m" : "");
	if (state)
		fprintf(out, " (%s%s%s)", state, zone ? ", zone " : "", zone ? zone : "");
	if (reason)
		fprintf(out, ": %s%s", errno_text, reason);
	fputc('\n', out);
}

static void print_text(const struct app *app, const struct report_context *context, uint64_t asked)
{
	const struct memhp_report *report = context->report;
	uint64_t done = memhp_report_count_outcome(report, MEMHP_OUTCOME_DONE);
	uint64_t planned = memhp_report_count_outcome(report, MEMHP_OUTCOME_NOT_TRIED);
	uint64_t already = memhp_report_count_outcome(report, MEMHP_OUTCOME_ALREADY);
	char size[24], all[24];

	for (size_t i = 0; i < memhp_report_get_count(report); i++)
		print_result(stdout, app_has_color(app, stdout), context, i);
	size_format((context->dry_run ? planned : done) * context->block_size, size, sizeof(size));
	size_format((context->wanted ? asked : asked - already) * context->block_size, all, sizeof(all));
	printf("%s of %s %s", size, all, context->dry_run ? context->words->planned : context->words->done);
	if (already)
		printf(", %" PRIu64 " block%s %s", already, already == 1 ? "" : "s", context->words->already);
	putchar('\n');
	if (context->dry_run && context->survey)
		plan_print(context);
	for (size_t i = 0; memhp_report_get_kernel_message(report, i); i++)
		printf("kernel: %s\n", memhp_report_get_kernel_message(report, i));
}

static int print_report(struct app *app, const struct report_context *context)
{
	uint64_t asked = requested(context);
	int exit = exit_of(context);
	if (app->json)
		print_json(app, context, asked);
	else
		print_text(app, context, asked);
	if (exit == EXIT_PERMISSION && !app->json)
		fprintf(stderr,
			"memhp %s: stopped at the first block: not root, or /sys is mounted read-only\n",
			app->cmd->name);
	return exit;
}

static void rescue(const struct report_context *context)
{
	for (size_t i = 0; i < memhp_report_get_count(context->report); i++) {
		if (memhp_report_get_result(context->report, i)->outcome == MEMHP_OUTCOME_DONE)
			print_result(stderr, false, context, i);
	}
}

int report_finish(struct app *app, const struct report_context *context)
{
	int exit = print_report(app, context);

	if ((!ferror(stdout) && fflush(stdout) == 0) || context->dry_run)
		return exit;
	rescue(context);
	return EXIT_NOTHING;
}
