/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel logs of an offline that fails: lines in, facts of one block out; reads no file. */
#ifndef MEMHP_KMSG_OFFLINE_H
#define MEMHP_KMSG_OFFLINE_H

#include "private.h"

struct kmsg_offline {
	uint64_t first_pfn, pages;     /* the block */
	struct memhp_failure *failure; /* gets the last page that the log names, and the reason */
	struct memhp_failure dump;     /* the page at hand */
	bool dumping;		       /* it is one of the block's */
};

/* Starts @failure, too: nothing is known. */
void kmsg_offline_start(struct kmsg_offline *log, uint64_t first_pfn, uint64_t pages,
			struct memhp_failure *failure);
/* For kmsg_read_since(); @data is a struct kmsg_offline. */
void kmsg_offline_line(void *data, const char *line);

#endif
