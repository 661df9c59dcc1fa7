/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_BASE_UNREAD_H
#define MEMHP_BASE_UNREAD_H

#include "base/ctx.h"

/* NULL: out of memory. */
struct unread *unread_new(void);
void unread_free(struct unread *unread);
/* Does @error (negative errno) say that there is no such thing? */
bool unread_is_absent(int error);
/*
 * Does @error (negative errno) tell of more than that a file is not there? What this kernel or tree does not
 * have, what went meanwhile, and what only root may read, is no failure.
 */
bool unread_is_failure(int error);
/*
 * Notes that @path could not be read, if @error is such a failure; each path once. Returns @error. May be
 * called in any thread.
 */
int unread_note(const struct memhp_ctx *ctx, const char *path, int error);

#endif
