/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The report for people: blocks that came out alike are one line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "change/change-report.h"
#include "shell/app.h"
#include "shell/messages.h"
#include "shell/outcome.h"
#include "shell/outlook.h"
#include "shell/path.h"
#include "shell/text.h"

static bool is_first(const char *word, const char *expected)
{
	return word && strcmp(word, expected) == 0;
}

/* A dry run tries nothing: what it says to have failed is known to, before any write. */
static bool is_settled(const struct report_context *context, const struct memhp_result *result)
{
	return context->dry_run && result->outcome == MEMHP_OUTCOME_FAILED;
}

static const char *outcome_words(const struct report_context *context, size_t index)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, index);
	const struct memhp_outlook *expected = report_expected(context, index);

	if (report_expects_failure(context, index) || is_settled(context, result))
		return "would fail";
	if (!context->dry_run || result->outcome != MEMHP_OUTCOME_NOT_TRIED)
		return memhp_outcome_name(result->outcome);
	if (expected && memhp_outlook_get_verdict(expected) != MEMHP_VERDICT_YES)
		return "would be tried";
	return is_first(report_write(context, index, 0), "offline") ? context->words->planned_offline
								    : context->words->planned;
}

/* What decides on the blocks at @indexes together, in words; NULL: nothing is known. */
static const char *expected_text(const struct report_context *context, const size_t *indexes, size_t count,
				 char *buffer, size_t size)
{
	const struct memhp_outlook *first = report_expected(context, *indexes);

	if (!first)
		return NULL;
	struct memhp_finding sum = *memhp_outlook_get_finding(first, 0);
	for (size_t i = 1; i < count; i++)
		finding_add(&sum, memhp_outlook_get_finding(report_expected(context, indexes[i]), 0));
	return choice_text(&sum, memhp_outlook_has_pages(first), buffer, size);
}

static bool expected_alike(const struct memhp_outlook *a, const struct memhp_outlook *b)
{
	return a && b && memhp_outlook_has_pages(a) == memhp_outlook_has_pages(b) &&
	       memhp_outlook_get_finding(a, 0)->cause == memhp_outlook_get_finding(b, 0)->cause;
}

static bool reasons_alike(const struct report_context *context, size_t a, size_t b)
{
	char a_buffer[REASON_SIZE], b_buffer[REASON_SIZE];
	const char *a_text = report_reason(context, a, a_buffer, sizeof(a_buffer)),
		   *b_text = report_reason(context, b, b_buffer, sizeof(b_buffer));

	return a_text == b_text || (a_text && b_text && strcmp(a_text, b_text) == 0);
}

/* True if the result at @b says of the blocks right after those at @a what that says of them. */
static bool is_more(const struct report_context *context, size_t a, size_t b)
{
	const struct memhp_result *one = memhp_report_get_result(context->report, a),
				  *next = memhp_report_get_result(context->report, b);
	const struct memhp_outlook *a_expected = report_expected(context, a),
				   *b_expected = report_expected(context, b);

	return one->block + one->count == next->block && one->outcome == next->outcome &&
	       one->state == next->state && one->zone == next->zone && one->error == next->error &&
	       strcmp(outcome_words(context, a), outcome_words(context, b)) == 0 &&
	       (a_expected || b_expected ? expected_alike(a_expected, b_expected)
					 : reasons_alike(context, a, b));
}

static void print_line(FILE *out, bool color, const struct report_context *context, const size_t *indexes,
		       size_t count)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, *indexes),
				  *last = memhp_report_get_result(context->report, indexes[count - 1]);
	const char *state = memhp_state_name(result->state), *zone = memhp_zone_name(result->zone);
	uint64_t end = last->block + last->count - 1;
	char buffer[REASON_SIZE];
	const char *reason = expected_text(context, indexes, count, buffer, sizeof(buffer));
	const char *second = report_write(context, *indexes, 1);
	int error = is_settled(context, result) ? 0 : result->error;

	if (!reason)
		reason = report_reason(context, *indexes, buffer, sizeof(buffer));
	fprintf(out, "memory%" PRIu64, result->block);
	if (end > result->block)
		fprintf(out, "-%" PRIu64, end);
	fprintf(out, ": %s%s%s", color ? outcome_color(result->outcome) : "",
		outcome_words(context, *indexes), color ? "\033[0m" : "");
	if (state)
		fprintf(out, " (%s%s%s)", state, zone ? ", zone " : "", zone ? zone : "");
	if (second)
		fprintf(out, ": %s is written, then %s", report_write(context, *indexes, 0), second);
	if (reason)
		fprintf(out, "%s%s%s%s", second ? "; " : ": ", error ? errno_name(error) : "",
			error ? ": " : "", reason);
	fputc('\n', out);
}

static bool asked_the_kernel(const struct memhp_result *result)
{
	return result->outcome == MEMHP_OUTCOME_DONE || result->outcome == MEMHP_OUTCOME_TIMED_OUT ||
	       result->reason == MEMHP_REASON_KERNEL;
}

/* Below the line of blocks that came out alike: of the first of them. */
static void print_path(const struct report_context *context, const size_t *indexes, size_t count)
{
	const struct memhp_path *path = memhp_report_get_path(context->report, *indexes);

	if (!path) {
		if (context->traced && asked_the_kernel(memhp_report_get_result(context->report, *indexes)))
			puts("the kernel's path was not seen");
		return;
	}
	if (count > 1)
		printf("the kernel's path (%s), of the first of these %zu:\n", path->source, count);
	else
		printf("the kernel's path (%s):\n", path->source);
	path_print(path);
}

static int by_block(const void *left, const void *right, void *data)
{
	const struct report_context *context = data;
	uint64_t a = memhp_report_get_result(context->report, *(const size_t *)left)->block,
		 b = memhp_report_get_result(context->report, *(const size_t *)right)->block;

	return (a > b) - (a < b);
}

static void print_ranges(const struct app *app, const struct report_context *context, size_t *indexes,
			 size_t count)
{
	qsort_r(indexes, count, sizeof(*indexes), by_block, (void *)context);
	for (size_t i = 0, run; i < count; i += run) {
		for (run = 1; i + run < count && is_more(context, indexes[i + run - 1], indexes[i + run]);
		     run++)
			;
		print_line(stdout, app_has_color(app, stdout), context, &indexes[i], run);
		print_path(context, &indexes[i], run);
	}
}

static void print_results(const struct app *app, const struct report_context *context)
{
	size_t count = memhp_report_get_count(context->report);
	size_t *indexes = app->verbose ? NULL : calloc(count + 1, sizeof(*indexes));

	for (size_t i = 0; i < count; i++) {
		if (indexes) {
			indexes[i] = i;
		} else { /* in the order in which they were tried */
			print_line(stdout, app_has_color(app, stdout), context, &i, 1);
			print_path(context, &i, 1);
		}
	}
	if (indexes)
		print_ranges(app, context, indexes, count);
	free(indexes);
}

/* "512M of 1G would be added, 1 block already there" */
static void print_sum(const struct report_context *context, uint64_t asked)
{
	const struct memhp_report *report = context->report;
	uint64_t done = memhp_report_count_outcome(report, MEMHP_OUTCOME_DONE);
	uint64_t doubtful = report_count_doubtful(context);
	uint64_t planned = memhp_report_count_outcome(report, MEMHP_OUTCOME_NOT_TRIED) -
			   report_count_expected_failures(context) - doubtful;
	uint64_t already = memhp_report_count_outcome(report, MEMHP_OUTCOME_ALREADY);
	char size[24], all[24], tried[24];

	size_format((context->dry_run ? planned : done) * context->block_size, size, sizeof(size));
	size_format((context->wanted ? asked : asked - already) * context->block_size, all, sizeof(all));
	printf("%s of %s %s", size, all, context->dry_run ? context->words->planned : context->words->done);
	size_format(doubtful * context->block_size, tried, sizeof(tried));
	if (doubtful)
		printf(", %s would be tried", tried);
	if (already)
		printf(", %" PRIu64 " block%s %s", already, already == 1 ? "" : "s", context->words->already);
	putchar('\n');
}

static void print_memmap(const struct report_context *context)
{
	uint64_t done = memhp_report_count_outcome(context->report, MEMHP_OUTCOME_DONE);
	char size[24];

	if (!context->adds || context->memmap == UINT64_MAX || (!context->dry_run && !done))
		return;
	size_format(context->memmap, size, sizeof(size));
	if (context->memmap)
		printf("the kernel's map of it %s %s of the memory that there is now\n",
		       context->dry_run ? "would take" : "takes", size);
	else
		puts("it holds the kernel's map of itself (memmap_on_memory)");
}

void report_lines(const struct app *app, const struct report_context *context, uint64_t asked)
{
	const struct memhp_path *path = memhp_report_get_device_path(context->report);

	print_results(app, context);
	if (path) {
		printf("the kernel's path of the memory as a whole (%s):\n", path->source);
		path_print(path);
	}
	if (context->unknown)
		puts(context->unknown);
	else
		print_sum(context, asked);
	print_memmap(context);
	if (context->dry_run && context->by_pages)
		plan_print(app, context);
	for (size_t i = 0; memhp_report_get_kernel_message(context->report, i); i++)
		printf("kernel: %s\n", memhp_report_get_kernel_message(context->report, i));
}

void report_changed(FILE *out, const struct report_context *context)
{
	for (size_t i = 0; i < memhp_report_get_count(context->report); i++) {
		if (memhp_report_get_result(context->report, i)->outcome == MEMHP_OUTCOME_DONE)
			print_line(out, false, context, &i, 1);
	}
}
