/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <memhp.h>

#include "explain/explain-way.h"
#include "explain/explain.h"
#include "explain/holders.h"
#include "explain/judged.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/macros.h"
#include "shell/outlook.h"
#include "shell/surveyed.h"

static json_object *finding_json(const struct surveyed *surveyed, const struct judged *judged,
				 const struct memhp_finding *finding)
{
	json_object *object = json_new_object();
	bool has_page = finding->first_pfn != UINT64_MAX;
	char text[512];

	json_add_string(object, "code", memhp_cause_code(finding->cause));
	json_add_string(object, "verdict", memhp_verdict_name(finding->verdict));
	json_add_u64(object, "pages", finding->pages);
	json_add(object, "first_pfn", has_page ? json_new_u64(finding->first_pfn) : NULL);
	json_add(object, "flags", has_page ? page_flags_json(finding->flags) : NULL);
	json_add_string(object, "text", finding_text(finding, text, sizeof(text)));
	json_add_string(object, "next", holders_next(surveyed, judged, 1, finding->cause));
	json_add(object, "holders", holders_json(surveyed, judged->outlook, finding->cause));
	return object;
}

static json_object *kinds_json(const struct memhp_outlook *outlook)
{
	if (!memhp_outlook_has_pages(outlook))
		return NULL;
	json_object *object = json_new_object();
	for (int i = 0; i < MEMHP_KIND_COUNT; i++) {
		enum memhp_kind kind = (enum memhp_kind)i;
		json_add_u64(object, memhp_kind_name(kind), memhp_outlook_get_pages(outlook, kind));
	}
	return object;
}

static json_object *block_json(const struct surveyed *surveyed, const struct judged *judged,
			       const struct memhp_way *way)
{
	json_object *object = json_new_object(), *reasons = json_new_array();
	const struct memhp_outlook *outlook = judged->outlook;
	const struct memhp_block *block = judged->block;

	for (size_t i = 0; i < memhp_outlook_get_finding_count(outlook); i++)
		json_append(reasons, finding_json(surveyed, judged, memhp_outlook_get_finding(outlook, i)));
	json_add_block(object, block, memhp_snapshot_get_block_size(surveyed->snapshot));
	json_add(object, "nodes", block_nodes_json(block));
	json_add_string(object, "verdict", memhp_verdict_name(memhp_outlook_get_verdict(outlook)));
	json_add(object, "reasons", reasons);
	json_add(object, "pages", pages_json(outlook));
	json_add(object, "kinds", kinds_json(outlook));
	json_add(object, "migrate",
		 memhp_outlook_has_pages(outlook) ? json_new_u64(memhp_outlook_get_moves(outlook)) : NULL);
	if (way)
		json_add(object, "path",
			 memhp_outlook_get_finding_count(outlook) ? explain_way_json(way, outlook) : NULL);
	return object;
}

static void add_verdicts(json_object *object, const struct node_sum *sum, uint64_t block_size)
{
	static const enum memhp_verdict verdicts[] = { MEMHP_VERDICT_YES, MEMHP_VERDICT_NO,
						       MEMHP_VERDICT_UNSURE };

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		json_add_u64(object, memhp_verdict_name(verdicts[i]),
			     sum->verdicts[verdicts[i]] * block_size);
}

static json_object *node_json(const struct node_sum *sum, uint64_t block_size)
{
	json_object *object = json_new_object(), *held = json_new_array();
	enum memhp_cause causes[CAUSES_TOLD];
	size_t count = node_sum_causes(sum, causes);

	json_add(object, "node", sum->node < 0 ? NULL : json_new_int(sum->node));
	add_verdicts(object, sum, block_size);
	for (size_t i = 0; i < count; i++) {
		json_object *cause = json_new_object();
		json_add_string(cause, "code", memhp_cause_code(causes[i]));
		json_add_u64(cause, "size", sum->held[causes[i]] * block_size);
		json_append(held, cause);
	}
	json_add(object, "held_by", held);
	return object;
}

static json_object *totals_json(struct judged_list *judged, uint64_t block_size)
{
	json_object *totals = json_new_object(), *nodes = json_new_array();
	struct node_sum all = node_sum_of(judged->list, judged->count);
	size_t run;

	judged_sort(judged);
	for (size_t i = 0; i < judged->count; i += run) {
		run = judged_run(&judged->list[i], judged->count - i, judged_same_node);
		struct node_sum sum = node_sum_of(&judged->list[i], run);
		json_append(nodes, node_json(&sum, block_size));
	}
	add_verdicts(totals, &all, block_size);
	json_add(totals, "by_node", nodes);
	return totals;
}

int explain_json(const struct app *app, const struct surveyed *surveyed, struct judged_list *judged,
		 const struct memhp_way *way)
{
	uint64_t size = memhp_snapshot_get_block_size(surveyed->snapshot);
	json_object *document = json_document(app), *blocks = json_new_array();

	for (size_t i = 0; i < judged->count; i++)
		json_append(blocks, block_json(surveyed, &judged->list[i], way));
	json_add_u64(document, "block_size", size);
	json_add_u64(document, "page_size", memhp_page_size());
	json_add(document, "totals", totals_json(judged, size));
	json_add(document, "blocks", blocks);
	return json_finish(app, document, EXIT_OK);
}
