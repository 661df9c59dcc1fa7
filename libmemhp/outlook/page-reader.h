/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reads the pages of one block after the other, by the best source that there is, and counts them. */
#ifndef MEMHP_OUTLOOK_PAGE_READER_H
#define MEMHP_OUTLOOK_PAGE_READER_H

#include "outlook/outlook.h"

struct page_reader {
	struct memhp_ctx *ctx;
	const struct basis *basis;
	const struct page_map *map; /* NULL: by flags and map counts */
	int flags_fd, mapcounts_fd; /* -1: not open */
	uint32_t pages;		    /* of a block */
};

/* What a thread reads into. */
struct page_scratch;
/* NULL: no memory. */
struct page_scratch *page_scratch_new(const struct page_reader *reader);
void page_scratch_free(struct page_scratch *scratch);

/*
 * Reads @block up to @depth, which it is not read to yet, into @outlook. -errno of the file; what was read
 * before it stays.
 */
int page_reader_read(const struct page_reader *reader, struct page_scratch *scratch,
		     const struct memhp_block *block, struct memhp_outlook *outlook,
		     enum outlook_depth depth);
/* Reads a block that has suspects again: if none of them is held still, nothing of it is. */
int page_reader_look_again(const struct page_reader *reader, struct page_scratch *scratch,
			   const struct memhp_block *block, struct memhp_outlook *outlook);

#endif
