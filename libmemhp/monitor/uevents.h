/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's own events, by libudev. */
#ifndef MEMHP_MONITOR_UEVENTS_H
#define MEMHP_MONITOR_UEVENTS_H

#include "base/ctx.h"

struct uevents;

/* Errors: ENOPKG, ENONET, those of the socket, ENOMEM. */
int uevents_open(struct memhp_ctx *ctx, struct uevents **uevents);
void uevents_close(struct uevents *uevents);
/* Readable when there are some. */
int uevents_get_fd(const struct uevents *uevents);
/* The next one that has to do with memory; @block of a block's. Errors: EAGAIN: none now; ENOBUFS: later ones
 * than those still to be read were lost. */
int uevents_next(struct uevents *uevents, enum memhp_event_kind *kind, uint64_t *block);

#endif
