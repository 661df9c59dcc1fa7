/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What online and offline say at the end, as text and as JSON. */
#ifndef MEMHP_REPORT_H
#define MEMHP_REPORT_H

#include "cmd.h"

struct report_context {
	const struct memhp_report *report;
	const struct memhp_plan *plan;
	uint64_t block_size;
	bool online; /* the action */
	bool sized;  /* --size was given */
	bool dry_run;
	json_object *warnings; /* array of strings */
};

/* Prints the report and returns the exit code that follows from it. */
int report_print(struct app *app, const struct report_context *context);
/* When standard output could not take it: the changed blocks, a line each, on standard error. */
void report_rescue(const struct report_context *context);
/* One sentence for people: why it came out so, and what to do; may use @buffer. NULL: nothing to say. */
const char *report_reason(const struct memhp_result *result, bool online, char *buffer, size_t size);

/* The escape that begins its colour. */
const char *outcome_color(enum memhp_outcome outcome);

#endif
