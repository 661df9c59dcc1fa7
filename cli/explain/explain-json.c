/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <json-c/json.h>

#include <memhp.h>

#include "explain/explain.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/outlook.h"
#include "shell/surveyed.h"

static json_object *finding_json(const struct memhp_finding *finding)
{
	json_object *object = json_object_new_object();
	bool has_page = finding->first_pfn != UINT64_MAX;
	char text[512];

	json_add_string(object, "code", memhp_cause_code(finding->cause));
	json_add_string(object, "verdict", memhp_verdict_name(finding->verdict));
	json_add_u64(object, "pages", finding->pages);
	json_object_object_add(object, "first_pfn",
			       has_page ? json_object_new_uint64(finding->first_pfn) : NULL);
	json_object_object_add(object, "flags", has_page ? page_flags_json(finding->flags) : NULL);
	json_add_string(object, "text", finding_text(finding, text, sizeof(text)));
	json_add_string(object, "next", finding_next(finding->cause));
	return object;
}

static json_object *kinds_json(const struct memhp_outlook *outlook)
{
	if (!memhp_outlook_has_pages(outlook))
		return NULL;
	json_object *object = json_object_new_object();
	for (int i = 0; i < MEMHP_KIND_COUNT; i++) {
		enum memhp_kind kind = (enum memhp_kind)i;
		json_add_u64(object, memhp_kind_name(kind), memhp_outlook_get_pages(outlook, kind));
	}
	return object;
}

static json_object *block_json(const struct memhp_block *block, const struct memhp_outlook *outlook,
			       uint64_t block_size)
{
	json_object *object = json_object_new_object(), *reasons = json_object_new_array();

	for (size_t i = 0; i < memhp_outlook_get_finding_count(outlook); i++)
		json_object_array_add(reasons, finding_json(memhp_outlook_get_finding(outlook, i)));
	json_add_block(object, block, block_size);
	json_add_string(object, "verdict", memhp_verdict_name(memhp_outlook_get_verdict(outlook)));
	json_object_object_add(object, "reasons", reasons);
	json_object_object_add(object, "pages", pages_json(outlook));
	json_object_object_add(object, "kinds", kinds_json(outlook));
	json_object_object_add(object, "migrate",
			       memhp_outlook_has_pages(outlook)
				       ? json_object_new_uint64(memhp_outlook_get_moves(outlook))
				       : NULL);
	return object;
}

int explain_json(const struct app *app, const struct surveyed *surveyed)
{
	const struct memhp_snapshot *snapshot = surveyed->snapshot;
	uint64_t size = memhp_snapshot_get_block_size(snapshot);
	json_object *document = json_document(app), *blocks = json_object_new_array();

	json_add_u64(document, "block_size", size);
	json_add_u64(document, "page_size", memhp_page_size());
	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		if (memhp_request_matches(surveyed->request, block))
			json_object_array_add(
				blocks, block_json(block, memhp_survey_get(surveyed->survey, block), size));
	}
	json_object_object_add(document, "blocks", blocks);
	return json_finish(app, document, EXIT_OK);
}
