/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * New kernels bring added memory online by themselves, into a kernel zone, from which it cannot be
 * expected to go offline again. The switch back outlives a SIGKILL in a file: "OLD NEW".
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"

#define STATE_NAME "auto-online"
#define STATE_FILE STATE_DIR "/" STATE_NAME

static int read_value(struct memhp_ctx *ctx, char *value, size_t size)
{
	const char *path = memhp_policy_path(MEMHP_POLICY_AUTO_ONLINE);
	int error = sysfs_read(ctx, path, value, size);
	return error ? ctx_fail(ctx, error, path) : 0;
}

MEMHP_EXPORT int memhp_auto_online_set(struct memhp_ctx *ctx, enum memhp_target target)
{
	const char *new = memhp_target_word(target);
	char old[32], text[80];

	ctx_start(ctx);
	int error = read_value(ctx, old, sizeof(old));
	if (error || strcmp(old, new) == 0)
		return error;
	snprintf(text, sizeof(text), "%s %s\n", old, new);
	error = sysfs_replace(ctx, STATE_DIR, STATE_NAME, text, 0600);
	if (error)
		return ctx_fail(ctx, error, STATE_FILE);
	error = memhp_policy_set(ctx, MEMHP_POLICY_AUTO_ONLINE, new);
	if (error)
		memhp_auto_online_restore(ctx, NULL);
	return error;
}

static bool is_value(const char *word)
{
	char value[32];
	return memhp_policy_parse(MEMHP_POLICY_AUTO_ONLINE, word, value, sizeof(value)) == 0 &&
	       strcmp(value, word) == 0;
}

MEMHP_EXPORT int memhp_auto_online_restore(struct memhp_ctx *ctx, bool *restored)
{
	char text[80], now[32], old[32], new[32];

	ctx_start(ctx);
	if (restored)
		*restored = false;
	int error = sysfs_read(ctx, STATE_FILE, text, sizeof(text));
	if (error == -ENOENT || error == -ENOTDIR)
		return 0;
	if (error && error != -EMSGSIZE && error != -EILSEQ)
		return ctx_fail(ctx, error, STATE_FILE);
	/* Somebody who set another value meanwhile meant it; what is no value of ours is not restored. */
	if (sscanf(text, "%31s %31s", old, new) == 2 && is_value(old) &&
	    read_value(ctx, now, sizeof(now)) == 0 && strcmp(now, new) == 0) {
		error = memhp_policy_set(ctx, MEMHP_POLICY_AUTO_ONLINE, old);
		if (error)
			return error;
		if (restored)
			*restored = true;
	}
	return sysfs_remove(ctx, STATE_DIR, STATE_NAME);
}
