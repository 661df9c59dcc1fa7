/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The layout comes from the kernel alone: from VMCOREINFO what that has (kernel/vmcore_info.c), the rest from
 * its types. There is no table of versions; a rule whose facts are missing is off.
 */
#include <errno.h>
#include <string.h>

#include "kcore/kcore.h"

static const char *const page_flag_names[PAGE_FLAG_COUNT] = {
	"PG_locked",   "PG_error",	"PG_referenced",  "PG_uptodate", "PG_dirty",	  "PG_lru",
	"PG_active",   "PG_slab",	"PG_writeback",	  "PG_reclaim",	 "PG_swapbacked", "PG_unevictable",
	"PG_hwpoison", "PG_reserved",	"PG_mlocked",	  "PG_private",	 "PG_private_2",  "PG_swapcache",
	"PG_head",     "PG_double_map", "PG_movable_ops",
};

/* Any of these missing: not a memory map that memhp can read. */
static bool is_whole(const struct layout *layout)
{
	const int32_t needed[] = {
		layout->flags,
		layout->refcount,
		layout->mapcount,
		layout->mapping,
		layout->private,
		layout->compound_head,
		layout->page_flags[PG_LRU],
		layout->page_flags[PG_RESERVED],
		layout->page_flags[PG_PRIVATE],
		layout->page_flags[PG_SWAPCACHE],
		layout->page_flags[PG_SWAPBACKED],
		layout->page_flags[PG_HEAD],
		layout->section_map,
	};
	size_t size = layout->page_size;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (needed[i] < 0)
			return false;
	}
	return size >= 56 && size <= LARGEST_PAGE && size % 8 == 0 && layout->types[TYPE_BUDDY].mask &&
	       layout->mapping <= (int32_t)size - 8 && layout->private <= (int32_t)size - 8 &&
	       layout->compound_head <= (int32_t)size - 8 && layout->flags <= (int32_t)size - 8 &&
	       layout->refcount <= (int32_t)size - 4 && layout->mapcount <= (int32_t)size - 4 &&
	       layout->folio_pages <= (int32_t)size - 4 && layout->large_mapcount <= (int32_t)size - 4 &&
	       layout->entire_mapcount <= (int32_t)size - 4 && layout->compound_dtor < (int32_t)size &&
	       layout->slab_cache <= (int32_t)size - 8 && layout->roots && layout->root_count &&
	       layout->section_size >= 16 && layout->section_size <= 4096 && layout->section_bits >= 20 &&
	       layout->section_bits < 48 && layout->section_map <= (int32_t)layout->section_size - 8 &&
	       layout->section_usage <= (int32_t)layout->section_size - 8;
}

/*
 * Until 6.8 a type is a bit that is off below an upper half of ones, since 6.12 it is the upper byte
 * (include/linux/page-flags.h). What was between is left to page flags. The kernel tells the number of free
 * pages alone on all of them; the others follow from which of the two ways that is.
 */
static void read_types(const struct kcore *kcore, struct layout *layout)
{
	static const uint32_t bits[PAGE_TYPE_COUNT] = {
		[TYPE_BUDDY] = 0x80,
		[TYPE_OFFLINE] = 0x100,
		[TYPE_TABLE] = 0x200,
	};
	static const uint32_t bytes[PAGE_TYPE_COUNT] = {
		[TYPE_BUDDY] = 0xf0, [TYPE_OFFLINE] = 0xf1, [TYPE_TABLE] = 0xf2,
		[TYPE_SLAB] = 0xf5,  [TYPE_HUGETLB] = 0xf4, [TYPE_ZSMALLOC] = 0xf6,
	};
	int64_t buddy;

	if (!kcore_number(kcore, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", &buddy))
		return;
	for (size_t i = 0; i < PAGE_TYPE_COUNT; i++) {
		if ((uint32_t)buddy == ~bits[TYPE_BUDDY] && bits[i]) {
			layout->types[i].mask = 0xf0000000 | bits[i];
			layout->types[i].value = 0xf0000000;
		} else if ((uint32_t)buddy == bytes[TYPE_BUDDY] << 24) {
			layout->types[i].mask = 0xff000000;
			layout->types[i].value = bytes[i] << 24;
		}
	}
}

static uint64_t number(const struct kcore *kcore, const char *name)
{
	int64_t value;
	return kcore_number(kcore, name, &value) ? (uint64_t)value : 0;
}

static int32_t offset(const struct kcore *kcore, const char *name)
{
	int64_t value;
	return kcore_number(kcore, name, &value) && value >= 0 && value < 4096 ? (int32_t)value : -1;
}

static void read_info(const struct kcore *kcore, struct layout *layout)
{
	layout->page_size = number(kcore, "SIZE(page)");
	layout->flags = offset(kcore, "OFFSET(page.flags)");
	layout->refcount = offset(kcore, "OFFSET(page._refcount)");
	layout->mapcount = offset(kcore, "OFFSET(page._mapcount)");
	layout->mapping = offset(kcore, "OFFSET(page.mapping)");
	layout->private = offset(kcore, "OFFSET(page.private)");
	layout->compound_head = offset(kcore, "OFFSET(page.compound_head)");
	if (layout->compound_head < 0)
		layout->compound_head = offset(kcore, "OFFSET(page.compound_info)");
	layout->roots = number(kcore, "SYMBOL(mem_section)");
	layout->root_count = number(kcore, "LENGTH(mem_section)");
	layout->section_size = number(kcore, "SIZE(mem_section)");
	layout->section_bits = (unsigned int)number(kcore, "NUMBER(SECTION_SIZE_BITS)");
	layout->section_map = offset(kcore, "OFFSET(mem_section.section_mem_map)");
	if (!kcore_number(kcore, "NUMBER(HUGETLB_PAGE_DTOR)", &layout->hugetlb_dtor))
		layout->hugetlb_dtor = -1;
}

/* The members of a folio lie in its second struct page; those of old kernels' struct page are meant for it.
 */
static void read_second_page(struct layout *layout, int32_t large, int32_t entire, int32_t pages)
{
	layout->large_mapcount = large < 0 ? -1 : large - (int32_t)layout->page_size;
	if (pages >= 0)
		layout->folio_pages = pages - (int32_t)layout->page_size;
	if (entire >= 0)
		layout->entire_mapcount = entire - (int32_t)layout->page_size;
}

int layout_read(struct memhp_ctx *ctx, const struct kcore *kcore, struct layout *layout)
{
	int32_t large = -1, entire = -1, pages = -1, nr_bits = -1, nr_bits_new = -1;
	struct btf_fact facts[PAGE_FLAG_COUNT + 32] = {
		{ "folio", "_large_mapcount", &large },
		{ "folio", "_entire_mapcount", &entire },
		{ "folio", "_folio_nr_pages", &pages },
		{ "folio", "_nr_pages", &pages },
		{ "page", "compound_nr", &layout->folio_pages },
		{ "page", "compound_mapcount", &layout->entire_mapcount },
		{ "page", "compound_dtor", &layout->compound_dtor },
		{ "buffer_head", "b_this_page", &layout->bh_this_page },
		{ "buffer_head", "b_count", &layout->bh_count },
		{ "address_space", "host", &layout->mapping_host },
		{ "inode", "i_mode", &layout->inode_mode },
		{ "inode", "i_ino", &layout->inode_number },
		{ "inode", "i_rdev", &layout->inode_device },
		{ "inode", "i_sb", &layout->inode_sb },
		{ "super_block", "s_dev", &layout->sb_device },
		{ "super_block", "s_type", &layout->sb_type },
		{ "file_system_type", "name", &layout->type_name },
		{ "page", "slab_cache", &layout->slab_cache },
		{ "slab", "slab_cache", &layout->slab_cache },
		{ "kmem_cache", "name", &layout->cache_name },
		{ "mem_section", "usage", &layout->section_usage },
		{ "mem_section_usage", "pageblock_flags", &layout->usage_flags },
		{ "pageblock_bits", "NR_PAGEBLOCK_BITS", &nr_bits },
		{ "pageblock_bits", "__NR_PAGEBLOCK_BITS", &nr_bits_new },
		{ "pageblock_bits", "PB_migrate_isolate", &layout->isolate_bit },
		{ "migratetype", "MIGRATE_CMA", &layout->migrate_cma },
		{ "migratetype", "MIGRATE_ISOLATE", &layout->migrate_isolate },
	};
	size_t count = 0;

	memset(layout, 0xff, sizeof(*layout));
	memset(layout->types, 0, sizeof(layout->types));
	while (facts[count].type)
		count++;
	for (size_t i = 0; i < PAGE_FLAG_COUNT; i++)
		facts[count++] = (struct btf_fact){ "pageflags", page_flag_names[i], &layout->page_flags[i] };
	read_info(kcore, layout);
	read_types(kcore, layout);
	int error = btf_read(ctx, facts, count);
	if (error)
		return error == -ENOENT ? -ENODATA : error;
	if (layout->page_size > LARGEST_PAGE)
		return -EOPNOTSUPP;
	read_second_page(layout, large, entire, pages);
	/* roundup_pow_of_two(__NR_PAGEBLOCK_BITS) where there are so many that it is not one */
	layout->pageblock_bits = nr_bits > 0 ? nr_bits : nr_bits_new > 4 ? 8 : nr_bits_new;
	if (layout->isolate_bit >= layout->pageblock_bits)
		layout->isolate_bit = -1;
	for (size_t i = 0; i < PAGE_FLAG_COUNT; i++) {
		if (layout->page_flags[i] > 63)
			layout->page_flags[i] = -1;
	}
	return is_whole(layout) ? 0 : -EOPNOTSUPP;
}
