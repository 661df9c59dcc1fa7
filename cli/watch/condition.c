/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "shell/command.h"
#include "shell/device-range.h"
#include "shell/device-text.h"
#include "shell/selection.h"
#include "watch/condition.h"

bool condition_is_of_devices(const struct condition *condition, const struct selection *selection)
{
	uint64_t first, last;

	for (size_t i = 0; i < selection->filter_count; i++) {
		if (selection->filters[i].key != KEY_DEVICE)
			return false;
	}
	return selection->filter_count && condition->state == MEMHP_STATE_UNKNOWN && !condition->size &&
	       !memhp_request_get_blocks(selection->request, 0, &first, &last);
}

/* NULL when out of memory. */
static struct hindrance *one_more(struct standing *standing)
{
	struct hindrance *list = reallocarray(standing->hindrances, standing->count + 1, sizeof(*list));

	if (!list)
		return NULL;
	standing->hindrances = list;
	list[standing->count] = (struct hindrance){ 0 };
	return &list[standing->count++];
}

static bool add_blocks(struct standing *standing, struct hindrance blocks)
{
	struct hindrance *last = standing->count ? &standing->hindrances[standing->count - 1] : NULL;

	if (last && last->state == blocks.state && last->exists == blocks.exists &&
	    last->first + last->count == blocks.first) {
		last->count += blocks.count;
		return true;
	}
	last = one_more(standing);
	if (last)
		*last = blocks;
	return last;
}

static bool add_device(struct standing *standing, const char *name)
{
	struct hindrance *last = one_more(standing);

	if (last)
		last->device = strdup(name);
	return last && last->device;
}

/* The slot of a DIMM stays where the DIMM goes. */
static bool has_device(const struct memhp_snapshot *snapshot, const char *name)
{
	size_t first, last;

	return device_find_range(snapshot, name, &first, &last) &&
	       memhp_device_get_status(memhp_snapshot_get_device(snapshot, first)) != MEMHP_DEVICE_EMPTY;
}

static bool judge_device(const struct condition *condition, const struct memhp_snapshot *snapshot,
			 const char *word, struct standing *standing)
{
	char buffer[32];
	const char *name = device_named(word, buffer, sizeof(buffer));

	return has_device(snapshot, name) != condition->absent || add_device(standing, name);
}

static bool judge_devices(const struct condition *condition, const struct selection *selection,
			  const struct memhp_snapshot *snapshot, struct standing *standing)
{
	bool good = true;

	for (size_t i = 0; good && i < selection->filter_count; i++) {
		char *copy = strdup(selection->filters[i].arg), *rest = copy, *word;
		good = copy;
		while (good && (word = strsep(&rest, ",")))
			good = judge_device(condition, snapshot, word, standing);
		free(copy);
	}
	standing->holds = good && standing->count == 0;
	return good;
}

/* What is named and not there. */
static bool judge_holes(const struct memhp_request *request, const struct memhp_snapshot *snapshot,
			struct standing *standing)
{
	uint64_t id, last;
	bool good = true;

	for (size_t i = 0; memhp_request_get_blocks(request, i, &id, &last); i++) {
		for (size_t j = 0; good && j < memhp_snapshot_get_count(snapshot); j++) {
			uint64_t next = memhp_block_get_id(memhp_snapshot_get_block(snapshot, j));
			if (next < id || next > last)
				continue;
			if (next > id)
				good = add_blocks(standing,
						  (struct hindrance){ .first = id, .count = next - id });
			id = next + 1;
		}
		if (good && id <= last)
			good = add_blocks(standing,
					  (struct hindrance){ .first = id, .count = last - id + 1 });
	}
	return good;
}

static bool judge_blocks(const struct condition *condition, const struct memhp_request *request,
			 const struct memhp_snapshot *snapshot, struct standing *standing)
{
	bool good = true;

	for (size_t i = 0; good && i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		enum memhp_state state = memhp_block_get_state(block);
		if (!memhp_request_matches(request, block))
			continue;
		standing->selected++;
		if (!condition->absent &&
		    (condition->state == MEMHP_STATE_UNKNOWN || condition->state == state))
			standing->fulfilled++;
		else
			good = add_blocks(standing, (struct hindrance){ .first = memhp_block_get_id(block),
									.count = 1,
									.exists = true,
									.state = state });
	}
	return good;
}

/* A part of a block is not enough. */
static bool is_enough(const struct condition *condition, const struct memhp_snapshot *snapshot,
		      uint64_t blocks)
{
	uint64_t size = memhp_snapshot_get_block_size(snapshot);
	return blocks >= condition->size / size + (condition->size % size != 0);
}

static bool judge(const struct condition *condition, const struct selection *selection,
		  const struct memhp_snapshot *snapshot, struct standing *standing)
{
	if (condition_is_of_devices(condition, selection))
		return judge_devices(condition, selection, snapshot, standing);
	if (!condition->absent && !condition->size && !judge_holes(selection->request, snapshot, standing))
		return false;
	if (!judge_blocks(condition, selection->request, snapshot, standing))
		return false;
	standing->holds = condition->size ? is_enough(condition, snapshot, standing->fulfilled)
					  : standing->count == 0 && (condition->absent || standing->selected);
	return true;
}

bool condition_judge(const struct condition *condition, const struct selection *selection,
		     const struct memhp_snapshot *snapshot, struct standing *standing)
{
	*standing = (struct standing){ 0 };
	bool good = judge(condition, selection, snapshot, standing);
	if (standing->holds) /* others than those that are enough are no hindrance */
		standing_release(standing);
	return good;
}

void standing_release(struct standing *standing)
{
	for (size_t i = 0; i < standing->count; i++)
		free(standing->hindrances[i].device);
	free(standing->hindrances);
	standing->hindrances = NULL;
	standing->count = 0;
}
