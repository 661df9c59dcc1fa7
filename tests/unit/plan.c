/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Choosing is a pure function: snapshots are made here, no file is read. Prints TAP. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "order.h"

#define BLOCK_SIZE (128ULL << 20)

struct spec {
	uint64_t id;
	enum memhp_state state;
	enum memhp_zone zones[3]; /* ends with UNKNOWN */
	int node;
};

static void fill(struct memhp_block *block, const struct spec *spec)
{
	*block = (struct memhp_block){
		.id = spec->id,
		.state = (uint8_t)spec->state,
		.node = spec->node,
		.node_count = 1,
	};
	while (block->zone_count < 3 && spec->zones[block->zone_count] != MEMHP_ZONE_UNKNOWN) {
		block->zones[block->zone_count] = (uint8_t)spec->zones[block->zone_count];
		block->zone_count++;
	}
}

#define ON MEMHP_STATE_ONLINE
#define OFF MEMHP_STATE_OFFLINE

static const struct spec machine[] = {
	{ 0, ON, { MEMHP_ZONE_NONE }, 0 },
	{ 1, ON, { MEMHP_ZONE_DMA32 }, 0 },
	{ 2, ON, { MEMHP_ZONE_NORMAL }, 0 },
	{ 8, ON, { MEMHP_ZONE_MOVABLE }, 1 },
	{ 9, ON, { MEMHP_ZONE_MOVABLE }, 1 },
	{ 10, OFF, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE }, 1 },
	{ 11, OFF, { MEMHP_ZONE_NORMAL, MEMHP_ZONE_MOVABLE }, 1 },
	{ 12, OFF, { MEMHP_ZONE_NORMAL }, 1 },
};

static struct memhp_plan *plan_of(const struct memhp_request *request)
{
	static struct memhp_block blocks[ARRAY_SIZE(machine)];
	static struct memhp_snapshot snapshot = { .block_size = BLOCK_SIZE, .blocks = blocks };
	struct memhp_plan *plan;

	for (size_t i = 0; i < ARRAY_SIZE(machine); i++)
		fill(&blocks[i], &machine[i]);
	snapshot.count = ARRAY_SIZE(machine);
	return memhp_plan_new(&snapshot, request, &plan) ? NULL : plan;
}

static void expect(const char *what, struct memhp_request *request, const char *wanted)
{
	struct memhp_plan *plan = plan_of(request);
	char text[512] = "no plan";

	if (plan)
		describe(plan, text, sizeof(text));
	check(strcmp(text, wanted) == 0, what, text);
	memhp_plan_free(plan);
	memhp_request_free(request);
}

static struct memhp_request *request_of(enum memhp_action action, uint64_t blocks)
{
	struct memhp_request *request;
	if (memhp_request_new(&request, action))
		abort();
	memhp_request_set_size(request, blocks * BLOCK_SIZE);
	return request;
}

static void test_offline(void)
{
	struct memhp_request *request = request_of(MEMHP_ACTION_OFFLINE, 3);
	expect("offline by size: Movable first, highest first, zone none never", request, "9 8 2 1");

	request = request_of(MEMHP_ACTION_OFFLINE, 0);
	memhp_request_add_node(request, 0);
	expect("offline by node: what cannot go is named", request, "2 1 | 0:no-zone");

	request = request_of(MEMHP_ACTION_OFFLINE, 1);
	memhp_request_set_force_unmovable(request, true);
	expect("offline, forced: zone none last", request, "9 8 2 1 0");

	request = request_of(MEMHP_ACTION_OFFLINE, 0);
	memhp_request_add_blocks(request, 2, 8);
	memhp_request_add_blocks(request, 5, 10);
	expect("offline of overlapping ranges: each block and hole once", request, "9 8 2 | 3+5:hole 10");

	request = request_of(MEMHP_ACTION_OFFLINE, 1);
	memhp_request_add_zone(request, MEMHP_ZONE_DMA);
	expect("offline in zone DMA takes no DMA32", request, "");
}

static void test_online(void)
{
	struct memhp_request *request = request_of(MEMHP_ACTION_ONLINE, 2);
	expect("online by size: the lowest first", request, "10 11 12");

	request = request_of(MEMHP_ACTION_ONLINE, 2);
	memhp_request_set_target(request, MEMHP_TARGET_MOVABLE);
	expect("online to Movable: the highest first, only where it may go", request, "11 10");

	request = request_of(MEMHP_ACTION_ONLINE, 0);
	memhp_request_set_target(request, MEMHP_TARGET_MOVABLE);
	memhp_request_add_blocks(request, 1, 1);
	memhp_request_add_blocks(request, 8, 12);
	expect("online to Movable of named blocks: wrong and refused zones are named", request,
	       "11 10 | 1:wrong-zone 8 9 12:zone-refused");

	request = request_of(MEMHP_ACTION_ONLINE, 0);
	memhp_request_set_target(request, MEMHP_TARGET_MOVABLE);
	memhp_request_set_rezone(request, true);
	memhp_request_add_blocks(request, 0, 2);
	expect("rezone: blocks of other zones are candidates, zone none is not", request, "2 1 | 0:no-zone");

	request = request_of(MEMHP_ACTION_ONLINE, 0);
	memhp_request_set_target(request, MEMHP_TARGET_KERNEL);
	memhp_request_add_blocks(request, 1, 2);
	expect("online to a kernel zone accepts any kernel zone", request, "| 1 2");
}

static void test_errors(void)
{
	struct memhp_request *request = request_of(MEMHP_ACTION_OFFLINE, 0);
	memhp_request_set_size(request, BLOCK_SIZE + 1);
	expect("a size that is no multiple of the block size has no plan", request, "no plan");
	request = request_of(MEMHP_ACTION_OFFLINE, 0);
	check(memhp_request_add_blocks(request, 0, UINT64_MAX) == -EINVAL,
	      "no block has the last 64-bit number", "taken");
	memhp_request_add_blocks(request, 1, 1);
	memhp_request_add_blocks(request, UINT64_MAX - 1, UINT64_MAX - 1);
	expect("a range at the very end is one hole", request, "1 | 18446744073709551614:hole");
	expect("a plain selection has no plan", request_of(MEMHP_ACTION_NONE, 0), "no plan");
}

int main(void)
{
	test_offline();
	test_online();
	test_errors();
	return finish();
}
