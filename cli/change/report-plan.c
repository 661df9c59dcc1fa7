/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of a plan that was made by page state: why each block was chosen or left out, and what would be left. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>

#include <memhp.h>

#include "change/change-report.h"
#include "shell/json.h"
#include "shell/outlook.h"
#include "shell/text.h"

const struct memhp_outlook *plan_outlook(const struct report_context *context,
					 const struct memhp_result *result)
{
	const struct memhp_block *block = context->survey
						  ? memhp_snapshot_find(context->snapshot, result->block)
						  : NULL;
	return block ? memhp_survey_get(context->survey, block) : NULL;
}

const char *choice_text(const struct memhp_outlook *outlook, char *buffer, size_t size)
{
	const struct memhp_finding *finding = memhp_outlook_get_finding(outlook, 0);
	char text[512];

	/* read only up to the first page that decides: a count would be too small */
	snprintf(buffer, size, "%s%s", finding->pages && !memhp_outlook_has_pages(outlook) ? "at least " : "",
		 finding_text(finding, text, sizeof(text)));
	return buffer;
}

static json_object *excluded_json(const struct report_context *context, const struct memhp_block *block)
{
	json_object *object = json_object_new_object();
	const struct memhp_outlook *outlook = memhp_survey_get(context->survey, block);
	char text[512];

	json_add_block(object, block, context->block_size);
	json_add_string(object, "code", memhp_cause_code(memhp_outlook_get_finding(outlook, 0)->cause));
	json_add_string(object, "reason", choice_text(outlook, text, sizeof(text)));
	return object;
}

/* Of the whole machine. */
static uint64_t online_after(const struct report_context *context)
{
	uint64_t online = 0, going = memhp_report_count_outcome(context->report, MEMHP_OUTCOME_NOT_TRIED);

	for (size_t i = 0; i < memhp_snapshot_get_count(context->snapshot); i++)
		online += memhp_block_get_state(memhp_snapshot_get_block(context->snapshot, i)) ==
			  MEMHP_STATE_ONLINE;
	return (online - going) * context->block_size;
}

/* Candidates that are not needed for the size, by what is known of them. */
static void count_spares(const struct report_context *context, uint64_t spares[MEMHP_VERDICT_COUNT])
{
	for (size_t i = context->wanted / context->block_size; i < memhp_plan_get_count(context->plan); i++) {
		const struct memhp_block *block = memhp_plan_get_block(context->plan, i);
		spares[memhp_outlook_get_verdict(memhp_survey_get(context->survey, block))]++;
	}
}

void plan_json(json_object *document, const struct report_context *context)
{
	json_object *excluded = json_object_new_array(), *left = json_object_new_object();
	uint64_t spares[MEMHP_VERDICT_COUNT] = { 0 };

	for (size_t i = 0; i < memhp_plan_get_excluded_count(context->plan); i++)
		json_object_array_add(excluded,
				      excluded_json(context, memhp_plan_get_excluded(context->plan, i)));
	count_spares(context, spares);
	json_add_u64(left, "online", online_after(context));
	json_add_u64(left, "yes", spares[MEMHP_VERDICT_YES]);
	json_add_u64(left, "unsure", spares[MEMHP_VERDICT_UNSURE]);
	json_add_u64(left, "unread", spares[MEMHP_VERDICT_UNKNOWN]);
	json_object_object_add(document, "excluded", excluded);
	json_object_object_add(document, "left", left);
}

void plan_print(const struct report_context *context)
{
	uint64_t spares[MEMHP_VERDICT_COUNT] = { 0 };
	char text[512], size[24];

	for (size_t i = 0; i < memhp_plan_get_excluded_count(context->plan); i++) {
		const struct memhp_block *block = memhp_plan_get_excluded(context->plan, i);
		const char *zone = memhp_zone_name(memhp_block_get_zone(block));
		printf("memory%" PRIu64 ": left out (online, zone %s): %s\n", memhp_block_get_id(block),
		       zone ? zone : "unknown",
		       choice_text(memhp_survey_get(context->survey, block), text, sizeof(text)));
	}
	count_spares(context, spares);
	size_format(online_after(context), size, sizeof(size));
	printf("%s would be left online; not needed: %" PRIu64 " more block%s that can go, %" PRIu64
	       " unsure, %" PRIu64 " not looked at\n",
	       size, spares[MEMHP_VERDICT_YES], spares[MEMHP_VERDICT_YES] == 1 ? "" : "s",
	       spares[MEMHP_VERDICT_UNSURE], spares[MEMHP_VERDICT_UNKNOWN]);
}
