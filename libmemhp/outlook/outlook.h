/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_OUTLOOK_H
#define MEMHP_OUTLOOK_H

#include "page-kind.h"

/* What a verdict on a block rests on beside the block's own pages; counts are pages. */
struct surroundings {
	uint64_t pages;	       /* of a block */
	bool has_holes;	       /* not all of the block is System RAM */
	bool memmap_on_memory; /* the kernel may have put a block's memory map on the block */
	bool has_cma;	       /* somewhere in its zone */
	uint64_t per_cpu;      /* free on the per-cpu lists of its zone */
	uint64_t room;	       /* where the kernel would migrate to */
	uint64_t pool_spare;   /* of the hugetlb pools' free pages, promised to nobody */
};

enum outlook_depth {
	OUTLOOK_UNREAD,
	OUTLOOK_SAMPLED,
	OUTLOOK_STOPPED, /* read until it was clear that it is no "yes" */
	OUTLOOK_READ
};

struct memhp_outlook {
	struct page_counts counts;
	struct memhp_finding findings[8];
	uint8_t finding_count;
	uint8_t verdict; /* enum memhp_verdict */
	uint8_t depth;
};

/* True while its pages can be seen. */
bool outlook_can_see(const struct memhp_block *block);

/* True once no other page of @block can make it a "yes". */
bool outlook_is_spoiled(const struct memhp_outlook *outlook, const struct memhp_block *block);

/*
 * Makes findings and a verdict of what was counted of @block, whose first page is @first_pfn. Of a sample a
 * "no" is final, else the verdict stays unknown.
 */
void outlook_judge(struct memhp_outlook *outlook, const struct memhp_block *block, uint64_t first_pfn,
		   const struct surroundings *surroundings);

#endif
