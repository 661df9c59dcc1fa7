/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hyper-V dynamic memory (drivers/hv/hv_balloon.c): it hot-adds blocks as plain "System RAM", which
 * nothing tells from boot memory, and never removes one.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "sysfs.h"

#define BUS "sys/bus/vmbus/devices"
#define CLASS_ID "{1eccfd72-4b41-45ef-b73a-4a6e44c12924}" /* HV_DM_GUID, include/linux/hyperv.h */

static int find(struct finder *finder)
{
	DIR *dir = sysfs_opendir(finder->ctx, BUS);
	struct dirent *entry;
	int error = 0;

	while (!error && dir && (entry = readdir(dir))) {
		char id[64], path[320];
		snprintf(path, sizeof(path), BUS "/%s/class_id", entry->d_name);
		if (entry->d_name[0] == '.' || sysfs_read(finder->ctx, path, id, sizeof(id)) ||
		    strcmp(id, CLASS_ID) != 0)
			continue;
		struct memhp_device *device = device_get_bus(finder, &driver_hv_balloon, BUS, entry->d_name);
		error = device ? 0 : -ENOMEM;
		if (device)
			device->status = device->driver_name ? MEMHP_DEVICE_HYPERVISOR : MEMHP_DEVICE_ADDABLE;
	}
	if (dir)
		closedir(dir);
	return error;
}

const struct driver driver_hv_balloon = { .module = "hv_balloon", .find = find, .add = device_load_module };
