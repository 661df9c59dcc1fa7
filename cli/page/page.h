/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_PAGE_H
#define MEMHP_CLI_PAGE_H

#include <memhp.h>

struct app;

struct page_verb {
	const char *name, *past; /* "soft-offline", "soft-offlined" */
	const char *help;
	enum memhp_page_action action;
	bool changes; /* false: it shows, and action means nothing */
	bool ranges;  /* takes ranges of addresses */
};

/* One page, what is known of it, and what came of it. */
struct page_entry {
	struct memhp_page page;
	struct memhp_mappers *mappers;	 /* NULL: not searched for */
	struct memhp_page_result result; /* of a verb that changes */
};

/* One page command at work. */
struct page_job {
	struct app *app;
	const struct page_verb *verb;
	bool force_kill, dry_run;
	const char *change_option; /* the last one given that goes with a change only */
	uint64_t timeout_ms, wait_ms;
	struct page_range *ranges;
	size_t range_count;
	struct memhp_snapshot *snapshot;
	struct page_entry *entries; /* by address, none twice */
	size_t count;
	int abort_fd;
	uint64_t corrupted_before, corrupted_after; /* bytes of HardwareCorrupted */
};

/* page-operands.c: the addresses as given, before anything is read. */
struct page_range {
	uint64_t first, last; /* pfn, inclusive */
	bool single;	      /* named as one page */
};
/* Returns an exit code. */
int page_operands_parse(struct page_job *job, int argc, char **argv);
/* Is the page named by itself, not only by a range? Then it has to be there. */
bool page_is_named(const struct page_job *job, uint64_t pfn);

/* page-outcome.c */
/* No memory: in no block, or in a hole of one. What cannot be seen for another reason is not meant. */
bool page_is_hole(const struct memhp_page *page);
size_t page_count_outcome(const struct page_job *job, enum memhp_outcome outcome);
/* Pages that are done; on a dry run, those that would be tried. */
size_t page_count_done(const struct page_job *job);
bool page_is_complete(const struct page_job *job);
/* One sentence: why it came out so, and what to do. NULL: nothing to say. */
const char *page_reason(const struct page_job *job, const struct page_entry *entry);

/* page-report.c */
void page_print_mappers(const struct page_entry *entry);
void page_show(const struct page_job *job);
/* Prints the report of a change and returns the exit code that follows from it. */
int page_report(const struct page_job *job);

/* page-json.c: the same as memhp.page/1. */
int page_show_json(const struct page_job *job);
bool page_report_json(const struct page_job *job, const char *warning);

#endif
