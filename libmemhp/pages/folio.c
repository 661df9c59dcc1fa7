/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Can the kernel migrate a folio? It can if nobody refers to it but those whom it knows: page tables, page
 * cache or swap cache, private data (folio_expected_refs() in mm/migrate.c), and a batch of a processor that
 * an offline empties first. Whatever else holds a reference keeps it where it is.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "pages/page-map.h"

#define MOST_BUFFERS 128 /* of a page: 64 KiB of 512 bytes */

/* One of which the head is looked at. */
struct folio {
	const struct page_map *map;
	const char *head;
	size_t pages;  /* as far as they were read */
	size_t whole;  /* all of them */
	uint64_t bits; /* page->flags */
	uint64_t mapping;
	uint32_t type; /* what is read as its map count */
	int64_t references;
};

void folio_prepare(struct page_map *map)
{
	static const struct {
		enum page_flag flag;
		uint64_t kpf;
	} same[] = {
		{ PG_LOCKED, 1ULL << 0 },	   { PG_ERROR, 1ULL << 1 },
		{ PG_REFERENCED, 1ULL << 2 },	   { PG_UPTODATE, KPF_UPTODATE },
		{ PG_DIRTY, 1ULL << 4 },	   { PG_LRU, KPF_LRU },
		{ PG_ACTIVE, 1ULL << 6 },	   { PG_SLAB, KPF_SLAB },
		{ PG_WRITEBACK, 1ULL << 8 },	   { PG_RECLAIM, 1ULL << 9 },
		{ PG_SWAPBACKED, KPF_SWAPBACKED }, { PG_UNEVICTABLE, 1ULL << 18 },
		{ PG_HWPOISON, KPF_HWPOISON },	   { PG_RESERVED, KPF_RESERVED },
		{ PG_MLOCKED, 1ULL << 33 },	   { PG_PRIVATE, KPF_PRIVATE },
		{ PG_PRIVATE_2, 1ULL << 36 },
	};
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		int32_t bit = map->layout.page_flags[same[i].flag];
		for (unsigned int byte = 0; bit >= 0 && bit < 32 && byte < 256; byte++) {
			if (byte >> bit % 8 & 1)
				map->flags[bit / 8][byte] |= same[i].kpf;
		}
	}
}

static uint64_t plain_flags(const struct page_map *map, uint64_t bits)
{
	return map->flags[0][bits & 255] | map->flags[1][bits >> 8 & 255] | map->flags[2][bits >> 16 & 255] |
	       map->flags[3][bits >> 24 & 255];
}

static bool has(const struct folio *folio, enum page_flag flag)
{
	int32_t bit = folio->map->layout.page_flags[flag];
	return bit >= 0 && folio->bits >> bit & 1;
}

static bool is_type(const struct folio *folio, enum page_type type)
{
	uint32_t mask = folio->map->layout.types[type].mask;
	return mask && (folio->type & mask) == folio->map->layout.types[type].value;
}

static bool is_tail(const struct page_map *map, const char *page)
{
	return word_at(page, map->layout.compound_head) & 1;
}

/* The bytes of the upper eighth are types of their own, but for the last, which a map count of -1 begins
 * with. */
static bool has_type(const struct folio *folio)
{
	uint32_t mask = folio->map->layout.types[TYPE_BUDDY].mask;
	return mask == 0xff000000 ? folio->type >= 0xf0000000 && folio->type < 0xff000000
				  : is_type(folio, TYPE_TABLE) || is_type(folio, TYPE_OFFLINE);
}

static bool is_hugetlb(const struct folio *folio)
{
	const struct layout *layout = &folio->map->layout;

	if (!has(folio, PG_HEAD) || folio->pages < 2)
		return false;
	if (layout->types[TYPE_HUGETLB].mask)
		return is_type(folio, TYPE_HUGETLB);
	const unsigned char *second = (const unsigned char *)folio->head + layout->page_size;
	return layout->compound_dtor >= 0 && second[layout->compound_dtor] == layout->hugetlb_dtor;
}

static int64_t count_at(const char *page, int32_t offset)
{
	return (int64_t)(int32_t)half_at(page, offset) + 1;
}

/*
 * Until 6.1 what maps a whole folio of a file is counted in each of its pages, too, and an anonymous one that
 * is mapped in both ways has one more in each (total_mapcount() in mm/huge_memory.c).
 */
static int64_t sum_of_maps(const struct folio *folio)
{
	const struct layout *layout = &folio->map->layout;
	const char *second = folio->head + layout->page_size;
	int64_t entire = count_at(second, layout->entire_mapcount), sum = 0, pages = (int64_t)folio->pages;
	int32_t both = layout->page_flags[PG_DOUBLE_MAP];

	for (size_t i = 0; i < folio->pages; i++)
		sum += count_at(folio->head + i * layout->page_size, layout->mapcount);
	if (both < 0)
		return sum + entire;
	if (!(folio->mapping & MAPPING_ANON))
		return sum - (pages - 1) * entire;
	return sum + entire - (word_at(second, layout->flags) >> both & 1 ? pages : 0);
}

/* -1: this kernel does not tell, or not in what was read. */
static int64_t maps_of(const struct folio *folio, bool hugetlb)
{
	const struct layout *layout = &folio->map->layout;
	const char *second = folio->head + layout->page_size;

	if (!has(folio, PG_HEAD))
		return count_at(folio->head, layout->mapcount);
	if (folio->pages == 1)
		return -1;
	if (layout->large_mapcount >= 0)
		return count_at(second, layout->large_mapcount);
	if (layout->entire_mapcount < 0)
		return -1;
	if (hugetlb)
		return count_at(second, layout->entire_mapcount);
	return folio->pages == folio->whole ? sum_of_maps(folio) : -1;
}

/* Is it the page cache of a block device? The metadata of a file system is there. */
static bool is_block_device(const struct folio *folio)
{
	const struct layout *layout = &folio->map->layout;
	uint64_t inode;
	uint16_t mode;

	return layout->mapping_host >= 0 && layout->inode_mode >= 0 &&
	       kcore_read(folio->map->kcore, folio->mapping + (uint64_t)layout->mapping_host, &inode,
			  sizeof(inode)) == 0 &&
	       kcore_read(folio->map->kcore, inode + (uint64_t)layout->inode_mode, &mode, sizeof(mode)) ==
		       0 &&
	       S_ISBLK(mode);
}

/* A busy buffer of a block device is its journal's; in files migration does not ask
 * (__buffer_migrate_folio()). */
static bool has_busy_buffers(const struct folio *folio)
{
	const struct layout *layout = &folio->map->layout;
	uint64_t first = word_at(folio->head, layout->private), buffer = first;
	int32_t count;

	if (!has(folio, PG_PRIVATE) || layout->bh_this_page < 0 || layout->bh_count < 0 ||
	    !is_block_device(folio))
		return false;
	for (int i = 0; i < MOST_BUFFERS; i++) {
		if (kcore_read(folio->map->kcore, buffer + (uint64_t)layout->bh_count, &count,
			       sizeof(count)) ||
		    kcore_read(folio->map->kcore, buffer + (uint64_t)layout->bh_this_page, &buffer,
			       sizeof(buffer)))
			return true;
		if (count > 0)
			return true;
		if (buffer == first)
			return false;
	}
	return true; /* as above: a ring that is not whole is no proof that nothing is busy */
}

static bool is_swapcache(const struct folio *folio)
{
	return has(folio, PG_SWAPCACHE) && has(folio, PG_SWAPBACKED);
}

static bool is_held(const struct folio *folio, bool hugetlb, int64_t maps)
{
	bool anon = folio->mapping & MAPPING_ANON, file = folio->mapping && !anon;
	int64_t expected = maps;

	if (hugetlb)
		return folio->references > maps + 1;
	if (is_swapcache(folio) || file)
		expected += (int64_t)folio->whole;
	if (!anon && (has(folio, PG_PRIVATE) || has(folio, PG_PRIVATE_2)))
		expected++;
	if (!has(folio, PG_LRU))
		expected++;
	return folio->references > expected || (file && has_busy_buffers(folio));
}

/* What only its type tells of, or that it has none of those the kernel can migrate. */
static uint64_t kernel_flags(const struct folio *folio)
{
	if (is_type(folio, TYPE_TABLE))
		return KPF_PGTABLE;
	if (is_type(folio, TYPE_SLAB) || has(folio, PG_SLAB))
		return KPF_SLAB;
	bool movable = (folio->mapping & MAPPING_FLAGS) == MAPPING_MOVABLE ||
		       (has(folio, PG_MOVABLE_OPS) &&
			(is_type(folio, TYPE_ZSMALLOC) || is_type(folio, TYPE_OFFLINE)));
	if (is_type(folio, TYPE_OFFLINE))
		return KPF_OFFLINE | (movable ? KPF_MOVABLE_OPS : 0);
	if (movable)
		return KPF_MOVABLE_OPS;
	return folio->references == 0 && !has_type(folio) && !has(folio, PG_HEAD) ? 0 : KPF_KERNEL;
}

static uint64_t head_flags(const struct folio *folio)
{
	uint64_t flags = plain_flags(folio->map, folio->bits);
	bool hugetlb = is_hugetlb(folio),
	     moves = !has_type(folio) && (folio->mapping & MAPPING_FLAGS) != MAPPING_MOVABLE &&
		     (has(folio, PG_LRU) || folio->mapping || is_swapcache(folio));

	if (folio->pages > 1)
		flags |= KPF_COMPOUND_HEAD;
	if (has(folio, PG_RESERVED))
		return flags;
	if (!hugetlb && (has(folio, PG_SLAB) || !moves || folio->references == 0))
		return folio->references == 0 && moves ? 0 : flags | kernel_flags(folio);
	int64_t maps = maps_of(folio, hugetlb);
	flags |= (folio->mapping & MAPPING_ANON ? KPF_ANON : 0) | (maps > 0 ? KPF_MMAP : 0) |
		 (is_swapcache(folio) ? KPF_SWAPCACHE : 0);
	if (hugetlb)
		flags = (flags & ~KPF_UPTODATE) | KPF_HUGE | (folio->references ? KPF_UPTODATE : 0);
	else if (folio->pages > 1)
		flags |= KPF_THP;
	return flags | (maps >= 0 && is_held(folio, hugetlb, maps) ? KPF_HELD : 0);
}

static size_t tails_behind(const struct page_map *map, const char *pages, size_t i, size_t count)
{
	size_t end = i + 1;
	while (end < count && is_tail(map, pages + end * map->layout.page_size))
		end++;
	return end - i;
}

/* What is read may end before a folio does. */
static size_t whole_folio(const struct folio *folio)
{
	const struct layout *layout = &folio->map->layout;
	uint32_t pages = 0;

	if (folio->pages > 1 && layout->folio_pages >= 0)
		pages = half_at(folio->head + layout->page_size, layout->folio_pages);
	return pages > folio->pages && pages <= 1U << LARGEST_ORDER ? pages : folio->pages;
}

/* No struct page that is in use is all zeros: even a free one has a map count of -1. */
static bool is_absent(const struct folio *folio)
{
	return !folio->bits && !folio->references && !folio->type;
}

static struct folio folio_at(const struct page_map *map, const char *page)
{
	const struct layout *layout = &map->layout;

	return (struct folio){
		.map = map,
		.head = page,
		.pages = 1,
		.whole = 1,
		.bits = word_at(page, layout->flags),
		.mapping = word_at(page, layout->mapping),
		.type = half_at(page, layout->mapcount),
		.references = (int32_t)half_at(page, layout->refcount),
	};
}

size_t folio_free_pages(const struct page_map *map, const char *page)
{
	struct folio folio = folio_at(map, page);
	uint64_t order = word_at(page, map->layout.private);

	if (is_tail(map, page) || !is_type(&folio, TYPE_BUDDY) || folio.references)
		return 0;
	return order < LARGEST_ORDER ? 1UL << order : 1;
}

bool folio_is_blank(const struct page_map *map, const char *page)
{
	struct folio folio = folio_at(map, page);
	return !is_tail(map, page) && folio.references == 0 && folio.type == UINT32_MAX;
}

size_t folio_flags(const struct page_map *map, const char *pages, size_t i, size_t count, uint64_t *flags)
{
	const char *head = pages + i * map->layout.page_size;
	struct folio folio = folio_at(map, head);
	uint64_t tail = KPF_COMPOUND_TAIL;
	size_t free = folio_free_pages(map, head);

	if (is_absent(&folio)) {
		flags[i] = KPF_NOPAGE;
	} else if (free) {
		folio.pages = free < count - i ? free : count - i;
		flags[i] = tail = plain_flags(map, folio.bits) | KPF_BUDDY;
	} else if (is_tail(map, head)) { /* its head was not read */
		flags[i] = tail;
	} else {
		if (has(&folio, PG_HEAD))
			folio.pages = tails_behind(map, pages, i, count);
		folio.whole = whole_folio(&folio);
		flags[i] = head_flags(&folio);
		tail |= flags[i] & (KPF_HUGE | KPF_THP | KPF_SLAB);
	}
	for (size_t j = 1; j < folio.pages; j++)
		flags[i + j] = tail;
	return folio.pages;
}
