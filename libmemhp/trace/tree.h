/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a stream of calls and returns to a tree of bounded size. Reads no file. */
#ifndef MEMHP_TRACE_TREE_H
#define MEMHP_TRACE_TREE_H

#include "trace/stages.h"

enum trace_event_kind {
	TRACE_CALLED,
	TRACE_RETURNED, /* value: what it returned */
	TRACE_MIGRATED, /* value, second: pages moved, pages left */
	TRACE_TESTED,	/* value, second: the first page that is not isolated, the end of the range */
	TRACE_NOTIFIED, /* value: the address of the callback that is to be called */
};

/* A function that the kernel has, or a tracepoint. */
struct trace_point {
	const struct stage *stage;
	char function[64];
};

struct trace_event {
	uint64_t ns;
	pid_t pid;
	enum trace_event_kind kind;
	const struct trace_point *point;
	uint64_t value, second;
};

struct tree;

struct tree *tree_new(void);
void tree_free(struct tree *tree);
/* Events of one process come in the order of their times; some may be missing. */
void tree_add(struct tree *tree, const struct trace_event *event);
void tree_clear(struct tree *tree);
/* Is any call still without its return? */
bool tree_is_open(const struct tree *tree);
/* See trace_end(); the tree is empty afterwards. @notifier: the address of the callback that refused, or 0.
 */
struct memhp_path *tree_take(struct tree *tree, pid_t pid, uint64_t *notifier);

#endif
