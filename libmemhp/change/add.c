/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making more memory known, by the probe interface or by a device's driver, and bringing it online. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/sysfs.h"
#include "change/add-online.h"
#include "change/report.h"
#include "change/verdict.h"
#include "devices/devices.h"
#include "trace/trace.h"

#define PROBE MEMORY_DIR "/probe"
#define POLL_MS 50
#define FIRST_BLOCK_MS 5000 /* a driver that adds in the background was seen to begin within 1 s */
#define SETTLE_MS 500

struct addition {
	struct memhp_ctx *ctx;
	struct memhp_add_options options;
	struct memhp_snapshot *before, *after;
	struct memhp_report *report; /* holds the expected blocks from the start, where they are known */
	bool refused;
};

static const unsigned int want = MEMHP_WANT_STATE | MEMHP_WANT_ZONES | MEMHP_WANT_NODES;

static int look(struct addition *addition)
{
	memhp_snapshot_free(addition->after);
	return memhp_snapshot_read(addition->ctx, want, &addition->after);
}

static bool is_new(const struct addition *addition, const struct memhp_block *block)
{
	return !memhp_snapshot_find(addition->before, block->id);
}

/* Of the expected blocks; where none is known beforehand, of any. */
static size_t count_new(const struct addition *addition)
{
	const struct memhp_report *report = addition->report;
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++)
		count += memhp_snapshot_find(addition->after, report->results[i].block) != NULL;
	for (size_t i = 0; report->count == 0 && i < addition->after->count; i++)
		count += is_new(addition, &addition->after->blocks[i]);
	return count;
}

/*
 * Most drivers have added all blocks when they return; some go on in the background, and may have
 * nothing to add.
 */
static int wait_for_blocks(struct addition *addition)
{
	size_t expected = addition->report->count, seen = 0;
	uint64_t limit = addition->options.timeout_ms, end = limit ? deadline_after(limit) : UINT64_MAX;
	uint64_t quiet = expected ? end : deadline_after(FIRST_BLOCK_MS);

	for (;;) {
		int error = look(addition);
		if (error)
			return error;
		size_t count = count_new(addition);
		if (!expected && count != seen)
			quiet = deadline_after(SETTLE_MS);
		seen = count;
		uint64_t now = now_ms();
		if ((expected && count == expected) || now >= end || now >= quiet)
			return 0;
		trace_follow(addition->options.trace);
		if (wait_abort(addition->options.abort_fd, POLL_MS)) {
			addition->report->interrupted = true;
			return 0;
		}
	}
}

static void note_block(struct memhp_result *result, const struct memhp_block *block)
{
	result->node = block->node;
	result->state = memhp_block_get_state(block);
	result->zone = memhp_block_get_zone(block);
}

static struct memhp_result *report_block(struct addition *addition, uint64_t id)
{
	struct memhp_result *result = report_add(addition->report);
	const struct memhp_block *block = memhp_snapshot_find(addition->before, id);

	if (!result)
		return NULL;
	result->block = id;
	result->outcome = block ? MEMHP_OUTCOME_ALREADY : MEMHP_OUTCOME_NOT_TRIED;
	if (block)
		note_block(result, block);
	return result;
}

/* The blocks that lie in the range as a whole. */
static int report_expected(struct addition *addition, uint64_t start, uint64_t size)
{
	uint64_t block_size = addition->before->block_size,
		 skip = (block_size - start % block_size) % block_size;
	uint64_t first = start / block_size + (skip != 0),
		 count = size > skip ? (size - skip) / block_size : 0;

	for (uint64_t i = 0; i < count; i++) {
		if (!report_block(addition, first + i))
			return -ENOMEM;
	}
	return 0;
}

static int report_new(struct addition *addition)
{
	for (size_t i = 0; i < addition->after->count; i++) {
		const struct memhp_block *block = &addition->after->blocks[i];
		if (is_new(addition, block) && !report_block(addition, block->id))
			return -ENOMEM;
	}
	return 0;
}

/*
 * No write is believed: what is there now counts, though a block that came where the write failed is somebody
 * else's. What is not there and failed or was not tried keeps its reason.
 */
static void verify(struct addition *addition, int refusal)
{
	for (size_t i = 0; i < addition->report->count; i++) {
		struct memhp_result *result = &addition->report->results[i];
		const struct memhp_block *block = memhp_snapshot_find(addition->after, result->block);
		if (block) {
			bool ours = is_new(addition, block) && result->reason == MEMHP_REASON_NONE;
			note_block(result, block);
			result_set(result, ours ? MEMHP_OUTCOME_DONE : MEMHP_OUTCOME_ALREADY,
				   MEMHP_REASON_NONE, 0);
		} else if (result->reason != MEMHP_REASON_NONE) {
			continue;
		} else if (addition->report->interrupted) {
			result_set(result, MEMHP_OUTCOME_INTERRUPTED, MEMHP_REASON_INTERRUPTED, EINTR);
		} else {
			result_set(result, MEMHP_OUTCOME_FAILED,
				   refusal ? MEMHP_REASON_KERNEL : MEMHP_REASON_NO_BLOCK, -refusal);
		}
	}
}

static bool is_complete(const struct addition *addition)
{
	const struct memhp_report *report = addition->report;
	enum memhp_outcome wanted = addition->options.dry_run ? MEMHP_OUTCOME_NOT_TRIED : MEMHP_OUTCOME_DONE;

	for (size_t i = 0; i < report->count; i++) {
		enum memhp_outcome outcome = report->results[i].outcome;
		if (outcome != wanted && outcome != MEMHP_OUTCOME_ALREADY)
			return false;
	}
	if (addition->options.dry_run)
		return report->count > 0;
	return report->count && !addition->refused && !report->interrupted &&
	       report->count * addition->before->block_size >= addition->options.bytes;
}

static int start(struct addition *addition, struct memhp_ctx *ctx, const struct memhp_add_options *options)
{
	ctx_start(ctx);
	if (options->size < sizeof(*options))
		return -EINVAL;
	*addition = (struct addition){ .ctx = ctx, .options = *options };
	addition->report = calloc(1, sizeof(*addition->report));
	return addition->report ? memhp_snapshot_read(ctx, want, &addition->before) : -ENOMEM;
}

static int finish(struct addition *addition, int error, uint64_t start_ms, struct memhp_report **report)
{
	if (!error && addition->options.online && !addition->options.dry_run)
		error = add_bring_online(addition->ctx, addition->after, &addition->options,
					 addition->report);
	*report = NULL;
	if (!error) {
		addition->report->elapsed_ms = now_ms() - start_ms;
		addition->report->complete = is_complete(addition);
		*report = addition->report;
	} else {
		memhp_report_free(addition->report);
	}
	memhp_snapshot_free(addition->before);
	memhp_snapshot_free(addition->after);
	return error;
}

static struct write_wait wait_of(const struct addition *addition)
{
	return (struct write_wait){ .deadline_ms = deadline_of(addition->options.timeout_ms),
				    .abort_fd = addition->options.abort_fd,
				    .tick = trace_tick,
				    .data = addition->options.trace };
}

static int probe_block(const struct addition *addition, uint64_t address)
{
	struct write_wait wait = wait_of(addition);
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	return write_waiting(addition->ctx, PROBE, text, &wait);
}

static void probe_blocks(struct addition *addition)
{
	uint64_t size = addition->before->block_size;
	bool stopped = false;

	for (size_t i = 0; i < addition->report->count; i++) {
		struct memhp_result *result = &addition->report->results[i];
		if (result->outcome == MEMHP_OUTCOME_ALREADY)
			continue;
		addition->report->interrupted |= !stopped && wait_abort(addition->options.abort_fd, 0);
		if (stopped || addition->report->interrupted) {
			result->reason = stopped ? MEMHP_REASON_STOPPED : MEMHP_REASON_INTERRUPTED;
			continue;
		}
		int error = probe_block(addition, result->block * size);
		if (!error)
			continue;
		struct verdict verdict = probe_verdict(-error);
		result_set(result, verdict.outcome, verdict.reason, verdict.error);
		stopped = verdict.stops;
	}
}

MEMHP_EXPORT int memhp_add_range(struct memhp_ctx *ctx, uint64_t start_address, uint64_t size,
				 const struct memhp_add_options *options, struct memhp_report **report)
{
	uint64_t start_ms = now_ms();
	struct addition addition = { 0 };
	int error = start(&addition, ctx, options);
	uint64_t block_size = error ? 1 : addition.before->block_size;

	if (!error && (start_address % block_size || size % block_size || start_address > UINT64_MAX - size))
		error = -EINVAL;
	if (!error && !sysfs_exists(ctx, PROBE))
		error = ctx_fail(ctx, -EOPNOTSUPP, PROBE);
	if (!error)
		error = report_expected(&addition, start_address, size);
	if (!error && !options->dry_run) {
		trace_begin(options->trace);
		probe_blocks(&addition);
		report_add_device_path(addition.report, trace_end(options->trace, 0));
		error = look(&addition);
		if (!error)
			verify(&addition, 0);
	}
	return finish(&addition, error, start_ms, report);
}

/* Looking again must not forget which file the driver's error was about. */
static int look_after_refusal(struct addition *addition, int refusal)
{
	char path[sizeof(addition->ctx->error_path)];

	memcpy(path, addition->ctx->error_path, sizeof(path));
	int error = look(addition);
	addition->refused = true;
	if (error || count_new(addition) > 0)
		return error; /* a part of it is there, and the report says which */
	memcpy(addition->ctx->error_path, path, sizeof(path));
	return refusal;
}

static int add_device(struct addition *addition, const struct memhp_device *device)
{
	uint64_t bytes = addition->options.bytes;
	int error = 0;

	if (device->size)
		error = report_expected(addition, device->start, bytes ? bytes : device->size);
	if (error || addition->options.dry_run)
		return error;
	if (wait_abort(addition->options.abort_fd, 0))
		return -EINTR;
	bool known = addition->report->count > 0;
	struct write_wait wait = wait_of(addition);
	trace_begin(addition->options.trace);
	int refusal = device_add_memory(addition->ctx, device, &addition->options, &wait);
	error = refusal ? look_after_refusal(addition, refusal) : wait_for_blocks(addition);
	report_add_device_path(addition->report, trace_end(addition->options.trace, 0));
	if (!error && !known)
		error = report_new(addition);
	if (!error)
		verify(addition, refusal);
	return error;
}

MEMHP_EXPORT int memhp_add_device(struct memhp_ctx *ctx, const struct memhp_device *device,
				  const struct memhp_add_options *options, struct memhp_report **report)
{
	uint64_t start_ms = now_ms();
	struct addition addition = { 0 };
	int error = start(&addition, ctx, options);

	if (!error && !device_can_add(device))
		error = -EOPNOTSUPP;
	if (!error)
		error = add_device(&addition, device);
	return finish(&addition, error, start_ms, report);
}
