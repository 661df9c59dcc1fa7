/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands that change blocks say at the end, as text and as JSON. */
#ifndef MEMHP_CLI_CHANGE_REPORT_H
#define MEMHP_CLI_CHANGE_REPORT_H

#include <json-c/json.h>

#include <memhp.h>

struct app;

/* How a command speaks of what it does. */
struct report_words {
	const char *planned, *done, *already;	 /* "would go online", "brought online", "already online" */
	const char *(*kernel_reason)(int error); /* for an errno of the kernel; NULL: nothing special */
};
extern const struct report_words words_online, words_offline, words_remove, words_probe, words_probe_online;

struct report_context {
	const struct memhp_report *report;
	const struct memhp_snapshot *snapshot; /* from before; NULL: none was needed */
	const struct memhp_survey *survey;     /* NULL: blocks were not chosen by their pages */
	const struct memhp_plan *plan;	       /* where there is a survey */
	const struct report_words *words;
	uint64_t block_size;
	uint64_t wanted; /* bytes asked for with a size; 0: all blocks of the report */
	bool dry_run;
	bool filtered;	       /* by filters alone: that none matches is no failure */
	json_object *warnings; /* array of strings */
};

/*
 * Prints the report and returns the exit code that follows from it; when standard output cannot take
 * it, the changed blocks go to standard error, a line each.
 */
int report_finish(struct app *app, const struct report_context *context);
/* report-text.c. One sentence for people: why it came out so, and what to do; may use @buffer. NULL:
 * nothing to say. */
const char *report_reason(const struct memhp_result *result, const struct report_words *words, char *buffer,
			  size_t size);

/* report-plan.c. What is known of the block of @result since it was chosen; NULL: no survey. */
const struct memhp_outlook *plan_outlook(const struct report_context *context,
					 const struct memhp_result *result);
/* What decided on it, in words; returns @buffer. */
const char *choice_text(const struct memhp_outlook *outlook, char *buffer, size_t size);
/* What was left out and what would be left, as keys of the document or as lines. */
void plan_json(json_object *document, const struct report_context *context);
void plan_print(const struct report_context *context);

/* Longer than any reason. */
#define REASON_SIZE 512
/* failure-text.c. The same from what more is known of an offline; NULL: that is nothing for people. */
const char *failure_reason(const struct memhp_failure *failure, char *buffer, size_t size);
/* NULL for none. */
json_object *failure_json(const struct memhp_failure *failure);

#endif
