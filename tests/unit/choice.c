/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In which order blocks are chosen by what is known of their pages; no page is read. */
#include <stdlib.h>

#include "devices/devices.h"
#include "order.h"
#include "outlook/outlook.h"

#define BLOCK_SIZE (128ULL << 20)
#define PAGES 32768U
#define MAX_BLOCKS 16

struct spec {
	uint64_t id;
	enum memhp_zone zone;
	int device; /* 0: boot memory, else that DIMM */
	uint32_t moves;
	enum memhp_verdict verdict;
	enum memhp_state state;
	enum memhp_cause cause;
};

#define NORMAL MEMHP_ZONE_NORMAL
#define MOVABLE MEMHP_ZONE_MOVABLE
#define YES MEMHP_VERDICT_YES
#define UNSURE MEMHP_VERDICT_UNSURE
#define NO MEMHP_VERDICT_NO
/* State and cause, where the cause does not count. */
#define ON MEMHP_STATE_ONLINE, MEMHP_CAUSE_FREE
#define OFF MEMHP_STATE_OFFLINE, MEMHP_CAUSE_FREE

static struct memhp_block blocks[MAX_BLOCKS];
static struct memhp_outlook outlooks[MAX_BLOCKS];
static struct memhp_device dimms[4];
static struct memhp_snapshot snapshot = { .block_size = BLOCK_SIZE, .blocks = blocks };
static struct memhp_survey survey = { .snapshot = &snapshot, .outlooks = outlooks };

static void place_in_device(struct memhp_device *device, size_t index)
{
	device->status = MEMHP_DEVICE_REMOVABLE;
	device->first_index = device->name ? device->first_index : index;
	device->last_index = index;
	device->name = "dimm";
	blocks[index].device = device;
}

static void fill(const struct spec *specs, size_t count)
{
	memset(dimms, 0, sizeof(dimms));
	snapshot.count = count;
	for (size_t i = 0; i < count; i++) {
		const struct spec *spec = &specs[i];
		blocks[i] = (struct memhp_block){ .id = spec->id,
						  .state = (uint8_t)spec->state,
						  .node_count = 1 };
		blocks[i].zone_count = 1;
		blocks[i].zones[0] = (uint8_t)spec->zone;
		outlooks[i] = (struct memhp_outlook){ .depth = OUTLOOK_READ, .finding_count = 1 };
		outlooks[i].verdict = (uint8_t)spec->verdict;
		outlooks[i].findings[0].verdict = spec->verdict;
		outlooks[i].findings[0].cause = spec->cause;
		outlooks[i].counts.total = PAGES;
		outlooks[i].counts.kinds[MEMHP_KIND_MOVABLE].pages = spec->moves;
		if (spec->device)
			place_in_device(&dimms[spec->device], i);
	}
}

static void expect(const char *what, const struct spec *specs, size_t count, uint64_t wanted, bool force,
		   const char *order)
{
	struct memhp_request *request;
	struct memhp_plan *plan = NULL;
	char text[512] = "no plan";

	fill(specs, count);
	if (memhp_request_new(&request, MEMHP_ACTION_OFFLINE))
		abort();
	memhp_request_set_size(request, wanted * BLOCK_SIZE);
	memhp_request_set_force_unmovable(request, force);
	if (plan_make(&snapshot, request, &survey, &plan) == 0)
		describe(plan, text, sizeof(text));
	check(strcmp(text, order) == 0, what, text);
	memhp_plan_free(plan);
	memhp_request_free(request);
}

#define EXPECT(what, specs, wanted, order) expect(what, specs, ARRAY_SIZE(specs), wanted, false, order)

static void test_verdicts(void)
{
	static const struct spec specs[] = {
		{ 0, MEMHP_ZONE_NONE, 0, 0, NO, ON },
		{ 1, NORMAL, 0, 0, NO, ON },
		{ 2, NORMAL, 0, 20000, YES, ON },
		{ 3, NORMAL, 0, 0, UNSURE, ON },
		{ 4, MOVABLE, 0, 30000, YES, ON },
		{ 5, MOVABLE, 0, 0, UNSURE, ON },
		{ 6, MOVABLE, 0, 0, MEMHP_VERDICT_UNKNOWN, OFF },
	};
	EXPECT("yes before unsure, no left out", specs, 2, "4 2 5 3 | 0:no-zone 1");
	expect("forced: what is known not to go comes last", specs, ARRAY_SIZE(specs), 2, true,
	       "4 2 5 3 1 0");
}

static void test_unsure(void)
{
	static const struct spec specs[] = {
		{ 1, NORMAL, 0, 9000, UNSURE, MEMHP_STATE_ONLINE, MEMHP_CAUSE_PER_CPU },
		{ 2, NORMAL, 0, 0, UNSURE, MEMHP_STATE_ONLINE, MEMHP_CAUSE_PINNED },
		{ 3, MOVABLE, 0, 0, UNSURE, MEMHP_STATE_ONLINE, MEMHP_CAUSE_NO_ROOM },
	};
	EXPECT("what is refused at once before what may hang", specs, 1, "1 3 2");
}

static void test_cost(void)
{
	static const struct spec specs[] = {
		{ 1, NORMAL, 0, 0, YES, ON },	  { 2, NORMAL, 0, 900, YES, ON },
		{ 3, NORMAL, 0, 30000, YES, ON }, { 4, MOVABLE, 0, 800, YES, ON },
		{ 5, MOVABLE, 0, 5000, YES, ON }, { 6, MOVABLE, 0, 20000, YES, ON },
	};
	EXPECT("few pages to migrate first, then Movable, then fewer", specs, 1, "4 1 2 5 6 3");
}

static void test_devices(void)
{
	static const struct spec two[] = {
		{ 10, MOVABLE, 1, 100, YES, ON }, { 11, MOVABLE, 1, 0, YES, ON },
		{ 12, MOVABLE, 1, 300, YES, ON }, { 20, MOVABLE, 2, 0, YES, ON },
		{ 21, MOVABLE, 2, 200, YES, ON }, { 22, MOVABLE, 2, 400, YES, ON },
	};
	EXPECT("one device is emptied before the other", two, 3, "11 10 12 20 21 22");

	static const struct spec fits[] = {
		{ 10, MOVABLE, 1, 0, YES, ON },	 { 11, MOVABLE, 1, 0, YES, ON },
		{ 12, MOVABLE, 1, 0, YES, ON },	 { 20, MOVABLE, 2, 50, YES, ON },
		{ 21, MOVABLE, 2, 50, YES, ON },
	};
	EXPECT("a device that becomes free before one that would be begun", fits, 2, "21 20 12 11 10");

	static const struct spec begun[] = {
		{ 10, MOVABLE, 1, 100, YES, ON },
		{ 11, MOVABLE, 1, 0, MEMHP_VERDICT_UNKNOWN, OFF },
		{ 20, MOVABLE, 2, 0, YES, ON },
		{ 21, MOVABLE, 2, 0, YES, ON },
	};
	EXPECT("a device that was begun goes on", begun, 2, "10 21 20");

	static const struct spec kept[] = {
		{ 10, MOVABLE, 1, 100, YES, ON },
		{ 11, MOVABLE, 1, 0, UNSURE, ON },
		{ 20, MOVABLE, 2, 0, YES, ON },
		{ 21, MOVABLE, 2, 200, YES, ON },
	};
	EXPECT("a device with a block that may stay is not kept together", kept, 3, "20 21 10 11");
}

static void test_samples(void)
{
	static const struct spec specs[] = { { 1, NORMAL, 0, 0, MEMHP_VERDICT_UNKNOWN, ON },
					     { 2, NORMAL, 0, 3000, YES, ON } };
	struct memhp_request *request;
	struct memhp_plan *plan = NULL;
	char text[64] = "no plan";

	fill(specs, ARRAY_SIZE(specs));
	outlooks[0].depth = OUTLOOK_SAMPLED;
	outlooks[0].counts.total = 2048;
	outlooks[0].counts.kinds[MEMHP_KIND_MOVABLE].pages = 300; /* of the whole: 4800 */
	if (memhp_request_new(&request, MEMHP_ACTION_OFFLINE))
		abort();
	memhp_request_set_size(request, BLOCK_SIZE);
	if (plan_make(&snapshot, request, &survey, &plan) == 0)
		describe(plan, text, sizeof(text));
	check(strcmp(text, "2 1") == 0, "a sample counts for the whole block", text);
	memhp_plan_free(plan);
	memhp_request_free(request);
}

/* Without a size, every block that the request names is in the report, and counts. */
static void test_excluded(void)
{
	static const struct spec specs[] = { { 1, NORMAL, 0, 10, YES, ON }, { 2, NORMAL, 0, 10, NO, ON } };
	struct memhp_change_options options = { .size = sizeof(options), .dry_run = true };
	struct memhp_report *report = NULL;
	struct memhp_request *request;
	struct memhp_plan *plan = NULL;
	struct memhp_ctx *ctx;
	char text[96] = "";

	fill(specs, ARRAY_SIZE(specs));
	if (memhp_ctx_new(&ctx, "/tmp") || memhp_request_new(&request, MEMHP_ACTION_OFFLINE) ||
	    plan_make(&snapshot, request, &survey, &plan) || memhp_plan_run(ctx, plan, &options, &report))
		abort();
	for (size_t i = 0; i < memhp_report_get_count(report); i++) {
		const struct memhp_result *result = memhp_report_get_result(report, i);
		const char *reason = memhp_reason_code(result->reason);
		size_t used = strlen(text);
		snprintf(text + used, sizeof(text) - used, "%" PRIu64 ":%s:%s ", result->block,
			 memhp_outcome_name(result->outcome), reason ? reason : "");
	}
	check(strcmp(text, "1:not-tried: 2:not-tried:unmovable ") == 0 && !memhp_report_is_complete(report),
	      "what is known not to go is in the report of a plan without a size", text);
	memhp_report_free(report);
	memhp_plan_free(plan);
	memhp_request_free(request);
	memhp_ctx_free(ctx);
}

int main(void)
{
	test_verdicts();
	test_unsure();
	test_cost();
	test_devices();
	test_samples();
	test_excluded();
	return finish();
}
