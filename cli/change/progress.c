/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <memhp.h>

#include "change/change.h"
#include "shell/app.h"
#include "shell/changing.h"
#include "shell/text.h"

void progress_start(struct change *change)
{
	change->progress = !change->app->json && !change->dry_run && isatty(STDERR_FILENO) &&
			   memhp_plan_get_count(change->plan) > 1;
	change->progress_escapes = app_has_color(change->app, stderr);
}

/* Without escapes, blanks wipe what a longer line before left there. */
static void show_line(const struct change *change, const char *line)
{
	if (change->progress_escapes)
		fprintf(stderr, "\r\033[K%s", line);
	else
		fprintf(stderr, "\r%-78s\r%s", "", line);
}

void progress_show(void *data, const struct memhp_progress *progress)
{
	const struct change *change = data;
	char done[24], all[24], line[160];

	if (!change->progress)
		return;
	size_format(progress->done_blocks * progress->block_size, done, sizeof(done));
	size_format(progress->wanted_blocks * progress->block_size, all, sizeof(all));
	snprintf(line, sizeof(line),
		 "%" PRIu64 " of %" PRIu64 " blocks, %s of %s, at block %" PRIu64 ", %" PRIu64 " s",
		 progress->done_blocks, progress->wanted_blocks, done, all, progress->block,
		 progress->elapsed_ms / 1000);
	show_line(change, line);
}

void progress_end(const struct change *change)
{
	if (change->progress)
		show_line(change, "");
}

/* "39-36, 12": ids in the order in which they went, runs in one. */
static void list_done(const struct memhp_report *report, char *text, size_t size)
{
	size_t used = 0, count = memhp_report_get_count(report);
	const struct memhp_result *first = NULL, *last = NULL;

	text[0] = '\0';
	for (size_t i = 0; i <= count && used < size; i++) {
		const struct memhp_result *result = i < count ? memhp_report_get_result(report, i) : NULL;
		if (result && result->outcome != MEMHP_OUTCOME_DONE)
			continue;
		uint64_t step = result && last ? (result->block > last->block ? result->block - last->block
									      : last->block - result->block)
					       : 0;
		if (first && step != 1) {
			used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64, used ? ", " : "",
						 first->block);
			if (last != first && used < size)
				used += (size_t)snprintf(text + used, size - used, "-%" PRIu64, last->block);
			first = NULL;
		}
		last = result;
		first = first ? first : result;
	}
}

void change_log(const struct change *change, const struct memhp_report *report)
{
	static const char *const targets[] = { "", " kernel", " movable" };
	char blocks[160];

	list_done(report, blocks, sizeof(blocks));
	changing_log(change->app,
		     "%" PRIu64 " blocks done%s%s%s, %" PRIu64 " failed, %" PRIu64 " timed out%s",
		     memhp_report_count_outcome(report, MEMHP_OUTCOME_DONE),
		     change->kind->online ? targets[change->target] : "", *blocks ? ": " : "", blocks,
		     memhp_report_count_outcome(report, MEMHP_OUTCOME_FAILED),
		     memhp_report_count_outcome(report, MEMHP_OUTCOME_TIMED_OUT),
		     memhp_report_was_interrupted(report) ? ", interrupted" : "");
}
