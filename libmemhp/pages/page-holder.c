/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who holds a page, by what its struct page points to. */
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "pages/page-map.h"

#define PIN_BIAS 1024 /* references that a pin adds (GUP_PIN_COUNTING_BIAS in include/linux/mm.h) */

uint64_t page_map_holder(const struct page_map *map, const void *room, size_t i, uint64_t flags)
{
	const struct layout *layout = &map->layout;
	const char *page = (const char *)room + i * layout->page_size;
	uint64_t mapping = word_at(page, layout->mapping);

	if (flags & KPF_SLAB)
		return layout->slab_cache < 0 ? 0 : word_at(page, layout->slab_cache);
	if (mapping && !(mapping & MAPPING_FLAGS))
		return mapping;
	return half_at(page, layout->refcount) >= PIN_BIAS ? HOLDER_PINNED : HOLDER_REFERENCED;
}

/* A member that is a pointer, or a number as long; 0: it cannot be read. */
static uint64_t member(const struct page_map *map, uint64_t object, int32_t offset)
{
	uint64_t value;

	return offset < 0 || kcore_read(map->kcore, object + (uint64_t)offset, &value, sizeof(value)) ? 0
												      : value;
}

/* The kernel's dev_t has 20 bits for the minor number (include/linux/kdev_t.h). */
static uint64_t device_at(const struct page_map *map, uint64_t object, int32_t offset)
{
	uint32_t device;

	if (offset < 0 || kcore_read(map->kcore, object + (uint64_t)offset, &device, sizeof(device)))
		return 0;
	return makedev(device >> 20, device & ((1U << 20) - 1));
}

static bool name_file(const struct page_map *map, uint64_t inode, struct memhp_page_holder *holder)
{
	const struct layout *layout = &map->layout;
	uint64_t sb = member(map, inode, layout->inode_sb), type = sb ? member(map, sb, layout->sb_type) : 0;
	uint64_t name = type ? member(map, type, layout->type_name) : 0;
	uint16_t mode = 0;

	if (!name || layout->inode_mode < 0 ||
	    !kcore_read_name(map->kcore, name, holder->name, sizeof(holder->name)) ||
	    kcore_read(map->kcore, inode + (uint64_t)layout->inode_mode, &mode, sizeof(mode)))
		return false;
	if (S_ISBLK(mode)) {
		holder->kind = MEMHP_PAGE_HOLDER_BLOCK_DEVICE;
		holder->device = device_at(map, inode, layout->inode_device);
		holder->name[0] = '\0';
	} else {
		holder->kind = MEMHP_PAGE_HOLDER_FILE;
		holder->device = device_at(map, sb, layout->sb_device);
		holder->inode = member(map, inode, layout->inode_number);
	}
	return true;
}

bool page_map_name_holder(const struct page_map *map, uint64_t key, bool slab,
			  struct memhp_page_holder *holder)
{
	*holder = (struct memhp_page_holder){ .kind = MEMHP_PAGE_HOLDER_SLAB_CACHE, .reclaimable = -1 };
	if (slab) {
		uint64_t name = member(map, key, map->layout.cache_name);
		return name && kcore_read_name(map->kcore, name, holder->name, sizeof(holder->name));
	}
	if (key == HOLDER_PINNED || key == HOLDER_REFERENCED) {
		holder->kind = key == HOLDER_PINNED ? MEMHP_PAGE_HOLDER_PINNED : MEMHP_PAGE_HOLDER_REFERENCED;
		return true;
	}
	uint64_t inode = member(map, key, map->layout.mapping_host);
	return inode && name_file(map, inode, holder);
}
