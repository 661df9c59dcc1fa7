/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which device provides a block. ACPI links each block of a DIMM from the PNP0C80 device
 * (acpi_bind_one() in drivers/acpi/glue.c); kmem and virtio_mem name themselves in /proc/iomem.
 * Hyper-V and Xen balloons add plain "System RAM": nothing tells their blocks from boot memory,
 * so none is ascribed to them.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

#define ACPI_DIR "sys/bus/acpi/devices"
#define IOMEM "proc/iomem"

struct device_map {
	struct device **devices;
	size_t count;
};

void device_map_free(struct device_map *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->count; i++) {
		free(map->devices[i]->name);
		free(map->devices[i]);
	}
	free(map->devices);
	free(map);
}

/* The ranges of one device follow each other, so looking at the last one is enough. */
static const struct device *add_device(struct device_map *map, const char *name, const char *driver)
{
	if (map->count && strcmp(map->devices[map->count - 1]->name, name) == 0)
		return map->devices[map->count - 1];
	struct device **devices = reallocarray(map->devices, map->count + 1, sizeof(struct device *));
	if (!devices)
		return NULL;
	map->devices = devices;
	struct device *device = malloc(sizeof(*device));
	if (!device)
		return NULL;
	*device = (struct device){ strdup(name), driver };
	devices[map->count++] = device;
	return device->name ? device : NULL;
}

static struct memhp_block *linked_block(struct memhp_snapshot *snapshot, int dir_fd, const char *link)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir_fd, link, target, sizeof(target) - 1);
	if (n < 0)
		return NULL;
	target[n] = '\0';
	const char *base = strrchr(target, '/');
	uint64_t id;
	if (!sysfs_numbered(base ? base + 1 : target, "memory", &id))
		return NULL;
	return (struct memhp_block *)memhp_snapshot_find(snapshot, id);
}

static int read_acpi_device(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot, const char *name)
{
	char path[320];
	snprintf(path, sizeof(path), ACPI_DIR "/%s", name);
	DIR *dir = sysfs_opendir(ctx, path);
	if (!dir)
		return 0;
	const struct device *device = add_device(snapshot->devices, name, "acpi");
	struct dirent *entry;
	while (device && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "physical_node", 13) != 0)
			continue;
		struct memhp_block *block = linked_block(snapshot, dirfd(dir), entry->d_name);
		if (block)
			block->device = device;
	}
	closedir(dir);
	return device ? 0 : -ENOMEM;
}

static int read_acpi(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot)
{
	DIR *dir = sysfs_opendir(ctx, ACPI_DIR);
	if (!dir)
		return 0;
	int error = 0;
	struct dirent *entry;
	while (!error && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "PNP0C80:", 8) == 0)
			error = read_acpi_device(ctx, snapshot, entry->d_name);
	}
	closedir(dir);
	return error;
}

/* Only blocks that lie in the range as a whole: a part of a block is somebody else's too. */
static void mark_range(struct memhp_snapshot *snapshot, uint64_t start, uint64_t end,
		       const struct device *device)
{
	uint64_t size = snapshot->block_size;
	uint64_t first = start / size + (start % size != 0), last = end / size;

	if (end % size != size - 1) {
		if (last == 0)
			return;
		last--;
	}
	for (uint64_t id = first; id <= last; id++) {
		struct memhp_block *block = (struct memhp_block *)memhp_snapshot_find(snapshot, id);
		if (block)
			block->device = device;
	}
}

static const struct {
	const char *text, *driver;
} resources[] = {
	{ "System RAM (kmem)", "kmem" },
	{ "System RAM (virtio_mem)", "virtio_mem" },
};

static const char *driver_of(const char *resource)
{
	for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
		if (strcmp(resource, resources[i].text) == 0)
			return resources[i].driver;
	}
	return NULL;
}

#define MAX_DEPTH 16

/* The device is the last line with one step (two blanks) less indent: "140000000-…: virtio0". */
static int read_iomem_text(struct memhp_snapshot *snapshot, char *text)
{
	char names[MAX_DEPTH][64] = { "" };
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		uint64_t start, end;
		size_t depth = strspn(line, " ") / 2;
		int at = 0;
		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %n", &start, &end, &at) != 2 || at == 0 ||
		    depth >= MAX_DEPTH)
			continue;
		snprintf(names[depth], sizeof(names[depth]), "%.63s", line + at);
		const char *driver = driver_of(line + at);
		if (!driver || depth == 0 || end <= start) /* without root, all addresses read 0 */
			continue;
		const struct device *device = add_device(snapshot->devices, names[depth - 1], driver);
		if (!device)
			return -ENOMEM;
		mark_range(snapshot, start, end, device);
	}
	return 0;
}

int devices_read(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot)
{
	snapshot->devices = calloc(1, sizeof(*snapshot->devices));
	if (!snapshot->devices)
		return -ENOMEM;
	int error = read_acpi(ctx, snapshot);
	if (error)
		return error;
	char *text;
	if (sysfs_read_file(ctx, IOMEM, &text))
		return 0; /* unreadable: what it would tell stays unknown */
	error = read_iomem_text(snapshot, text);
	free(text);
	return error;
}
