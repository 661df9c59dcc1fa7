/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Libraries that few calls need are opened by those: libkmod alone brings libcrypto along, and
 * would make every `memhp list` start that much later.
 */
#ifndef MEMHP_BASE_DL_H
#define MEMHP_BASE_DL_H

#include <stdarg.h>

#include "base/ctx.h"

struct dl_symbol {
	const char *name;
	void **to;
};

/* For a table in which each pointer has its function's name and type. */
#define DL_SYMBOL(table, function)                                                                           \
	{                                                                                                    \
#function, (void **)&(table)->function                                                       \
	}

/* -ENOPKG: the library is not installed, or lacks one of the symbols. Close with dl_close(). */
int dl_open(struct memhp_ctx *ctx, const char *soname, const struct dl_symbol *symbols, size_t count,
	    void **handle);
void dl_close(void *handle);
/* Passes a library's own message on. */
void dl_log(struct memhp_ctx *ctx, int priority, const char *format, va_list args) MEMHP_PRINTF(3, 0);

#endif
