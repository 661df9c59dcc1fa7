/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an administrator should know before a change; never a refusal. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

#include "change.h"

static void PRINTF(2, 3) warn(struct change *change, const char *format, ...)
{
	char *message;
	va_list args;
	va_start(args, format);
	int length = vasprintf(&message, format, args);
	va_end(args);
	if (length < 0)
		return;
	json_object_array_add(change->warnings, json_object_new_string(message));
	if (!change->app->json)
		app_warn(change->app, "%s", message);
	free(message);
}

static size_t planned_blocks(const struct change *change)
{
	uint64_t wanted = memhp_plan_get_wanted(change->plan) / memhp_snapshot_get_block_size(change->snapshot);
	size_t count = memhp_plan_get_count(change->plan);
	return wanted < count ? (size_t)wanted : count;
}

static void warn_size(struct change *change)
{
	uint64_t wanted = memhp_plan_get_wanted(change->plan), available = memhp_plan_get_available(change->plan);
	char want[24], have[24];

	if (available >= wanted || available == 0)
		return;
	size_format(wanted, want, sizeof(want));
	size_format(available, have, sizeof(have));
	warn(change, "only %s of the %s asked for can be tried", have, want);
}

static enum memhp_zone zone_after(const struct change *change, const struct memhp_block *block)
{
	if (change->target == MEMHP_TARGET_MOVABLE)
		return MEMHP_ZONE_MOVABLE;
	return change->target == MEMHP_TARGET_KERNEL ? MEMHP_ZONE_NORMAL : memhp_block_get_valid_zone(block, 0);
}

/* Past 3:1 the kernel's own data may run out of room (memory-hotplug.rst, ZONE_MOVABLE). */
static void warn_ratio(struct change *change, const struct memhp_system *system)
{
	uint64_t movable, kernel, size = memhp_snapshot_get_block_size(change->snapshot);

	memhp_system_get_ratio(system, &movable, &kernel);
	uint64_t before_movable = movable, before_kernel = kernel;
	for (size_t i = 0; i < planned_blocks(change); i++) {
		const struct memhp_block *block = memhp_plan_get_block(change->plan, i);
		enum memhp_zone zone = change->online ? zone_after(change, block) : memhp_block_get_zone(block);
		uint64_t *part = zone == MEMHP_ZONE_MOVABLE ? &movable : &kernel;
		if (change->online)
			*part += size;
		else
			*part = *part > size ? *part - size : 0;
	}
	bool worse = movable > before_movable || kernel < before_kernel;
	if (!worse || kernel == 0 || movable <= 3 * kernel)
		return;
	warn(change, "%smovable to kernel memory will be %.1f:1, past %d:1: the kernel may run out of memory "
		     "for itself while much is free", movable > 8 * kernel ? "DANGER: " : "",
	     (double)movable / (double)kernel, movable > 8 * kernel ? 8 : 3);
}

static size_t online_blocks(const struct change *change, int node)
{
	size_t count = 0;
	for (size_t i = 0; i < memhp_snapshot_get_count(change->snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(change->snapshot, i);
		count += memhp_block_get_node(block, 0) == node &&
			 memhp_block_get_state(block) == MEMHP_STATE_ONLINE;
	}
	return count;
}

static void warn_last_of_node(struct change *change)
{
	size_t planned = planned_blocks(change);
	for (size_t i = 0; i < planned; i++) {
		int node = memhp_block_get_node(memhp_plan_get_block(change->plan, i), 0);
		size_t going = 0, first = planned;
		for (size_t j = 0; j < planned; j++) {
			if (memhp_block_get_node(memhp_plan_get_block(change->plan, j), 0) != node)
				continue;
			going++;
			first = j < first ? j : first;
		}
		if (first == i && node >= 0 && going == online_blocks(change, node))
			warn(change, "this takes the last memory of node %d", node);
		if (going == planned)
			return; /* all of one node: the usual case, said once */
	}
}

void change_warn(struct change *change, const struct memhp_system *system)
{
	warn_size(change);
	if (system)
		warn_ratio(change, system);
	if (!change->online)
		warn_last_of_node(change);
}
