/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every form of the map says in words. */
#include <inttypes.h>

#include "map/map.h"
#include "shell/text.h"

#define MAX_HOLES 3 /* that are named */

static void append_ids(char *buffer, size_t size, uint64_t first, uint64_t last)
{
	text_append(buffer, size, "%" PRIu64, first);
	if (last != first)
		text_append(buffer, size, "-%" PRIu64, last);
}

static void append_size(char *buffer, size_t size, const char *before, uint64_t bytes, const char *after)
{
	char text[24];

	size_format(bytes, text, sizeof(text));
	text_append(buffer, size, "%s%s%s", before, text, after);
}

/* What is used of blocks whose pages nobody could read is not known, and may be more. */
const char *map_node_title(const struct map *map, const struct map_node *node, char *buffer, size_t size)
{
	uint64_t offline = node->block_count - node->online;

	buffer[0] = '\0';
	if (node->node >= 0)
		text_append(buffer, size, "node %d: ", node->node);
	else
		text_append(buffer, size, map->has_nodes ? "no node: " : "memory: ");
	append_size(buffer, size, "", node->block_count * map->block_size, "");
	text_append(buffer, size, " in %zu block%s", node->block_count, node->block_count == 1 ? "" : "s");
	if (node->known)
		append_size(buffer, size, node->known < node->online ? ", at least " : ", ", node->used,
			    " used");
	else if (node->online)
		text_append(buffer, size, ", used share unknown");
	if (offline)
		append_size(buffer, size, ", ", offline * map->block_size, " offline");
	return buffer;
}

const char *map_node_holes(const struct map *map, const struct map_node *node, char *buffer, size_t size)
{
	size_t count = 0;
	uint64_t blocks = 0;

	buffer[0] = '\0';
	for (size_t i = 0; i < map->hole_count; i++) {
		const struct map_hole *hole = &map->holes[i];
		uint64_t length = hole->last - hole->first + 1;
		if (hole->node != node->node)
			continue;
		blocks += length;
		if (++count > MAX_HOLES)
			continue;
		text_append(buffer, size, "%s", count > 1 ? ", " : "");
		append_ids(buffer, size, hole->first, hole->last);
		append_size(buffer, size, " (", length * map->block_size, ")");
	}
	if (count > MAX_HOLES) {
		text_append(buffer, size, " and %zu more", count - MAX_HOLES);
		append_size(buffer, size, ", ", blocks * map->block_size, " in all");
	}
	return buffer;
}

const char *map_scale(const struct map *map, char *buffer, size_t size)
{
	buffer[0] = '\0';
	if (map->blocks_per_cell > 1)
		text_append(buffer, size, "%" PRIu64 " blocks, ", map->blocks_per_cell);
	else
		text_append(buffer, size, "one block, ");
	append_size(buffer, size, "", map->blocks_per_cell * map->block_size, "");
	return buffer;
}

const char *map_cell_text(const struct map *map, const struct map_row *row, const struct map_cell *cell,
			  char *buffer, size_t size)
{
	int percent = map_cell_level(cell, 100);

	buffer[0] = '\0';
	text_append(buffer, size, "memory");
	append_ids(buffer, size, cell->first, cell->last);
	text_append(buffer, size, ": %s", cell->online ? map_zone_text(row->zone) : "offline");
	if (cell->online && percent >= 0)
		text_append(buffer, size, ", %d%% used", percent);
	else if (cell->online)
		text_append(buffer, size, ", used share unknown");
	for (int mark = MARK_COUNT - 1; mark > MARK_OFFLINE; mark--) {
		if (cell->marks & 1U << mark)
			text_append(buffer, size, ", %s", map_mark_text(map, (enum map_mark)mark));
	}
	if (cell->online && cell->online < cell->blocks)
		append_size(buffer, size, ", ", (cell->blocks - cell->online) * map->block_size, " offline");
	return buffer;
}
