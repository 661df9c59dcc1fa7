/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cells and rows of the map. */
#include <stdbool.h>
#include <stdlib.h>

#include "map/map.h"

#define MAX_ROWS 12 /* of a node, those apart that a change of zone begins */
#define MAX_GAP 8   /* empty cells, up to which a row goes on behind a gap */

struct layout {
	struct map *map;
	size_t per_row;
	uint64_t first; /* cell numbers (ids / blocks_per_cell): of the row's first cell */
	uint64_t last;	/* … and of its last one */
};

/* A power of two, so that cells begin at round ids. */
static uint64_t choose_scale(const struct map *map, size_t per_row)
{
	uint64_t scale = 1;

	for (size_t i = 0; i < map->node_count; i++) {
		while ((map->nodes[i].block_count + scale - 1) / scale > MAX_ROWS * per_row)
			scale *= 2;
	}
	return scale;
}

/* More rows and cells than these there cannot be: a block opens one row, and MAX_GAP places. */
static bool make_room(struct map *map)
{
	map->rows = calloc(map->block_count + 1, sizeof(*map->rows));
	map->cells = calloc(map->block_count * (MAX_GAP + 1) + 1, sizeof(*map->cells));
	return map->rows && map->cells;
}

static struct map_cell *add_cell(struct layout *layout, uint64_t number)
{
	struct map *map = layout->map;
	struct map_cell *cell = &map->cells[map->cell_count++];

	cell->first = number * map->blocks_per_cell;
	cell->last = cell->first + map->blocks_per_cell - 1;
	map->rows[map->row_count - 1].count++;
	layout->last = number;
	return cell;
}

static void start_row(struct layout *layout, int zone, uint64_t number)
{
	struct map *map = layout->map;

	map->rows[map->row_count++] = (struct map_row){ .zone = zone, .first = map->cell_count };
	layout->first = number;
	add_cell(layout, number);
}

/* A cell is of one zone: where the next begins within its ids, it is there twice. */
static struct map_cell *cell_of(struct layout *layout, struct map_node *node, const struct map_block *block)
{
	struct map *map = layout->map;
	uint64_t number = block->id / map->blocks_per_cell;
	bool fresh = map->row_count == node->first_row || map->rows[map->row_count - 1].zone != block->zone ||
		     number - layout->first >= layout->per_row || number - layout->last > MAX_GAP + 1;

	if (fresh)
		start_row(layout, block->zone, number);
	while (layout->last < number)
		add_cell(layout, layout->last + 1);
	return &map->cells[map->cell_count - 1];
}

static void put(struct map_cell *cell, const struct map_block *block)
{
	if (cell->blocks == 0)
		cell->first = block->id;
	cell->last = block->id;
	cell->blocks++;
	cell->online += !(block->marks & 1U << MARK_OFFLINE);
	cell->known += block->size > 0;
	cell->marks |= block->marks;
	cell->used += block->used;
	cell->size += block->size;
}

/* A cell shows its worst mark alone. */
static void note_marks(struct map *map)
{
	for (size_t i = 0; i < map->cell_count; i++) {
		if (map->cells[i].marks)
			map->marks |= 1U << map_worst(map->cells[i].marks);
	}
}

bool map_lay_out(struct map *map, size_t per_row)
{
	struct layout layout = { .map = map, .per_row = per_row };

	map->blocks_per_cell = choose_scale(map, per_row);
	if (!make_room(map))
		return false;
	for (size_t i = 0; i < map->node_count; i++) {
		struct map_node *node = &map->nodes[i];
		node->first_row = map->row_count;
		for (size_t j = 0; j < node->block_count; j++) {
			const struct map_block *block = &map->blocks[node->first_block + j];
			put(cell_of(&layout, node, block), block);
		}
		node->row_count = map->row_count - node->first_row;
	}
	note_marks(map);
	return true;
}

int map_cell_level(const struct map_cell *cell, int full)
{
	if (cell->known < cell->online)
		return -1;
	if (!cell->used)
		return 0;
	int level = (int)((double)cell->used / (double)cell->size * full + 0.5);
	return level ? level : 1;
}
