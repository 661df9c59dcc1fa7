/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

static bool same_zones(const struct memhp_block *a, const struct memhp_block *b)
{
	size_t count = memhp_block_get_zone_count(a);
	if (count != memhp_block_get_zone_count(b))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (memhp_block_get_valid_zone(a, i) != memhp_block_get_valid_zone(b, i))
			return false;
	}
	return true;
}

static bool same_nodes(const struct memhp_block *a, const struct memhp_block *b)
{
	size_t count = memhp_block_get_node_count(a);
	if (count != memhp_block_get_node_count(b))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (memhp_block_get_node(a, i) != memhp_block_get_node(b, i))
			return false;
	}
	return true;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool agree(const struct memhp_block *a, const struct memhp_block *b, unsigned int split)
{
	if ((split & SPLIT_STATE) && memhp_block_get_state(a) != memhp_block_get_state(b))
		return false;
	/* lsmem takes an unreadable one for 0 */
	if ((split & SPLIT_REMOVABLE) &&
	    (memhp_block_get_removable(a) == 1) != (memhp_block_get_removable(b) == 1))
		return false;
	if ((split & SPLIT_NODE) && shown_node(a) != shown_node(b))
		return false;
	if ((split & SPLIT_CONFIGURED) && memhp_block_get_configured(a) != memhp_block_get_configured(b))
		return false;
	if ((split & SPLIT_MEMMAP) &&
	    memhp_block_get_memmap_on_memory(a) != memhp_block_get_memmap_on_memory(b))
		return false;
	if ((split & SPLIT_DEVICE) && !(same_text(memhp_block_get_device(a), memhp_block_get_device(b)) &&
					same_text(memhp_block_get_driver(a), memhp_block_get_driver(b))))
		return false;
	return (!(split & SPLIT_ZONES) || same_zones(a, b)) && (!(split & SPLIT_NODES) || same_nodes(a, b));
}

/* Unknown without root, and of blocks that are not online. */
static int64_t count_poisoned(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
			      const struct memhp_block *block)
{
	uint64_t count;
	return ctx && memhp_block_count_poisoned(ctx, snapshot, block, &count) == 0 ? (int64_t)count : -1;
}

/* The sum of a range, while its blocks have equally many each. */
static bool same_poisoned(const struct range *range, int64_t poisoned)
{
	return range->poisoned < 0 || poisoned < 0 ? range->poisoned == poisoned
						   : range->poisoned == (int64_t)range->count * poisoned;
}

static void extend_range(struct range *range, int64_t poisoned)
{
	range->count++;
	if (poisoned >= 0)
		range->poisoned = (range->poisoned < 0 ? 0 : range->poisoned) + poisoned;
}

static bool add_range(struct ranges *ranges, size_t *capacity, const struct memhp_block *block,
		      int64_t poisoned)
{
	if (ranges->count == *capacity) {
		size_t more = *capacity ? *capacity * 2 : 64;
		struct range *list = reallocarray(ranges->list, more, sizeof(*list));
		if (!list)
			return false;
		ranges->list = list;
		*capacity = more;
	}
	ranges->list[ranges->count++] = (struct range){ block, memhp_block_get_id(block), 1, poisoned };
	return true;
}

bool ranges_make(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
		 unsigned int split, struct memhp_ctx *counter, struct ranges *ranges)
{
	size_t capacity = 0;

	*ranges = (struct ranges){ 0 };
	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		if (!memhp_request_matches(request, block))
			continue;
		enum memhp_state state = memhp_block_get_state(block);
		ranges->online += state == MEMHP_STATE_ONLINE;
		ranges->offline += state == MEMHP_STATE_OFFLINE;
		ranges->not_online += state != MEMHP_STATE_ONLINE;
		int64_t poisoned = count_poisoned(counter, snapshot, block);
		struct range *last = ranges->count ? &ranges->list[ranges->count - 1] : NULL;
		if (last && !(split & SPLIT_EVERY) &&
		    last->first + last->count == memhp_block_get_id(block) &&
		    agree(last->block, block, split) &&
		    (!(split & SPLIT_POISONED) || same_poisoned(last, poisoned)))
			extend_range(last, poisoned);
		else if (!add_range(ranges, &capacity, block, poisoned))
			return false;
	}
	return true;
}
