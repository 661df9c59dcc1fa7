/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's own path through a change, while it happens. */
#ifndef MEMHP_TRACE_H
#define MEMHP_TRACE_H

#include "base/ctx.h"

/* Of a NULL @trace none of these does anything. */

/* Forgets what was seen before: what follows belongs to one change. */
void trace_begin(struct memhp_trace *trace);
/* Takes what the kernel has written so far: now and then while a change lasts, or some of it is lost. */
void trace_follow(struct memhp_trace *trace);
/* The same for struct write_wait. */
void trace_tick(void *trace);
/*
 * The path since trace_begin(), of the process @pid, or of all that took part (0); allocated. NULL: nothing
 * was seen of it.
 */
struct memhp_path *trace_end(struct memhp_trace *trace, pid_t pid);
void path_free(struct memhp_path *path);
/* Is @symbol the kernel's @function, whatever the compiler put behind its name? */
bool trace_is_function(const char *symbol, const char *function);
/* Takes over @more, which happened after @path. */
void path_append(struct memhp_path *path, struct memhp_path *more);

#endif
