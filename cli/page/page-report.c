/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the page command says to people. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <memhp.h>

#include "page/page.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/outcome.h"
#include "shell/text.h"

void page_print_mappers(const struct page_entry *entry)
{
	if (!entry->mappers)
		return;
	size_t count = memhp_mappers_get_count(entry->mappers);
	for (size_t i = 0; i < count; i++) {
		const struct memhp_mapper *mapper = memhp_mappers_get(entry->mappers, i);
		printf("  mapped by process %d (%s) at 0x%" PRIx64 "\n", (int)mapper->pid, mapper->command,
		       mapper->address);
	}
	if (!memhp_mappers_is_complete(entry->mappers))
		fputs("  and maybe by more: the search was cut short\n", stdout);
	else if (!count)
		fputs("  mapped by no process\n", stdout);
}

/* "(pfn 1048576, memory32 online)" */
static void print_place(FILE *out, const struct memhp_page *page)
{
	const char *state = page->block ? memhp_state_name(memhp_block_get_state(page->block)) : NULL;

	fprintf(out, "(pfn %" PRIu64, page->pfn);
	if (page->block)
		fprintf(out, ", memory%" PRIu64 " %s", memhp_block_get_id(page->block), state ? state : "?");
	fputc(')', out);
}

static void print_shown(const struct page_entry *entry)
{
	const struct memhp_page *page = &entry->page;
	char flags[FLAGS_TEXT_SIZE];

	printf("0x%016" PRIx64 ": %s ", page->address,
	       page_is_hole(page) ? "no memory" : page_flags_text(page->flags, flags));
	print_place(stdout, page);
	if (page->mapcount >= 0)
		printf(", %" PRId64 " mapping%s", page->mapcount, page->mapcount == 1 ? "" : "s");
	putchar('\n');
	page_print_mappers(entry);
}

static void print_entry(FILE *out, bool color, const struct page_job *job, const struct page_entry *entry)
{
	const struct memhp_page_result *result = &entry->result;
	const char *reason = page_reason(job, entry);
	bool planned = job->dry_run && result->outcome == MEMHP_OUTCOME_NOT_TRIED && !reason;

	fprintf(out, "0x%016" PRIx64 ": %s%s%s%s ", entry->page.address,
		color ? outcome_color(result->outcome) : "", planned ? "would be " : "",
		planned ? job->verb->past : memhp_outcome_name(result->outcome), color ? "\033[0m" : "");
	print_place(out, &entry->page);
	if (reason)
		fprintf(out, ": %s%s%s", result->error ? errno_name(result->error) : "",
			result->error ? ": " : "", reason);
	fputc('\n', out);
}

static int exit_of(const struct page_job *job)
{
	size_t done = page_count_done(job);

	if (page_is_complete(job))
		return EXIT_OK;
	if (done)
		return EXIT_PARTLY;
	for (size_t i = 0; i < job->count; i++) {
		const struct memhp_page_result *result = &job->entries[i].result;
		if (result->error == EACCES || result->error == EPERM || result->error == EROFS)
			return EXIT_PERMISSION;
		if (result->error == EOPNOTSUPP)
			return EXIT_UNSUPPORTED;
	}
	return EXIT_NOTHING;
}

/* The kernel's count of poisoned pages should have moved with the pages' marks. */
static bool counter_warning(const struct page_job *job, char *text, size_t size)
{
	int64_t moved = 0;

	for (size_t i = 0; i < job->count; i++) {
		int before = memhp_page_is_poisoned(&job->entries[i].page),
		    after = job->entries[i].result.poisoned;
		if (before >= 0 && after >= 0)
			moved += (after - before) * (int64_t)memhp_page_size();
	}
	int64_t difference = (int64_t)(job->corrupted_after - job->corrupted_before);
	if (job->dry_run || difference == moved)
		return false;
	snprintf(text, size,
		 "HardwareCorrupted changed by %" PRId64 " kB, the pages by %" PRId64
		 " kB: something else poisoned or unpoisoned pages meanwhile",
		 difference / 1024, moved / 1024);
	return true;
}

void page_show(const struct page_job *job)
{
	for (size_t i = 0; i < job->count; i++)
		print_shown(&job->entries[i]);
}

static void report_text(const struct page_job *job, const char *warning)
{
	size_t already = page_count_outcome(job, MEMHP_OUTCOME_ALREADY);

	if (warning)
		app_warn(job->app, "%s", warning);
	for (size_t i = 0; i < job->count; i++)
		print_entry(stdout, app_has_color(job->app, stdout), job, &job->entries[i]);
	printf("%zu of %zu page%s %s%s", page_count_done(job), job->count - already,
	       job->count - already == 1 ? "" : "s", job->dry_run ? "would be " : "", job->verb->past);
	if (already)
		printf(", %zu already", already);
	printf("; HardwareCorrupted: %" PRIu64 " kB", job->corrupted_after / 1024);
	if (job->corrupted_after != job->corrupted_before)
		printf(" (was %" PRIu64 " kB)", job->corrupted_before / 1024);
	putchar('\n');
}

int page_report(const struct page_job *job)
{
	char text[192];
	const char *warning = counter_warning(job, text, sizeof(text)) ? text : NULL;

	bool whole = true;

	if (job->app->json)
		whole = page_report_json(job, warning);
	else
		report_text(job, warning);
	if (whole && ((!ferror(stdout) && fflush(stdout) == 0) || job->dry_run))
		return exit_of(job);
	/* standard output could not take it: what was changed must be known all the same */
	for (size_t i = 0; i < job->count; i++) {
		if (job->entries[i].result.outcome == MEMHP_OUTCOME_DONE)
			print_entry(stderr, false, job, &job->entries[i]);
	}
	return EXIT_NOTHING;
}
