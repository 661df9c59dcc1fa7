/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Can a block go offline, and who holds it? Judged from plain facts; a survey is that of many blocks. */
#ifndef MEMHP_OUTLOOK_H
#define MEMHP_OUTLOOK_H

#include "outlook/surroundings.h"
#include "outlook/tally.h"
#include "pages/pages.h"

enum outlook_depth {
	OUTLOOK_UNREAD,
	OUTLOOK_SAMPLED,
	OUTLOOK_STOPPED, /* read until it was clear that it is no "yes" */
	OUTLOOK_READ
};

/* Where the first pages lie that seem to be held: something may hold them for a moment only. */
struct suspects {
	size_t count;
	uint32_t offsets[64];
};

struct memhp_outlook {
	struct page_counts counts;
	struct suspects *suspects; /* while a survey reads */
	struct held_by slab_caches[HOLDERS_KEPT], holders[HOLDERS_KEPT];
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

/* survey.c */
struct memhp_survey {
	struct memhp_ctx *ctx;
	const struct memhp_snapshot *snapshot;
	struct basis basis;
	struct memhp_outlook *outlooks; /* of the snapshot's blocks, in its order */
	bool begun;			/* pages were read */
	struct page_map *map;		/* NULL: struct page cannot be read, for map_error */
	int map_error;
	int error; /* of the last reading of pages */
};

struct memhp_outlook *survey_outlook(const struct memhp_survey *survey, const struct memhp_block *block);

/*
 * Reads blocks, by their places in the snapshot, up to @depth, as far as they are not known yet; a sample is
 * a few pages of each, spread over it, and OUTLOOK_STOPPED reads on only while it may be a "yes". Blocks
 * that are not online are passed over. -errno of kpageflags.
 */
int survey_read(struct memhp_survey *survey, const size_t *indexes, size_t count, enum outlook_depth depth);

#endif
