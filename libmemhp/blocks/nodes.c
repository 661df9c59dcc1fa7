/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which nodes a block belongs to. One listing of each node's directory answers it for all blocks;
 * a tree without them (an old capture) is asked block by block.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/sysfs.h"
#include "blocks/blocks.h"

#define NODE_DIR "sys/devices/system/node"

static int add_node(struct memhp_block *block, int node)
{
	if (block->node_count == 0) {
		block->node = node;
	} else {
		int *nodes = reallocarray(block->nodes, block->node_count + 1U, sizeof(*nodes));
		if (!nodes)
			return -ENOMEM;
		if (!block->nodes)
			nodes[0] = block->node;
		nodes[block->node_count] = node;
		block->nodes = nodes;
	}
	block->node_count++;
	return 0;
}

static struct memhp_block *find(struct memhp_snapshot *snapshot, uint64_t id)
{
	return (struct memhp_block *)memhp_snapshot_find(snapshot, id);
}

static int note_node(struct memhp_snapshot *snapshot, int node)
{
	for (size_t i = snapshot->node_count; i > 0; i--) { /* neighbours are often of the same */
		if (snapshot->nodes[i - 1] == node)
			return 0;
	}
	int *nodes = reallocarray(snapshot->nodes, snapshot->node_count + 1, sizeof(*nodes));

	if (!nodes)
		return -ENOMEM;
	snapshot->nodes = nodes;
	nodes[snapshot->node_count++] = node;
	return 0;
}

/* Without node directories the links of blocks tell which nodes there are. */
static int note_nodes_of(struct memhp_snapshot *snapshot, const struct memhp_block *block)
{
	int error = 0;

	for (size_t i = 0; !error && i < block->node_count; i++)
		error = note_node(snapshot, memhp_block_get_node(block, i));
	return error;
}

static int read_node(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot, int node)
{
	char path[64];
	int error = note_node(snapshot, node);

	if (error)
		return error;
	snprintf(path, sizeof(path), NODE_DIR "/node%d", node);
	DIR *dir = sysfs_opendir(ctx, path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	struct dirent *entry;
	while (!error && (entry = sysfs_readdir(ctx, dir, path))) {
		uint64_t id;
		struct memhp_block *block;
		if (sysfs_numbered(entry->d_name, "memory", &id) && (block = find(snapshot, id)))
			error = add_node(block, node);
	}
	closedir(dir);
	return error;
}

static int compare_nodes(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

/* The first link stands first, the others ascend. */
static void order_nodes(struct memhp_block *block)
{
	for (size_t i = 0; i < block->node_count; i++) {
		if (block->nodes[i] == block->node) {
			block->nodes[i] = block->nodes[0];
			block->nodes[0] = block->node;
		}
	}
	qsort(block->nodes + 1, block->node_count - 1U, sizeof(*block->nodes), compare_nodes);
}

/* lsmem shows the first link that the block's own directory lists, so that one stands first. */
static int read_links(struct memhp_ctx *ctx, struct memhp_block *block, bool first_only)
{
	char path[64];
	snprintf(path, sizeof(path), MEMORY_DIR "/memory%" PRIu64, block->id);
	DIR *dir = sysfs_opendir(ctx, path);
	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	int error = 0;
	struct dirent *entry;
	while (!error && (entry = sysfs_readdir(ctx, dir, path))) {
		uint64_t node;
		if (!sysfs_numbered(entry->d_name, "node", &node) || node > INT_MAX)
			continue;
		if (first_only) {
			block->node = (int)node;
			break;
		}
		error = add_node(block, (int)node);
	}
	closedir(dir);
	return error;
}

/* @all: no node directory knows any block. Else only blocks of several nodes need their first. */
static int read_all_links(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot, bool all)
{
	int error = 0;
	for (size_t i = 0; !error && i < snapshot->count; i++) {
		struct memhp_block *block = &snapshot->blocks[i];
		if (all || block->nodes)
			error = read_links(ctx, block, !all);
		if (!error && all)
			error = note_nodes_of(snapshot, block);
		if (block->nodes)
			order_nodes(block);
		snapshot->has_nodes |= block->node_count > 0;
	}
	return error ? ctx_fail(ctx, error, MEMORY_DIR) : 0;
}

int nodes_read(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot)
{
	DIR *nodes = sysfs_opendir(ctx, NODE_DIR);
	int error = 0;
	bool known = false;

	if (nodes) {
		struct dirent *entry;
		while (!error && (entry = sysfs_readdir(ctx, nodes, NODE_DIR))) {
			uint64_t node;
			if (sysfs_numbered(entry->d_name, "node", &node) && node <= INT_MAX)
				error = read_node(ctx, snapshot, (int)node);
		}
		closedir(nodes);
		for (size_t i = 0; i < snapshot->count && !known; i++)
			known = snapshot->blocks[i].node_count > 0;
	}
	if (error)
		return ctx_fail(ctx, error, NODE_DIR);
	error = read_all_links(ctx, snapshot, !known);
	if (snapshot->node_count)
		qsort(snapshot->nodes, snapshot->node_count, sizeof(*snapshot->nodes), compare_nodes);
	return error;
}

static bool has_block(struct memhp_ctx *ctx, const char *node)
{
	char path[320];
	uint64_t id;
	bool found = false;

	snprintf(path, sizeof(path), NODE_DIR "/%s", node);
	DIR *dir = sysfs_opendir(ctx, path);
	struct dirent *entry;
	while (!found && dir && (entry = sysfs_readdir(ctx, dir, path)))
		found = sysfs_numbered(entry->d_name, "memory", &id);
	if (dir)
		closedir(dir);
	return found;
}

bool nodes_have_blocks(struct memhp_ctx *ctx)
{
	DIR *nodes = sysfs_opendir(ctx, NODE_DIR);
	struct dirent *entry;
	uint64_t node;
	bool found = false;

	while (!found && nodes && (entry = sysfs_readdir(ctx, nodes, NODE_DIR)))
		found = sysfs_numbered(entry->d_name, "node", &node) && has_block(ctx, entry->d_name);
	if (nodes)
		closedir(nodes);
	return found;
}
