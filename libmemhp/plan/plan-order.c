/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In which order blocks are tried: pure, by what is known of them. */
#include <errno.h>
#include <stdlib.h>

#include "devices/devices.h"
#include "outlook/outlook.h"
#include "plan/plan.h"

/*
 * What goes or stays together: the candidates of a device that can be taken out once all of them are
 * offline. Any other block is a group of its own.
 */
struct group {
	const struct memhp_device *device; /* NULL: of its own */
	uint64_t blocks, moves;		   /* candidates, and the pages in them to migrate */
	bool begun;			   /* some of the device is offline already */
	bool whole;			   /* no more is wanted of it than all that is online */
};

struct ranked {
	struct plan_entry entry;
	uint64_t moves;
	struct group group;
};

/* A sample stands for the whole block. */
static uint64_t estimate_moves(const struct memhp_plan *plan, const struct memhp_block *block)
{
	const struct memhp_outlook *outlook = survey_outlook(plan->survey, block);
	uint64_t pages = plan->snapshot->block_size / memhp_page_size(), seen = outlook->counts.total;

	return seen ? memhp_outlook_get_moves(outlook) * (pages / seen) : 0;
}

static enum memhp_verdict verdict_of(const struct memhp_plan *plan, const struct memhp_block *block)
{
	return plan->survey ? memhp_outlook_get_verdict(survey_outlook(plan->survey, block))
			    : MEMHP_VERDICT_UNKNOWN;
}

/* What may not come back online is taken last of what goes. Of what is unsure, what the kernel refuses at
 * once costs little to try; what may hang comes after it. */
static int outlook_rank(const struct memhp_outlook *outlook)
{
	enum memhp_cause cause = outlook->findings[0].cause;
	bool hangs = cause == MEMHP_CAUSE_PINNED || cause == MEMHP_CAUSE_NO_ROOM ||
		     cause == MEMHP_CAUSE_GIGANTIC;

	if (outlook->findings[0].verdict != MEMHP_VERDICT_UNSURE)
		return cause == MEMHP_CAUSE_POISONED ? 1 : 0;
	return hangs ? 6 : 5;
}

/* It never goes, where one that only its pages hold may, once these are free. */
static bool is_hopeless(const struct memhp_plan *plan, const struct memhp_block *block)
{
	if (memhp_block_get_zone(block) == MEMHP_ZONE_NONE)
		return true;
	if (verdict_of(plan, block) != MEMHP_VERDICT_NO)
		return false;
	enum memhp_cause cause = survey_outlook(plan->survey, block)->findings[0].cause;
	return cause == MEMHP_CAUSE_NO_HOTREMOVE || cause == MEMHP_CAUSE_HOLES || cause == MEMHP_CAUSE_ZONES;
}

/* Lower ranks are tried first. */
static int rank(const struct memhp_plan *plan, const struct plan_entry *entry)
{
	if (entry->role == PLAN_EXCLUDED)
		return 9;
	if (!plan_is_candidate(entry))
		return 10;
	if (is_hopeless(plan, entry->block))
		return 8;
	/* Somebody else's attempt: it may last, and what is at rest is tried before. */
	if (entry->block->state == MEMHP_STATE_GOING_OFFLINE ||
	    verdict_of(plan, entry->block) == MEMHP_VERDICT_NO)
		return 7;
	if (plan->action == MEMHP_ACTION_ONLINE)
		return entry->role == PLAN_REZONE;
	return plan->survey ? outlook_rank(survey_outlook(plan->survey, entry->block)) : 0;
}

/* Only its driver, or the hypervisor, adds and removes the block: what they gave is for somebody. */
static bool is_managed(const struct memhp_block *block)
{
	return block->device && (block->device->status == MEMHP_DEVICE_MANAGED ||
				 block->device->status == MEMHP_DEVICE_HYPERVISOR);
}

/* Roughly how much there is to migrate: below a 32nd of the block, an 8th, a half. */
static int cost(const struct memhp_plan *plan, uint64_t moves)
{
	uint64_t pages = plan->snapshot->block_size / memhp_page_size();
	return moves < pages / 32 ? 0 : moves < pages / 8 ? 1 : moves < pages / 2 ? 2 : 3;
}

static int compare_numbers(uint64_t left, uint64_t right)
{
	return (left > right) - (left < right);
}

/* Devices stay apart, the highest first; what is of none comes after them. */
static uint64_t place(const struct memhp_device *device)
{
	return device ? device->first_index + 1 : 0;
}

static int compare_groups(const struct memhp_plan *plan, const struct ranked *a, const struct ranked *b)
{
	const struct group *left = &a->group, *right = &b->group;
	uint64_t left_moves = left->moves / left->blocks, right_moves = right->moves / right->blocks;
	int by = cost(plan, left_moves) - cost(plan, right_moves);

	if (!by)
		by = (memhp_block_get_zone(b->entry.block) == MEMHP_ZONE_MOVABLE) -
		     (memhp_block_get_zone(a->entry.block) == MEMHP_ZONE_MOVABLE);
	if (!by)
		by = right->whole - left->whole;
	if (!by)
		by = right->begun - left->begun;
	if (!by)
		by = compare_numbers(left_moves, right_moves);
	if (!by)
		by = compare_numbers(place(right->device), place(left->device));
	return by ? by : compare_numbers(a->moves, b->moves);
}

static int compare(const void *left, const void *right, void *data)
{
	const struct memhp_plan *plan = data;
	const struct ranked *a = left, *b = right;
	int by = rank(plan, &a->entry) - rank(plan, &b->entry);

	if (by)
		return by;
	bool candidates = plan_is_candidate(&a->entry);
	if (candidates && plan->sized)
		by = is_managed(a->entry.block) - is_managed(b->entry.block);
	if (!by && candidates && plan->action == MEMHP_ACTION_OFFLINE)
		by = compare_groups(plan, a, b);
	if (by)
		return by;
	/* From the top down where zone Movable is filled or memory goes, so that zones do not interleave. */
	bool down = plan->action == MEMHP_ACTION_OFFLINE || plan->target == MEMHP_TARGET_MOVABLE;
	by = compare_numbers(a->entry.id, b->entry.id);
	return down && candidates ? -by : by;
}

/* A unit is about a block by itself: there is nothing to keep together. */
static bool can_be_removed(const struct memhp_block *block)
{
	return block->device && block->device->status == MEMHP_DEVICE_REMOVABLE && !block->device->unit;
}

/* All candidates of one device that are sure to go. */
static struct group device_group(const struct memhp_plan *plan, const struct ranked *list,
				 const struct memhp_device *device)
{
	struct group group = { .device = device };
	uint64_t online = 0;

	for (const struct memhp_block *block = NULL;
	     (block = memhp_device_next_block(plan->snapshot, device, block));) {
		group.begun |= block->state == MEMHP_STATE_OFFLINE;
		online += block->state != MEMHP_STATE_OFFLINE;
	}
	for (size_t i = 0; i < plan->count; i++) {
		if (!list[i].entry.block || list[i].entry.block->device != device ||
		    rank(plan, &list[i].entry) != 0)
			continue;
		group.blocks++;
		group.moves += list[i].moves;
	}
	group.whole = group.blocks * plan->snapshot->block_size <= plan->wanted;
	/* Some block of the device stays online, so it cannot be taken out: its blocks need not go together.
	 */
	if (group.blocks < online || group.blocks == 0)
		group.device = NULL;
	return group;
}

static void fill_groups(const struct memhp_plan *plan, struct ranked *list)
{
	for (size_t i = 0; i < plan->count; i++) {
		struct ranked *ranked = &list[i];
		const struct memhp_block *block = ranked->entry.block;
		if (block && plan->survey && plan->sized && can_be_removed(block))
			ranked->group = i && list[i - 1].entry.block &&
							list[i - 1].entry.block->device == block->device
						? list[i - 1].group
						: device_group(plan, list, block->device);
		if (!ranked->group.device)
			ranked->group = (struct group){ .blocks = 1, .moves = ranked->moves, .whole = true };
	}
}

int plan_order(struct memhp_plan *plan)
{
	struct ranked *list = calloc(plan->count ? plan->count : 1, sizeof(*list));

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < plan->count; i++) {
		list[i].entry = plan->entries[i];
		if (plan->survey && plan->entries[i].block)
			list[i].moves = estimate_moves(plan, plan->entries[i].block);
	}
	fill_groups(plan, list);
	qsort_r(list, plan->count, sizeof(*list), compare, plan);
	for (size_t i = 0; i < plan->count; i++)
		plan->entries[i] = list[i].entry;
	free(list);
	return 0;
}
