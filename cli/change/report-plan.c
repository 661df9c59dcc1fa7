/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Of a plan that was made by page state: why each block was chosen or left out, and what would be left. */
#include <inttypes.h>
#include <stdio.h>

#include <memhp.h>

#include "change/change-report.h"
#include "shell/app.h"
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

const char *choice_text(const struct memhp_finding *finding, bool counted, char *buffer, size_t size)
{
	char text[512];

	/* read only up to the first page that decides: a count would be too small */
	bool is_part = finding->pages && !counted && finding->cause != MEMHP_CAUSE_UNREAD;
	snprintf(buffer, size, "%s%s", is_part ? "at least " : "", finding_text(finding, text, sizeof(text)));
	return buffer;
}

static json_object *excluded_json(const struct report_context *context, const struct memhp_block *block)
{
	json_object *object = json_new_object();
	const struct memhp_outlook *outlook = memhp_survey_get(context->survey, block);
	const struct memhp_finding *finding = memhp_outlook_get_finding(outlook, 0);
	char text[512];

	json_add_block(object, block, context->block_size);
	json_add_string(object, "code", memhp_cause_code(finding->cause));
	json_add_string(object, "reason",
			choice_text(finding, memhp_outlook_has_pages(outlook), text, sizeof(text)));
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
	json_object *excluded = json_new_array(), *left = json_new_object();
	uint64_t spares[MEMHP_VERDICT_COUNT] = { 0 };

	for (size_t i = 0; i < memhp_plan_get_excluded_count(context->plan); i++)
		json_append(excluded, excluded_json(context, memhp_plan_get_excluded(context->plan, i)));
	count_spares(context, spares);
	json_add_u64(left, "online", online_after(context));
	json_add_u64(left, "yes", spares[MEMHP_VERDICT_YES]);
	json_add_u64(left, "unsure", spares[MEMHP_VERDICT_UNSURE]);
	json_add_u64(left, "unread", spares[MEMHP_VERDICT_UNKNOWN]);
	json_add(document, "excluded", excluded);
	json_add(document, "left", left);
}

static const struct memhp_outlook *excluded_outlook(const struct report_context *context, size_t index)
{
	return memhp_survey_get(context->survey, memhp_plan_get_excluded(context->plan, index));
}

static const struct memhp_finding *excluded_finding(const struct report_context *context, size_t index)
{
	return memhp_outlook_get_finding(excluded_outlook(context, index), 0);
}

/* True if the one after @index was left out for the same cause. */
static bool goes_on(const struct report_context *context, size_t index)
{
	const struct memhp_block *block = memhp_plan_get_excluded(context->plan, index),
				 *next = memhp_plan_get_excluded(context->plan, index + 1);

	return next && memhp_block_get_id(next) == memhp_block_get_id(block) + 1 &&
	       memhp_block_get_zone(next) == memhp_block_get_zone(block) &&
	       excluded_finding(context, index)->cause == excluded_finding(context, index + 1)->cause &&
	       memhp_outlook_has_pages(excluded_outlook(context, index)) ==
		       memhp_outlook_has_pages(excluded_outlook(context, index + 1));
}

static void print_excluded(const struct app *app, const struct report_context *context)
{
	char text[512];

	for (size_t i = 0, first = 0; i < memhp_plan_get_excluded_count(context->plan); first = ++i) {
		const struct memhp_block *block = memhp_plan_get_excluded(context->plan, first);
		const char *zone = memhp_zone_name(memhp_block_get_zone(block));
		struct memhp_finding sum = *excluded_finding(context, first);
		while (!app->verbose && goes_on(context, i))
			finding_add(&sum, excluded_finding(context, ++i));
		printf("memory%" PRIu64, memhp_block_get_id(block));
		if (i > first)
			printf("-%" PRIu64, memhp_block_get_id(block) + (i - first));
		printf(": left out (online, zone %s): %s\n", zone ? zone : "unknown",
		       choice_text(&sum, memhp_outlook_has_pages(excluded_outlook(context, first)), text,
				   sizeof(text)));
	}
}

void plan_print(const struct app *app, const struct report_context *context)
{
	uint64_t spares[MEMHP_VERDICT_COUNT] = { 0 };
	char size[24];

	print_excluded(app, context);
	count_spares(context, spares);
	size_format(online_after(context), size, sizeof(size));
	printf("%s would be left online; not needed: %" PRIu64 " more block%s that can go, %" PRIu64
	       " unsure, %" PRIu64 " not looked at\n",
	       size, spares[MEMHP_VERDICT_YES], spares[MEMHP_VERDICT_YES] == 1 ? "" : "s",
	       spares[MEMHP_VERDICT_UNSURE], spares[MEMHP_VERDICT_UNKNOWN]);
}
