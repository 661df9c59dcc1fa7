/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adjacent blocks that agree. */
#ifndef MEMHP_CLI_RANGES_H
#define MEMHP_CLI_RANGES_H

#include <memhp.h>

/* As lsmem: memory that is not configured has no node link and counts to node 0. */
int shown_node(const struct memhp_block *block);

enum {
	SPLIT_STATE = 1 << 0,
	SPLIT_REMOVABLE = 1 << 1,
	SPLIT_NODE = 1 << 2,
	SPLIT_ZONES = 1 << 3,
	SPLIT_CONFIGURED = 1 << 4,
	SPLIT_MEMMAP = 1 << 5,
	SPLIT_NODES = 1 << 6,
	SPLIT_DEVICE = 1 << 7,
	SPLIT_POISONED = 1 << 8,
	SPLIT_OFFLINEABLE = 1 << 9,
	SPLIT_EVERY = 1 << 10,	     /* each block by itself; the highest bit */
	SPLIT_ALL = SPLIT_EVERY - 1, /* all but that, as in JSON */
};
/* Pages of a range, or of a block. */
struct range_pages {
	bool known; /* of at least one block */
	uint64_t free, movable, unmovable, poisoned;
	enum memhp_verdict verdict; /* of each block; UNKNOWN also where root would know more */
};
struct range {
	const struct memhp_block *block; /* its first block */
	uint64_t first, count;
	struct range_pages pages;
};
struct ranges {
	struct range *list;
	size_t count;
	uint64_t online, offline, not_online; /* blocks */
};
/* Merges the blocks that @request matches; false when out of memory. Free the list with free().
 * Pages are known with a @survey that has read these blocks. */
bool ranges_make(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
		 unsigned int split, const struct memhp_survey *survey, struct ranges *ranges);

#endif
