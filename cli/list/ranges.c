/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "list/ranges.h"
#include "shell/outlook.h"

int shown_node(const struct memhp_block *block)
{
	return memhp_block_get_configured(block) == 0 ? 0 : memhp_block_get_node(block, 0);
}

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
static struct range_pages block_pages(const struct memhp_survey *survey, const struct memhp_block *block)
{
	const struct memhp_outlook *outlook = survey ? memhp_survey_get(survey, block) : NULL;
	struct range_pages pages = { 0 };

	if (!outlook)
		return pages;
	pages.known = memhp_outlook_has_pages(outlook);
	if (pages.known || memhp_outlook_get_verdict(outlook) == MEMHP_VERDICT_NO)
		pages.verdict = memhp_outlook_get_verdict(outlook);
	pages.free = memhp_outlook_get_pages(outlook, MEMHP_KIND_FREE);
	pages.movable = memhp_outlook_get_moves(outlook);
	pages.unmovable = outlook_unmovable(outlook);
	pages.poisoned = memhp_outlook_get_pages(outlook, MEMHP_KIND_POISONED);
	return pages;
}

/* The sum of a range, while its blocks have equally many each. */
static bool same_poisoned(const struct range *range, const struct range_pages *pages)
{
	return range->pages.known == pages->known && range->pages.poisoned == range->count * pages->poisoned;
}

static bool pages_agree(const struct range *range, const struct range_pages *pages, unsigned int split)
{
	return (!(split & SPLIT_POISONED) || same_poisoned(range, pages)) &&
	       (!(split & SPLIT_OFFLINEABLE) || range->pages.verdict == pages->verdict);
}

static void extend_range(struct range *range, const struct range_pages *pages)
{
	range->count++;
	range->pages.known |= pages->known;
	range->pages.free += pages->free;
	range->pages.movable += pages->movable;
	range->pages.unmovable += pages->unmovable;
	range->pages.poisoned += pages->poisoned;
	if (range->pages.verdict != pages->verdict)
		range->pages.verdict = MEMHP_VERDICT_UNKNOWN;
}

static bool add_range(struct ranges *ranges, size_t *capacity, const struct memhp_block *block,
		      const struct range_pages *pages)
{
	if (ranges->count == *capacity) {
		size_t more = *capacity ? *capacity * 2 : 64;
		struct range *list = reallocarray(ranges->list, more, sizeof(*list));
		if (!list)
			return false;
		ranges->list = list;
		*capacity = more;
	}
	ranges->list[ranges->count++] = (struct range){ block, memhp_block_get_id(block), 1, *pages };
	return true;
}

bool ranges_make(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
		 unsigned int split, const struct memhp_survey *survey, struct ranges *ranges)
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
		struct range_pages pages = block_pages(survey, block);
		struct range *last = ranges->count ? &ranges->list[ranges->count - 1] : NULL;
		if (last && !(split & SPLIT_EVERY) &&
		    last->first + last->count == memhp_block_get_id(block) &&
		    agree(last->block, block, split) && pages_agree(last, &pages, split))
			extend_range(last, &pages);
		else if (!add_range(ranges, &capacity, block, &pages))
			return false;
	}
	return true;
}
