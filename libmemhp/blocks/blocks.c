/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The block array of a snapshot. */
#include <stdlib.h>

#include "blocks/blocks.h"

static int compare_blocks(const void *a, const void *b)
{
	const struct memhp_block *left = a, *right = b;
	return (left->id > right->id) - (left->id < right->id);
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_find(const struct memhp_snapshot *snapshot, uint64_t id)
{
	struct memhp_block key = { .id = id };
	return snapshot->count ? bsearch(&key, snapshot->blocks, snapshot->count, sizeof(key), compare_blocks)
			       : NULL;
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

MEMHP_EXPORT bool memhp_snapshot_has_nodes(const struct memhp_snapshot *snapshot)
{
	return snapshot->has_nodes;
}

MEMHP_EXPORT bool memhp_snapshot_has_config(const struct memhp_snapshot *snapshot)
{
	return snapshot->has_config;
}
