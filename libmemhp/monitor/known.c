/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "monitor/known.h"

/* The place of the first block with this id or a higher one. */
static size_t place_of(const struct known *known, uint64_t id)
{
	size_t low = 0, high = known->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (known->blocks[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int make_room(struct known *known)
{
	if (known->count < known->capacity)
		return 0;
	size_t capacity = known->capacity ? known->capacity * 2 : 64;
	struct known_block *blocks = reallocarray(known->blocks, capacity, sizeof(*blocks));
	if (!blocks)
		return -ENOMEM;
	known->blocks = blocks;
	known->capacity = capacity;
	return 0;
}

int known_take(struct known *known, enum memhp_event_kind kind, uint64_t block)
{
	size_t place = place_of(known, block), behind = known->count - place;
	struct known_block *at = known->blocks + place;
	bool exists = behind && at->id == block, online = kind == MEMHP_EVENT_ONLINE;

	/* Memory is removed offline, and comes offline: create_memory_block_devices(). */
	if (kind == MEMHP_EVENT_ADD ? exists : !exists)
		return 0;
	if (kind == MEMHP_EVENT_ADD) {
		if (make_room(known))
			return -ENOMEM;
		at = known->blocks + place;
		memmove(at + 1, at, behind * sizeof(*at));
		*at = (struct known_block){ block, false };
		known->count++;
	} else if (kind == MEMHP_EVENT_REMOVE) {
		memmove(at, at + 1, (behind - 1) * sizeof(*at));
		known->count--;
	} else if (at->online == online) {
		return 0;
	} else {
		at->online = online;
	}
	return 1;
}

struct comparison {
	struct known_news *news; /* NULL: nobody wants them */
	size_t count;
};

static void tell(struct comparison *comparison, enum memhp_event_kind kind, uint64_t block)
{
	if (comparison->news)
		comparison->news[comparison->count++] = (struct known_news){ kind, block };
}

static void tell_gone(struct comparison *comparison, const struct known_block *old)
{
	if (old->online)
		tell(comparison, MEMHP_EVENT_OFFLINE, old->id);
	tell(comparison, MEMHP_EVENT_REMOVE, old->id);
}

/* @old is NULL for a new block. What is going offline is not, yet; an unread state is taken for the old one.
 */
static struct known_block tell_there(struct comparison *comparison, const struct known_block *old,
				     const struct memhp_block *block)
{
	enum memhp_state state = memhp_block_get_state(block);
	struct known_block now = { memhp_block_get_id(block), old && old->online };

	if (!old)
		tell(comparison, MEMHP_EVENT_ADD, now.id);
	if (state != MEMHP_STATE_UNKNOWN)
		now.online = state != MEMHP_STATE_OFFLINE;
	if (now.online != (old && old->online))
		tell(comparison, now.online ? MEMHP_EVENT_ONLINE : MEMHP_EVENT_OFFLINE, now.id);
	return now;
}

static void compare(const struct known *known, const struct memhp_snapshot *snapshot,
		    struct known_block *blocks, struct comparison *comparison)
{
	const struct known_block *old = known->blocks, *end = old + known->count;

	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		uint64_t id = memhp_block_get_id(block);
		for (; old < end && old->id < id; old++)
			tell_gone(comparison, old);
		bool is_old = old < end && old->id == id;
		blocks[i] = tell_there(comparison, is_old ? old : NULL, block);
		old += is_old;
	}
	for (; old < end; old++)
		tell_gone(comparison, old);
}

int known_update(struct known *known, const struct memhp_snapshot *snapshot, struct known_news **news,
		 size_t *count)
{
	size_t found = memhp_snapshot_get_count(snapshot);
	struct known_block *blocks = calloc(found ? found : 1, sizeof(*blocks));
	struct comparison comparison = { 0 };

	if (news) /* of one block at most two */
		comparison.news = calloc(2 * (known->count + found) + 1, sizeof(*comparison.news));
	if (!blocks || (news && !comparison.news)) {
		free(blocks);
		free(comparison.news);
		return -ENOMEM;
	}
	compare(known, snapshot, blocks, &comparison);
	known_release(known);
	*known = (struct known){ blocks, found, found };
	if (news) {
		*news = comparison.news;
		*count = comparison.count;
	}
	return 0;
}

void known_release(struct known *known)
{
	free(known->blocks);
}
