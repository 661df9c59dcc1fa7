/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/names.h"
#include "base/sysfs.h"
#include "blocks/blocks.h"

/*
 * One attribute after the other of one block. The block's directory is part of each path: opening
 * it would cost more system calls than it saves.
 */
struct attributes {
	const struct memhp_ctx *ctx;
	int dir_fd;
	const char *dir_path;
	size_t prefix; /* length of "memoryN/" in path */
	char path[64];
};

static void attributes_of(struct attributes *attributes, const struct memhp_ctx *ctx, int dir_fd,
			  const char *dir_path, uint64_t id)
{
	attributes->ctx = ctx;
	attributes->dir_fd = dir_fd;
	attributes->dir_path = dir_path;
	attributes->prefix = (size_t)snprintf(attributes->path, sizeof(attributes->path),
					      "memory%" PRIu64 "/", id);
}

static int read_attribute(struct attributes *attributes, const char *name, char *buf, size_t size)
{
	strcpy(attributes->path + attributes->prefix, name); /* our own names: "valid_zones" is the longest */
	return sysfs_read_at(attributes->ctx, attributes->dir_fd, attributes->dir_path, attributes->path, buf,
			     size);
}

static int read_flag(struct attributes *attributes, const char *name)
{
	char text[16];
	if (read_attribute(attributes, name, text, sizeof(text)) < 0)
		return -1;
	return strcmp(text, "1") == 0 ? 1 : strcmp(text, "0") == 0 ? 0 : -1;
}

static void parse_zones(struct memhp_block *block, char *text)
{
	char *rest = NULL;

	block->zone_count = 0;
	for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
		if (block->zone_count < MEMHP_ZONE_COUNT)
			block->zones[block->zone_count++] = (uint8_t)memhp_zone_parse(word);
	}
}

static int read_state(struct attributes *attributes, struct memhp_block *block, enum memhp_target *target)
{
	char text[32];
	int error = read_attribute(attributes, "state", text, sizeof(text));

	/* Below --sysroot a file keeps what was last written: online_movable reads back as such. */
	*target = strcmp(text, "online_movable") == 0  ? MEMHP_TARGET_MOVABLE
		  : strcmp(text, "online_kernel") == 0 ? MEMHP_TARGET_KERNEL
						       : MEMHP_TARGET_DEFAULT;
	if (*target != MEMHP_TARGET_DEFAULT)
		text[strlen("online")] = '\0';
	block->state = (uint8_t)memhp_state_parse(text);
	return error;
}

/* Below --sysroot valid_zones stays as it was: only the word that was written tells where a block went. */
static void settle_zone(struct memhp_block *block, enum memhp_target target)
{
	for (size_t i = 0; target != MEMHP_TARGET_DEFAULT && i < block->zone_count; i++) {
		enum memhp_zone zone = (enum memhp_zone)block->zones[i];
		if (target == MEMHP_TARGET_MOVABLE ? zone == MEMHP_ZONE_MOVABLE : zone_is_kernel(zone)) {
			block->zones[0] = (uint8_t)zone;
			block->zone_count = 1;
		}
	}
}

int block_read(const struct memhp_ctx *ctx, int dir_fd, unsigned int want, struct memhp_block *block)
{
	enum memhp_target target = MEMHP_TARGET_DEFAULT;
	struct attributes attributes;
	int error = 0;

	attributes_of(&attributes, ctx, dir_fd, MEMORY_DIR, block->id);
	block->unread = false;
	if (want & MEMHP_WANT_STATE) {
		error = read_state(&attributes, block, &target);
		block->unread |= error != 0;
	}
	if (want & MEMHP_WANT_ZONES) {
		char text[1024];
		int failed = read_attribute(&attributes, "valid_zones", text, sizeof(text));
		if (!failed)
			parse_zones(block, text);
		block->unread |= failed != 0;
		error = want & MEMHP_WANT_STATE ? error : failed;
		settle_zone(block, target);
	}
	if (want & MEMHP_WANT_REMOVABLE) {
		block->removable = (int8_t)read_flag(&attributes, "removable");
		block->unread |= block->removable < 0;
	}
	return error;
}

void block_read_config(const struct memhp_ctx *ctx, int config_fd, struct memhp_block *block)
{
	struct attributes attributes;

	attributes_of(&attributes, ctx, config_fd, FIRMWARE_MEMORY_DIR, block->id);
	block->configured = (int8_t)read_flag(&attributes, "config");
	block->memmap_on_memory = (int8_t)read_flag(&attributes, "memmap_on_memory");
	/* Memory that is not configured has no memoryN, and is certainly not in use. */
	if (block->configured == 0 && block->state == MEMHP_STATE_UNKNOWN)
		block->state = MEMHP_STATE_OFFLINE;
}

int block_reread(struct memhp_ctx *ctx, struct memhp_block *block)
{
	int dir_fd = sysfs_open(ctx, MEMORY_DIR, O_RDONLY | O_DIRECTORY);
	if (dir_fd < 0)
		return ctx_fail(ctx, dir_fd, MEMORY_DIR);
	block->zone_count = 0;
	int error = block_read(ctx, dir_fd, MEMHP_WANT_STATE | MEMHP_WANT_ZONES, block);
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
	/* Of a block that is not online, the list says where it may go (valid_zones_show()). */
	if (block->zone_count == 0 || block->state != MEMHP_STATE_ONLINE)
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

MEMHP_EXPORT int memhp_block_get_configured(const struct memhp_block *block)
{
	return block->configured;
}

MEMHP_EXPORT int memhp_block_get_memmap_on_memory(const struct memhp_block *block)
{
	return block->memmap_on_memory;
}
