/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_LIST_H
#define MEMHP_CLI_LIST_H

#include "list/columns.h"

struct app;
struct ranges;

#define MAX_COLUMNS 32

struct list {
	struct cell_style style;
	bool all, noheadings, pairs, raw;
	bool table, summary;
	const char *output, *split;
	bool output_all;
	size_t columns[MAX_COLUMNS];
	size_t column_count;
	unsigned int split_bits;
};

/* list-text.c: the table and the summary; returns an exit code. */
int list_text(struct app *app, const struct list *list, const struct ranges *ranges);
/* list-json.c: prints memhp.list/1; returns an exit code. */
int list_json(struct app *app, const struct memhp_snapshot *snapshot, const struct ranges *ranges);

#endif
