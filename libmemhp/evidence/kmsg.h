/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's log, of the live system; where it may not be read (dmesg_restrict) it is empty. */
#ifndef MEMHP_KMSG_H
#define MEMHP_KMSG_H

#include "private.h"

typedef void (*kmsg_fn)(void *data, const char *line);

/* Calls @fn with each message that there is. */
void kmsg_read(struct memhp_ctx *ctx, kmsg_fn fn, void *data);
/*
 * A mark at the end of the log, by position: the clock of its time stamps drifts from all others.
 * kmsg_read_since() reads from there on and takes the mark away.
 */
int kmsg_mark(struct memhp_ctx *ctx);
void kmsg_read_since(int mark, kmsg_fn fn, void *data);
void kmsg_unmark(int mark);

#endif
