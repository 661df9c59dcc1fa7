/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Is there room for memory at an address? arch_add_memory() maps what it is told to, whoever has it. */
#include <endian.h>
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

static uint64_t cells_at(const uint8_t *at)
{
	uint64_t value;
	memcpy(&value, at, sizeof(value));
	return be64toh(value);
}

/* `reg` of a memory node: pairs of address and size, two cells each on all 64-bit machines. */
static bool reg_has(struct memhp_ctx *ctx, const char *node, uint64_t start, uint64_t end)
{
	char path[320], *data;
	size_t length;
	bool found = false;

	snprintf(path, sizeof(path), DEVICE_TREE "/%s/reg", node);
	if (sysfs_read_data(ctx, path, &data, &length))
		return false;
	for (size_t at = 0; !found && at + 16 <= length; at += 16) {
		uint64_t base = cells_at((uint8_t *)data + at), size = cells_at((uint8_t *)data + at + 8);
		found = start >= base && end - base < size;
	}
	free(data);
	return found;
}

/*
 * Where a device tree describes the memory there is, the kernel takes an address outside of it all the
 * same (seen on pseries), and crashes once it is used.
 */
static bool firmware_lacks(struct memhp_ctx *ctx, uint64_t start, uint64_t end)
{
	DIR *dir = sysfs_opendir(ctx, DEVICE_TREE);
	struct dirent *entry;
	bool described = false, found = false;

	while (!found && dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "memory@", 7) != 0)
			continue;
		described = true;
		found = reg_has(ctx, entry->d_name, start, end);
	}
	if (dir)
		closedir(dir);
	return described && !found;
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
