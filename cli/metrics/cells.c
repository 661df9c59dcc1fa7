/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "metrics/metrics.h"

static int order(int a, int b)
{
	return (a > b) - (a < b);
}

static int order_names(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : order(a != NULL, b != NULL);
}

static int compare(const void *left, const void *right)
{
	const struct metrics_cell *a = left, *b = right;
	const int differences[] = {
		order(a->node, b->node),
		order((int)a->zone, (int)b->zone),
		order((int)a->state, (int)b->state),
		order_names(a->device, b->device),
		order_names(a->driver, b->driver),
		order((int)a->verdict, (int)b->verdict),
		order((int)a->cause, (int)b->cause),
	};
	size_t i = 0;

	while (i < sizeof(differences) / sizeof(*differences) - 1 && differences[i] == 0)
		i++;
	return differences[i];
}

/* Adds to the last cell if that is alike. */
static bool append(struct metrics_cells *cells, size_t *room, const struct metrics_cell *cell)
{
	struct metrics_cell *last = cells->count ? &cells->list[cells->count - 1] : NULL;

	if (last && compare(last, cell) == 0) {
		last->blocks += cell->blocks;
		return true;
	}
	if (cells->count == *room) {
		*room = *room ? *room * 2 : 16;
		struct metrics_cell *list = reallocarray(cells->list, *room, sizeof(*list));
		if (!list)
			return false;
		cells->list = list;
	}
	cells->list[cells->count++] = *cell;
	return true;
}

/* Neighbours are alike mostly: there is little to sort. */
static void merge(struct metrics_cells *cells)
{
	size_t count = 0;

	if (cells->count)
		qsort(cells->list, cells->count, sizeof(*cells->list), compare);
	for (size_t i = 0; i < cells->count; i++) {
		if (count && compare(&cells->list[count - 1], &cells->list[i]) == 0)
			cells->list[count - 1].blocks += cells->list[i].blocks;
		else
			cells->list[count++] = cells->list[i];
	}
	cells->count = count;
}

bool metrics_cells_count(const struct metrics_facts *facts, metrics_cell_fn fill, struct metrics_cells *cells)
{
	size_t room = 0;

	*cells = (struct metrics_cells){ 0 };
	for (size_t i = 0; i < memhp_snapshot_get_count(facts->snapshot); i++) {
		struct metrics_cell cell = { .node = -1, .cause = MEMHP_CAUSE_COUNT, .blocks = 1 };
		if (fill(facts, memhp_snapshot_get_block(facts->snapshot, i), &cell) &&
		    !append(cells, &room, &cell)) {
			free(cells->list);
			return false;
		}
	}
	merge(cells);
	return true;
}
