/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What each block shows on the map. */
#include <stdlib.h>

#include <memhp.h>

#include "map/map.h"
#include "shell/macros.h"

static const struct {
	const char *name, *text;
	char sign;
} marks[MARK_COUNT] = {
	[MARK_OFFLINE] = { "offline", "offline", '-' },
	[MARK_UNSURE] = { "unsure", "unsure whether it can go", '?' },
	[MARK_GOING_OFFLINE] = { "going-offline", "going offline", '>' },
	[MARK_UNMOVABLE] = { "unmovable", "cannot go: unmovable pages", '#' },
	[MARK_NO] = { "no", "cannot go: holes, zones, huge pages", 'x' },
	[MARK_POISONED] = { "poisoned", "poisoned pages", '!' },
};

const char *map_mark_name(enum map_mark mark)
{
	return marks[mark].name;
}

const char *map_mark_text(const struct map *map, enum map_mark mark)
{
	return mark == MARK_NO && map->no_hotremove ? "cannot go: this kernel takes no memory offline"
						    : marks[mark].text;
}

char map_mark_sign(enum map_mark mark)
{
	return marks[mark].sign;
}

enum map_mark map_worst(unsigned int set)
{
	for (int mark = MARK_COUNT - 1; mark >= 0; mark--) {
		if (set & 1U << mark)
			return (enum map_mark)mark;
	}
	return MARK_COUNT;
}

const char *map_zone_text(int zone)
{
	if (zone == MAP_OFFLINE)
		return "offline";
	const char *name = memhp_zone_name((enum memhp_zone)zone);
	return name ? name : "-";
}

/* The first finding decides: pages that never move, or something that is not about single pages. */
static enum map_mark refusal(const struct memhp_outlook *outlook)
{
	switch (memhp_outlook_get_finding(outlook, 0)->cause) {
	case MEMHP_CAUSE_RESERVED:
	case MEMHP_CAUSE_SLAB:
	case MEMHP_CAUSE_PAGE_TABLE:
	case MEMHP_CAUSE_KERNEL:
		return MARK_UNMOVABLE;
	default:
		return MARK_NO;
	}
}

static unsigned int marks_of(enum memhp_state state, const struct memhp_outlook *outlook)
{
	unsigned int set = 0;

	if (state == MEMHP_STATE_OFFLINE)
		set |= 1U << MARK_OFFLINE;
	if (state == MEMHP_STATE_GOING_OFFLINE)
		set |= 1U << MARK_GOING_OFFLINE;
	if (memhp_outlook_get_pages(outlook, MEMHP_KIND_POISONED))
		set |= 1U << MARK_POISONED;
	if (memhp_outlook_get_verdict(outlook) == MEMHP_VERDICT_UNSURE || state == MEMHP_STATE_UNKNOWN)
		set |= 1U << MARK_UNSURE;
	if (memhp_outlook_get_verdict(outlook) == MEMHP_VERDICT_NO)
		set |= 1U << refusal(outlook);
	return set;
}

/* A page without a flag may be free or in use, and counts for neither: nobody knows. */
static void count_used(struct map_block *block, const struct memhp_outlook *outlook)
{
	static const enum memhp_kind unused[] = { MEMHP_KIND_FREE, MEMHP_KIND_OFFLINE };
	uint64_t used = 0;

	if (!memhp_outlook_has_pages(outlook))
		return;
	for (int kind = 0; kind < MEMHP_KIND_COUNT; kind++) {
		if (kind != MEMHP_KIND_HOLE && kind != MEMHP_KIND_BLANK)
			used += memhp_outlook_get_pages(outlook, (enum memhp_kind)kind);
	}
	block->size = used * memhp_page_size();
	for (size_t i = 0; i < ARRAY_SIZE(unused); i++)
		used -= memhp_outlook_get_pages(outlook, unused[i]);
	block->used = used * memhp_page_size();
}

static void add_block(struct map *map, const struct memhp_block *block, const struct memhp_outlook *outlook)
{
	enum memhp_state state = memhp_block_get_state(block);
	struct map_block *new = &map->blocks[map->block_count++];

	*new = (struct map_block){
		.block = block,
		.id = memhp_block_get_id(block),
		.node = memhp_block_get_node(block, 0),
		.zone = state == MEMHP_STATE_OFFLINE ? MAP_OFFLINE : (int)memhp_block_get_zone(block),
		.verdict = memhp_outlook_get_verdict(outlook),
		.marks = marks_of(state, outlook),
	};
	count_used(new, outlook);
	if (new->verdict == MEMHP_VERDICT_NO)
		map->no_hotremove |= memhp_outlook_get_finding(outlook, 0)->cause == MEMHP_CAUSE_NO_HOTREMOVE;
	map->verdicts[new->verdict]++;
	map->unread |= (state == MEMHP_STATE_ONLINE || state == MEMHP_STATE_GOING_OFFLINE) &&
		       !memhp_outlook_has_pages(outlook);
}

/* A hole counts to the node that the block before it is in. One next to a block that is left out is not known
 * to be wanted. */
static void find_holes(struct map *map, const struct memhp_snapshot *snapshot,
		       const struct memhp_request *request)
{
	int node = -1;
	uint64_t next = 0;
	bool wanted = true;

	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		uint64_t id = memhp_block_get_id(block);
		bool matches = memhp_request_matches(request, block);
		if (i == 0)
			node = memhp_block_get_node(block, 0);
		if (id > next && wanted && matches)
			map->holes[map->hole_count++] = (struct map_hole){ node, next, id - 1 };
		next = id + 1;
		node = memhp_block_get_node(block, 0);
		wanted = matches;
	}
}

static int compare(const void *a, const void *b)
{
	const struct map_block *left = a, *right = b;

	if (left->node != right->node)
		return left->node < right->node ? -1 : 1;
	return left->id < right->id ? -1 : left->id > right->id;
}

/* The valid_zones of a block that is going offline no longer name the zone it is in. */
static bool is_zoneless(const struct map_block *block)
{
	return block->zone == MAP_OFFLINE || block->zone == MEMHP_ZONE_UNKNOWN;
}

/* Blocks that are offline amid a zone stand in its rows. */
static void join_offline(struct map_block *blocks, size_t count)
{
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i; end < count && is_zoneless(&blocks[end]); end++)
			;
		bool amid = i > 0 && end < count && blocks[i - 1].zone == blocks[end].zone;
		for (size_t j = i; amid && j < end; j++)
			blocks[j].zone = blocks[end].zone;
		end += end == i;
	}
}

static void sum_up(struct map *map, struct map_node *node)
{
	struct map_block *blocks = &map->blocks[node->first_block];

	join_offline(blocks, node->block_count);
	for (size_t i = 0; i < node->block_count; i++) {
		node->used += blocks[i].used;
		node->online += !(blocks[i].marks & 1U << MARK_OFFLINE);
		node->known += blocks[i].size > 0;
		map->zones |= 1U << blocks[i].zone;
	}
}

static bool group(struct map *map)
{
	qsort(map->blocks, map->block_count, sizeof(*map->blocks), compare);
	for (size_t i = 0; i < map->block_count; i++) {
		if (i == 0 || map->blocks[i].node != map->blocks[i - 1].node) {
			struct map_node *more = reallocarray(map->nodes, map->node_count + 1, sizeof(*more));
			if (!more)
				return false;
			map->nodes = more;
			map->nodes[map->node_count++] = (struct map_node){ .node = map->blocks[i].node,
									   .first_block = i };
		}
		map->nodes[map->node_count - 1].block_count++;
	}
	for (size_t i = 0; i < map->node_count; i++)
		sum_up(map, &map->nodes[i]);
	return true;
}

bool map_make(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
	      const struct memhp_survey *survey, struct map *map)
{
	size_t count = memhp_snapshot_get_count(snapshot);

	*map = (struct map){
		.block_size = memhp_snapshot_get_block_size(snapshot),
		.has_nodes = memhp_snapshot_has_nodes(snapshot),
		.blocks = calloc(count + 1, sizeof(*map->blocks)),
		.holes = calloc(count + 1, sizeof(*map->holes)),
	};
	if (!map->blocks || !map->holes)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		if (memhp_request_matches(request, block))
			add_block(map, block, memhp_survey_get(survey, block));
	}
	find_holes(map, snapshot, request);
	return group(map);
}

bool map_has_unknown(const struct map *map)
{
	for (size_t i = 0; i < map->node_count; i++) {
		if (map->nodes[i].known < map->nodes[i].online)
			return true;
	}
	return false;
}

void map_release(struct map *map)
{
	free(map->blocks);
	free(map->nodes);
	free(map->holes);
	free(map->rows);
	free(map->cells);
}
