/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unread.h"

MEMHP_EXPORT const char *memhp_version(void)
{
	return MEMHP_VERSION;
}

/* By device and inode: "//" and /proc/1/root name the live system, too, and must not pass for a copy. */
static bool is_root(int fd)
{
	struct stat given, root;
	return fstat(fd, &given) == 0 && stat("/", &root) == 0 && given.st_dev == root.st_dev &&
	       given.st_ino == root.st_ino;
}

MEMHP_EXPORT int memhp_ctx_new(struct memhp_ctx **ctx, const char *sysroot)
{
	*ctx = NULL;
	struct memhp_ctx *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->unread = unread_new();
	if (!new->unread) {
		free(new);
		return -ENOMEM;
	}
	new->root_fd = open(sysroot ? sysroot : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (new->root_fd < 0) {
		int error = -errno;
		unread_free(new->unread);
		free(new);
		return error;
	}
	new->live = is_root(new->root_fd);
	*ctx = new;
	return 0;
}

MEMHP_EXPORT void memhp_ctx_free(struct memhp_ctx *ctx)
{
	if (!ctx)
		return;
	if (ctx->modules)
		ctx->close_modules(ctx->modules);
	close(ctx->root_fd);
	unread_free(ctx->unread);
	free(ctx);
}

MEMHP_EXPORT bool memhp_ctx_is_live(const struct memhp_ctx *ctx)
{
	return ctx->live;
}

MEMHP_EXPORT const char *memhp_ctx_get_error_path(const struct memhp_ctx *ctx)
{
	return ctx->error_path;
}

MEMHP_EXPORT void memhp_ctx_set_log(struct memhp_ctx *ctx, memhp_log_fn fn, void *data, int max_level)
{
	ctx->log_fn = fn;
	ctx->log_data = data;
	ctx->log_level = max_level;
}

void ctx_log(struct memhp_ctx *ctx, int level, const char *format, ...)
{
	if (!ctx->log_fn || level > ctx->log_level)
		return;
	char message[512];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	ctx->log_fn(ctx->log_data, level, message);
}

void ctx_start(struct memhp_ctx *ctx)
{
	ctx->error_path[0] = '\0';
}

int ctx_fail(struct memhp_ctx *ctx, int error, const char *path)
{
	snprintf(ctx->error_path, sizeof(ctx->error_path), "/%s", path);
	ctx_log(ctx, LOG_ERR, "/%s: %s", path, strerrorname_np(-error));
	return error;
}
