/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What more memory costs before it is of use: the kernel keeps a struct page for each of its pages. */
#include "devices/devices.h"
#include "machine/machine.h"

#define STRUCT_PAGE 64 /* include/linux/mm_types.h, on 64-bit kernels */

/*
 * mhp_supports_memmap_on_memory() in mm/memory_hotplug.c: without "force" the map of a block must fill whole
 * page blocks, and page tables' upper entries.
 */
static bool can_hold_map(struct memhp_ctx *ctx, uint64_t block_size)
{
	uint64_t page = memhp_page_size(), map = block_size / page * STRUCT_PAGE;
	bool force, on = memmap_on_memory(ctx, &force);

	return on && (force || map % (page / sizeof(uint64_t) * page) == 0);
}

MEMHP_EXPORT uint64_t memhp_add_get_memmap(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
					   const struct memhp_device *device, uint64_t bytes,
					   const struct memhp_add_options *options)
{
	if (device_holds_memmap(ctx, device, options) && can_hold_map(ctx, snapshot->block_size))
		return 0;
	return bytes / memhp_page_size() * STRUCT_PAGE;
}
