/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dynamic debug: the line in which the kernel says why an offline failed is logged only when asked for. */
#ifndef MEMHP_DYNDBG_H
#define MEMHP_DYNDBG_H

#include "private.h"

/* The lines that were off before memhp came, and that dyndbg_stop() switches off again. */
struct dyndbg {
	const char *path; /* the control file that was written, NULL: none */
	unsigned int lines[4];
	size_t count;
};

/* Where it cannot be done (no CONFIG_DYNAMIC_DEBUG, lockdown) nothing is switched on. */
void dyndbg_start(struct memhp_ctx *ctx, struct dyndbg *dyndbg);
void dyndbg_stop(struct memhp_ctx *ctx, struct dyndbg *dyndbg);

#endif
