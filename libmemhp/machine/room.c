/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the pages of a node can go: do_migrate_range() in mm/memory_hotplug.c asks the other nodes first. */
#include <errno.h>
#include <stdlib.h>

#include "machine/machine.h"

static int compare_nodes(const void *a, const void *b)
{
	const struct node_room *left = a, *right = b;
	return (left->node > right->node) - (left->node < right->node);
}

struct node_room *rooms_find(const struct rooms *rooms, int node)
{
	struct node_room key = { .node = node };
	return rooms->count ? bsearch(&key, rooms->list, rooms->count, sizeof(key), compare_nodes) : NULL;
}

/* Zones of one node stand together in /proc/zoneinfo; a copied one may have them anywhere. */
static void join_nodes(struct rooms *rooms)
{
	size_t kept = 0;

	qsort(rooms->list, rooms->count, sizeof(*rooms->list), compare_nodes);
	for (size_t i = 0; i < rooms->count; i++) {
		struct node_room *last = &rooms->list[kept ? kept - 1 : 0];
		if (kept && last->node == rooms->list[i].node) {
			last->room += rooms->list[i].room;
			last->has_memory |= rooms->list[i].has_memory;
		} else {
			rooms->list[kept++] = rooms->list[i];
		}
	}
	rooms->count = kept;
}

int rooms_make(const struct memhp_system *system, const uint64_t *going, struct rooms *rooms)
{
	size_t count = memhp_system_get_zone_count(system);

	*rooms = (struct rooms){ .list = calloc(count + 1, sizeof(*rooms->list)), .count = count };
	if (!rooms->list)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct memhp_zone_info *zone = memhp_system_get_zone(system, i);
		uint64_t gone = zone->high + (going ? going[i] : 0);
		rooms->list[i].node = zone->node;
		if (zone->managed == 0)
			continue;
		rooms->list[i].has_memory = true;
		rooms->list[i].room = zone->file_lru + (zone->free > gone ? zone->free - gone : 0);
	}
	join_nodes(rooms);
	for (size_t i = 0; i < rooms->count; i++) {
		rooms->all += rooms->list[i].room;
		rooms->nodes_with_memory += rooms->list[i].has_memory;
	}
	return 0;
}

void rooms_release(struct rooms *rooms)
{
	free(rooms->list);
	*rooms = (struct rooms){ 0 };
}

uint64_t room_elsewhere(const struct rooms *rooms, int node, bool *other_nodes)
{
	const struct node_room *own = rooms_find(rooms, node);

	*other_nodes = rooms->nodes_with_memory > (size_t)(own && own->has_memory);
	return rooms->all - (own ? own->room : 0);
}
