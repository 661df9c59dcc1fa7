/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What could not be read: readers report here, and whoever prints what was read says so. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/unread.h"

#define MAX_KEPT 64 /* more of them tell nothing new */

/* What fails may fail for lack of memory, so noting it asks for none. */
struct note {
	struct memhp_unread unread;
	char path[512];
};

struct unread {
	pthread_mutex_t lock; /* blocks are read in threads */
	struct note list[MAX_KEPT];
	size_t kept, count;
};

struct unread *unread_new(void)
{
	struct unread *unread = calloc(1, sizeof(*unread));

	if (unread)
		pthread_mutex_init(&unread->lock, NULL);
	return unread;
}

void unread_free(struct unread *unread)
{
	if (!unread)
		return;
	pthread_mutex_destroy(&unread->lock);
	free(unread);
}

bool unread_is_absent(int error)
{
	return error == -ENOENT || error == -ENOTDIR || error == -ENODEV || error == -ENXIO ||
	       error == -ESRCH;
}

bool unread_is_failure(int error)
{
	if (error == -EACCES || error == -EPERM)
		return geteuid() == 0;
	return error < 0 && !unread_is_absent(error);
}

static bool is_kept(const struct unread *unread, const char *path)
{
	for (size_t i = 0; i < unread->kept; i++) {
		if (strcmp(unread->list[i].path + 1, path) == 0)
			return true;
	}
	return false;
}

static void fill(struct note *note, const char *path, int error)
{
	snprintf(note->path, sizeof(note->path), "/%s", path);
	note->unread = (struct memhp_unread){ note->path, -error };
}

int unread_note(const struct memhp_ctx *ctx, const char *path, int error)
{
	struct unread *unread = ctx->unread;

	if (!unread_is_failure(error))
		return error;
	pthread_mutex_lock(&unread->lock);
	if (!is_kept(unread, path)) {
		unread->count++;
		if (unread->kept < MAX_KEPT)
			fill(&unread->list[unread->kept++], path, error);
	}
	pthread_mutex_unlock(&unread->lock);
	return error;
}

MEMHP_EXPORT size_t memhp_ctx_get_unread_count(const struct memhp_ctx *ctx)
{
	return ctx->unread->count;
}

MEMHP_EXPORT const struct memhp_unread *memhp_ctx_get_unread(const struct memhp_ctx *ctx, size_t index)
{
	return index < ctx->unread->kept ? &ctx->unread->list[index].unread : NULL;
}
