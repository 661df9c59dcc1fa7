/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/meminfo and /proc/zoneinfo (Documentation/filesystems/proc.rst, mm/vmstat.c). */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/sysfs.h"
#include "machine/machine.h"

#define MEMINFO "proc/meminfo"
#define ZONEINFO "proc/zoneinfo"

struct memhp_system {
	struct meminfo meminfo;
	struct memhp_zone_info *zones; /* by node, then by zone */
	size_t zone_count;
};

static void read_meminfo_line(struct meminfo *meminfo, const char *line)
{
	const struct {
		const char *name;
		uint64_t *value;
	} fields[] = {
		{ "MemTotal:", &meminfo->total },
		{ "MemFree:", &meminfo->free },
		{ "MemAvailable:", &meminfo->available },
		{ "Cached:", &meminfo->file_cache },
		{ "HardwareCorrupted:", &meminfo->corrupted },
	};
	char name[32];
	uint64_t kib;

	if (sscanf(line, "%31s %" SCNu64 " kB", name, &kib) != 2)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strcmp(name, fields[i].name) == 0)
			*fields[i].value = kib * 1024;
	}
}

int meminfo_read(struct memhp_ctx *ctx, struct meminfo *meminfo)
{
	char *text, *rest = NULL;
	int error = sysfs_read_file(ctx, MEMINFO, &text);

	*meminfo = (struct meminfo){ .available = UINT64_MAX, .free = UINT64_MAX, .corrupted = UINT64_MAX };
	if (error)
		return ctx_fail(ctx, error, MEMINFO);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		read_meminfo_line(meminfo, line);
	free(text);
	return 0;
}

static int compare_zones(const void *a, const void *b)
{
	const struct memhp_zone_info *left = a, *right = b;
	return left->node != right->node ? (left->node > right->node) - (left->node < right->node)
					 : (left->zone > right->zone) - (left->zone < right->zone);
}

size_t system_find_zone(const struct memhp_system *system, int node, enum memhp_zone zone)
{
	struct memhp_zone_info key = { .node = node, .zone = zone };
	const struct memhp_zone_info *found = system->zone_count
						      ? bsearch(&key, system->zones, system->zone_count,
								sizeof(key), compare_zones)
						      : NULL;
	return found ? (size_t)(found - system->zones) : SIZE_MAX;
}

static struct memhp_zone_info *add_zone(struct memhp_system *system, int node, const char *name)
{
	struct memhp_zone_info *zones = reallocarray(system->zones, system->zone_count + 1,
						     sizeof(*system->zones));
	if (!zones)
		return NULL;
	system->zones = zones;
	zones[system->zone_count] = (struct memhp_zone_info){ .node = node, .zone = memhp_zone_parse(name) };
	return &zones[system->zone_count++];
}

/* "high" also stands in the per-cpu lists, indented further and with a colon: not matched here. */
static void read_zone_line(struct memhp_zone_info *zone, const char *line, uint64_t page_size, bool *per_node)
{
	const struct {
		const char *name;
		uint64_t *value;
	} fields[] = {
		{ "present", &zone->present }, { "managed", &zone->managed },	 { "high", &zone->high },
		{ "cma", &zone->cma },	       { "nr_free_pages", &zone->free },
	};
	char name[64];
	uint64_t pages;

	if (strstr(line, "per-node stats")) {
		*per_node = true;
	} else if (sscanf(line, " count: %" SCNu64, &pages) == 1) {
		zone->per_cpu += pages * page_size;
	} else if (strncmp(line, "  pages free", 12) == 0) {
		*per_node = false;
		if (sscanf(line + 12, "%" SCNu64, &pages) == 1)
			zone->free = pages * page_size;
	} else if (sscanf(line, " %63s %" SCNu64, name, &pages) == 2) {
		for (size_t i = 0; !*per_node && i < ARRAY_SIZE(fields); i++) {
			if (strcmp(name, fields[i].name) == 0)
				*fields[i].value = pages * page_size;
		}
		if (*per_node && (!strcmp(name, "nr_inactive_file") || !strcmp(name, "nr_active_file")))
			zone->file_lru += pages * page_size;
	}
}

static int read_zoneinfo_text(struct memhp_system *system, char *text)
{
	uint64_t page_size = memhp_page_size();
	struct memhp_zone_info *zone = NULL;
	bool per_node = false;
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		int node;
		char name[32];
		if (sscanf(line, "Node %d, zone %31s", &node, name) == 2) {
			per_node = false;
			zone = add_zone(system, node, name);
			if (!zone)
				return -ENOMEM;
		} else if (zone) {
			read_zone_line(zone, line, page_size, &per_node);
		}
	}
	return 0;
}

static int fill(struct memhp_ctx *ctx, struct memhp_system *system)
{
	char *text;
	int error = meminfo_read(ctx, &system->meminfo);
	if (error)
		return error;
	error = sysfs_read_file(ctx, ZONEINFO, &text);
	if (error == -ENOENT)
		return 0; /* a container's /proc: no zone is known */
	if (error)
		return ctx_fail(ctx, error, ZONEINFO);
	error = read_zoneinfo_text(system, text);
	free(text);
	if (system->zone_count)
		qsort(system->zones, system->zone_count, sizeof(*system->zones), compare_zones);
	return error;
}

MEMHP_EXPORT int memhp_system_read(struct memhp_ctx *ctx, struct memhp_system **system)
{
	ctx_start(ctx);
	*system = calloc(1, sizeof(**system));
	if (!*system)
		return -ENOMEM;
	int error = fill(ctx, *system);
	if (error) {
		memhp_system_free(*system);
		*system = NULL;
	}
	return error;
}

MEMHP_EXPORT void memhp_system_free(struct memhp_system *system)
{
	if (!system)
		return;
	free(system->zones);
	free(system);
}

MEMHP_EXPORT uint64_t memhp_system_get_total(const struct memhp_system *system)
{
	return system->meminfo.total;
}

MEMHP_EXPORT uint64_t memhp_system_get_available(const struct memhp_system *system)
{
	return system->meminfo.available;
}

MEMHP_EXPORT uint64_t memhp_system_get_corrupted(const struct memhp_system *system)
{
	return system->meminfo.corrupted;
}

MEMHP_EXPORT size_t memhp_system_get_zone_count(const struct memhp_system *system)
{
	return system->zone_count;
}

MEMHP_EXPORT const struct memhp_zone_info *memhp_system_get_zone(const struct memhp_system *system,
								 size_t index)
{
	return index < system->zone_count ? &system->zones[index] : NULL;
}

MEMHP_EXPORT void memhp_system_get_ratio(const struct memhp_system *system, uint64_t *movable,
					 uint64_t *kernel)
{
	*movable = *kernel = 0;
	for (size_t i = 0; i < system->zone_count; i++) {
		const struct memhp_zone_info *zone = &system->zones[i];
		if (zone->zone == MEMHP_ZONE_MOVABLE) {
			*movable += zone->present;
		} else if (zone_is_kernel(zone->zone)) {
			*movable += zone->cma;
			*kernel += zone->present > zone->cma ? zone->present - zone->cma : 0;
		}
	}
}

uint64_t system_estimate_available(const struct memhp_system *system)
{
	uint64_t reserved = 0, free = system->meminfo.free + system->meminfo.file_cache;

	if (system->meminfo.free == UINT64_MAX)
		return UINT64_MAX;
	for (size_t i = 0; i < system->zone_count; i++)
		reserved += system->zones[i].high;
	return free > reserved ? free - reserved : 0;
}
