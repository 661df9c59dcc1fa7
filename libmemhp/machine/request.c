/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "devices/devices.h"
#include "machine/machine.h"

MEMHP_EXPORT int memhp_request_new(struct memhp_request **request, enum memhp_action action)
{
	*request = calloc(1, sizeof(**request));
	if (!*request)
		return -ENOMEM;
	(*request)->action = action;
	return 0;
}

static void free_words(char **words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(words[i]);
	free(words);
}

MEMHP_EXPORT void memhp_request_free(struct memhp_request *request)
{
	if (!request)
		return;
	free(request->ranges);
	free(request->nodes);
	free_words(request->devices, request->device_count);
	free_words(request->drivers, request->driver_count);
	free(request);
}

/* Without the filter that found no memory, more blocks would match, up to all: now none does. */
static int broken(struct memhp_request *request)
{
	request->broken = true;
	return -ENOMEM;
}

/* Ranges are kept sorted and apart: ones that overlap or touch the new one become part of it. */
MEMHP_EXPORT int memhp_request_add_blocks(struct memhp_request *request, uint64_t first, uint64_t last)
{
	if (last < first || last == UINT64_MAX)
		return -EINVAL;
	size_t at = request->range_count, end = at;
	while (at > 0 && request->ranges[at - 1].last + 1 >= first)
		at--;
	while (end > at && request->ranges[end - 1].first > last + 1)
		end--;
	if (end > at) {
		struct id_range *low = &request->ranges[at], *high = &request->ranges[end - 1];
		low->first = low->first < first ? low->first : first;
		low->last = high->last > last ? high->last : last;
		memmove(low + 1, high + 1, (request->range_count - end) * sizeof(*low));
		request->range_count -= end - at - 1;
		return 0;
	}
	struct id_range *ranges = reallocarray(request->ranges, request->range_count + 1, sizeof(*ranges));
	if (!ranges)
		return broken(request);
	memmove(ranges + at + 1, ranges + at, (request->range_count - at) * sizeof(*ranges));
	ranges[at] = (struct id_range){ first, last };
	request->ranges = ranges;
	request->range_count++;
	return 0;
}

MEMHP_EXPORT bool memhp_request_get_blocks(const struct memhp_request *request, size_t index, uint64_t *first,
					   uint64_t *last)
{
	if (index >= request->range_count)
		return false;
	*first = request->ranges[index].first;
	*last = request->ranges[index].last;
	return true;
}

MEMHP_EXPORT int memhp_request_add_node(struct memhp_request *request, int node)
{
	if (node < 0)
		return -EINVAL;
	int *nodes = reallocarray(request->nodes, request->node_count + 1, sizeof(*nodes));
	if (!nodes)
		return broken(request);
	nodes[request->node_count++] = node;
	request->nodes = nodes;
	return 0;
}

static int add_bit(unsigned int *set, unsigned int value, unsigned int count)
{
	if (value == 0 || value >= count)
		return -EINVAL;
	*set |= 1U << value;
	return 0;
}

MEMHP_EXPORT int memhp_request_add_zone(struct memhp_request *request, enum memhp_zone zone)
{
	return add_bit(&request->zones, zone, MEMHP_ZONE_COUNT);
}

MEMHP_EXPORT int memhp_request_add_valid_zone(struct memhp_request *request, enum memhp_zone zone)
{
	return add_bit(&request->valid_zones, zone, MEMHP_ZONE_COUNT);
}

MEMHP_EXPORT int memhp_request_add_state(struct memhp_request *request, enum memhp_state state)
{
	return add_bit(&request->states, state, MEMHP_STATE_COUNT);
}

static int add_word(struct memhp_request *request, char ***words, size_t *count, const char *word)
{
	char **more = reallocarray(*words, *count + 1, sizeof(*more));
	if (!more)
		return broken(request);
	*words = more;
	more[*count] = strdup(word);
	if (!more[*count])
		return broken(request);
	(*count)++;
	return 0;
}

MEMHP_EXPORT int memhp_request_add_device(struct memhp_request *request, const char *device)
{
	return add_word(request, &request->devices, &request->device_count, device);
}

MEMHP_EXPORT int memhp_request_add_driver(struct memhp_request *request, const char *driver)
{
	return add_word(request, &request->drivers, &request->driver_count, driver);
}

MEMHP_EXPORT bool memhp_request_is_empty(const struct memhp_request *request)
{
	return !request->range_count && !request->node_count && !request->device_count &&
	       !request->driver_count && !request->zones && !request->valid_zones && !request->states &&
	       !request->size;
}

static bool has_word(char **words, size_t count, const char *word)
{
	if (count == 0)
		return true;
	for (size_t i = 0; word && i < count; i++) {
		if (strcmp(words[i], word) == 0)
			return true;
	}
	return false;
}

static int compare_to_range(const void *key, const void *element)
{
	uint64_t id = *(const uint64_t *)key;
	const struct id_range *range = element;
	return id < range->first ? -1 : id > range->last;
}

static bool in_ranges(const struct memhp_request *request, uint64_t id)
{
	return request->range_count == 0 || bsearch(&id, request->ranges, request->range_count,
						    sizeof(*request->ranges), compare_to_range);
}

static bool on_nodes(const struct memhp_request *request, const struct memhp_block *block)
{
	if (request->node_count == 0)
		return true;
	for (size_t i = 0; i < request->node_count; i++) {
		for (size_t j = 0; j < block->node_count; j++) {
			if (memhp_block_get_node(block, j) == request->nodes[i])
				return true;
		}
	}
	return false;
}

/* A zone filter speaks of online blocks, a valid-zone filter of any. */
static bool in_zones(const struct memhp_request *request, const struct memhp_block *block)
{
	if (request->zones && !(request->zones & 1U << memhp_block_get_zone(block)))
		return false;
	if (!request->valid_zones)
		return true;
	for (size_t i = 0; i < block->zone_count; i++) {
		if (request->valid_zones & 1U << block->zones[i])
			return true;
	}
	return false;
}

static const char *device_name(const struct memhp_block *block)
{
	return block->device ? block->device->name : DEVICE_BOOT_NAME;
}

MEMHP_EXPORT bool memhp_request_matches(const struct memhp_request *request, const struct memhp_block *block)
{
	return !request->broken && in_ranges(request, block->id) && on_nodes(request, block) &&
	       in_zones(request, block) && (!request->states || (request->states & 1U << block->state)) &&
	       has_word(request->devices, request->device_count, device_name(block)) &&
	       has_word(request->drivers, request->driver_count, memhp_block_get_driver(block));
}

MEMHP_EXPORT unsigned int memhp_request_get_want(const struct memhp_request *request)
{
	unsigned int want = 0;
	if (request->action != MEMHP_ACTION_NONE)
		want |= MEMHP_WANT_STATE | MEMHP_WANT_ZONES | MEMHP_WANT_NODES;
	if (request->states || request->zones)
		want |= MEMHP_WANT_STATE;
	if (request->zones || request->valid_zones)
		want |= MEMHP_WANT_ZONES;
	if (request->node_count)
		want |= MEMHP_WANT_NODES;
	if (request->device_count || request->driver_count)
		want |= MEMHP_WANT_DEVICE;
	return want;
}

MEMHP_EXPORT void memhp_request_set_size(struct memhp_request *request, uint64_t size)
{
	request->size = size;
}

MEMHP_EXPORT void memhp_request_set_target(struct memhp_request *request, enum memhp_target target)
{
	request->target = target;
}

MEMHP_EXPORT void memhp_request_set_rezone(struct memhp_request *request, bool rezone)
{
	request->rezone = rezone;
}

MEMHP_EXPORT void memhp_request_set_force_unmovable(struct memhp_request *request, bool force)
{
	request->force_unmovable = force;
}
