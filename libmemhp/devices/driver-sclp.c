/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * s390 memory increments below /sys/firmware/memory (drivers/s390/char/sclp_mem.c, since Linux 6.19);
 * one that is not configured has no memory block.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"
#include "base/unread.h"
#include "devices/driver.h"

static int add_increment(struct finder *finder, const char *name)
{
	uint64_t size = finder->snapshot->block_size, id;
	char config[8];

	if (!sysfs_numbered(name, "memory", &id))
		return 0;
	struct memhp_device *device = device_get_bus(finder, &driver_sclp, FIRMWARE_MEMORY_DIR, name);
	if (!device)
		return -ENOMEM;
	free(device->driver_name);
	device->driver_name = strdup("sclp");
	device->unit = true;
	device->start = id * size;
	device->size = size;
	device_claim(finder, device, id * size, (id + 1) * size - 1);
	device_find(finder, device, "config", config, sizeof(config));
	device->status = strcmp(config, "0") == 0   ? MEMHP_DEVICE_ADDABLE
			 : strcmp(config, "1") == 0 ? MEMHP_DEVICE_REMOVABLE
						    : MEMHP_DEVICE_FIXED;
	return device->driver_name ? 0 : -ENOMEM;
}

static int find(struct finder *finder)
{
	return device_each(finder, FIRMWARE_MEMORY_DIR, add_increment);
}

static int configure(struct memhp_ctx *ctx, const struct memhp_device *device,
		     const struct memhp_add_options *options, const struct write_wait *wait)
{
	const char *wanted = options->memmap_on_memory ? "1" : "0";
	char old[8];
	int error = device_read(ctx, device, "memmap_on_memory", old, sizeof(old));

	if (error && !unread_is_absent(error))
		return error;
	error = 0;
	bool differs = strcmp(old, wanted) != 0 && (old[0] || options->memmap_on_memory);
	if (differs)
		error = device_write(ctx, device, "memmap_on_memory", wanted, wait);
	if (error)
		return error;
	error = device_write(ctx, device, "config", "1", wait);
	if (error && differs && old[0])
		device_write(ctx, device, "memmap_on_memory", old, &(struct write_wait){ 0 });
	return error;
}

static int deconfigure(struct memhp_ctx *ctx, const struct memhp_device *device,
		       const struct write_wait *wait)
{
	return device_write(ctx, device, "config", "0", wait);
}

/* sclp_mem_configure_update() */
static bool holds_memmap(struct memhp_ctx *ctx, const struct memhp_device *device,
			 const struct memhp_add_options *options)
{
	(void)ctx, (void)device;
	return options->memmap_on_memory;
}

const struct driver driver_sclp = {
	.find = find, .add = configure, .holds_memmap = holds_memmap, .remove = deconfigure
};
