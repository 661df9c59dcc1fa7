/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>

#include "base/names.h"
#include "outlook/outlook.h"
#include "plan/plan.h"

MEMHP_EXPORT bool memhp_target_fits(enum memhp_target target, enum memhp_zone zone)
{
	if (zone == MEMHP_ZONE_UNKNOWN)
		return true; /* a kernel without valid_zones cannot say otherwise */
	switch (target) {
	case MEMHP_TARGET_KERNEL:
		return zone_is_kernel(zone);
	case MEMHP_TARGET_MOVABLE:
		return zone == MEMHP_ZONE_MOVABLE;
	default:
		return true;
	}
}

enum memhp_target target_of_zone(enum memhp_zone zone)
{
	return zone == MEMHP_ZONE_MOVABLE ? MEMHP_TARGET_MOVABLE : MEMHP_TARGET_KERNEL;
}

static bool offers_target(const struct memhp_block *block, enum memhp_target target)
{
	for (size_t i = 0; i < block->zone_count; i++) {
		if (memhp_target_fits(target, (enum memhp_zone)block->zones[i]))
			return true;
	}
	return block->zone_count == 0; /* kernels without valid_zones: let them decide */
}

static enum plan_role online_role(const struct memhp_plan *plan, const struct memhp_block *block,
				  enum memhp_reason *reason)
{
	if (block->state == MEMHP_STATE_OFFLINE) {
		if (offers_target(block, plan->target))
			return PLAN_TRY;
		*reason = MEMHP_REASON_ZONE_REFUSED;
		return PLAN_FAIL;
	}
	if (memhp_target_fits(plan->target, memhp_block_get_zone(block)))
		return PLAN_ALREADY;
	bool goes = memhp_block_get_zone(block) != MEMHP_ZONE_NONE;
	if (plan->rezone && goes)
		return PLAN_REZONE;
	*reason = goes ? MEMHP_REASON_WRONG_ZONE : MEMHP_REASON_NO_ZONE;
	return PLAN_FAIL;
}

enum plan_role plan_role_of(const struct memhp_plan *plan, const struct memhp_block *block,
			    enum memhp_reason *reason)
{
	*reason = MEMHP_REASON_NONE;
	if (block->state == MEMHP_STATE_UNKNOWN) {
		*reason = MEMHP_REASON_UNKNOWN_STATE;
		return PLAN_FAIL;
	}
	if (block->state == MEMHP_STATE_GOING_OFFLINE)
		return PLAN_TRY; /* somebody else's attempt: the walker waits, then decides */
	if (plan->action == MEMHP_ACTION_ONLINE)
		return online_role(plan, block, reason);
	if (block->state == MEMHP_STATE_OFFLINE)
		return PLAN_ALREADY;
	if (memhp_block_get_zone(block) == MEMHP_ZONE_NONE && !plan->force_unmovable) {
		*reason = MEMHP_REASON_NO_ZONE;
		return PLAN_FAIL;
	}
	return PLAN_TRY;
}

static int add_entry(struct memhp_plan *plan, size_t *capacity, struct plan_entry entry)
{
	if (plan->count == *capacity) {
		size_t more = *capacity ? *capacity * 2 : 64;
		struct plan_entry *entries = reallocarray(plan->entries, more, sizeof(*entries));
		if (!entries)
			return -ENOMEM;
		plan->entries = entries;
		*capacity = more;
	}
	plan->entries[plan->count++] = entry;
	return 0;
}

/* Holes of the named ranges, which are sorted and do not touch; each hole is one entry. */
static int add_holes(struct memhp_plan *plan, size_t *capacity, const struct memhp_request *request)
{
	const struct memhp_snapshot *snapshot = plan->snapshot;
	size_t block = 0;
	int error = 0;

	for (size_t i = 0; !error && i < request->range_count; i++) {
		uint64_t next = request->ranges[i].first, last = request->ranges[i].last;
		while (block < snapshot->count && snapshot->blocks[block].id < next)
			block++;
		for (; !error && next <= last; block++) {
			bool hit = block < snapshot->count && snapshot->blocks[block].id <= last;
			uint64_t end = hit ? snapshot->blocks[block].id : last + 1;
			struct plan_entry hole = { .id = next,
						   .count = end - next,
						   .role = PLAN_ABSENT,
						   .reason = MEMHP_REASON_HOLE };
			if (end > next)
				error = add_entry(plan, capacity, hole);
			if (!hit)
				break;
			next = end + 1;
		}
	}
	return error;
}

/* Online, wanted and known not to go. */
static bool is_excluded(const struct memhp_plan *plan, const struct plan_entry *entry)
{
	return plan->survey && !plan->force_unmovable &&
	       (entry->role == PLAN_TRY || entry->reason == MEMHP_REASON_NO_ZONE) &&
	       survey_outlook(plan->survey, entry->block)->verdict == MEMHP_VERDICT_NO;
}

static int add_blocks(struct memhp_plan *plan, size_t *capacity, const struct memhp_request *request)
{
	const struct memhp_snapshot *snapshot = plan->snapshot;
	int error = 0;

	for (size_t i = 0; !error && i < snapshot->count; i++) {
		const struct memhp_block *block = &snapshot->blocks[i];
		if (!memhp_request_matches(request, block))
			continue;
		struct plan_entry entry = { .block = block, .id = block->id, .count = 1 };
		entry.role = plan_role_of(plan, block, &entry.reason);
		if (is_excluded(plan, &entry)) {
			entry.role = PLAN_EXCLUDED;
			plan->excluded_count++;
		} else if (plan_is_candidate(&entry)) {
			plan->available += snapshot->block_size;
			plan->try_count++;
		} else if (plan->sized) {
			continue;
		}
		error = add_entry(plan, capacity, entry);
	}
	return error;
}

size_t plan_chosen(const struct memhp_plan *plan)
{
	uint64_t count = plan->wanted / plan->snapshot->block_size;
	return count < plan->try_count ? (size_t)count : plan->try_count;
}

int plan_make(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
	      struct memhp_survey *survey, struct memhp_plan **plan)
{
	*plan = NULL;
	if (request->broken)
		return -ENOMEM;
	if (request->action == MEMHP_ACTION_NONE || request->size % snapshot->block_size)
		return -EINVAL;
	struct memhp_plan *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->snapshot = snapshot;
	new->survey = survey;
	new->action = request->action;
	new->target = request->target;
	new->rezone = request->rezone;
	new->force_unmovable = request->force_unmovable;
	new->sized = request->size != 0;

	size_t capacity = 0;
	int error = add_blocks(new, &capacity, request);
	if (!error && !new->sized)
		error = add_holes(new, &capacity, request);
	new->wanted = new->sized ? request->size : new->available;
	if (!error)
		error = plan_order(new);
	if (error) {
		memhp_plan_free(new);
		return error;
	}
	*plan = new;
	return 0;
}

MEMHP_EXPORT int memhp_plan_new(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
				struct memhp_plan **plan)
{
	return plan_make(snapshot, request, NULL, plan);
}

MEMHP_EXPORT void memhp_plan_free(struct memhp_plan *plan)
{
	if (!plan)
		return;
	free(plan->entries);
	free(plan);
}

MEMHP_EXPORT uint64_t memhp_plan_get_wanted(const struct memhp_plan *plan)
{
	return plan->wanted;
}

MEMHP_EXPORT uint64_t memhp_plan_get_available(const struct memhp_plan *plan)
{
	return plan->available;
}

MEMHP_EXPORT size_t memhp_plan_get_count(const struct memhp_plan *plan)
{
	return plan->try_count;
}

MEMHP_EXPORT const struct memhp_block *memhp_plan_get_block(const struct memhp_plan *plan, size_t index)
{
	return index < plan->try_count ? plan->entries[index].block : NULL;
}

MEMHP_EXPORT size_t memhp_plan_get_excluded_count(const struct memhp_plan *plan)
{
	return plan->excluded_count;
}

MEMHP_EXPORT const struct memhp_block *memhp_plan_get_excluded(const struct memhp_plan *plan, size_t index)
{
	return index < plan->excluded_count ? plan->entries[plan->try_count + index].block : NULL;
}

const char *plan_word(const struct memhp_plan *plan)
{
	return plan->action == MEMHP_ACTION_OFFLINE ? "offline" : memhp_target_word(plan->target);
}

MEMHP_EXPORT const char *memhp_plan_get_write(const struct memhp_plan *plan, const struct memhp_block *block,
					      size_t index)
{
	enum memhp_reason reason;
	enum plan_role role = plan_role_of(plan, block, &reason);

	if (role == PLAN_REZONE)
		return index == 0 ? "offline" : index == 1 ? plan_word(plan) : NULL;
	return role == PLAN_TRY && index == 0 ? plan_word(plan) : NULL;
}
