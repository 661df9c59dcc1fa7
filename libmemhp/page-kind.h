/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_PAGE_KIND_H
#define MEMHP_PAGE_KIND_H

#include "private.h"

struct kind_count {
	uint32_t pages;
	uint32_t first; /* offset in the block, of the first one seen */
	uint64_t flags; /* its KPF_ bits */
};

/* What the pages of a block are; a block has fewer than 2^32 of them. */
struct page_counts {
	struct kind_count kinds[MEMHP_KIND_COUNT];
	uint32_t total;
	uint32_t huge_heads;	/* hugetlb pages of any size; gigantic ones have most of theirs elsewhere */
	uint32_t last_reserved; /* offset of the last one */
};

/* True if kpagecount must be asked about these pages, too: that costs as much again. */
bool page_kinds_need_mapcounts(const uint64_t *flags, size_t pages);

/*
 * Adds @pages pages from @offset of their block on; no folio but a gigantic one may start before the first.
 * @mapcounts (/proc/kpagecount) may be NULL where they are not needed.
 */
void page_kinds_count(struct page_counts *counts, uint32_t offset, const uint64_t *flags,
		      const uint64_t *mapcounts, size_t pages);

#endif
