/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DAX devices (drivers/dax): memory of CXL, persistent memory and the like, that either programs map
 * through a character device or, with the driver kmem, is system RAM.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/unread.h"
#include "devices/daxctl.h"
#include "devices/driver.h"

#define BUS "sys/bus/dax/devices"
#define KMEM "kmem"
#define RAM "System RAM (" KMEM ")"
#define UNPLUGGED "unplugged"

static uint64_t find_number(struct finder *finder, struct memhp_device *device, const char *name)
{
	char text[32];
	device_find(finder, device, name, text, sizeof(text));
	return strtoull(text, NULL, 0);
}

/* Kernels that have this file switch the device as a whole by it; "" on those that do not. */
static int read_state(struct memhp_ctx *ctx, const struct memhp_device *device, char *state, size_t size)
{
	int error = device_read(ctx, device, "state", state, size);
	return unread_is_absent(error) ? 0 : error;
}

static int add_dax(struct finder *finder, const char *name)
{
	struct memhp_device *device = device_get_bus(finder, &driver_dax, BUS, name);
	char node[16];

	if (!device)
		return -ENOMEM;
	device->start = find_number(finder, device, "resource");
	device->size = find_number(finder, device, "size");
	device_find(finder, device, "target_node", node, sizeof(node));
	if (node[0])
		device->node = (int)strtol(node, NULL, 10);
	return 0;
}

/* A device without a size is the seed of a region, from which others are made. */
static void set_status(struct finder *finder, struct memhp_device *device)
{
	bool kmem = device->driver_name && strcmp(device->driver_name, KMEM) == 0;
	char state[32] = "";

	if (kmem && device->size)
		device_note_error(device, read_state(finder->ctx, device, state, sizeof(state)));
	device->status = device->size == 0			 ? MEMHP_DEVICE_EMPTY
			 : kmem && strcmp(state, UNPLUGGED) != 0 ? MEMHP_DEVICE_REMOVABLE
								 : MEMHP_DEVICE_ADDABLE;
}

static int find(struct finder *finder)
{
	struct device_map *map = finder->snapshot->devices;

	if (device_needs_none(finder, RAM))
		return 0;
	int error = device_each(finder, BUS, add_dax);
	if (!error)
		error = device_claim_resources(finder, &driver_dax, RAM, KMEM);
	for (size_t i = 0; i < map->count; i++) {
		if (map->devices[i]->driver == &driver_dax)
			set_status(finder, map->devices[i]);
	}
	return error;
}

static int add(struct memhp_ctx *ctx, const struct memhp_device *device,
	       const struct memhp_add_options *options, const struct write_wait *wait)
{
	char state[32];
	int error = read_state(ctx, device, state, sizeof(state));

	if (error)
		return error;
	if (strcmp(state, UNPLUGGED) == 0 && options->online)
		return device_write(ctx, device, "state", memhp_target_word(options->target), wait);
	return daxctl_enable_ram(ctx, device->name);
}

static int drop(struct memhp_ctx *ctx, const struct memhp_device *device, const struct write_wait *wait)
{
	char state[32];
	int error = read_state(ctx, device, state, sizeof(state));

	if (error)
		return error;
	return state[0] ? device_write(ctx, device, "state", UNPLUGGED, wait)
			: daxctl_disable_ram(ctx, device->name);
}

/* dev_dax_kmem_probe() in drivers/dax/kmem.c, since Linux 6.8. */
static bool holds_memmap(struct memhp_ctx *ctx, const struct memhp_device *device,
			 const struct memhp_add_options *options)
{
	char text[8];

	(void)options;
	device_read(ctx, device, "memmap_on_memory", text, sizeof(text));
	return strcmp(text, "1") == 0;
}

const struct driver driver_dax = {
	.module = KMEM, .find = find, .add = add, .holds_memmap = holds_memmap, .remove = drop
};
