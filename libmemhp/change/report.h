/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CHANGE_REPORT_H
#define MEMHP_CHANGE_REPORT_H

#include "memhp.h"

struct report_failure {
	size_t index; /* of its result */
	struct memhp_failure *failure;
};

struct memhp_report {
	struct memhp_result *results;
	size_t count;
	uint64_t elapsed_ms;
	bool complete, interrupted;
	char **messages;
	size_t message_count;
	struct report_failure *failures; /* in ascending order of their results */
	size_t failure_count;
};

/* The result at the end, to be filled; NULL: out of memory. */
struct memhp_result *report_add(struct memhp_report *report);
/* @error is a positive errno. */
void result_set(struct memhp_result *result, enum memhp_outcome outcome, enum memhp_reason reason, int error);
/* Takes what more is known of the last result: a copy of @failure, and its mappers. */
void report_add_failure(struct memhp_report *report, const struct memhp_failure *failure);
/* Moves what is known of the result at @index of @part to the last one of @report. */
void report_move_failure(struct memhp_report *report, struct memhp_report *part, size_t index);
/* Appends the kernel's messages since a mark of kmsg_mark(), and takes that away. */
void report_add_kernel_messages(struct memhp_report *report, int mark);

#endif
