/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Taking memory out of Linux, device by device. The kernel would take the blocks offline by itself,
 * but it loses their zones when it has to bring them back, and spins for ever on a pinned page in a
 * worker that no signal reaches: so a driver is asked only once every block reads back offline.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "change/report.h"
#include "devices/devices.h"
#include "evidence/evidence.h"
#include "plan/plan.h"
#include "trace/trace.h"

#define POLL_MS 50

struct removal {
	struct memhp_ctx *ctx;
	const struct memhp_device *device;
	const struct memhp_change_options *options;
	struct memhp_plan plan;	     /* the device's part of the whole plan */
	struct memhp_report *report; /* of that part */
	struct memhp_report *whole;
};

/* From before the first write: what to bring back, and into which zone. */
static const struct memhp_block *block_before(const struct removal *removal, uint64_t id)
{
	return memhp_snapshot_find(removal->plan.snapshot, id);
}

static int make_part(const struct memhp_plan *plan, const struct memhp_device *device,
		     struct memhp_plan *part)
{
	*part = *plan;
	part->count = 0;
	part->try_count = 0;
	part->sized = false;
	part->available = 0;
	part->entries = calloc(plan->count, sizeof(*part->entries));
	if (!part->entries)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		if (!entry->block || entry->block->device != device)
			continue;
		part->entries[part->count++] = *entry;
		if (i < plan->try_count) {
			part->try_count++;
			part->available += plan->snapshot->block_size;
		}
	}
	part->wanted = part->available;
	return 0;
}

/* What did not go for its own reasons keeps them; the device's other blocks get @reason. */
static void set_untouched(struct removal *removal, enum memhp_outcome outcome, enum memhp_reason reason,
			  int error)
{
	for (size_t i = 0; i < removal->report->count; i++) {
		struct memhp_result *result = &removal->report->results[i];
		if (result->outcome != MEMHP_OUTCOME_DONE && result->outcome != MEMHP_OUTCOME_ALREADY)
			continue;
		result_set(result, outcome, reason, error);
	}
	removal->report->complete = false;
}

static struct memhp_result *find_result(struct memhp_report *report, uint64_t id)
{
	for (size_t i = 0; i < report->count; i++) {
		if (report->results[i].block == id)
			return &report->results[i];
	}
	return NULL;
}

/* Fills @request with the blocks that were online in a zone of @target and are not now. */
static size_t request_lost(struct removal *removal, enum memhp_target target, struct memhp_request *request)
{
	size_t count = 0;

	memhp_request_set_target(request, target);
	for (size_t i = 0; i < removal->report->count; i++) {
		const struct memhp_result *result = &removal->report->results[i];
		const struct memhp_block *block = block_before(removal, result->block);
		if (!block || block->state != MEMHP_STATE_ONLINE || result->state != MEMHP_STATE_OFFLINE ||
		    target_of_zone(memhp_block_get_zone(block)) != target)
			continue;
		memhp_request_add_blocks(request, result->block, result->block);
		count++;
	}
	return count;
}

static void note_return(struct removal *removal, const struct memhp_result *returned)
{
	struct memhp_result *result = find_result(removal->report, returned->block);

	if (!result)
		return;
	result->state = returned->state;
	result->zone = returned->zone;
	result->elapsed_ms += returned->elapsed_ms;
	if (returned->outcome == MEMHP_OUTCOME_DONE || returned->outcome == MEMHP_OUTCOME_ALREADY) {
		if (result->outcome == MEMHP_OUTCOME_NOT_TRIED || result->reason == MEMHP_REASON_DEVICE ||
		    result->reason == MEMHP_REASON_PERMISSION)
			result->outcome = MEMHP_OUTCOME_ROLLED_BACK;
		return;
	}
	result->outcome = MEMHP_OUTCOME_FAILED;
	result->reason = returned->reason;
	result->error = returned->error;
}

/* No abort cuts it short: ^C would leave blocks offline that were online before. */
static void bring_back(struct removal *removal, enum memhp_target target)
{
	struct memhp_change_options options = *removal->options;
	struct memhp_snapshot *snapshot = NULL;
	struct memhp_request *request = NULL;
	struct memhp_report *report = NULL;
	struct memhp_plan *plan = NULL;

	options.abort_fd = 0;
	options.keep_going = true;
	if (memhp_request_new(&request, MEMHP_ACTION_ONLINE) == 0 &&
	    request_lost(removal, target, request) > 0 &&
	    memhp_snapshot_read(removal->ctx, memhp_request_get_want(request), &snapshot) == 0 &&
	    memhp_plan_new(snapshot, request, &plan) == 0 &&
	    memhp_plan_run(removal->ctx, plan, &options, &report) == 0) {
		for (size_t i = 0; i < report->count; i++)
			note_return(removal, &report->results[i]);
	}
	memhp_report_free(report);
	memhp_plan_free(plan);
	memhp_request_free(request);
	memhp_snapshot_free(snapshot);
}

static void roll_back(struct removal *removal, enum memhp_outcome outcome, enum memhp_reason reason,
		      int error)
{
	set_untouched(removal, outcome, reason, error);
	bring_back(removal, MEMHP_TARGET_KERNEL);
	bring_back(removal, MEMHP_TARGET_MOVABLE);
}

/* How many blocks are there still, and how many of them are not offline; their results get what is true now.
 */
static size_t count_left(struct removal *removal, size_t *used)
{
	size_t left = 0;

	*used = 0;
	for (size_t i = 0; i < removal->report->count; i++) {
		struct memhp_result *result = &removal->report->results[i];
		struct memhp_block block = *block_before(removal, result->block);
		int error = block_reread(removal->ctx, &block);
		bool gone = error == -ENOENT || error == -ENODEV;
		result->state = gone ? MEMHP_STATE_UNKNOWN : memhp_block_get_state(&block);
		result->zone = gone ? MEMHP_ZONE_UNKNOWN : memhp_block_get_zone(&block);
		left += !gone;
		*used += !gone && result->state != MEMHP_STATE_OFFLINE;
	}
	return left;
}

/* Somebody was faster: what is online now stays so, the rest comes back. */
static void keep(struct removal *removal)
{
	for (size_t i = 0; i < removal->report->count; i++) {
		struct memhp_result *result = &removal->report->results[i];
		if (result->state == MEMHP_STATE_OFFLINE)
			continue;
		result->outcome = MEMHP_OUTCOME_FAILED;
		result->reason = MEMHP_REASON_NOT_OFFLINE;
	}
	roll_back(removal, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_NOT_REMOVED, 0);
}

/* An eject goes on in a kernel worker: blocks that it may still take are not brought back. */
static void wait_gone(struct removal *removal, int mark)
{
	uint64_t limit = removal->options->timeout_ms, deadline = limit ? deadline_after(limit) : UINT64_MAX;
	bool aborted = false;
	size_t left, used;

	while ((left = count_left(removal, &used)) > 0 && now_ms() < deadline && !aborted) {
		trace_follow(removal->options->trace);
		aborted = wait_abort(removal->options->abort_fd, POLL_MS);
	}
	if (left == 0) {
		kmsg_unmark(mark);
		set_untouched(removal, MEMHP_OUTCOME_DONE, MEMHP_REASON_NONE, 0);
		removal->report->complete = true;
		return;
	}
	removal->report->interrupted |= aborted;
	set_untouched(removal, aborted ? MEMHP_OUTCOME_INTERRUPTED : MEMHP_OUTCOME_TIMED_OUT,
		      MEMHP_REASON_DEVICE_STAYS, aborted ? EINTR : ETIMEDOUT);
	report_add_kernel_messages(removal->whole, mark);
}

static void take_out(struct removal *removal)
{
	size_t used;

	if (wait_abort(removal->options->abort_fd, 0)) {
		removal->report->interrupted = true;
		roll_back(removal, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_INTERRUPTED, 0);
		return;
	}
	count_left(removal, &used);
	if (used) {
		keep(removal);
		return;
	}
	int mark = kmsg_mark(removal->ctx);
	struct write_wait wait = {
		.deadline_ms = deadline_of(removal->options->timeout_ms),
		.abort_fd = removal->options->abort_fd,
		.tick = trace_tick,
		.data = removal->options->trace,
	};
	trace_begin(removal->options->trace);
	int error = device_remove_memory(removal->ctx, removal->device, &wait);
	if (!error)
		wait_gone(removal, mark);
	report_add_device_path(removal->whole, trace_end(removal->options->trace, 0));
	if (!error)
		return;
	report_add_kernel_messages(removal->whole, mark);
	removal->report->interrupted |= error == -EINTR;
	bool denied = error == -EACCES || error == -EROFS;
	roll_back(removal, MEMHP_OUTCOME_FAILED, denied ? MEMHP_REASON_PERMISSION : MEMHP_REASON_DEVICE,
		  -error);
}

/* A plan of blocks that are offline already is complete before it begins, and its device can go. */
static void show_planned(struct removal *removal)
{
	for (size_t i = 0; i < removal->report->count; i++) {
		if (removal->report->results[i].outcome == MEMHP_OUTCOME_ALREADY)
			removal->report->results[i].outcome = MEMHP_OUTCOME_NOT_TRIED;
	}
}

static int remove_device(struct removal *removal)
{
	int error = memhp_plan_run(removal->ctx, &removal->plan, removal->options, &removal->report);

	if (error)
		return error;
	if (removal->options->dry_run)
		show_planned(removal);
	else if (removal->report->complete)
		take_out(removal);
	else
		roll_back(removal, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_NOT_REMOVED, 0);
	return 0;
}

static int append(struct memhp_report *report, struct memhp_report *part)
{
	for (size_t i = 0; i < part->count; i++) {
		struct memhp_result *result = report_add(report);
		if (!result)
			return -ENOMEM;
		*result = part->results[i];
		report_move_detail(report, part, i);
	}
	report->complete &= part->complete;
	report->interrupted |= part->interrupted;
	return 0;
}

static bool is_first_of_device(const struct memhp_plan *plan, size_t index)
{
	for (size_t i = 0; i < index; i++) {
		if (plan->entries[i].block &&
		    plan->entries[i].block->device == plan->entries[index].block->device)
			return false;
	}
	return true;
}

/* Every block of every device is in the plan, and the device's driver can take it out. */
static bool is_removable(const struct memhp_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct memhp_block *block = plan->entries[i].block;
		if (block &&
		    (!device_can_remove(block->device) || block->device->status != MEMHP_DEVICE_REMOVABLE))
			return false;
	}
	return plan->action == MEMHP_ACTION_OFFLINE && !plan->sized;
}

static int run(struct memhp_ctx *ctx, const struct memhp_plan *plan,
	       const struct memhp_change_options *options, struct memhp_report *report)
{
	int error = 0;

	for (size_t i = 0; !error && i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		if (!entry->block) {
			struct memhp_result *result = report_add(report);
			if (!result)
				return -ENOMEM;
			result->block = entry->id;
			result->count = entry->count;
			result->outcome = MEMHP_OUTCOME_ABSENT;
			result->reason = entry->reason;
			continue;
		}
		if (!is_first_of_device(plan, i))
			continue;
		struct removal removal = { .ctx = ctx, .options = options, .whole = report };
		removal.device = entry->block->device;
		error = make_part(plan, removal.device, &removal.plan);
		if (!error)
			error = remove_device(&removal);
		if (!error)
			error = append(report, removal.report);
		memhp_report_free(removal.report);
		free(removal.plan.entries);
	}
	return error;
}

MEMHP_EXPORT int memhp_plan_remove(struct memhp_ctx *ctx, const struct memhp_plan *plan,
				   const struct memhp_change_options *options, struct memhp_report **report)
{
	uint64_t start = now_ms();

	*report = NULL;
	if (options->size < sizeof(*options) || !is_removable(plan))
		return -EINVAL;
	ctx_start(ctx);
	struct memhp_report *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->complete = true;
	int error = run(ctx, plan, options, new);
	new->elapsed_ms = now_ms() - start;
	if (error)
		memhp_report_free(new);
	else
		*report = new;
	return error;
}
