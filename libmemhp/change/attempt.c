/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One block brought into the wanted state, never believing a write. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/sysfs.h"
#include "change/verdict.h"
#include "change/walk.h"
#include "change/watch.h"
#include "pages/pages.h"
#include "plan/plan.h"
#include "trace/trace.h"

#define POLL_MS 50

void walk_progress(void *data)
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

static void online_tick(void *data)
{
	const struct walk *walk = data;

	walk_progress(data);
	trace_follow(walk->options.trace);
}

static void offline_tick(void *data)
{
	const struct walk *walk = data;

	online_tick(data);
	watch_tick(walk->watch);
}

void note_state(struct memhp_result *result, const struct memhp_block *block)
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
		walk_progress(walk);
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

static void write_word(struct walk *walk, const char *path, const char *word, bool offline,
		       uint64_t deadline_ms, struct write_result *write)
{
	struct write_wait wait = { deadline_ms, walk->options.abort_fd, offline ? offline_tick : online_tick,
				   walk };

	if (offline) {
		watch_attempt(walk->ctx, &walk->watch);
		lru_drain();
	}
	trace_begin(walk->options.trace);
	write_in_child(walk->ctx, path, word, &wait, write);
}

/* One write and a look at what it did. What reads back decides: an abort may have come too late
 * (done), and a refused write may find that somebody else was faster (already). */
static enum attempt attempt(struct walk *walk, struct memhp_block *block, const char *word,
			    uint64_t deadline_ms, struct memhp_result *result,
			    const struct memhp_plan *wanted)
{
	struct write_result write;
	bool offline = wanted->action == MEMHP_ACTION_OFFLINE;
	uint64_t pages = walk->plan->snapshot->block_size / memhp_page_size();
	char path[96];

	snprintf(path, sizeof(path), MEMORY_DIR "/memory%" PRIu64 "/state", block->id);
	write_word(walk, path, word, offline, deadline_ms, &write);
	if (offline && write.end == WRITE_ENDED && write.error == EBUSY &&
	    watch_page_moves_now(walk->watch, block->id * pages, pages))
		write_word(walk, path, word, offline, deadline_ms, &write);
	if (write.pid)
		report_add_path(walk->report, trace_end(walk->options.trace, write.pid));
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
	else if (offline)
		watch_failed(walk->watch, walk->report, walk->plan->snapshot->block_size);
	return ATTEMPT_FAILED;
}

/* No abort cuts the way back short: ^C between two writes would leave the block offline. */
static void bring_back(struct walk *walk, struct memhp_block *block, enum memhp_target target,
		       struct memhp_result *result)
{
	struct memhp_plan back = { .action = MEMHP_ACTION_ONLINE, .target = target };
	struct memhp_result undo = *result;
	int abort_fd = walk->options.abort_fd;

	if (block->state != MEMHP_STATE_OFFLINE)
		return;
	walk->options.abort_fd = 0;
	attempt(walk, block, plan_word(&back), deadline_of(walk->options.timeout_ms), &undo, &back);
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
		end = attempt(walk, block, plan_word(walk->plan), deadline_ms, result, walk->plan);
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

void change_block(struct walk *walk, struct memhp_block *block, struct memhp_result *result)
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
		settle(walk, attempt(walk, block, plan_word(walk->plan), deadline_ms, result, walk->plan),
		       result);
		break;
	default:
		result_set(result, MEMHP_OUTCOME_FAILED, reason, EINVAL);
	}
}
