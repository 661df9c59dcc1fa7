/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_TRACE_SYMBOL_H
#define MEMHP_TRACE_SYMBOL_H

#include "base/ctx.h"

/* The kernel's symbol at @address, by /proc/kallsyms; "" if there is none, or it may not be seen. */
void symbol_at(struct memhp_ctx *ctx, uint64_t address, char *name, size_t size);

#endif
