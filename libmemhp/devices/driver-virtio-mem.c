/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * virtio-mem (drivers/virtio/virtio_mem.c): the hypervisor says how much memory the device gives,
 * and the driver adds and removes blocks by itself.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"
#include "devices/driver.h"

#define BUS "sys/bus/virtio/devices"
#define RAM "System RAM (virtio_mem)"
#define ID_MEM "0x0018" /* VIRTIO_ID_MEM, include/uapi/linux/virtio_ids.h */

static int add_if_mem(struct finder *finder, const char *name)
{
	char id[16], path[320];

	snprintf(path, sizeof(path), BUS "/%s/device", name);
	if (sysfs_read(finder->ctx, path, id, sizeof(id)) || strcmp(id, ID_MEM) != 0)
		return 0;
	return device_get_bus(finder, &driver_virtio_mem, BUS, name) ? 0 : -ENOMEM;
}

static int find(struct finder *finder)
{
	struct device_map *map = finder->snapshot->devices;

	if (device_needs_none(finder, RAM))
		return 0;
	int error = device_each(finder, BUS, add_if_mem);
	if (!error)
		error = device_claim_resources(finder, &driver_virtio_mem, RAM, "virtio_mem");
	for (size_t i = 0; i < map->count; i++) {
		struct memhp_device *device = map->devices[i];
		if (device->driver == &driver_virtio_mem)
			device->status = device->driver_name ? MEMHP_DEVICE_HYPERVISOR : MEMHP_DEVICE_ADDABLE;
	}
	return error;
}

const struct driver driver_virtio_mem = { .module = "virtio_mem", .find = find, .add = device_load_module };
