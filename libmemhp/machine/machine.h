/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What Linux says of its memory as a whole, and which part of it a request means. */
#ifndef MEMHP_MACHINE_H
#define MEMHP_MACHINE_H

#include "blocks/blocks.h"

/* request.c */
struct id_range {
	uint64_t first, last;
};

struct memhp_request {
	enum memhp_action action;
	enum memhp_target target;
	bool rezone, force_unmovable;
	bool broken; /* out of memory while it was made */
	uint64_t size;
	struct id_range *ranges;
	size_t range_count;
	int *nodes;
	size_t node_count;
	char **devices, **drivers;
	size_t device_count, driver_count;
	unsigned int zones, valid_zones, states; /* sets of bits, 1 << value */
};

/* system.c: /proc/meminfo, in bytes. */
struct meminfo {
	uint64_t total;	    /* 0: not there */
	uint64_t corrupted; /* UINT64_MAX: not there */
	uint64_t available; /* UINT64_MAX: not there (before Linux 3.14) */
	uint64_t free;	    /* UINT64_MAX: not there */
	uint64_t file_cache;
};
int meminfo_read(struct memhp_ctx *ctx, struct meminfo *meminfo);

/* A kernel without NUMA has node 0 in /proc/zoneinfo, and no links from blocks to it. */
static inline int zoneinfo_node(const struct memhp_block *block)
{
	return block->node < 0 ? 0 : block->node;
}

/* The place of a zone in the list of memhp_system_get_zone(); SIZE_MAX: it has none. */
size_t system_find_zone(const struct memhp_system *system, int node, enum memhp_zone zone);

/* Where there is no MemAvailable: what is free or file cache, above the high watermarks. UINT64_MAX: no
 * MemFree either. */
uint64_t system_estimate_available(const struct memhp_system *system);

/* support.c: memory_hotplug.memmap_on_memory; @force (may be NULL): even where it wastes memory. */
bool memmap_on_memory(struct memhp_ctx *ctx, bool *force);
/* support.c: does this kernel take memory offline? Yes 1, no 0, -1: it cannot be known. Errors: ENOMEM. */
int hotremove_read(struct memhp_ctx *ctx, int *hotremove);

/* room.c: bytes for migrated pages, free above the high watermark or file cache, node by node. */
struct node_room {
	int node;
	bool has_memory;
	uint64_t room;
};

struct rooms {
	struct node_room *list; /* by node */
	size_t count, nodes_with_memory;
	uint64_t all;
};

/* @going (NULL: nothing) is what goes of each zone, by its place; that is no room. Errors: ENOMEM. */
int rooms_make(const struct memhp_system *system, const uint64_t *going, struct rooms *rooms);
void rooms_release(struct rooms *rooms);
/* NULL: no zone is of that node. */
struct node_room *rooms_find(const struct rooms *rooms, int node);
/* On nodes other than @node; *@other_nodes: there are some with memory. */
uint64_t room_elsewhere(const struct rooms *rooms, int node, bool *other_nodes);

#endif
