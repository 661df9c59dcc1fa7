/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All devices of a snapshot, by the drivers that find them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "devices/driver.h"

/* Of blocks that two claim the last one has them, but driver_managed takes only what none did. */
static const struct driver *const drivers[] = {
	&driver_acpi, &driver_dax,	  &driver_virtio_mem,  &driver_pseries,
	&driver_sclp, &driver_hv_balloon, &driver_xen_balloon, &driver_managed,
};

/* Blocks that no driver claims: there since boot, or added by what leaves no name on them. */
static int find_boot(struct finder *finder, int iomem)
{
	struct memhp_snapshot *snapshot = finder->snapshot;
	struct memhp_device *boot = NULL;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct memhp_block *block = &snapshot->blocks[i];
		if (block->device)
			continue;
		if (!boot && !(boot = device_add(finder, NULL, DEVICE_BOOT_NAME, NULL)))
			return -ENOMEM;
		device_note_error(boot, iomem); /* which tells whose the memory of some drivers is */
		if (boot->status != MEMHP_DEVICE_BOOT)
			boot->node = block->node;
		boot->status = MEMHP_DEVICE_BOOT; /* its range is none in particular: it has holes */
		boot->first_index = i < boot->first_index ? i : boot->first_index;
		boot->last_index = i;
		if (boot->node != block->node)
			boot->node = -1;
	}
	return 0;
}

static size_t rank_of(const struct memhp_device *device)
{
	for (size_t i = 0; i < ARRAY_SIZE(drivers); i++) {
		if (drivers[i] == device->driver)
			return i + 1;
	}
	return 0;
}

static int compare_devices(const void *a, const void *b)
{
	const struct memhp_device *left = *(struct memhp_device *const *)a;
	const struct memhp_device *right = *(struct memhp_device *const *)b;
	size_t left_rank = rank_of(left), right_rank = rank_of(right);

	if (left_rank != right_rank)
		return left_rank < right_rank ? -1 : 1;
	/* "dax2.0" before "dax10.0"; the numbers in names may be hexadecimal */
	size_t left_length = strlen(left->name), right_length = strlen(right->name);
	if (left_length != right_length)
		return left_length < right_length ? -1 : 1;
	return strcmp(left->name, right->name);
}

/* Whatever its driver makes of it: what could not be read would be a guess. */
static void unsettle(struct device_map *map)
{
	for (size_t i = 0; i < map->count; i++) {
		if (map->devices[i]->unread)
			map->devices[i]->status = MEMHP_DEVICE_UNKNOWN;
	}
}

int devices_read(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot, bool of_blocks_only)
{
	struct finder finder = { .ctx = ctx, .snapshot = snapshot, .of_blocks_only = of_blocks_only };
	int error = 0;

	snapshot->devices = calloc(1, sizeof(*snapshot->devices));
	if (!snapshot->devices)
		return -ENOMEM;
	int iomem = iomem_read(ctx, &finder.iomem);
	if (iomem == -ENOMEM)
		return -ENOMEM;
	for (size_t i = 0; !error && i < ARRAY_SIZE(drivers); i++)
		error = drivers[i]->find(&finder);
	if (!error)
		error = find_boot(&finder, iomem);
	unsettle(snapshot->devices);
	iomem_release(&finder.iomem);
	if (snapshot->devices->count)
		qsort(snapshot->devices->devices, snapshot->devices->count, sizeof(struct memhp_device *),
		      compare_devices);
	return error;
}

bool device_can_add(const struct memhp_device *device)
{
	return device->driver && device->driver->add;
}

bool device_can_remove(const struct memhp_device *device)
{
	return device && device->driver && device->driver->remove;
}

bool device_holds_memmap(struct memhp_ctx *ctx, const struct memhp_device *device,
			 const struct memhp_add_options *options)
{
	return device && device->driver && device->driver->holds_memmap &&
	       device->driver->holds_memmap(ctx, device, options);
}

int device_add_memory(struct memhp_ctx *ctx, const struct memhp_device *device,
		      const struct memhp_add_options *options, const struct write_wait *wait)
{
	return device->driver->add(ctx, device, options, wait);
}

int device_remove_memory(struct memhp_ctx *ctx, const struct memhp_device *device,
			 const struct write_wait *wait)
{
	return device->driver->remove(ctx, device, wait);
}

MEMHP_EXPORT size_t memhp_snapshot_get_device_count(const struct memhp_snapshot *snapshot)
{
	return snapshot->devices ? snapshot->devices->count : 0;
}

MEMHP_EXPORT const struct memhp_device *memhp_snapshot_get_device(const struct memhp_snapshot *snapshot,
								  size_t index)
{
	return index < memhp_snapshot_get_device_count(snapshot) ? snapshot->devices->devices[index] : NULL;
}
