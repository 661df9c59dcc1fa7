/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel says beside the errno of a write: its log, its debug lines, its tracepoints. */
#ifndef MEMHP_EVIDENCE_H
#define MEMHP_EVIDENCE_H

#include "base/ctx.h"

/* kmsg.c: the kernel's log, of the live system; where it may not be read (dmesg_restrict) it is empty. */
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

/* kmsg-offline.c: what the kernel logs of an offline that fails. Lines in, facts of one block out; reads no
 * file. */
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

/* dyndbg.c: the line in which the kernel says why an offline failed is logged only when asked for. */
/* The lines that were off before memhp came, and that dyndbg_stop() switches off again. */
struct dyndbg {
	const char *path; /* the control file that was written, NULL: none */
	unsigned int lines[4];
	size_t count;
};

/* Where it cannot be done (no CONFIG_DYNAMIC_DEBUG, lockdown) nothing is switched on. */
void dyndbg_start(struct memhp_ctx *ctx, struct dyndbg *dyndbg);
void dyndbg_stop(struct memhp_ctx *ctx, struct dyndbg *dyndbg);

/* isolation-trace.c */
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
