/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

/* The directory's path takes part in every attribute's name: one system call less than an fd each. */
static int read_attribute(int dir_fd, uint64_t id, const char *name, char *buf, size_t size)
{
	char path[64];
	snprintf(path, sizeof(path), "memory%" PRIu64 "/%s", id, name);
	return sysfs_read(dir_fd, path, buf, size);
}

void block_parse_zones(struct memhp_block *block, char *text)
{
	char *rest = NULL;

	block->zone_count = 0;
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (block->zone_count < MEMHP_ZONE_COUNT)
			block->zones[block->zone_count++] = (uint8_t)memhp_zone_parse(word);
	}
}

static int read_state(int dir_fd, struct memhp_block *block, enum memhp_target *target)
{
	char text[32];
	int error = read_attribute(dir_fd, block->id, "state", text, sizeof(text));

	/* A simulated tree keeps what was last written: online_movable reads back as such. */
	*target = strcmp(text, "online_movable") == 0 ? MEMHP_TARGET_MOVABLE :
		  strcmp(text, "online_kernel") == 0  ? MEMHP_TARGET_KERNEL :
							MEMHP_TARGET_DEFAULT;
	if (*target != MEMHP_TARGET_DEFAULT)
		text[strlen("online")] = '\0';
	block->state = (uint8_t)memhp_state_parse(text);
	return error;
}

/* There, valid_zones still lists what the block may go to: the word written says where it went. */
static void settle_zone(struct memhp_block *block, enum memhp_target target)
{
	for (size_t i = 0; target != MEMHP_TARGET_DEFAULT && i < block->zone_count; i++) {
		enum memhp_zone zone = (enum memhp_zone)block->zones[i];
		if (target == MEMHP_TARGET_MOVABLE ? zone == MEMHP_ZONE_MOVABLE : memhp_zone_is_kernel(zone)) {
			block->zones[0] = (uint8_t)zone;
			block->zone_count = 1;
		}
	}
}

static int read_flag(int dir_fd, uint64_t id, const char *name)
{
	char text[16];
	if (read_attribute(dir_fd, id, name, text, sizeof(text)) < 0)
		return -1;
	return strcmp(text, "1") == 0 ? 1 : strcmp(text, "0") == 0 ? 0 : -1;
}

int block_read(int dir_fd, unsigned int want, struct memhp_block *block)
{
	enum memhp_target target = MEMHP_TARGET_DEFAULT;
	int error = 0;

	if (want & MEMHP_WANT_STATE)
		error = read_state(dir_fd, block, &target);
	if (want & MEMHP_WANT_ZONES) {
		char text[1024];
		if (read_attribute(dir_fd, block->id, "valid_zones", text, sizeof(text)) == 0)
			block_parse_zones(block, text);
		settle_zone(block, target);
	}
	if (want & MEMHP_WANT_REMOVABLE)
		block->removable = (int8_t)read_flag(dir_fd, block->id, "removable");
	return error;
}

int block_reread(struct memhp_ctx *ctx, struct memhp_block *block)
{
	int dir_fd = openat(ctx->root_fd, MEMORY_DIR, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return ctx_fail(ctx, -errno, MEMORY_DIR);
	block->zone_count = 0;
	int error = block_read(dir_fd, MEMHP_WANT_STATE | MEMHP_WANT_ZONES, block);
	close(dir_fd);
	return error;
}

MEMHP_EXPORT uint64_t memhp_block_get_id(const struct memhp_block *block)
{
	return block->id;
}

MEMHP_EXPORT enum memhp_state memhp_block_get_state(const struct memhp_block *block)
{
	return (enum memhp_state)block->state;
}

MEMHP_EXPORT enum memhp_zone memhp_block_get_zone(const struct memhp_block *block)
{
	if (block->zone_count == 0 || block->state == MEMHP_STATE_OFFLINE)
		return MEMHP_ZONE_UNKNOWN;
	return (enum memhp_zone)block->zones[0];
}

MEMHP_EXPORT size_t memhp_block_get_zone_count(const struct memhp_block *block)
{
	return block->zone_count;
}

MEMHP_EXPORT enum memhp_zone memhp_block_get_valid_zone(const struct memhp_block *block, size_t index)
{
	return index < block->zone_count ? (enum memhp_zone)block->zones[index] : MEMHP_ZONE_UNKNOWN;
}

MEMHP_EXPORT bool memhp_block_accepts_zone(const struct memhp_block *block, enum memhp_zone zone)
{
	return memchr(block->zones, (int)zone, block->zone_count) != NULL;
}

MEMHP_EXPORT int memhp_block_get_removable(const struct memhp_block *block)
{
	return block->removable;
}

MEMHP_EXPORT size_t memhp_block_get_node_count(const struct memhp_block *block)
{
	return block->node_count;
}

MEMHP_EXPORT int memhp_block_get_node(const struct memhp_block *block, size_t index)
{
	if (index >= block->node_count)
		return -1;
	return block->nodes ? block->nodes[index] : block->node;
}

MEMHP_EXPORT const char *memhp_block_get_device(const struct memhp_block *block)
{
	return block->device;
}

MEMHP_EXPORT const char *memhp_block_get_driver(const struct memhp_block *block)
{
	return block->driver;
}

MEMHP_EXPORT int memhp_block_get_configured(const struct memhp_block *block)
{
	return block->configured;
}

MEMHP_EXPORT int memhp_block_get_memmap_on_memory(const struct memhp_block *block)
{
	return block->memmap_on_memory;
}
