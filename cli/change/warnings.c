/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an administrator should know before a change; never a refusal. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <memhp.h>

#include "change/change-report.h"
#include "change/change.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/text.h"

void change_warning(const struct app *app, json_object *warnings, const char *format, ...)
{
	char message[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	json_append(warnings, json_new_string(message));
	if (!app->json)
		app_warn(app, "%s", message);
}

static size_t planned_blocks(const struct change *change)
{
	uint64_t wanted = memhp_plan_get_wanted(change->plan) /
			  memhp_snapshot_get_block_size(change->snapshot);
	size_t count = memhp_plan_get_count(change->plan);
	return wanted < count ? (size_t)wanted : count;
}

static void warn_size(struct change *change)
{
	uint64_t wanted = memhp_plan_get_wanted(change->plan),
		 available = memhp_plan_get_available(change->plan);
	char want[24], have[24];

	if (available >= wanted || available == 0)
		return;
	size_format(wanted, want, sizeof(want));
	size_format(available, have, sizeof(have));
	change_warning(change->app, change->warnings, "only %s of the %s asked for can be tried", have, want);
}

static enum memhp_zone zone_after(const struct change *change, const struct memhp_block *block)
{
	if (change->target == MEMHP_TARGET_MOVABLE)
		return MEMHP_ZONE_MOVABLE;
	return change->target == MEMHP_TARGET_KERNEL ? MEMHP_ZONE_NORMAL
						     : memhp_block_get_valid_zone(block, 0);
}

static void move(uint64_t *part, bool comes, uint64_t size)
{
	if (comes)
		*part += size;
	else
		*part = *part > size ? *part - size : 0;
}

/* What the plan makes of the movable and kernel memory that there is. */
static void ratio_after(const struct change *change, uint64_t *movable, uint64_t *kernel)
{
	uint64_t size = memhp_snapshot_get_block_size(change->snapshot);

	for (size_t i = 0; i < planned_blocks(change); i++) {
		const struct memhp_block *block = memhp_plan_get_block(change->plan, i);
		if (memhp_block_get_state(block) == MEMHP_STATE_ONLINE)
			move(memhp_block_get_zone(block) == MEMHP_ZONE_MOVABLE ? movable : kernel, false,
			     size);
		if (change->kind->online)
			move(zone_after(change, block) == MEMHP_ZONE_MOVABLE ? movable : kernel, true, size);
	}
}

/* Past 3:1 the kernel's own data may run out of room (memory-hotplug.rst, ZONE_MOVABLE). */
static void warn_ratio(struct change *change, const struct memhp_system *system)
{
	uint64_t movable, kernel, old_movable, old_kernel;

	memhp_system_get_ratio(system, &old_movable, &old_kernel);
	movable = old_movable;
	kernel = old_kernel;
	ratio_after(change, &movable, &kernel);
	if ((movable <= old_movable && kernel >= old_kernel) || movable <= 3 * kernel)
		return;
	if (kernel == 0)
		change_warning(change->app, change->warnings,
			       "DANGER: no memory but movable will be left: the kernel has none for itself");
	else
		change_warning(change->app, change->warnings,
			       "%smovable to kernel memory will be %.1f:1, past %d:1: the kernel may run out "
			       "of memory "
			       "for "
			       "itself while much is free",
			       movable > 8 * kernel ? "DANGER: " : "", (double)movable / (double)kernel,
			       movable > 8 * kernel ? 8 : 3);
}

/* What each node has online now, and what of it the plan takes; indexed by node. */
struct node_use {
	size_t online, going;
};

static struct node_use *count_nodes(const struct change *change, int *count)
{
	size_t blocks = memhp_snapshot_get_count(change->snapshot);

	*count = 0;
	for (size_t i = 0; i < blocks; i++) {
		int node = memhp_block_get_node(memhp_snapshot_get_block(change->snapshot, i), 0);
		*count = node >= *count ? node + 1 : *count;
	}
	struct node_use *nodes = calloc((size_t)*count + 1, sizeof(*nodes));
	for (size_t i = 0; nodes && i < blocks; i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(change->snapshot, i);
		int node = memhp_block_get_node(block, 0);
		if (node >= 0)
			nodes[node].online += memhp_block_get_state(block) == MEMHP_STATE_ONLINE;
	}
	for (size_t i = 0; nodes && i < planned_blocks(change); i++) {
		int node = memhp_block_get_node(memhp_plan_get_block(change->plan, i), 0);
		if (node >= 0)
			nodes[node].going++;
	}
	return nodes;
}

/* True if the plan takes something of the group's nodes, and leaves nothing there. */
static bool empties(const struct memhp_cpusets *cpusets, size_t index, const struct node_use *nodes,
		    int count)
{
	size_t going = 0, online = 0;
	for (int node = 0; node < count; node++) {
		if (!memhp_cpusets_has_node(cpusets, index, node))
			continue;
		going += nodes[node].going;
		online += nodes[node].online;
	}
	return going > 0 && going >= online;
}

static void warn_cpusets(struct change *change, const struct memhp_cpusets *cpusets,
			 const struct node_use *nodes, int count)
{
	for (size_t i = 0; i < memhp_cpusets_get_count(cpusets); i++) {
		if (empties(cpusets, i, nodes, count))
			change_warning(change->app, change->warnings,
				       "this takes the last memory that the cpuset /%s is bound to",
				       memhp_cpusets_get_path(cpusets, i));
	}
}

static int warn_last(struct change *change)
{
	int count;
	struct node_use *nodes = count_nodes(change, &count);
	struct memhp_cpusets *cpusets = NULL;
	int error = nodes ? memhp_cpusets_read(change->app->ctx, &cpusets) : -ENOMEM;

	for (int node = 0; nodes && node < count; node++) {
		if (nodes[node].going > 0 && nodes[node].going >= nodes[node].online)
			change_warning(change->app, change->warnings, "this takes the last memory of node %d",
				       node);
	}
	if (cpusets)
		warn_cpusets(change, cpusets, nodes, count);
	memhp_cpusets_free(cpusets);
	free(nodes);
	return error == -ENOMEM ? app_no_memory(change->app) : EXIT_OK;
}

static uint64_t poisoned_pages(const struct change *change, const struct memhp_block *block)
{
	const struct memhp_outlook *outlook = change->survey ? memhp_survey_get(change->survey, block) : NULL;
	uint64_t count;

	if (outlook && memhp_outlook_has_pages(outlook))
		return memhp_outlook_get_pages(outlook, MEMHP_KIND_POISONED);
	return memhp_block_count_poisoned(change->app->ctx, change->snapshot, block, &count) ? 0 : count;
}

/* Of blocks that go offline, be it for a moment only (--rezone). */
static void warn_poisoned_going(struct change *change)
{
	for (size_t i = 0; i < planned_blocks(change); i++) {
		const struct memhp_block *block = memhp_plan_get_block(change->plan, i);
		uint64_t count = poisoned_pages(change, block);
		if (count)
			change_warning(
				change->app, change->warnings,
				"block %" PRIu64 " has %" PRIu64
				" poisoned page%s: once it is offline, Linux 6.12 "
				"and later will not bring it back online, and older ones will, with the bad "
				"memory in use",
				memhp_block_get_id(block), count, count == 1 ? "" : "s");
	}
}

/* The pages of offline blocks cannot be seen, but they are in the kernel's count. */
static void warn_poisoned_coming(struct change *change, uint64_t corrupted)
{
	uint64_t seen = 0;

	for (size_t i = 0; seen < corrupted && i < memhp_snapshot_get_count(change->snapshot); i++)
		seen += poisoned_pages(change, memhp_snapshot_get_block(change->snapshot, i)) *
			memhp_page_size();
	if (seen < corrupted)
		change_warning(
			change->app, change->warnings,
			"%" PRIu64
			" poisoned pages are not in online memory: Linux 6.12 and later will not bring "
			"the block that has them online, and older ones bring it back with the bad memory in "
			"use",
			(corrupted - seen) / memhp_page_size());
}

/* Page flags are read only where there is something to find: it takes long. */
static void warn_poisoned(struct change *change, const struct memhp_system *system)
{
	uint64_t corrupted = memhp_system_get_corrupted(system);

	if (corrupted == UINT64_MAX || corrupted == 0)
		return;
	warn_poisoned_going(change);
	if (change->kind->online && planned_blocks(change))
		warn_poisoned_coming(change, corrupted);
}

int change_warn(struct change *change, const struct memhp_system *system)
{
	warn_size(change);
	if (system) {
		warn_ratio(change, system);
		warn_poisoned(change, system);
	}
	return change->kind->online ? EXIT_OK : warn_last(change);
}
