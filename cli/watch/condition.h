/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What wait waits for, and how far it is. */
#ifndef MEMHP_CLI_CONDITION_H
#define MEMHP_CLI_CONDITION_H

#include <memhp.h>

struct selection;

struct condition {
	enum memhp_state state; /* UNKNOWN: any, the memory is to be there */
	bool absent;		/* or not to be there */
	uint64_t size;		/* bytes of it that are enough; 0: all that is selected */
};

/* Blocks that are alike, or a device. */
struct hindrance {
	char *device; /* NULL: blocks */
	uint64_t first, count;
	bool exists;
	enum memhp_state state;
};

struct standing {
	bool holds;
	uint64_t selected,
		fulfilled; /* blocks: that are there, and those of them that are as they should be */
	struct hindrance *hindrances; /* what is not as it should be, unless it holds */
	size_t count;
};

/* Is it the devices themselves that are waited for, with memory in Linux or not? So with --device alone. */
bool condition_is_of_devices(const struct condition *condition, const struct selection *selection);
/* False when out of memory. Release the @standing in any case. */
bool condition_judge(const struct condition *condition, const struct selection *selection,
		     const struct memhp_snapshot *snapshot, struct standing *standing);
void standing_release(struct standing *standing);

#endif
