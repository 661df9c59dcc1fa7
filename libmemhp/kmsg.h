/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_KMSG_H
#define MEMHP_KMSG_H

#include "private.h"

/*
 * Calls @fn with each kernel message that was logged at or after @since_us of the monotonic clock.
 * The live system's only; where it may not be read (dmesg_restrict) there are none.
 */
void kmsg_read(struct memhp_ctx *ctx, uint64_t since_us, void (*fn)(void *data, const char *line),
	       void *data);

#endif
