/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_TRACE_KEEP_H
#define MEMHP_TRACE_KEEP_H

#include <stdio.h>

#include "trace/probes.h"
#include "trace/ring.h"

/* Both write what @ring kept to @out, and return 0 or -errno; that of @out itself is seen by its owner. */

/* As trace-cmd.dat.v6(5) has it; the probes must still be there. */
int keep_dat(struct memhp_ctx *ctx, const struct tracing *tracing, const struct probes *probes,
	     struct ring *ring, FILE *out);
/* As the JSON array format of the Trace Event Format, which perfetto and browsers show. */
int keep_json(const struct probes *probes, struct ring *ring, FILE *out);

#endif
