/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_PAGES_PAGE_MAP_H
#define MEMHP_PAGES_PAGE_MAP_H

#include <string.h>

#include "kcore/kcore.h"
#include "pages/pages.h"

#define LARGEST_ORDER 24 /* of free pages, not reached: none is as large */

struct page_map {
	struct kcore *kcore;
	struct layout layout;
	uint64_t pageblock;	/* pages of one, 0: not known */
	uint64_t flags[4][256]; /* KPF_ bits for each of the four lower bytes of page->flags */
};

static inline uint64_t word_at(const char *page, int32_t offset)
{
	uint64_t word;
	memcpy(&word, page + offset, sizeof(word));
	return word;
}

static inline uint32_t half_at(const char *page, int32_t offset)
{
	uint32_t half;
	memcpy(&half, page + offset, sizeof(half));
	return half;
}

#define MAPPING_ANON 1 /* lower bits of page->mapping, include/linux/page-flags.h */
#define MAPPING_MOVABLE 2
#define MAPPING_FLAGS 3ULL

/* folio.c */
void folio_prepare(struct page_map *map);
/*
 * Sets the @flags of the folio, or free pages, that begin at @i of @count struct pages; returns how many
 * pages that are.
 */
size_t folio_flags(const struct page_map *map, const char *pages, size_t i, size_t count, uint64_t *flags);
/* How many free pages begin with @page; 0: none. */
size_t folio_free_pages(const struct page_map *map, const char *page);
/* Nobody refers to it and nothing tells what it is, as for all but the first of free pages. */
bool folio_is_blank(const struct page_map *map, const char *page);

#endif
