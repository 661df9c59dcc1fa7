/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_COLUMNS_H
#define MEMHP_CLI_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

struct memhp_snapshot;
struct range;

struct column {
	const char *name, *help;
	bool right;
	unsigned int want, split; /* memhp_want and SPLIT_ bits */
	bool pages;		  /* page flags are read for it: that takes long */
};
struct cell_style {
	bool bytes;
	const struct memhp_snapshot *snapshot;
};
const struct column *column_at(size_t index);
/* -1: no such column */
int column_find(const char *name, size_t length);
/* The text, maybe in @cell, or NULL for an empty cell. */
#define CELL_SIZE 256
const char *column_cell(size_t column, const struct range *range, const struct cell_style *style,
			char cell[CELL_SIZE]);

#endif
