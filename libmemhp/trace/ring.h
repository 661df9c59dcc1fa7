/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's ring buffers, one a processor, as it hands them out. */
#ifndef MEMHP_TRACE_RING_H
#define MEMHP_TRACE_RING_H

#include "base/ctx.h"

struct ring;

/* One record; @data begins with the number of its event (common_type), and is lent. */
typedef void (*ring_fn)(void *data, uint64_t ns, const void *record, size_t size);

/*
 * Takes over descriptors of trace_pipe_raw, in the order of processors; @keep: a file gets all that is read.
 * Errors: ENOPKG without libtraceevent, ENOMEM, what making a temporary file gives.
 */
int ring_new(struct memhp_ctx *ctx, const int *fds, size_t count, bool keep, struct ring **ring);
void ring_free(struct ring *ring);
/*
 * Calls @fn for each record that the kernel wrote until @until_ns of its clock, in the order of their times;
 * later ones wait for the next call. Adds to @lost what the kernel says it had to overwrite.
 */
int ring_read(struct ring *ring, uint64_t until_ns, ring_fn fn, void *data, uint64_t *lost);
/* -EINVAL: nothing was to be kept; else what made it less than whole. */
int ring_check_kept(const struct ring *ring);
/* The same for all that was kept, a processor after the other; nothing is left to be read by ring_read(). */
int ring_replay(struct ring *ring, ring_fn fn, void *data);
/* What was kept of the processor @index: a file descriptor, lent, and its length in bytes. */
int ring_kept(const struct ring *ring, size_t index, uint64_t *length);

#endif
