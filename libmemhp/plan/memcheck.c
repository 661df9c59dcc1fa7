/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "outlook/outlook.h"
#include "plan/plan.h"

/* Pages that an offline would have to move or fail on; -errno without root. */
static int64_t count_used(const struct memhp_plan *plan, int fd, const struct memhp_block *block)
{
	const struct memhp_outlook *outlook = plan->survey ? survey_outlook(plan->survey, block) : NULL;
	uint64_t pages = plan->snapshot->block_size / memhp_page_size();

	if (outlook && memhp_outlook_has_pages(outlook))
		return (int64_t)memhp_outlook_get_moves(outlook);
	return kpage_count(fd, block->id * pages, pages, KPF_BUDDY | KPF_NOPAGE | KPF_OFFLINE, 0);
}

static uint64_t planned_bytes(const struct memhp_plan *plan, int node, enum memhp_zone zone)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < plan_chosen(plan); i++) {
		const struct memhp_block *block = plan->entries[i].block;
		if (block->node == node && memhp_block_get_zone(block) == zone)
			bytes += plan->snapshot->block_size;
	}
	return bytes;
}

/* What is free in zones that go offline themselves is no room. */
static uint64_t room_left(const struct memhp_plan *plan, const struct memhp_system *system, int node,
			  bool *other_nodes)
{
	size_t count = memhp_system_get_zone_count(system);
	uint64_t *going = calloc(count + 1, sizeof(*going));

	for (size_t i = 0; going && i < count; i++) {
		const struct memhp_zone_info *zone = memhp_system_get_zone(system, i);
		going[i] = planned_bytes(plan, zone->node, zone->zone);
	}
	uint64_t room = room_elsewhere(system, node, going, other_nodes);
	free(going);
	return room;
}

/* Twice the high watermarks of the zones that remain. */
static uint64_t watermarks(const struct memhp_plan *plan, const struct memhp_system *system)
{
	uint64_t high = 0;
	for (size_t i = 0; i < memhp_system_get_zone_count(system); i++) {
		const struct memhp_zone_info *zone = memhp_system_get_zone(system, i);
		if (planned_bytes(plan, zone->node, zone->zone) < zone->present)
			high += zone->high;
	}
	return 2 * high;
}

/* With no other node that has memory the kernel uses the own one: the first check covers that. */
static void check_node(const struct memhp_plan *plan, const struct memhp_system *system, int fd, int node,
		       struct memhp_memcheck *check)
{
	uint64_t page_size = memhp_page_size(), used = 0;
	bool other_nodes;
	uint64_t room = room_left(plan, system, node, &other_nodes);

	if (!other_nodes)
		return;
	for (size_t i = 0; i < plan_chosen(plan); i++) {
		const struct memhp_block *block = plan->entries[i].block;
		int64_t count = block->node == node ? count_used(plan, fd, block) : 0;
		if (count > 0)
			used += (uint64_t)count * page_size;
	}
	if (used > room) {
		check->node = node;
		check->migrate = used;
		check->room = room;
	}
}

static void check_room(struct memhp_ctx *ctx, const struct memhp_plan *plan,
		       const struct memhp_system *system, struct memhp_memcheck *check)
{
	int fd = sysfs_open(ctx, KPAGEFLAGS, O_RDONLY);
	if (fd < 0)
		return;
	int last = -1;
	for (size_t i = 0; check->node < 0 && i < memhp_system_get_zone_count(system); i++) {
		int node = memhp_system_get_zone(system, i)->node;
		if (node != last)
			check_node(plan, system, fd, node, check);
		last = node;
	}
	close(fd);
}

MEMHP_EXPORT int memhp_memcheck(struct memhp_ctx *ctx, const struct memhp_plan *plan,
				const struct memhp_system *system, struct memhp_memcheck *check)
{
	if (check->size != sizeof(*check))
		return -EINVAL;
	*check = (struct memhp_memcheck){ .size = sizeof(*check), .node = -1 };
	if (plan->action != MEMHP_ACTION_OFFLINE)
		return -EINVAL;
	check->available = memhp_system_get_available(system);
	check->total = memhp_system_get_total(system);
	check->going = plan_chosen(plan) * plan->snapshot->block_size;
	if (check->going == 0)
		return 0;
	uint64_t high = watermarks(plan, system);
	uint64_t rest = check->total > check->going ? check->total - check->going : 0;
	check->reserve = rest / 20 > high ? rest / 20 : high;
	check->too_little = check->available < check->going + check->reserve;
	check_room(ctx, plan, system, check);
	return 0;
}
