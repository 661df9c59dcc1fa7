/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CHANGE_REPORT_H
#define MEMHP_CHANGE_REPORT_H

#include "memhp.h"

/* What more is known of the result at @index. */
struct report_detail {
	size_t index;
	struct memhp_failure *failure; /* NULL: nothing */
	struct memhp_path *path;       /* NULL: it was not followed */
};

struct memhp_report {
	struct memhp_result *results;
	size_t count;
	uint64_t elapsed_ms;
	bool complete, interrupted;
	char **messages;
	size_t message_count;
	struct report_detail *details; /* in ascending order of their results */
	size_t detail_count;
	struct memhp_path *device_path; /* of what is about no single block; NULL: none */
};

/* The result at the end, to be filled; NULL: out of memory. */
struct memhp_result *report_add(struct memhp_report *report);
/* @error is a positive errno. */
void result_set(struct memhp_result *result, enum memhp_outcome outcome, enum memhp_reason reason, int error);
/* Takes what more is known of the last result: a copy of @failure, and its mappers. */
void report_add_failure(struct memhp_report *report, const struct memhp_failure *failure);
/* Takes over the kernel's path through a write to the block of the last result; @path may be NULL. */
void report_add_path(struct memhp_report *report, struct memhp_path *path);
/* The same of a path through which memory came or went. */
void report_add_device_path(struct memhp_report *report, struct memhp_path *path);
/* Moves what more is known of the result at @index of @part to the last one of @report. */
void report_move_detail(struct memhp_report *report, struct memhp_report *part, size_t index);
/* Appends the kernel's messages since a mark of kmsg_mark(), and takes that away. */
void report_add_kernel_messages(struct memhp_report *report, int mark);

#endif
