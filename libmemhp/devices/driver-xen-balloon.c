/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The Xen balloon (drivers/xen/xen-balloon.c): as with Hyper-V, its blocks are plain "System RAM". */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"
#include "devices/driver.h"

#define NAME "xen_memory0"
#define PATH "sys/devices/system/xen_memory/" NAME

static int find(struct finder *finder)
{
	if (finder->of_blocks_only || !sysfs_exists(finder->ctx, PATH))
		return 0;
	struct memhp_device *device = device_get(finder, &driver_xen_balloon, NAME, "xen_balloon");
	if (!device || !(device->path = strdup(PATH)))
		return -ENOMEM;
	device->status = MEMHP_DEVICE_HYPERVISOR;
	return 0;
}

const struct driver driver_xen_balloon = { .find = find };
