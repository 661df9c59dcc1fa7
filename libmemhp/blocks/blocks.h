/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Plain facts of memory blocks, and who has which part of the physical address space. */
#ifndef MEMHP_BLOCKS_H
#define MEMHP_BLOCKS_H

#include "base/ctx.h"

/*
 * Small on purpose: a million of them are one array. Zones and extra nodes are sets, since the
 * only order that counts is which zone comes first.
 */
struct memhp_block {
	uint64_t id;
	const struct memhp_device *device; /* owned by the snapshot's device map */
	int *nodes;			   /* owned by the snapshot, only where there are several */
	int node;			   /* the first, -1: none */
	uint16_t node_count;
	uint8_t state;
	int8_t removable;
	int8_t configured;
	int8_t memmap_on_memory;
	uint8_t zone_count;
	uint8_t zones[MEMHP_ZONE_COUNT];
	bool unread; /* some of what is wanted of it */
	bool gone;   /* vanished while it was read */
};

struct device_map;

struct memhp_snapshot {
	uint64_t block_size;
	struct memhp_block *blocks;
	size_t count;
	int *nodes; /* that exist, with or without memory, ascending */
	size_t node_count;
	bool has_nodes;
	bool has_config;
	struct device_map *devices;
};

/* blocks.c: the place of the first block with this id or a higher one; the count if there is none. */
size_t blocks_from(const struct memhp_snapshot *snapshot, uint64_t id);

/* block.c: reads what @want names of memoryN below @dir_fd (the memory directory). -errno of the state's
 * file, or of the zones', if the state is not wanted. */
int block_read(const struct memhp_ctx *ctx, int dir_fd, unsigned int want, struct memhp_block *block);
/* s390: what /sys/firmware/memory (@config_fd) tells of it. */
void block_read_config(const struct memhp_ctx *ctx, int config_fd, struct memhp_block *block);
/* The state and zones alone, of a block that may be gone (-ENOENT). */
int block_reread(struct memhp_ctx *ctx, struct memhp_block *block);

/* nodes.c: fills node and nodes of all blocks. */
int nodes_read(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot);
/* True if a node has links to blocks: then there must be a directory of blocks. */
bool nodes_have_blocks(struct memhp_ctx *ctx);

/* iomem.c: /proc/iomem */
struct iomem_range {
	uint64_t start, end; /* inclusive */
	unsigned int depth;
	char name[64];
};

struct iomem_span {
	uint64_t start, end; /* exclusive */
};

struct iomem {
	struct iomem_range *ranges; /* in the file's order: a parent stands before its children */
	size_t count;
	struct iomem_span *ram; /* what of it is System RAM, in ascending order */
	size_t ram_count;
};

/* Errors: those of reading, ENOMEM; EACCES when all addresses read 0, as they do without root. */
int iomem_read(struct memhp_ctx *ctx, struct iomem *iomem);
void iomem_release(struct iomem *iomem);
/* Bytes of [@start, @end) that are System RAM, plain or a driver's. */
uint64_t iomem_system_ram(const struct iomem *iomem, uint64_t start, uint64_t end);
/* The range that holds the one at @index, or NULL. */
const struct iomem_range *iomem_parent(const struct iomem *iomem, size_t index);

#endif
