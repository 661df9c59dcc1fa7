/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "list/columns.h"
#include "list/list.h"
#include "list/ranges.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/table.h"
#include "shell/text.h"

static struct libscols_table *make_table(const struct list *list)
{
	struct libscols_table *table = scols_new_table();
	if (!table)
		return NULL;
	scols_table_enable_raw(table, list->raw);
	scols_table_enable_export(table, list->pairs);
	scols_table_enable_noheadings(table, list->noheadings);
	for (size_t i = 0; i < list->column_count; i++) {
		const struct column *column = column_at(list->columns[i]);
		if (!scols_table_new_column(table, column->name, 0, column->right ? SCOLS_FL_RIGHT : 0)) {
			scols_unref_table(table);
			return NULL;
		}
	}
	return table;
}

static bool fill_table(struct libscols_table *table, const struct list *list, const struct ranges *ranges)
{
	char cell[CELL_SIZE];

	for (size_t i = 0; i < ranges->count; i++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);
		if (!line)
			return false;
		for (size_t j = 0; j < list->column_count; j++) {
			const char *text = column_cell(list->columns[j], &ranges->list[i], &list->style,
						       cell);
			if (text && scols_line_set_data(line, j, text))
				return false;
		}
	}
	return true;
}

static void print_summary(const struct app *app, const struct list *list, const struct ranges *ranges)
{
	uint64_t size = memhp_snapshot_get_block_size(list->style.snapshot);
	const struct {
		const char *label;
		uint64_t size;
	} rows[] = {
		{ "Memory block size:", size },
		{ "Total online memory:", ranges->online * size },
		{ "Total offline memory:", ranges->not_online * size },
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char human[24];
		size_format(rows[i].size, human, sizeof(human));
		if (list->style.bytes)
			printf("%-32s %15" PRIu64 "\n", rows[i].label, rows[i].size);
		else
			printf("%-32s %5s\n", rows[i].label, human);
	}
	char memmap[64];
	if (memhp_policy_read_one(app->ctx, MEMHP_POLICY_MEMMAP_ON_MEMORY, memmap, sizeof(memmap)) == 0 &&
	    *memmap)
		printf("%-32s %*s\n", "Memmap on memory parameter:", list->style.bytes ? 15 : 5,
		       strchr("Nn0", memmap[0]) ? "no" : "yes");
}

int list_text(struct app *app, const struct list *list, const struct ranges *ranges)
{
	if (list->table) {
		struct libscols_table *table = make_table(list);
		/* all columns may be such that this machine does not have */
		bool good = table && fill_table(table, list, ranges) &&
			    (list->column_count == 0 || table_print(table));
		scols_unref_table(table);
		if (!good)
			return app_no_memory(app);
		if (list->summary)
			putchar('\n');
	}
	if (list->summary)
		print_summary(app, list, ranges);
	return EXIT_OK;
}
