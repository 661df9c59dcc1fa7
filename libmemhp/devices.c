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
	char **names;
	size_t count;
};

void device_map_free(struct device_map *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->count; i++)
		free(map->names[i]);
	free(map->names);
	free(map);
}

static const char *add_name(struct device_map *map, const char *name)
{
	if (map->count && strcmp(map->names[map->count - 1], name) == 0)
		return map->names[map->count - 1];
	char **names = reallocarray(map->names, map->count + 1, sizeof(*names));
	if (!names)
		return NULL;
	map->names = names;
	names[map->count] = strdup(name);
	return names[map->count] ? names[map->count++] : NULL;
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

static int read_acpi_device(struct memhp_snapshot *snapshot, int acpi_fd, const char *name)
{
	DIR *dir = sysfs_opendir(acpi_fd, name);
	if (!dir)
		return 0;
	const char *device = add_name(snapshot->devices, name);
	struct dirent *entry;
	while (device && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "physical_node", 13) != 0)
			continue;
		struct memhp_block *block = linked_block(snapshot, dirfd(dir), entry->d_name);
		if (block) {
			block->device = device;
			block->driver = "acpi";
		}
	}
	closedir(dir);
	return device ? 0 : -ENOMEM;
}

static int read_acpi(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot)
{
	DIR *dir = sysfs_opendir(ctx->root_fd, ACPI_DIR);
	if (!dir)
		return 0;
	int error = 0;
	struct dirent *entry;
	while (!error && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, "PNP0C80:", 8) == 0)
			error = read_acpi_device(snapshot, dirfd(dir), entry->d_name);
	}
	closedir(dir);
	return error;
}

/* Only blocks that lie in the range as a whole: a part of a block is somebody else's too. */
static void mark_range(struct memhp_snapshot *snapshot, uint64_t start, uint64_t end, const char *device,
		       const char *driver)
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
		if (block) {
			block->device = device;
			block->driver = driver;
		}
	}
}

static const struct {
	const char *text, *driver;
} resources[] = {
	{ "System RAM (kmem)", "kmem" },
	{ "System RAM (virtio_mem)", "virtio_mem" },
};

/* The device is the line above with less indent: "140000000-…: virtio0", then its System RAM. */
static int read_iomem_text(struct memhp_snapshot *snapshot, char *text)
{
	char parent[64] = "";
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		uint64_t start, end;
		int at = 0;
		if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %n", &start, &end, &at) != 2 || at == 0)
			continue;
		const char *name = line + at, *driver = NULL;
		for (size_t i = 0; i < ARRAY_SIZE(resources); i++) {
			if (strcmp(name, resources[i].text) == 0)
				driver = resources[i].driver;
		}
		if (!driver) {
			snprintf(parent, sizeof(parent), "%.63s", name);
			continue;
		}
		const char *device = add_name(snapshot->devices, parent);
		if (!device)
			return -ENOMEM;
		if (end > start) /* without root, all addresses read 0 */
			mark_range(snapshot, start, end, device, driver);
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
