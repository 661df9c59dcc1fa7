/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_TRACE_BLAME_H
#define MEMHP_TRACE_BLAME_H

#include "base/ctx.h"

/* Finds the stage at which @path failed, if it did, and the kernel's words for it. */
void path_blame(struct memhp_path *path);

#endif
