/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tracepoint page_isolation:test_pages_isolated, by libtracefs: while an offline finds pages still in
 * use after all were migrated, it loops without a word in the log, and only the trace has the first one.
 */
#ifndef MEMHP_ISOLATION_TRACE_H
#define MEMHP_ISOLATION_TRACE_H

#include "private.h"

struct isolation_trace;

/*
 * Begins to trace, in an instance of its own that leaves everybody else's tracing alone. NULL: no
 * libtracefs, no mounted tracefs, or not permitted.
 */
struct isolation_trace *isolation_trace_start(struct memhp_ctx *ctx);
/* The last page that failed the test in the given range since the last call; UINT64_MAX: none. */
uint64_t isolation_trace_read(struct isolation_trace *trace, uint64_t first_pfn, uint64_t pages);
/* Ends it, and takes the instance away. */
void isolation_trace_stop(struct isolation_trace *trace);

/* Of a line of trace_pipe; UINT64_MAX: it tells of no page in that range. */
uint64_t isolation_trace_parse(const char *line, uint64_t first_pfn, uint64_t pages);

#endif
