/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_REPORT_H
#define MEMHP_REPORT_H

#include "private.h"

struct memhp_report {
	struct memhp_result *results;
	size_t count;
	uint64_t elapsed_ms;
	bool complete, interrupted;
	char **messages;
	size_t message_count;
};

/* The result at the end, to be filled; NULL: out of memory. */
struct memhp_result *report_add(struct memhp_report *report);
/* @error is a positive errno. */
void result_set(struct memhp_result *result, enum memhp_outcome outcome, enum memhp_reason reason, int error);
/* Appends the kernel's messages since a mark of kmsg_mark(), and takes that away. */
void report_add_kernel_messages(struct memhp_report *report, int mark);

#endif
