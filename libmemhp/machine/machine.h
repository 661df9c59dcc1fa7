/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Linux says of its memory as a whole, and which part of it a request means. */
#ifndef MEMHP_MACHINE_H
#define MEMHP_MACHINE_H

#include "blocks/blocks.h"

/* request.c */
struct id_range {
	uint64_t first, last;
};

struct memhp_request {
	enum memhp_action action;
	enum memhp_target target;
	bool rezone, force_unmovable;
	bool broken; /* out of memory while it was made */
	uint64_t size;
	struct id_range *ranges;
	size_t range_count;
	int *nodes;
	size_t node_count;
	char **devices, **drivers;
	size_t device_count, driver_count;
	unsigned int zones, valid_zones, states; /* sets of bits, 1 << value */
};

/* system.c: /proc/meminfo, in bytes. */
struct meminfo {
	uint64_t total, available, corrupted;
};
int meminfo_read(struct memhp_ctx *ctx, struct meminfo *meminfo);

/*
 * system.c: room for migrated pages on nodes other than @node, in bytes: what is free above the high
 * watermark, or file cache. @going (NULL: nothing) is what goes of each zone, by its index.
 */
uint64_t room_elsewhere(const struct memhp_system *system, int node, const uint64_t *going,
			bool *other_nodes);

#endif
