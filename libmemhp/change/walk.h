/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CHANGE_WALK_H
#define MEMHP_CHANGE_WALK_H

#include "change/report.h"

struct watch;

/* A plan that is being carried out. */
struct walk {
	struct memhp_ctx *ctx;
	const struct memhp_plan *plan;
	struct memhp_change_options options;
	struct memhp_report *report;
	uint64_t start_ms, done_bytes;
	uint64_t block;		   /* at work */
	bool interrupted, stopped; /* no further writes */
	unsigned int timeouts;	   /* in a row, of the last timed-out block's zone and node */
	int timeout_node;
	enum memhp_zone timeout_zone;
	struct watch *watch; /* from the first offline on, where that can be */
};

/* attempt.c: what the write, or the wait for somebody else's, made of @block. */
void change_block(struct walk *walk, struct memhp_block *block, struct memhp_result *result);
void note_state(struct memhp_result *result, const struct memhp_block *block);
/* Tells the caller's progress function, if there is one. */
void walk_progress(void *walk);

#endif
