/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Events that came shortly after each other, made into ranges of blocks. */
#ifndef MEMHP_CLI_BURST_H
#define MEMHP_CLI_BURST_H

#include <memhp.h>

struct selection;

/* What happened alike to neighbours. */
struct happening {
	enum memhp_event_kind kind;
	uint64_t first, count;
	uint64_t time_ms;	     /* of the first event, since 1970 */
	enum memhp_zone zone;	     /* that they came into or left; UNKNOWN: none */
	int node;		     /* -1: none */
	const char *device, *driver; /* lent by the snapshots */
};

struct burst {
	struct memhp_event *events;
	size_t count, capacity;
};

/* False when out of memory. */
bool burst_add(struct burst *burst, const struct memhp_event *event);
/* Snapshots, the latest first, which is read after the events; NULL past the earliest. */
#define VIEWS 3

/*
 * Makes what @selection wants into @list (free() it), and empties the burst. A block is seen as it is after
 * an add or online, and as it was before an offline or remove, also by the filters. That is in one of two
 * earlier views, since the last one may have seen already what its event was still to tell. Of each block the
 * order stays; of several, those that were alike come together. False when out of memory.
 */
bool burst_take(struct burst *burst, const struct selection *selection,
		struct memhp_snapshot *const views[VIEWS], struct happening **list, size_t *count);
void burst_release(struct burst *burst);

#endif
