/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --path: what is known of a block, told along the kernel's own way through its offline. */
#include <libsmartcols.h>
#include <stdio.h>

#include <memhp.h>

#include "explain/explain-way.h"
#include "shell/json.h"
#include "shell/macros.h"
#include "shell/outlook.h"
#include "shell/table.h"
#include "shell/text.h"

#define MAX_DEPTH 8

static const char *expected_word(enum memhp_verdict verdict)
{
	switch (verdict) {
	case MEMHP_VERDICT_YES:
		return "passes";
	case MEMHP_VERDICT_NO:
		return "fails";
	case MEMHP_VERDICT_UNSURE:
		return "unsure";
	default:
		return "not reached";
	}
}

/* Of blocks that are shown together the worst. */
static enum memhp_verdict verdict_at(const struct memhp_way *way, size_t index, const struct judged *judged,
				     size_t count)
{
	static const enum memhp_verdict worst_first[] = { MEMHP_VERDICT_NO, MEMHP_VERDICT_UNSURE,
							  MEMHP_VERDICT_YES };
	bool seen[MEMHP_VERDICT_COUNT] = { false };

	for (size_t i = 0; i < count; i++)
		seen[memhp_way_judge(way, judged[i].outlook, index)] = true;
	for (size_t i = 0; i < ARRAY_SIZE(worst_first); i++) {
		if (seen[worst_first[i]])
			return worst_first[i];
	}
	return MEMHP_VERDICT_UNKNOWN;
}

/* "fails: 429 pages of slab, …" */
static void expected_text(const struct memhp_way *way, size_t index, const struct judged *judged,
			  size_t count, const struct sums *sums, char *text, size_t size)
{
	const char *between = ": ";
	char finding[512];

	snprintf(text, size, "%s", expected_word(verdict_at(way, index, judged, count)));
	for (int cause = 0; cause < MEMHP_CAUSE_COUNT; cause++) {
		if (!sums->found[cause] || !memhp_way_concerns(way, index, (enum memhp_cause)cause))
			continue;
		text_append(text, size, "%s%s", between,
			    finding_text(&sums->findings[cause], finding, sizeof(finding)));
		if (sums->found[cause] < count)
			text_append(text, size, ", in %zu of them", sums->found[cause]);
		between = "; ";
	}
}

static bool add_stages(struct libscols_table *table, const struct memhp_way *way, const struct judged *judged,
		       size_t count, const struct sums *sums)
{
	struct libscols_line *parents[MAX_DEPTH + 1] = { NULL };
	const struct memhp_way_stage *stage;
	char text[2048];

	for (size_t i = 0; (stage = memhp_way_get_stage(way, i)) && stage->depth < MAX_DEPTH; i++) {
		struct libscols_line *line = scols_table_new_line(table, parents[stage->depth]);
		parents[stage->depth + 1] = line;
		expected_text(way, i, judged, count, sums, text, sizeof(text));
		if (!line || scols_line_set_data(line, 0, stage->name) ||
		    scols_line_set_data(line, 1, stage->function) || scols_line_set_data(line, 2, text))
			return false;
	}
	return true;
}

bool explain_way(const struct memhp_way *way, const struct judged *judged, size_t count,
		 const struct sums *sums)
{
	struct libscols_table *table = scols_new_table();
	bool good = table && scols_table_new_column(table, "STAGE", 0, SCOLS_FL_TREE) &&
		    scols_table_new_column(table, "FUNCTION", 0, 0) &&
		    scols_table_new_column(table, "EXPECTED", 0, SCOLS_FL_WRAP) &&
		    add_stages(table, way, judged, count, sums) && table_print(table);

	scols_unref_table(table);
	return good;
}

static json_object *reasons_json(const struct memhp_way *way, size_t index,
				 const struct memhp_outlook *outlook)
{
	json_object *list = json_new_array();
	const struct memhp_finding *finding;

	for (size_t i = 0; (finding = memhp_outlook_get_finding(outlook, i)); i++) {
		if (memhp_way_concerns(way, index, finding->cause))
			json_append(list, json_new_string(memhp_cause_code(finding->cause)));
	}
	return list;
}

json_object *explain_way_json(const struct memhp_way *way, const struct memhp_outlook *outlook)
{
	json_object *lists[MAX_DEPTH + 1] = { json_new_array() };
	const struct memhp_way_stage *stage;

	for (size_t i = 0; (stage = memhp_way_get_stage(way, i)) && stage->depth < MAX_DEPTH; i++) {
		json_object *object = json_new_object(), *below = json_new_array();
		json_add_string(object, "stage", stage->name);
		json_add_string(object, "function", *stage->function ? stage->function : NULL);
		json_add_string(object, "expected", expected_word(memhp_way_judge(way, outlook, i)));
		json_add(object, "reasons", reasons_json(way, i, outlook));
		json_add(object, "stages", below);
		json_append(lists[stage->depth], object);
		lists[stage->depth + 1] = below;
	}
	return lists[0];
}
