/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is there room for memory at an address? arch_add_memory() maps what it is told to, whoever has it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"
#include "blocks/blocks.h"

#define DEVICE_TREE "proc/device-tree"

/* "address sizes : 46 bits physical, 48 bits virtual" (x86); 0 where /proc/cpuinfo does not say. */
static unsigned int physical_bits(struct memhp_ctx *ctx)
{
	char *text;
	unsigned int bits = 0;

	if (sysfs_read_file(ctx, "proc/cpuinfo", &text))
		return 0;
	const char *line = strstr(text, "address sizes");
	const char *colon = line ? strchr(line, ':') : NULL;
	if (colon)
		bits = (unsigned int)strtoul(colon + 1, NULL, 10);
	free(text);
	return bits < 64 ? bits : 0;
}

/* A number of the device tree: @count cells of 32 bits, big-endian; of more than two the last ones count. */
static uint64_t take_cells(const uint8_t *at, uint32_t count)
{
	uint64_t value = 0;
	for (uint32_t i = 0; i < count * 4; i++)
		value = value << 8 | at[i];
	return value;
}

/* #address-cells and #size-cells of the root; two each on all 64-bit machines that were seen. */
static uint32_t read_cell_count(struct memhp_ctx *ctx, const char *path)
{
	char *data;
	size_t length;

	if (sysfs_read_data(ctx, path, &data, &length))
		return 2;
	uint64_t count = length == 4 ? take_cells((uint8_t *)data, 1) : 0;
	free(data);
	return count >= 1 && count <= 4 ? (uint32_t)count : 2;
}

struct cells {
	uint32_t address, size;
};

/* Moves @end up to the end of the memory that `reg` of @node has there, if it has: pairs of address and size.
 */
static bool extend_by_reg(struct memhp_ctx *ctx, const char *node, struct cells cells, uint64_t *end)
{
	size_t pair = (cells.address + cells.size) * 4U, length;
	char path[320], *data;
	uint64_t before = *end;

	snprintf(path, sizeof(path), DEVICE_TREE "/%s/reg", node);
	if (sysfs_read_data(ctx, path, &data, &length))
		return false;
	for (size_t at = 0; at + pair <= length; at += pair) {
		uint64_t base = take_cells((uint8_t *)data + at, cells.address);
		uint64_t size = take_cells((uint8_t *)data + at + cells.address * 4U, cells.size);
		if (*end >= base && *end - base < size)
			*end = base + size;
	}
	free(data);
	return *end != before;
}

/* One pass over all memory nodes; true if memory goes on at *@end. */
static bool extend(struct memhp_ctx *ctx, struct cells cells, uint64_t *end, bool *described)
{
	DIR *dir = sysfs_opendir(ctx, DEVICE_TREE);
	struct dirent *entry;
	bool moved = false;

	while (dir && (entry = sysfs_readdir(ctx, dir, DEVICE_TREE))) {
		if (strncmp(entry->d_name, "memory@", 7) != 0)
			continue;
		*described = true;
		moved |= extend_by_reg(ctx, entry->d_name, cells, end);
	}
	if (dir)
		closedir(dir);
	return moved;
}

/*
 * Where a device tree describes the memory there is, the kernel takes an address outside of it all the
 * same (seen on pseries), and crashes once it is used. One range may go over several nodes.
 */
static bool firmware_lacks(struct memhp_ctx *ctx, uint64_t start, uint64_t end)
{
	struct cells cells = { read_cell_count(ctx, DEVICE_TREE "/#address-cells"),
			       read_cell_count(ctx, DEVICE_TREE "/#size-cells") };
	bool described = false;
	uint64_t at = start;

	while (at <= end && at >= start && extend(ctx, cells, &at, &described))
		;
	return described && at <= end && at >= start;
}

static const struct iomem_range *find_overlap(const struct iomem *iomem, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < iomem->count; i++) {
		if (iomem->ranges[i].start <= end && iomem->ranges[i].end >= start)
			return &iomem->ranges[i];
	}
	return NULL;
}

MEMHP_EXPORT int memhp_check_range(struct memhp_ctx *ctx, uint64_t start, uint64_t size,
				   struct memhp_conflict *conflict)
{
	uint64_t end = start + size - 1;
	struct iomem iomem;

	ctx_start(ctx);
	if (conflict->size < sizeof(*conflict) || size == 0 || end < start)
		return -EINVAL;
	*conflict = (struct memhp_conflict){ .size = conflict->size };
	unsigned int bits = physical_bits(ctx);
	if (bits && end >> bits) {
		conflict->bits = bits;
		return -ERANGE;
	}
	if (firmware_lacks(ctx, start, end))
		return -ENXIO;
	int error = iomem_read(ctx, &iomem);
	if (error)
		return error;
	const struct iomem_range *range = find_overlap(&iomem, start, end);
	if (range) {
		conflict->start = range->start;
		conflict->end = range->end;
		snprintf(conflict->name, sizeof(conflict->name), "%s", range->name);
	}
	iomem_release(&iomem);
	return range ? -EEXIST : 0;
}
