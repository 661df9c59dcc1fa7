/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_SURVEY_H
#define MEMHP_SURVEY_H

#include "surroundings.h"

struct memhp_survey {
	struct memhp_ctx *ctx;
	const struct memhp_snapshot *snapshot;
	struct machine machine;
	struct memhp_outlook *outlooks; /* of the snapshot's blocks, in its order */
	bool begun;			/* pages were read */
	int error;			/* of the last reading of pages */
};

struct memhp_outlook *survey_outlook(const struct memhp_survey *survey, const struct memhp_block *block);

/*
 * Reads blocks, by their places in the snapshot, up to @depth, as far as they are not known yet; a sample is
 * a few pages of each, spread over it, and OUTLOOK_STOPPED reads on only while it may be a "yes". Blocks
 * that are not online are passed over. -errno of kpageflags.
 */
int survey_read(struct memhp_survey *survey, const size_t *indexes, size_t count, enum outlook_depth depth);

#endif
