/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands that change blocks say at the end, as text and as JSON. */
#ifndef MEMHP_CLI_CHANGE_REPORT_H
#define MEMHP_CLI_CHANGE_REPORT_H

#include <json-c/json.h>
#include <stdio.h>

#include <memhp.h>

#include "shell/macros.h"

struct app;

/* How a command speaks of what it does. */
struct report_words {
	const char *planned;			 /* "would go online" */
	const char *planned_offline;		 /* the same of a block that goes offline first */
	const char *done, *already;		 /* "brought online", "already online" */
	const char *(*kernel_reason)(int error); /* for an errno of the kernel; NULL: nothing special */
};
extern const struct report_words words_online, words_offline, words_remove, words_probe, words_probe_online;

struct report_context {
	const struct memhp_report *report;
	const struct memhp_snapshot *snapshot; /* from before; NULL: none was needed */
	const struct memhp_survey *survey;     /* NULL: no pages were read */
	const struct memhp_plan *plan;	       /* NULL: there is none */
	const struct report_words *words;
	enum memhp_target target; /* of what comes online */
	uint64_t block_size;
	uint64_t wanted; /* bytes asked for with a size; 0: all blocks of the report */
	bool by_pages;	 /* the blocks were chosen by what the survey says */
	bool dry_run;
	bool traced;	       /* the kernel's path was to be followed */
	bool forced;	       /* blocks are tried that are known not to go */
	bool filtered;	       /* by filters alone: that none matches is no failure */
	bool adds;	       /* memory, of which the kernel's map takes @memmap bytes */
	uint64_t memmap;       /* UINT64_MAX: not known */
	const char *unknown;   /* of a dry run that cannot tell which blocks it is about; else NULL */
	json_object *warnings; /* array of strings */
};

/*
 * Prints the report and returns the exit code that follows from it; when standard output cannot take
 * it, the changed blocks go to standard error, a line each.
 */
int report_finish(struct app *app, const struct report_context *context);

/* warnings.c. On standard error, or in the document. */
void change_warning(const struct app *app, json_object *warnings, const char *format, ...) PRINTF(3, 4);

/* report-lines.c. The report for people; the blocks that were changed, one a line. */
void report_lines(const struct app *app, const struct report_context *context, uint64_t asked);
void report_changed(FILE *out, const struct report_context *context);

/* report-expected.c. What a dry run expects of the block at @index; NULL: nothing is known. */
const struct memhp_outlook *report_expected(const struct report_context *context, size_t index);
/* True if that is a refusal, which nobody forced. */
bool report_expects_failure(const struct report_context *context, size_t index);
uint64_t report_count_expected_failures(const struct report_context *context);
/* How many would be tried though they may not go. */
uint64_t report_count_doubtful(const struct report_context *context);
/* What would be written to the state of that block; NULL past the last, and where nothing would. */
const char *report_write(const struct report_context *context, size_t index, size_t number);

/* report-text.c. One sentence for people: why the block at @index came out so, and what to do, from all that
 * is known of it; may use @buffer. NULL: nothing to say. */
#define REASON_SIZE 512 /* longer than any */
const char *report_reason(const struct report_context *context, size_t index, char *buffer, size_t size);

/* report-plan.c. What is known of the block of @result since it was chosen; NULL: no survey. */
const struct memhp_outlook *plan_outlook(const struct report_context *context,
					 const struct memhp_result *result);
/* What decides, in words; returns @buffer. */
const char *choice_text(const struct memhp_finding *finding, bool counted, char *buffer, size_t size);
/* What was left out and what would be left, as keys of the document or as lines. */
void plan_json(json_object *document, const struct report_context *context);
void plan_print(const struct app *app, const struct report_context *context);

/* failure-text.c. The same from what more is known of an offline; NULL: that is nothing for people. */
const char *failure_reason(const struct memhp_failure *failure, char *buffer, size_t size);
/* NULL for none. */
json_object *failure_json(const struct memhp_failure *failure);

#endif
