/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table of nodes: how much can go, and what holds the rest. */
#include <libsmartcols.h>
#include <stdio.h>

#include <memhp.h>

#include "explain/explain.h"
#include "explain/judged.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/table.h"
#include "shell/text.h"

static const struct {
	const char *name;
	int flags;
} columns[] = {
	{ "NODE", SCOLS_FL_RIGHT },   { "CAN GO", SCOLS_FL_RIGHT }, { "CANNOT", SCOLS_FL_RIGHT },
	{ "UNSURE", SCOLS_FL_RIGHT }, { "MOST HELD BY", 0 },
};

/* "slab 1.5G, pinned 128M" */
static void causes_text(const struct node_sum *sum, uint64_t block_size, char *buffer, size_t size)
{
	enum memhp_cause causes[CAUSES_TOLD];
	size_t count = node_sum_causes(sum, causes);

	buffer[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		char held[24];
		size_format(sum->held[causes[i]] * block_size, held, sizeof(held));
		text_append(buffer, size, "%s%s %s", i ? ", " : "", memhp_cause_code(causes[i]), held);
	}
}

static bool add_node(struct libscols_table *table, const struct node_sum *sum, uint64_t block_size)
{
	static const enum memhp_verdict verdicts[] = { MEMHP_VERDICT_YES, MEMHP_VERDICT_NO,
						       MEMHP_VERDICT_UNSURE };
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[160] = "";
	bool good = line != NULL;

	if (sum->node >= 0)
		snprintf(text, sizeof(text), "%d", sum->node);
	good = good && scols_line_set_data(line, 0, text) == 0;
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		size_format(sum->verdicts[verdicts[i]] * block_size, text, sizeof(text));
		good = good && scols_line_set_data(line, i + 1, text) == 0;
	}
	causes_text(sum, block_size, text, sizeof(text));
	return good && scols_line_set_data(line, ARRAY_SIZE(verdicts) + 1, text) == 0;
}

int explain_nodes(struct app *app, struct judged_list *judged, uint64_t block_size)
{
	struct libscols_table *table = scols_new_table();
	bool good = table != NULL;
	size_t run;

	judged_sort(judged);
	for (size_t i = 0; good && i < ARRAY_SIZE(columns); i++)
		good = scols_table_new_column(table, columns[i].name, 0, columns[i].flags) != NULL;
	for (size_t i = 0; good && i < judged->count; i += run) {
		run = judged_run(&judged->list[i], judged->count - i, judged_same_node);
		struct node_sum sum = node_sum_of(&judged->list[i], run);
		good = add_node(table, &sum, block_size);
	}
	if (good) {
		putchar('\n');
		good = table_print(table);
	}
	scols_unref_table(table);
	return good ? EXIT_OK : app_no_memory(app);
}
