/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * DIMMs that ACPI describes (drivers/acpi/acpi_memhotplug.c): each block of one is linked from its
 * PNP0C80 device (acpi_bind_one() in drivers/acpi/glue.c). Every slot has such a device.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/sysfs.h"
#include "devices/driver.h"
#include "evidence/evidence.h"

#define BUS "sys/bus/acpi/devices"
#define STA_PRESENT 1

static void claim_link(struct finder *finder, struct memhp_device *device, DIR *dir, const char *link)
{
	uint64_t size = finder->snapshot->block_size, id;
	char name[64];

	int error = sysfs_read_link_in(finder->ctx, dir, device->path, link, name, sizeof(name));
	device_note_error(device, error);
	if (error || !sysfs_numbered(name, "memory", &id) || !memhp_snapshot_find(finder->snapshot, id))
		return;
	device_claim(finder, device, id * size, (id + 1) * size - 1);
	uint64_t end = device->start + device->size;
	if (!device->size || id * size < device->start)
		device->start = id * size;
	if (end < (id + 1) * size)
		end = (id + 1) * size;
	device->size = end - device->start;
}

static void claim_links(struct finder *finder, struct memhp_device *device)
{
	DIR *dir = sysfs_opendir(finder->ctx, device->path);
	struct dirent *entry;

	device_note_error(device, dir ? 0 : -errno);
	while (dir && (entry = sysfs_readdir(finder->ctx, dir, device->path))) {
		if (strncmp(entry->d_name, "physical_node", 13) == 0)
			claim_link(finder, device, dir, entry->d_name);
	}
	device_note_error(device, dir ? -errno : 0);
	if (dir)
		closedir(dir);
}

struct refusal {
	struct memhp_device *device;
	uint64_t start, size; /* of the last range that the kernel called unaligned */
};

/* check_hotplug_memory_range() in mm/memory_hotplug.c, then acpi_memory_enable_device(). */
static void look_for_refusal(void *data, const char *line)
{
	struct refusal *refusal = data;
	const char *text = strstr(line, "unaligned hotplug range: start ");
	uint64_t start, size;

	if (text &&
	    sscanf(text, "unaligned hotplug range: start %" SCNx64 ", size %" SCNx64, &start, &size) == 2) {
		refusal->start = start;
		refusal->size = size;
	} else if (strstr(line, refusal->device->name) && strstr(line, "add_memory failed")) {
		refusal->device->start = refusal->start;
		refusal->device->size = refusal->size;
	}
}

static void set_status(struct finder *finder, struct memhp_device *device)
{
	char status[16], path[512];
	struct stat st;

	device_find(finder, device, "status", status, sizeof(status));
	if (device->size) {
		snprintf(path, sizeof(path), "%s/eject", device->path);
		int error = sysfs_stat(finder->ctx, path, &st);
		device_note_error(device, error);
		device->status = error ? MEMHP_DEVICE_FIXED : MEMHP_DEVICE_REMOVABLE;
	} else if (strtoul(status, NULL, 10) & STA_PRESENT) {
		struct refusal refusal = { .device = device };
		device->status = MEMHP_DEVICE_REFUSED;
		kmsg_read(finder->ctx, look_for_refusal, &refusal);
	} else {
		device->status = MEMHP_DEVICE_EMPTY;
	}
}

static int add_slot(struct finder *finder, const char *name)
{
	if (strncmp(name, "PNP0C80:", 8) != 0)
		return 0;
	struct memhp_device *device = device_get_bus(finder, &driver_acpi, BUS, name);
	if (device && !device->driver_name)
		device->driver_name = strdup("acpi");
	if (!device || !device->driver_name)
		return -ENOMEM;
	claim_links(finder, device);
	if (!finder->of_blocks_only)
		set_status(finder, device);
	return 0;
}

static int find(struct finder *finder)
{
	return device_each(finder, BUS, add_slot);
}

/* Only schedules the work: acpi_device_hotplug() runs in a kernel worker and logs its failures. */
static int eject(struct memhp_ctx *ctx, const struct memhp_device *device, const struct write_wait *wait)
{
	return device_write(ctx, device, "eject", "1", wait);
}

const struct driver driver_acpi = { .find = find, .remove = eject };
