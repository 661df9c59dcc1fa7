/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

static const char *kernel_reason(int error, bool online)
{
	switch (error) {
	case EBUSY:
		return online ? "something holds it; try again"
			      : "it holds pages that cannot be moved; try another block";
	case EINVAL:
		return online ? "the kernel does not take it in this zone or state"
			      : "it has holes or spans zones and can never go offline";
	case ENOMEM:
		return "not enough free memory for it; free some and try again";
	case EPERM:
		return "a part of the kernel vetoed it (boot memory, crash kernel); try another block";
	case EINTR:
		return "the attempt was interrupted; try again";
	case EHWPOISON:
		return "it has a page with a hardware error and cannot come online";
	default:
		return "the kernel refused it; its log (dmesg) may say more";
	}
}

const char *report_reason(const struct memhp_result *result, bool online, char *buffer, size_t size)
{
	switch (result->reason) {
	case MEMHP_REASON_NONE:
		return NULL;
	case MEMHP_REASON_HOLE:
		return "no such block: a hole in the address space";
	case MEMHP_REASON_NO_ZONE:
		return "it spans zones or nodes and can never go offline";
	case MEMHP_REASON_WRONG_ZONE: {
		const char *zone = memhp_zone_name(result->zone);
		snprintf(buffer, size, "it is online in zone %s; --rezone takes it offline and back",
			 zone ? zone : "unknown");
		return buffer;
	}
	case MEMHP_REASON_ZONE_REFUSED:
		return "its valid zones lack the wanted one; see memhp list -o +ZONES";
	case MEMHP_REASON_UNKNOWN_STATE:
		return "its state cannot be read";
	case MEMHP_REASON_GOING_OFFLINE:
		return "somebody else is taking it offline; wait, or end that attempt";
	case MEMHP_REASON_VANISHED:
		return "it is gone: removed meanwhile";
	case MEMHP_REASON_WRITER:
		return "the process that writes the state could not be started";
	case MEMHP_REASON_PERMISSION:
		return result->error == EROFS ? "/sys is mounted read-only (a container?); use the host"
					      : "not permitted; try as root";
	case MEMHP_REASON_KERNEL:
		return kernel_reason(result->error, online);
	case MEMHP_REASON_CHANGED_MEANWHILE:
		return "written without error, but another state or zone reads back: somebody else changed "
		       "it";
	case MEMHP_REASON_TIMEOUT:
		return "not done within the time limit and aborted; a page is probably pinned";
	case MEMHP_REASON_TIMEOUTS_IN_ROW:
		return "three blocks in a row of its zone and node timed out; --keep-going tries on";
	case MEMHP_REASON_INTERRUPTED:
		return "stopped by a signal";
	case MEMHP_REASON_STOPPED:
		return "an earlier block failed in a way that stops everything";
	case MEMHP_REASON_STUCK:
		return "aborted, but the kernel has not ended the attempt yet; look again later";
	default:
		return "unknown";
	}
}

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

static json_object *result_json(const struct memhp_result *result, const struct report_context *context)
{
	json_object *object = json_object_new_object();
	char buffer[128];
	json_add_u64(object, "block", result->block);
	json_add_u64(object, "count", result->count);
	json_add_u64(object, "start", result->block * context->block_size);
	json_object_object_add(object, "node", result->node < 0 ? NULL : json_object_new_int(result->node));
	json_add_string(object, "outcome", memhp_outcome_name(result->outcome));
	json_add_string(object, "state", memhp_state_name(result->state));
	json_add_string(object, "zone", memhp_zone_name(result->zone));
	json_add_string(object, "errno", result->error ? errno_name(result->error) : NULL);
	json_add_string(object, "code", memhp_reason_code(result->reason));
	json_add_string(object, "reason", report_reason(result, context->online, buffer, sizeof(buffer)));
	json_object_object_add(object, "pages", NULL);
	json_add_u64(object, "elapsed_ms", result->elapsed_ms);
	return object;
}

/* Blocks asked for: with a size, that much; else all that were named and exist. */
static uint64_t requested(const struct report_context *context)
{
	uint64_t settled = 0;

	if (context->sized)
		return memhp_plan_get_wanted(context->plan) / context->block_size;
	for (int outcome = 0; outcome < MEMHP_OUTCOME_COUNT; outcome++) {
		if (outcome != MEMHP_OUTCOME_ABSENT)
			settled += memhp_report_count_outcome(context->report, (enum memhp_outcome)outcome);
	}
	return settled;
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
	for (size_t i = 0; i < memhp_report_get_count(report); i++)
		json_object_array_add(blocks, result_json(memhp_report_get_result(report, i), context));
	json_object_object_add(document, "blocks", blocks);
	json_finish(document, 0);
}

const char *outcome_color(enum memhp_outcome outcome)
{
	switch (outcome) {
	case MEMHP_OUTCOME_DONE:
	case MEMHP_OUTCOME_ALREADY:
		return "\033[32m";
	case MEMHP_OUTCOME_FAILED:
	case MEMHP_OUTCOME_TIMED_OUT:
		return "\033[31m";
	default:
		return "\033[33m";
	}
}

static void print_result(FILE *out, bool color, const struct memhp_result *result,
			 const struct report_context *context)
{
	const char *state = memhp_state_name(result->state), *zone = memhp_zone_name(result->zone);
	char buffer[128];
	const char *reason = report_reason(result, context->online, buffer, sizeof(buffer));
	const char *outcome = memhp_outcome_name(result->outcome);
	char blocks[48], errno_text[32] = "";

	if (context->dry_run && result->outcome == MEMHP_OUTCOME_NOT_TRIED)
		outcome = context->online ? "would go online" : "would go offline";
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
	const char *word = context->online ? "online" : "offline";
	uint64_t done = memhp_report_count_outcome(report, MEMHP_OUTCOME_DONE);
	uint64_t planned = memhp_report_count_outcome(report, MEMHP_OUTCOME_NOT_TRIED);
	uint64_t already = memhp_report_count_outcome(report, MEMHP_OUTCOME_ALREADY);
	char size[24], all[24];

	for (size_t i = 0; i < memhp_report_get_count(report); i++)
		print_result(stdout, app_has_color(app, stdout), memhp_report_get_result(report, i), context);
	size_format((context->dry_run ? planned : done) * context->block_size, size, sizeof(size));
	size_format((context->sized ? asked : asked - already) * context->block_size, all, sizeof(all));
	printf("%s of %s %s %s", size, all, context->dry_run ? "would go" : "brought", word);
	if (already)
		printf(", %" PRIu64 " block%s already %s", already, already == 1 ? "" : "s", word);
	putchar('\n');
}

int report_print(struct app *app, const struct report_context *context)
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

void report_rescue(const struct report_context *context)
{
	for (size_t i = 0; i < memhp_report_get_count(context->report); i++) {
		const struct memhp_result *result = memhp_report_get_result(context->report, i);
		if (result->outcome == MEMHP_OUTCOME_DONE)
			print_result(stderr, false, result, context);
	}
}
