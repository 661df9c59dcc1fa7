/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The block array of a snapshot. */
#include "blocks/blocks.h"

size_t blocks_from(const struct memhp_snapshot *snapshot, uint64_t id)
{
	size_t low = 0, high = snapshot->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (snapshot->blocks[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_find(const struct memhp_snapshot *snapshot, uint64_t id)
{
	size_t index = blocks_from(snapshot, id);
	return index < snapshot->count && snapshot->blocks[index].id == id ? &snapshot->blocks[index] : NULL;
}

MEMHP_EXPORT uint64_t memhp_snapshot_get_block_size(const struct memhp_snapshot *snapshot)
{
	return snapshot->block_size;
}

MEMHP_EXPORT size_t memhp_snapshot_get_count(const struct memhp_snapshot *snapshot)
{
	return snapshot->count;
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_get_block(const struct memhp_snapshot *snapshot,
								size_t index)
{
	return index < snapshot->count ? &snapshot->blocks[index] : NULL;
}

MEMHP_EXPORT size_t memhp_snapshot_get_node_count(const struct memhp_snapshot *snapshot)
{
	return snapshot->node_count;
}

MEMHP_EXPORT int memhp_snapshot_get_node(const struct memhp_snapshot *snapshot, size_t index)
{
	return index < snapshot->node_count ? snapshot->nodes[index] : -1;
}

MEMHP_EXPORT bool memhp_snapshot_has_nodes(const struct memhp_snapshot *snapshot)
{
	return snapshot->has_nodes;
}

MEMHP_EXPORT bool memhp_snapshot_has_config(const struct memhp_snapshot *snapshot)
{
	return snapshot->has_config;
}
