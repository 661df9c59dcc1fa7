/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One device: what its driver makes of it, and what is told of it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/module.h"
#include "base/sysfs.h"
#include "base/unread.h"
#include "devices/driver.h"

static void device_free(struct memhp_device *device)
{
	free(device->name);
	free(device->driver_name);
	free(device->path);
	free(device);
}

void device_map_free(struct device_map *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->count; i++)
		device_free(map->devices[i]);
	free(map->devices);
	free(map);
}

static struct memhp_device *device_new(struct device_map *map, const struct driver *driver, const char *name,
				       const char *driver_name)
{
	struct memhp_device **devices = reallocarray(map->devices, map->count + 1,
						     sizeof(struct memhp_device *));
	if (!devices)
		return NULL;
	map->devices = devices;
	struct memhp_device *device = calloc(1, sizeof(*device));
	if (!device)
		return NULL;
	device->driver = driver;
	device->node = -1;
	device->first_index = SIZE_MAX;
	device->name = strdup(name);
	device->driver_name = driver_name ? strdup(driver_name) : NULL;
	if (!device->name || (driver_name && !device->driver_name)) {
		device_free(device);
		return NULL;
	}
	devices[map->count++] = device;
	return device;
}

/* From the end: /proc/iomem lists the ranges of a device in a row, so it mostly is the newest one. */
static struct memhp_device *map_find(const struct device_map *map, const char *name)
{
	for (size_t i = map ? map->count : 0; i > 0; i--) {
		if (strcmp(map->devices[i - 1]->name, name) == 0)
			return map->devices[i - 1];
	}
	return NULL;
}

struct memhp_device *device_add(struct finder *finder, const struct driver *driver, const char *name,
				const char *driver_name)
{
	return device_new(finder->snapshot->devices, driver, name, driver_name);
}

struct memhp_device *device_get(struct finder *finder, const struct driver *driver, const char *name,
				const char *driver_name)
{
	struct memhp_device *device = map_find(finder->snapshot->devices, name);
	return device ? device : device_add(finder, driver, name, driver_name);
}

struct memhp_device *device_get_bus(struct finder *finder, const struct driver *driver, const char *bus,
				    const char *name)
{
	char path[512], driver_name[64];
	struct memhp_device *device;

	snprintf(path, sizeof(path), "%s/%s/driver", bus, name);
	int error = sysfs_read_link(finder->ctx, path, driver_name, sizeof(driver_name));
	if (error)
		driver_name[0] = '\0';
	device = device_get(finder, driver, name, driver_name[0] ? driver_name : NULL);
	if (!device)
		return NULL;
	device_note_error(device, error);
	path[strlen(path) - strlen("/driver")] = '\0';
	if (!device->path)
		device->path = strdup(path);
	return device->path ? device : NULL;
}

int device_each(struct finder *finder, const char *bus, int (*fn)(struct finder *finder, const char *name))
{
	DIR *dir = sysfs_opendir(finder->ctx, bus);
	struct dirent *entry;
	int error = 0;

	while (!error && dir && (entry = sysfs_readdir(finder->ctx, dir, bus)))
		error = entry->d_name[0] == '.' ? 0 : fn(finder, entry->d_name);
	if (dir)
		closedir(dir);
	return error;
}

static void claim_block(struct finder *finder, struct memhp_block *block, struct memhp_device *device)
{
	size_t index = (size_t)(block - finder->snapshot->blocks);

	block->device = device;
	if (device->first_index == SIZE_MAX && device->node < 0)
		device->node = block->node;
	else if (block->node >= 0 && device->node != block->node)
		device->node = -1; /* it has several */
	device->first_index = index < device->first_index ? index : device->first_index;
	device->last_index = index > device->last_index ? index : device->last_index;
}

void device_claim(struct finder *finder, struct memhp_device *device, uint64_t start, uint64_t end)
{
	uint64_t size = finder->snapshot->block_size;
	uint64_t first = start / size + (start % size != 0), last = end / size;

	if (end % size != size - 1) {
		if (last == 0)
			return;
		last--;
	}
	struct memhp_block *blocks = finder->snapshot->blocks;
	for (size_t i = blocks_from(finder->snapshot, first); i < finder->snapshot->count; i++) {
		if (blocks[i].id > last)
			break;
		claim_block(finder, &blocks[i], device);
	}
}

bool device_needs_none(const struct finder *finder, const char *resource)
{
	bool found = false;

	for (size_t i = 0; i < finder->iomem.count && !found; i++)
		found = strcmp(finder->iomem.ranges[i].name, resource) == 0;
	return finder->of_blocks_only && !found;
}

int device_claim_resources(struct finder *finder, const struct driver *driver, const char *resource,
			   const char *driver_name)
{
	for (size_t i = 0; i < finder->iomem.count; i++) {
		const struct iomem_range *range = &finder->iomem.ranges[i];
		const struct iomem_range *parent = iomem_parent(&finder->iomem, i);
		if (strcmp(range->name, resource) != 0 || !parent)
			continue;
		struct memhp_device *device = device_get(finder, driver, parent->name, driver_name);
		if (!device)
			return -ENOMEM;
		if (!device->size) {
			device->start = parent->start;
			device->size = parent->end - parent->start + 1;
		}
		device_claim(finder, device, range->start, range->end);
	}
	return 0;
}

int device_read(struct memhp_ctx *ctx, const struct memhp_device *device, const char *attribute, char *buf,
		size_t size)
{
	char path[512];
	buf[0] = '\0';
	if (!device->path)
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/%s", device->path, attribute);
	return sysfs_read(ctx, path, buf, size);
}

void device_note_error(struct memhp_device *device, int error)
{
	device->unread |= unread_is_failure(error);
}

void device_find(struct finder *finder, struct memhp_device *device, const char *attribute, char *buf,
		 size_t size)
{
	device_note_error(device, device_read(finder->ctx, device, attribute, buf, size));
}

int device_write(struct memhp_ctx *ctx, const struct memhp_device *device, const char *attribute,
		 const char *value, const struct write_wait *wait)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", device->path, attribute);
	return write_waiting(ctx, path, value, wait);
}

int device_load_module(struct memhp_ctx *ctx, const struct memhp_device *device,
		       const struct memhp_add_options *options, const struct write_wait *wait)
{
	char alias[256];

	(void)options, (void)wait;
	if (!ctx->live)
		return -EOPNOTSUPP;
	device_read(ctx, device, "modalias", alias, sizeof(alias));
	return alias[0] ? module_load(ctx, alias) : -ENODEV;
}

MEMHP_EXPORT const struct memhp_device *memhp_snapshot_find_device(const struct memhp_snapshot *snapshot,
								   const char *name)
{
	return map_find(snapshot->devices, name);
}

MEMHP_EXPORT const struct memhp_block *memhp_device_next_block(const struct memhp_snapshot *snapshot,
							       const struct memhp_device *device,
							       const struct memhp_block *previous)
{
	size_t i = previous ? (size_t)(previous - snapshot->blocks) + 1 : device->first_index;

	for (; i < snapshot->count && i <= device->last_index; i++) {
		const struct memhp_block *block = &snapshot->blocks[i];
		if (block->device == device || (!block->device && !device->driver))
			return block;
	}
	return NULL;
}

MEMHP_EXPORT const char *memhp_block_get_device(const struct memhp_block *block)
{
	return block->device && !block->device->unit ? block->device->name : NULL;
}

MEMHP_EXPORT const char *memhp_block_get_driver(const struct memhp_block *block)
{
	return block->device ? block->device->driver_name : NULL;
}

MEMHP_EXPORT const char *memhp_device_get_name(const struct memhp_device *device)
{
	return device->name;
}

MEMHP_EXPORT const char *memhp_device_get_driver(const struct memhp_device *device)
{
	return device->driver_name;
}

MEMHP_EXPORT uint64_t memhp_device_get_start(const struct memhp_device *device)
{
	return device->start;
}

MEMHP_EXPORT uint64_t memhp_device_get_size(const struct memhp_device *device)
{
	return device->size;
}

MEMHP_EXPORT int memhp_device_get_node(const struct memhp_device *device)
{
	return device->node;
}

MEMHP_EXPORT enum memhp_device_status memhp_device_get_status(const struct memhp_device *device)
{
	return device->status;
}

MEMHP_EXPORT enum memhp_module_state memhp_device_read_module(struct memhp_ctx *ctx,
							      const struct memhp_device *device)
{
	const char *name = device->driver ? device->driver->module : NULL;

	if (!device->driver || device->status == MEMHP_DEVICE_MANAGED)
		return MEMHP_MODULE_UNKNOWN;
	if (!name)
		return MEMHP_MODULE_BUILT_IN;
	return module_state(ctx, device->driver_name ? device->driver_name : name);
}
