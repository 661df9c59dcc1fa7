/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "base/unread.h"
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

/* What would go of each zone, by its place; what is in none that is known counts for none. */
static uint64_t *going_of_zones(const struct memhp_plan *plan, const struct memhp_system *system)
{
	uint64_t *going = calloc(memhp_system_get_zone_count(system) + 1, sizeof(*going));

	for (size_t i = 0; going && i < plan_chosen(plan); i++) {
		const struct memhp_block *block = plan->entries[i].block;
		size_t zone = system_find_zone(system, zoneinfo_node(block), memhp_block_get_zone(block));
		if (zone != SIZE_MAX)
			going[zone] += plan->snapshot->block_size;
	}
	return going;
}

/* Twice the high watermarks of the zones that remain. */
static uint64_t watermarks(const struct memhp_system *system, const uint64_t *going)
{
	uint64_t high = 0;
	for (size_t i = 0; i < memhp_system_get_zone_count(system); i++) {
		const struct memhp_zone_info *zone = memhp_system_get_zone(system, i);
		if (going[i] < zone->present)
			high += zone->high;
	}
	return 2 * high;
}

static int compare_nodes(const void *a, const void *b)
{
	const struct memhp_block *const *left = a, *const *right = b;
	return ((*left)->node > (*right)->node) - ((*left)->node < (*right)->node);
}

/* The chosen blocks, node by node. */
static const struct memhp_block **blocks_by_node(const struct memhp_plan *plan, size_t count)
{
	const struct memhp_block **blocks = calloc(count, sizeof(struct memhp_block *));

	for (size_t i = 0; blocks && i < count; i++)
		blocks[i] = plan->entries[i].block;
	if (blocks)
		qsort(blocks, count, sizeof(struct memhp_block *), compare_nodes);
	return blocks;
}

/* With no other node that has memory the kernel uses the own one: the first check covers that. */
static void check_node(const struct rooms *rooms, int node, uint64_t used, struct memhp_memcheck *check)
{
	bool other_nodes;
	uint64_t room = room_elsewhere(rooms, node, &other_nodes);

	if (!other_nodes || used <= room)
		return;
	check->node = node;
	check->migrate = used;
	check->room = room;
}

static int check_nodes(struct memhp_ctx *ctx, const struct memhp_plan *plan, int fd,
		       const struct rooms *rooms, struct memhp_memcheck *check)
{
	size_t count = plan_chosen(plan);
	const struct memhp_block **blocks = blocks_by_node(plan, count);
	uint64_t used = 0;

	if (!blocks)
		return -ENOMEM;
	for (size_t i = 0; i < count && check->node < 0; i++) {
		int64_t pages = count_used(plan, fd, blocks[i]);
		check->incomplete |= pages < 0;
		unread_note(ctx, KPAGEFLAGS, (int)(pages < 0 ? pages : 0));
		used += pages > 0 ? (uint64_t)pages * memhp_page_size() : 0;
		if (i + 1 < count && blocks[i + 1]->node == blocks[i]->node)
			continue;
		check_node(rooms, zoneinfo_node(blocks[i]), used, check);
		used = 0;
	}
	free(blocks);
	return 0;
}

static int check_room(struct memhp_ctx *ctx, const struct memhp_plan *plan, const struct memhp_system *system,
		      const uint64_t *going, struct memhp_memcheck *check)
{
	struct rooms rooms;
	int fd = sysfs_open(ctx, KPAGEFLAGS, O_RDONLY);

	if (fd < 0) {
		check->incomplete |= unread_is_failure(fd);
		return 0;
	}
	int error = rooms_make(system, going, &rooms);
	if (!error) {
		error = check_nodes(ctx, plan, fd, &rooms, check);
		rooms_release(&rooms);
	}
	close(fd);
	return error;
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
	check->estimated = check->available == UINT64_MAX;
	check->incomplete = memhp_system_get_zone_count(system) == 0;
	if (check->estimated)
		check->available = system_estimate_available(system);
	check->total = memhp_system_get_total(system);
	check->going = plan_chosen(plan) * plan->snapshot->block_size;
	check->unknown = check->available == UINT64_MAX || check->total == 0;
	if (check->going == 0 || check->unknown)
		return 0;
	uint64_t *going = going_of_zones(plan, system);
	if (!going)
		return -ENOMEM;
	uint64_t high = watermarks(system, going);
	uint64_t rest = check->total > check->going ? check->total - check->going : 0;
	check->reserve = rest / 20 > high ? rest / 20 : high;
	check->too_little = check->available < check->going + check->reserve;
	/* Where too little would be left, no page needs to be read. */
	int error = check->too_little ? 0 : check_room(ctx, plan, system, going, check);
	free(going);
	return error;
}
