/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's memory map: an array of struct page, found section by section
 * (__section_mem_map_addr() in include/linux/mmzone.h).
 */
#include "pages/page-map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"

#define MEM_MAP_FLAGS 63ULL /* of section_mem_map: the lower bits tell the section's state */
#define HAS_MEM_MAP 2
#define PIECE 64	 /* pages that are read at a time where not all of them are there */
#define BLOCK_WORDS 1024 /* of pageblock flags in a section: 16 GiB of 2 MiB blocks */
#define PMD_SIZE "sys/kernel/mm/transparent_hugepage/hpage_pmd_size"

static uint64_t pages_of_section(const struct page_map *map)
{
	return (1ULL << map->layout.section_bits) / memhp_page_size();
}

/* 1: @section has the struct mem_section that @entry has room for; 0: there is none; -errno. */
static int read_section(const struct page_map *map, uint64_t section, char *entry)
{
	const struct layout *layout = &map->layout;
	uint64_t per_root = 4096 / layout->section_size, page = memhp_page_size(), root = 0;

	if (page > 4096)
		per_root = page / layout->section_size;
	if (section / per_root >= layout->root_count)
		return 0;
	int error = kcore_read(map->kcore, layout->roots + section / per_root * 8, &root, sizeof(root));
	if (error || !root)
		return error;
	error = kcore_read(map->kcore, root + section % per_root * layout->section_size, entry,
			   layout->section_size);
	return error ? error : 1;
}

/* Where its struct page is; 0: there is none. */
static uint64_t address_of(const struct page_map *map, uint64_t pfn)
{
	char entry[4096];
	uint64_t memory_map;

	if (read_section(map, pfn / pages_of_section(map), entry) != 1)
		return 0;
	memcpy(&memory_map, entry + map->layout.section_map, sizeof(memory_map));
	return memory_map & HAS_MEM_MAP ? (memory_map & ~MEM_MAP_FLAGS) + pfn * map->layout.page_size : 0;
}

/* What is not there is left as zeros, which no struct page is. */
static int read_pieces(const struct page_map *map, uint64_t address, char *pages, size_t count)
{
	size_t size = map->layout.page_size;
	int error = kcore_read(map->kcore, address, pages, count * size);

	if (error != -EFAULT)
		return error;
	memset(pages, 0, count * size);
	for (size_t at = 0; at < count; at += PIECE) {
		size_t length = count - at < PIECE ? count - at : PIECE;
		error = kcore_read(map->kcore, address + at * size, pages + at * size, length * size);
		if (error && error != -EFAULT)
			return error;
		if (error)
			memset(pages + at * size, 0, length * size);
	}
	return 0;
}

static int read_pages(const struct page_map *map, uint64_t first_pfn, char *pages, size_t count)
{
	uint64_t in_section = pages_of_section(map);

	for (size_t done = 0, length; done < count; done += length) {
		uint64_t pfn = first_pfn + done, left = in_section - pfn % in_section;
		uint64_t address = address_of(map, pfn);
		length = count - done < left ? count - done : (size_t)left;
		char *to = pages + done * map->layout.page_size;
		if (!address) {
			memset(to, 0, length * map->layout.page_size);
			continue;
		}
		int error = read_pieces(map, address, to, length);
		if (error)
			return error;
	}
	return 0;
}

size_t page_map_room(const struct page_map *map, size_t count)
{
	return count * map->layout.page_size;
}

/*
 * Free pages are known by the first of them, which may lie before those that are read: as of every free page
 * its number is a multiple of how many there are. Returns how many from @pfn on are of it.
 */
static size_t free_from_before(const struct page_map *map, uint64_t pfn, const char *page)
{
	char first[LARGEST_PAGE];

	for (unsigned int order = 1; folio_is_blank(map, page) && order < LARGEST_ORDER; order++) {
		uint64_t before = pfn >> order << order, address = before < pfn ? address_of(map, before) : 0;
		if (!address || kcore_read(map->kcore, address, first, map->layout.page_size))
			continue;
		uint64_t free = folio_free_pages(map, first);
		if (free > pfn - before && before % free == 0)
			return free - (pfn - before);
	}
	return 0;
}

int page_map_flags(const struct page_map *map, uint64_t first_pfn, uint64_t *flags, size_t count, void *room)
{
	int error = read_pages(map, first_pfn, room, count);
	size_t free = error ? 0 : free_from_before(map, first_pfn, room);

	for (size_t i = 0; i < free && i < count; i++)
		flags[i] = KPF_BUDDY;
	for (size_t i = free; !error && i < count;)
		i += folio_flags(map, room, i, count, flags);
	return error;
}

/* Before it in the same array: a pointer, with bit 0 set, or since 7.1 a mask for the address of the tail. */
uint64_t page_map_head_of(const struct page_map *map, uint64_t pfn, uint64_t most)
{
	size_t size = map->layout.page_size;
	char pages[2 * LARGEST_PAGE];
	uint64_t address = address_of(map, pfn), link, flags[2];

	if (!address || kcore_read(map->kcore, address, pages, size))
		return 0;
	memcpy(&link, pages + map->layout.compound_head, sizeof(link));
	if (!(link & 1))
		return 0;
	uint64_t head = link - 1;
	if (head >= address || address - head > most * size)
		head = address & link;
	uint64_t distance = (address - head) / size;
	if (head >= address || distance > most || distance > pfn || (address - head) % size)
		return 0;
	if (read_pages(map, pfn - distance, pages, 2))
		return 0;
	folio_flags(map, pages, 0, 2, flags);
	return flags[0];
}

static unsigned int block_value(const uint64_t *words, uint64_t bit, unsigned int bits)
{
	return (unsigned int)(words[bit / 64] >> bit % 64) & ((1U << bits) - 1);
}

static void count_block(const struct page_map *map, unsigned int value, uint32_t pages,
			struct pageblock_counts *counts)
{
	const struct layout *layout = &map->layout;
	unsigned int type = value & 7; /* three bits on all kernels */
	bool isolated = layout->isolate_bit >= 0 ? value >> layout->isolate_bit & 1
						 : (int32_t)type == layout->migrate_isolate;
	if (!isolated && (int32_t)type == layout->migrate_cma)
		counts->cma += pages;
}

/* get_pfnblock_flags_mask() in mm/page_alloc.c */
int page_map_pageblocks(const struct page_map *map, uint64_t first_pfn, size_t count,
			struct pageblock_counts *counts)
{
	const struct layout *layout = &map->layout;
	unsigned int bits = (unsigned int)layout->pageblock_bits;
	uint64_t in_section = pages_of_section(map), step = map->pageblock, words[BLOCK_WORDS], usage;
	char entry[4096];

	*counts = (struct pageblock_counts){ 0 };
	if (layout->section_usage < 0 || layout->usage_flags < 0 || (bits != 4 && bits != 8) || !step)
		return -EOPNOTSUPP;
	size_t size = (in_section / step * bits + 63) / 64 * 8;
	if (size > sizeof(words) || in_section % step)
		return -EOPNOTSUPP;
	for (uint64_t pfn = first_pfn; pfn < first_pfn + count; pfn += step) {
		if (pfn == first_pfn || pfn % in_section == 0) {
			int found = read_section(map, pfn / in_section, entry);
			if (found != 1)
				return found ? found : -ENOENT;
			memcpy(&usage, entry + layout->section_usage, sizeof(usage));
			int error = kcore_read(map->kcore, usage + (uint64_t)layout->usage_flags, words,
					       size);
			if (error)
				return error;
		}
		count_block(map, block_value(words, pfn % in_section / step * bits, bits), (uint32_t)step,
			    counts);
	}
	return 0;
}

/* A pageblock is as large as what one page of page table entries maps, wherever memory has huge pages. */
static uint64_t pageblock_pages(struct memhp_ctx *ctx)
{
	char text[32];
	return sysfs_read(ctx, PMD_SIZE, text, sizeof(text)) ? 0
							     : strtoull(text, NULL, 10) / memhp_page_size();
}

int page_map_open(struct memhp_ctx *ctx, struct page_map **map)
{
	struct page_map *new = calloc(1, sizeof(*new));
	int64_t page_size;

	*map = NULL;
	if (!new)
		return -ENOMEM;
	int error = kcore_open(ctx, &new->kcore);
	if (!error &&
	    (!kcore_number(new->kcore, "PAGESIZE", &page_size) || (uint64_t)page_size != memhp_page_size()))
		error = -EOPNOTSUPP;
	if (!error)
		error = layout_read(ctx, new->kcore, &new->layout);
	if (error) {
		page_map_close(new);
		return error;
	}
	new->pageblock = pageblock_pages(ctx);
	folio_prepare(new);
	*map = new;
	return 0;
}

void page_map_close(struct page_map *map)
{
	if (map)
		kcore_close(map->kcore);
	free(map);
}
