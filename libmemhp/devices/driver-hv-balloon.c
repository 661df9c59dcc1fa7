/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hyper-V dynamic memory (drivers/hv/hv_balloon.c): it hot-adds blocks as plain "System RAM", which
 * nothing tells from boot memory, and never removes one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"
#include "devices/driver.h"

#define BUS "sys/bus/vmbus/devices"
#define CLASS_ID "{1eccfd72-4b41-45ef-b73a-4a6e44c12924}" /* HV_DM_GUID, include/linux/hyperv.h */

static int add_if_balloon(struct finder *finder, const char *name)
{
	char id[64], path[320];

	snprintf(path, sizeof(path), BUS "/%s/class_id", name);
	if (sysfs_read(finder->ctx, path, id, sizeof(id)) || strcmp(id, CLASS_ID) != 0)
		return 0;
	struct memhp_device *device = device_get_bus(finder, &driver_hv_balloon, BUS, name);
	if (!device)
		return -ENOMEM;
	device->status = device->driver_name ? MEMHP_DEVICE_HYPERVISOR : MEMHP_DEVICE_ADDABLE;
	return 0;
}

static int find(struct finder *finder)
{
	return finder->of_blocks_only ? 0 : device_each(finder, BUS, add_if_balloon);
}

const struct driver driver_hv_balloon = { .module = "hv_balloon", .find = find, .add = device_load_module };
