/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"
#include "base/unread.h"
#include "machine/machine.h"
#include "outlook/outlook.h"

#define HUGEPAGES "sys/kernel/mm/hugepages"

static uint64_t read_number(struct memhp_ctx *ctx, const char *directory, const char *name, bool *unread)
{
	char path[320], text[32];

	snprintf(path, sizeof(path), HUGEPAGES "/%s/%s", directory, name);
	int error = sysfs_read(ctx, path, text, sizeof(text));
	*unread |= unread_is_failure(error);
	return error ? 0 : strtoull(text, NULL, 10);
}

/* dissolve_free_huge_page() in mm/hugetlb.c refuses where only reserved ones would be left. */
static uint64_t read_pool_spare(struct memhp_ctx *ctx, bool *unread)
{
	uint64_t spare = 0, kib;
	DIR *dir = sysfs_opendir(ctx, HUGEPAGES);
	struct dirent *entry;

	*unread |= !dir && unread_is_failure(-errno);
	while (dir && (entry = sysfs_readdir(ctx, dir, HUGEPAGES))) {
		if (sscanf(entry->d_name, "hugepages-%" SCNu64 "kB", &kib) != 1)
			continue;
		uint64_t free = read_number(ctx, entry->d_name, "free_hugepages", unread);
		uint64_t reserved = read_number(ctx, entry->d_name, "resv_hugepages", unread);
		spare += free > reserved ? (free - reserved) * kib * 1024 / memhp_page_size() : 0;
	}
	*unread |= dir && errno;
	if (dir)
		closedir(dir);
	return spare;
}

int basis_read(struct memhp_ctx *ctx, struct basis *basis)
{
	int hotremove;

	*basis = (struct basis){ 0 };
	int system = memhp_system_read(ctx, &basis->system), iomem = iomem_read(ctx, &basis->iomem);
	if (!system)
		system = rooms_make(basis->system, NULL, &basis->rooms);
	if (system == -ENOMEM || iomem == -ENOMEM || hotremove_read(ctx, &hotremove)) {
		basis_release(basis);
		return -ENOMEM;
	}
	/* EACCES: read, but without the addresses, as for a copy that was not made by root */
	basis->unread = unread_is_failure(system) || (unread_is_failure(iomem) && iomem != -EACCES);
	basis->pool_spare = read_pool_spare(ctx, &basis->unread);
	basis->memmap_on_memory = memmap_on_memory(ctx, NULL);
	basis->no_hotremove = hotremove == 0;
	basis->unread |= hotremove < 0;
	return 0;
}

void basis_release(struct basis *basis)
{
	memhp_system_free(basis->system);
	rooms_release(&basis->rooms);
	iomem_release(&basis->iomem);
}

int basis_has_holes(const struct basis *basis, uint64_t start, uint64_t size)
{
	return basis->iomem.count == 0 ? -1 : iomem_system_ram(&basis->iomem, start, start + size) < size;
}

/* Without another node that has memory the kernel migrates within the own one. */
static uint64_t room_for(const struct rooms *rooms, int node, uint64_t own_free)
{
	const struct node_room *own = rooms_find(rooms, node);
	bool others;
	uint64_t page = memhp_page_size(), room = room_elsewhere(rooms, node, &others) / page;

	if (rooms->count == 0)
		return UINT64_MAX;
	if (others)
		return room;
	room = own ? own->room / page : 0;
	return room > own_free ? room - own_free : 0;
}

static const struct memhp_zone_info *find_zone(const struct memhp_system *system,
					       const struct memhp_block *block)
{
	size_t zone = system_find_zone(system, zoneinfo_node(block), memhp_block_get_zone(block));
	return zone == SIZE_MAX ? NULL : memhp_system_get_zone(system, zone);
}

struct surroundings surroundings_of(const struct basis *basis, const struct memhp_block *block,
				    uint64_t block_size, uint64_t own_free)
{
	uint64_t page = memhp_page_size();
	const struct memhp_zone_info *zone = basis->system ? find_zone(basis->system, block) : NULL;

	return (struct surroundings){
		.pages = block_size / page,
		.unread = basis->unread,
		.no_hotremove = basis->no_hotremove,
		.has_holes = basis_has_holes(basis, block->id * block_size, block_size),
		.memmap_on_memory = basis->memmap_on_memory,
		.has_cma = zone && zone->cma > 0,
		.per_cpu = zone ? zone->per_cpu / page : 0,
		.room = room_for(&basis->rooms, zoneinfo_node(block), own_free),
		.pool_spare = basis->pool_spare,
	};
}
