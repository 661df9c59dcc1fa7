/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_BASE_UNREAD_H
#define MEMHP_BASE_UNREAD_H

#include "base/ctx.h"

/* NULL: out of memory. */
struct unread *unread_new(void);
void unread_free(struct unread *unread);
/*
 * Notes that @path could not be read, unless @error (negative errno) means that it is not there; each path
 * once. Returns @error. May be called in any thread.
 */
int unread_note(const struct memhp_ctx *ctx, const char *path, int error);

#endif
