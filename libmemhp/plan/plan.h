/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a request to an ordered list of blocks: what to try, and in which order. */
#ifndef MEMHP_PLAN_H
#define MEMHP_PLAN_H

#include "machine/machine.h"

/* plan-make.c */
enum plan_role { PLAN_TRY, PLAN_REZONE, PLAN_EXCLUDED, PLAN_ALREADY, PLAN_ABSENT, PLAN_FAIL };

struct plan_entry {
	const struct memhp_block *block; /* NULL: a hole */
	uint64_t id;			 /* of the hole's first block */
	uint64_t count;			 /* 1, or the blocks of a hole */
	enum plan_role role;
	enum memhp_reason reason;
};

struct memhp_plan {
	const struct memhp_snapshot *snapshot;
	struct memhp_survey *survey; /* NULL: chosen without one */
	enum memhp_action action;
	enum memhp_target target;
	bool rezone, force_unmovable;
	bool sized;
	uint64_t wanted, available;
	struct plan_entry *entries;
	size_t count;
	size_t try_count;      /* candidates stand first in entries */
	size_t excluded_count; /* and after them what is known not to go */
};

/* One that is to be tried. */
static inline bool plan_is_candidate(const struct plan_entry *entry)
{
	return entry->role == PLAN_TRY || entry->role == PLAN_REZONE;
}

/* plan-order.c: sorts the entries. Errors: ENOMEM. */
int plan_order(struct memhp_plan *plan);
/* The candidates that the plan means to take: with a size, the first ones only. */
size_t plan_chosen(const struct memhp_plan *plan);
/* plan-make.c: @survey may be NULL; reads nothing. */
int plan_make(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
	      struct memhp_survey *survey, struct memhp_plan **plan);

/* What a block needs before the action holds, from its state and zones alone. */
enum plan_role plan_role_of(const struct memhp_plan *plan, const struct memhp_block *block,
			    enum memhp_reason *reason);

/* What the action writes to `state`. */
const char *plan_word(const struct memhp_plan *plan);

/* The target that brings a block back into @zone. */
enum memhp_target target_of_zone(enum memhp_zone zone);

#endif
