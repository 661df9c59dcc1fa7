/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one walker: online and offline alike, block by block, never believing a write. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "survey.h"

#define POLL_MS 50
#define TIMEOUTS_IN_ROW 3

struct walk {
	struct memhp_ctx *ctx;
	const struct memhp_plan *plan;
	struct memhp_change_options options;
	struct memhp_report *report;
	uint64_t start_ms, done_bytes;
	uint64_t block;		   /* at work */
	bool interrupted, stopped; /* no further writes */
	unsigned int timeouts;	   /* in a row, of the last timed-out block's zone and node */
	int timeout_node;
	enum memhp_zone timeout_zone;
};

static void progress(void *data)
{
	const struct walk *walk = data;
	uint64_t block_size = walk->plan->snapshot->block_size;
	struct memhp_progress now = {
		.block = walk->block,
		.done_blocks = walk->done_bytes / block_size,
		.wanted_blocks = walk->plan->wanted / block_size,
		.block_size = block_size,
		.elapsed_ms = now_ms() - walk->start_ms,
	};
	if (walk->options.progress)
		walk->options.progress(walk->options.data, &now);
}

static const char *target_word(const struct memhp_plan *plan, enum memhp_target target)
{
	return plan->action == MEMHP_ACTION_OFFLINE ? "offline" : memhp_target_word(target);
}

static void note_state(struct memhp_result *result, const struct memhp_block *block)
{
	result->state = memhp_block_get_state(block);
	result->zone = memhp_block_get_zone(block);
}

/* Reads the block again; false, with the outcome set, if it cannot be read any more. */
static bool look(struct walk *walk, struct memhp_block *block, struct memhp_result *result)
{
	int error = block_reread(walk->ctx, block);
	note_state(result, block);
	if (!error)
		return true;
	result_set(result, MEMHP_OUTCOME_FAILED,
		   error == -ENOENT || error == -ENODEV ? MEMHP_REASON_VANISHED : MEMHP_REASON_UNKNOWN_STATE,
		   -error);
	return false;
}

/* Somebody else's offline: give it the time limit, then decide by what it left. */
static bool wait_for_others(struct walk *walk, struct memhp_block *block, struct memhp_result *result,
			    uint64_t deadline_ms)
{
	while (block->state == MEMHP_STATE_GOING_OFFLINE) {
		if (deadline_ms && now_ms() >= deadline_ms) {
			result_set(result, MEMHP_OUTCOME_TIMED_OUT, MEMHP_REASON_GOING_OFFLINE, ETIMEDOUT);
			return false;
		}
		progress(walk);
		if (wait_abort(walk->options.abort_fd, POLL_MS)) {
			walk->interrupted = true;
			result_set(result, MEMHP_OUTCOME_INTERRUPTED, MEMHP_REASON_INTERRUPTED, EINTR);
			return false;
		}
		if (!look(walk, block, result))
			return false;
	}
	return true;
}

static void classify_failure(struct walk *walk, const struct write_result *write, struct memhp_result *result)
{
	struct verdict verdict = write_verdict(write);

	walk->interrupted |= write->end == WRITE_ABORTED;
	walk->stopped |= verdict.stops;
	result_set(result, verdict.outcome, verdict.reason, verdict.error);
}

enum attempt { ATTEMPT_FAILED, ATTEMPT_DONE, ATTEMPT_ALREADY };

/* One write and a look at what it did. What reads back decides: an abort may have come too late
 * (done), and a refused write may find that somebody else was faster (already). */
static enum attempt attempt(struct walk *walk, struct memhp_block *block, const char *word,
			    uint64_t deadline_ms, struct memhp_result *result,
			    const struct memhp_plan *wanted)
{
	struct write_result write;
	struct write_wait wait = { deadline_ms, walk->options.abort_fd, progress, walk };
	char path[96];

	snprintf(path, sizeof(path), MEMORY_DIR "/memory%" PRIu64 "/state", block->id);
	write_in_child(walk->ctx, path, word, &wait, &write);
	bool failed = write.end != WRITE_ENDED || write.error;
	if (failed)
		classify_failure(walk, &write, result);
	struct memhp_result seen = *result;
	if (!look(walk, block, failed ? &seen : result)) {
		result->state = MEMHP_STATE_UNKNOWN;
		result->zone = MEMHP_ZONE_UNKNOWN;
		return ATTEMPT_FAILED;
	}
	note_state(result, block);
	enum memhp_reason reason;
	bool reached = plan_role_of(wanted, block, &reason) == PLAN_ALREADY;
	if (reached)
		return write.end == WRITE_ENDED && write.error ? ATTEMPT_ALREADY : ATTEMPT_DONE;
	if (!failed)
		result_set(result, MEMHP_OUTCOME_FAILED, MEMHP_REASON_CHANGED_MEANWHILE, 0);
	return ATTEMPT_FAILED;
}

/* Nothing is lost: the way back is not cut short by an abort that was asked for before. */
static void bring_back(struct walk *walk, struct memhp_block *block, enum memhp_target target,
		       struct memhp_result *result)
{
	struct memhp_plan back = { .action = MEMHP_ACTION_ONLINE, .target = target };
	struct memhp_result undo = *result;
	int abort_fd = walk->options.abort_fd;

	if (block->state != MEMHP_STATE_OFFLINE)
		return;
	walk->options.abort_fd = 0;
	attempt(walk, block, target_word(&back, target), deadline_of(walk->options.timeout_ms), &undo, &back);
	walk->options.abort_fd = abort_fd;
	note_state(result, block);
}

/* Offline, then online in the wanted zone; if that fails, back into the old one. */
static enum attempt rezone(struct walk *walk, struct memhp_block *block, uint64_t deadline_ms,
			   struct memhp_result *result)
{
	struct memhp_plan offline = { .action = MEMHP_ACTION_OFFLINE };
	enum memhp_target old = target_of_zone(memhp_block_get_zone(block));
	enum memhp_reason reason;
	enum attempt end = ATTEMPT_FAILED;

	if (attempt(walk, block, "offline", deadline_ms, result, &offline) == ATTEMPT_FAILED)
		return ATTEMPT_FAILED;
	if (plan_role_of(walk->plan, block, &reason) == PLAN_TRY)
		end = attempt(walk, block, target_word(walk->plan, walk->plan->target), deadline_ms, result,
			      walk->plan);
	else
		result_set(result, MEMHP_OUTCOME_FAILED, reason, EINVAL);
	if (end == ATTEMPT_FAILED)
		bring_back(walk, block, old, result);
	return end;
}

static void settle(struct walk *walk, enum attempt end, struct memhp_result *result)
{
	if (end == ATTEMPT_DONE) {
		result_set(result, MEMHP_OUTCOME_DONE, MEMHP_REASON_NONE, 0);
		walk->done_bytes += walk->plan->snapshot->block_size;
	} else if (end == ATTEMPT_ALREADY) {
		result_set(result, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0);
	}
}

static void change_block(struct walk *walk, struct memhp_block *block, struct memhp_result *result)
{
	uint64_t deadline_ms = deadline_of(walk->options.timeout_ms);
	enum memhp_reason reason;

	if (!look(walk, block, result) || !wait_for_others(walk, block, result, deadline_ms))
		return;
	switch (plan_role_of(walk->plan, block, &reason)) {
	case PLAN_ALREADY:
		settle(walk, ATTEMPT_ALREADY, result);
		break;
	case PLAN_REZONE:
		settle(walk, rezone(walk, block, deadline_ms, result), result);
		break;
	case PLAN_TRY:
		settle(walk,
		       attempt(walk, block, target_word(walk->plan, walk->plan->target), deadline_ms, result,
			       walk->plan),
		       result);
		break;
	default:
		result_set(result, MEMHP_OUTCOME_FAILED, reason, EINVAL);
	}
}

/* A zone and node where three in a row hung will most likely hang again: a limit's time each. */
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
	progress(walk);
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
	default:
		result_set(result, MEMHP_OUTCOME_FAILED, entry->reason, EINVAL);
	}
}

/* What was not read yet is a spare that becomes due because another block failed. */
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
			if (entry->role != PLAN_EXCLUDED && is_due(plan, entry, (enum memhp_verdict)pass))
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
		    !(walk->options.dry_run && outcome == MEMHP_OUTCOME_NOT_TRIED))
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
	walk.report->complete = is_complete(&walk);
	walk.report->interrupted = walk.interrupted;
	walk.report->elapsed_ms = now_ms() - walk.start_ms;
	*report = walk.report;
	return 0;
}
