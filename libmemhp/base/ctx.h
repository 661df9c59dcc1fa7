/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One system root, its log, and which file the last failure was about. */
#ifndef MEMHP_BASE_CTX_H
#define MEMHP_BASE_CTX_H

#include <syslog.h>

#include "memhp.h"

#define MEMHP_EXPORT __attribute__((visibility("default")))
#define MEMHP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct memhp_ctx {
	int root_fd; /* every path is opened below it; none of them starts with a slash */
	bool live;
	memhp_log_fn log_fn;
	void *log_data;
	int log_level;
	char error_path[256];
	struct unread *unread; /* unread.c */
	/* What is opened at its first use and kept (module.c); close_modules() ends it. NULL: not yet. */
	struct modules *modules;
	void (*close_modules)(struct modules *modules);
};

/* At the start of a public call that may fail on a file: forgets the last one's. */
void ctx_start(struct memhp_ctx *ctx);
/* Remembers @path for memhp_ctx_get_error_path(), logs it, and returns @error (negative errno). */
int ctx_fail(struct memhp_ctx *ctx, int error, const char *path);
void ctx_log(struct memhp_ctx *ctx, int level, const char *format, ...) MEMHP_PRINTF(3, 4);

#endif
