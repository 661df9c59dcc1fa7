/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_OUTLOOK_SURROUNDINGS_H
#define MEMHP_OUTLOOK_SURROUNDINGS_H

#include "machine/machine.h"

/* What a verdict on a block rests on beside the block's own pages; counts are pages. */
struct surroundings {
	uint64_t pages;	   /* of a block */
	bool unread;	   /* some of this could not be read, for another reason than that it is not there */
	bool no_hotremove; /* the kernel takes no memory offline */
	int has_holes;	   /* not all of the block is System RAM; -1: /proc/iomem does not tell */
	bool memmap_on_memory; /* the kernel may have put a block's memory map on the block */
	bool has_cma;	       /* somewhere in its zone */
	uint64_t per_cpu;      /* free on the per-cpu lists of its zone */
	uint64_t room;	       /* where the kernel would migrate to */
	uint64_t pool_spare;   /* of the hugetlb pools' free pages, promised to nobody */
};

/* What is read of the machine, once, to judge all of its blocks by. */
struct basis {
	bool unread, no_hotremove;
	struct memhp_system *system; /* NULL: could not be read */
	struct rooms rooms;
	struct iomem iomem;  /* empty: could not be read */
	uint64_t pool_spare; /* pages */
	bool memmap_on_memory;
};

/* Errors: ENOMEM; what cannot be read for another reason is left out, and unread. */
int basis_read(struct memhp_ctx *ctx, struct basis *basis);
void basis_release(struct basis *basis);

/* Is not all of [@start, @start + @size) System RAM? -1: nothing tells. */
int basis_has_holes(const struct basis *basis, uint64_t start, uint64_t size);

/* @own_free: the pages of the block that are free, which are no room for its other ones. */
struct surroundings surroundings_of(const struct basis *basis, const struct memhp_block *block,
				    uint64_t block_size, uint64_t own_free);

#endif
