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

/* @pages pages in a row, none of which but those of a gigantic folio is in one that starts before them. */
struct page_span {
	uint32_t offset; /* in their block */
	size_t pages;
	const uint64_t *flags;
	const uint64_t *mapcounts; /* /proc/kpagecount; NULL: not read */
};

/* True if the map counts tell more of these pages than their flags; reading them costs as much again. */
bool page_kinds_need_mapcounts(const struct page_span *span);

void page_kinds_count(struct page_counts *counts, const struct page_span *span);

#endif
