/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What events have told of blocks so far: only what differs from it is news. */
#ifndef MEMHP_MONITOR_KNOWN_H
#define MEMHP_MONITOR_KNOWN_H

#include "base/ctx.h"

struct known_block {
	uint64_t id;
	bool online;
};

struct known {
	struct known_block *blocks; /* by id */
	size_t count, capacity;
};

struct known_news {
	enum memhp_event_kind kind;
	uint64_t block;
};

/*
 * Takes an event of @block in: 1 if it is news, 0 if that is known already, as of one that udevadm trigger
 * made, or one that known_update() was ahead of. Errors: ENOMEM.
 */
int known_take(struct known *known, enum memhp_event_kind kind, uint64_t block);
/*
 * Takes all of @snapshot in. @news (may be NULL; free() it) is what is to be told of each block that is
 * different by now, in ascending order of ids. Errors: ENOMEM.
 */
int known_update(struct known *known, const struct memhp_snapshot *snapshot, struct known_news **news,
		 size_t *count);
void known_release(struct known *known);

#endif
