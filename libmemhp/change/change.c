/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one walker: online and offline alike, block by block. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "change/walk.h"
#include "change/watch.h"
#include "outlook/outlook.h"
#include "plan/plan.h"

#define TIMEOUTS_IN_ROW 3

/* Where three blocks of a zone and node hung, the next would most likely, too, each for the whole limit. */
static bool gives_up(const struct walk *walk, const struct memhp_block *block)
{
	return !walk->options.keep_going && walk->timeouts >= TIMEOUTS_IN_ROW &&
	       block->node == walk->timeout_node && memhp_block_get_zone(block) == walk->timeout_zone;
}

static void count_timeouts(struct walk *walk, const struct memhp_block *block, enum memhp_zone zone,
			   enum memhp_outcome outcome)
{
	if (outcome != MEMHP_OUTCOME_TIMED_OUT) {
		walk->timeouts = 0;
		return;
	}
	if (block->node != walk->timeout_node || zone != walk->timeout_zone)
		walk->timeouts = 0;
	walk->timeout_node = block->node;
	walk->timeout_zone = zone;
	walk->timeouts++;
}

/* False: this block may not be tried any more, and the result says why. */
static bool may_try(struct walk *walk, const struct memhp_block *block, struct memhp_result *result)
{
	if (walk->options.abort_fd > 0 && wait_abort(walk->options.abort_fd, 0))
		walk->interrupted = true;
	enum memhp_reason reason = walk->options.dry_run   ? MEMHP_REASON_NONE
				   : walk->interrupted	   ? MEMHP_REASON_INTERRUPTED
				   : walk->stopped	   ? MEMHP_REASON_STOPPED
				   : gives_up(walk, block) ? MEMHP_REASON_TIMEOUTS_IN_ROW
							   : MEMHP_REASON_NONE;
	result_set(result, MEMHP_OUTCOME_NOT_TRIED, reason, 0);
	return reason == MEMHP_REASON_NONE && !walk->options.dry_run;
}

static void try_entry(struct walk *walk, const struct plan_entry *entry, struct memhp_result *result)
{
	struct memhp_block block = *entry->block;
	enum memhp_zone zone = memhp_block_get_zone(&block);

	if (!may_try(walk, &block, result)) {
		if (walk->options.dry_run)
			walk->done_bytes += walk->plan->snapshot->block_size;
		return;
	}
	uint64_t start = now_ms();
	walk->block = block.id;
	walk_progress(walk);
	change_block(walk, &block, result);
	result->elapsed_ms = now_ms() - start;
	count_timeouts(walk, entry->block, zone, result->outcome);
}

static void settle_entry(const struct plan_entry *entry, struct memhp_result *result)
{
	switch (entry->role) {
	case PLAN_ALREADY:
		result_set(result, MEMHP_OUTCOME_ALREADY, entry->reason, 0);
		break;
	case PLAN_ABSENT:
		result_set(result, MEMHP_OUTCOME_ABSENT, entry->reason, 0);
		break;
	case PLAN_EXCLUDED:
		result_set(result, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_UNMOVABLE, 0);
		break;
	default:
		result_set(result, MEMHP_OUTCOME_FAILED, entry->reason, EINVAL);
	}
}

/* The pages of spares were not read for the plan: one is due now, since another block failed. */
static enum memhp_verdict survey_entry(const struct memhp_plan *plan, const struct plan_entry *entry)
{
	struct memhp_outlook *outlook = survey_outlook(plan->survey, entry->block);
	size_t index = (size_t)(entry->block - plan->snapshot->blocks);

	if (!memhp_outlook_has_pages(outlook) && outlook->verdict != MEMHP_VERDICT_NO)
		survey_read(plan->survey, &index, 1, OUTLOOK_READ);
	return memhp_outlook_get_verdict(outlook);
}

/* Candidates that are sure to go are tried first, then the unsure ones, then those that are forced. */
static bool is_due(const struct memhp_plan *plan, const struct plan_entry *entry, enum memhp_verdict pass)
{
	if (!plan->survey || !plan_is_candidate(entry))
		return pass == MEMHP_VERDICT_YES;
	enum memhp_verdict verdict = survey_entry(plan, entry);
	if (verdict == MEMHP_VERDICT_NO && !plan->force_unmovable)
		return false;
	return pass == (verdict == MEMHP_VERDICT_UNKNOWN ? MEMHP_VERDICT_UNSURE : verdict);
}

static void walk_entry(struct walk *walk, const struct plan_entry *entry)
{
	struct memhp_result *result = &walk->report->results[walk->report->count++];

	*result = (struct memhp_result){ .block = entry->id, .count = entry->count, .node = -1 };
	if (entry->block) {
		result->node = entry->block->node;
		note_state(result, entry->block);
	}
	if (entry->block && plan_is_candidate(entry))
		try_entry(walk, entry, result);
	else
		settle_entry(entry, result);
}

/* With a size, spares past it are not touched and not reported, nor is what is known not to go. */
static void walk_plan(struct walk *walk)
{
	const struct memhp_plan *plan = walk->plan;

	for (int pass = MEMHP_VERDICT_YES; pass <= MEMHP_VERDICT_NO; pass++) {
		for (size_t i = 0; i < plan->count; i++) {
			const struct plan_entry *entry = &plan->entries[i];
			if (plan->sized &&
			    (walk->done_bytes >= plan->wanted || walk->interrupted || walk->stopped))
				return;
			if (entry->role == PLAN_EXCLUDED && plan->sized)
				continue;
			if (is_due(plan, entry, (enum memhp_verdict)pass))
				walk_entry(walk, entry);
		}
	}
}

static bool is_complete(const struct walk *walk)
{
	const struct memhp_report *report = walk->report;
	if (walk->plan->sized)
		return walk->done_bytes >= walk->plan->wanted;
	for (size_t i = 0; i < report->count; i++) {
		enum memhp_outcome outcome = report->results[i].outcome;
		if (outcome != MEMHP_OUTCOME_DONE && outcome != MEMHP_OUTCOME_ALREADY &&
		    outcome != MEMHP_OUTCOME_ABSENT &&
		    !(walk->options.dry_run && outcome == MEMHP_OUTCOME_NOT_TRIED &&
		      report->results[i].reason == MEMHP_REASON_NONE))
			return false;
	}
	return true;
}

MEMHP_EXPORT int memhp_plan_run(struct memhp_ctx *ctx, const struct memhp_plan *plan,
				const struct memhp_change_options *options, struct memhp_report **report)
{
	struct walk walk = { .ctx = ctx, .plan = plan, .timeout_node = -1, .start_ms = now_ms() };
	size_t known = options->size < sizeof(walk.options) ? options->size : sizeof(walk.options);

	*report = NULL;
	if (options->size == 0)
		return -EINVAL;
	ctx_start(ctx);
	memcpy(&walk.options, options, known);
	walk.report = calloc(1, sizeof(*walk.report));
	if (!walk.report)
		return -ENOMEM;
	walk.report->results = calloc(plan->count ? plan->count : 1, sizeof(*walk.report->results));
	if (!walk.report->results) {
		free(walk.report);
		return -ENOMEM;
	}
	walk_plan(&walk);
	watch_stop(walk.watch);
	walk.report->complete = is_complete(&walk);
	walk.report->interrupted = walk.interrupted;
	walk.report->elapsed_ms = now_ms() - walk.start_ms;
	*report = walk.report;
	return 0;
}
