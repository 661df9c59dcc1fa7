/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /proc/iomem: who has which part of the physical address space. */
#ifndef MEMHP_IOMEM_H
#define MEMHP_IOMEM_H

#include "private.h"

struct iomem_range {
	uint64_t start, end; /* inclusive */
	unsigned int depth;
	char name[64];
};

struct iomem {
	struct iomem_range *ranges; /* in the file's order: a parent stands before its children */
	size_t count;
};

/* Errors: those of reading, ENOMEM; EACCES when all addresses read 0, as they do without root. */
int iomem_read(struct memhp_ctx *ctx, struct iomem *iomem);
void iomem_release(struct iomem *iomem);
/* The range that holds the one at @index, or NULL. */
const struct iomem_range *iomem_parent(const struct iomem *iomem, size_t index);

#endif
