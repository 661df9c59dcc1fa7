/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_SURROUNDINGS_H
#define MEMHP_SURROUNDINGS_H

#include "iomem.h"
#include "outlook.h"

/* What is read of the machine, once, to judge its blocks by. */
struct machine {
	struct memhp_system *system; /* NULL: could not be read */
	struct iomem iomem;	     /* empty: could not be read */
	uint64_t pool_spare;	     /* pages */
	bool memmap_on_memory;
};

void machine_read(struct memhp_ctx *ctx, struct machine *machine);
void machine_release(struct machine *machine);

/* @own_free: the pages of the block that are free, which are no room for its other ones. */
struct surroundings machine_around(const struct machine *machine, const struct memhp_block *block,
				   uint64_t block_size, uint64_t own_free);

#endif
