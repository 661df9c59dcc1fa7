/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policy over a reboot: tmpfiles.d(5), which systemd applies at boot. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"

#define CONF_DIR "etc/tmpfiles.d"
#define NAME "memhp.conf"
#define CONF CONF_DIR "/" NAME
#define CONF_HEAD                                                                                            \
	"# Written by \"memhp policy set --persist\"; \"memhp policy unpersist\" removes it.\n"              \
	"# Applies once user space runs: memory found earlier needs the kernel command line.\n"

/* Is @line (up to its newline) a tmpfiles.d line for /@path? */
static bool is_line_for(const char *line, const char *path)
{
	line += strspn(line, " \t");
	if (*line != 'w')
		return false;
	line += strcspn(line, " \t\n");
	line += strspn(line, " \t");
	size_t length = strlen(path);
	return *line == '/' && strncmp(line + 1, path, length) == 0 && strchr(" \t\n", line[1 + length]);
}

/* @old with the line for @path replaced in place, or appended; what others wrote there stays. */
static char *edit(const char *old, const char *path, const char *value)
{
	char *text = NULL;
	size_t size = 0;
	bool done = false;
	FILE *out = open_memstream(&text, &size);
	if (!out)
		return NULL;
	while (*old) {
		size_t length = strcspn(old, "\n");
		bool own = is_line_for(old, path);
		if (!own)
			fprintf(out, "%.*s\n", (int)length, old);
		else if (!done)
			fprintf(out, "w- /%s - - - - %s\n", path, value);
		done |= own;
		old += length + (old[length] == '\n');
	}
	if (!done)
		fprintf(out, "w- /%s - - - - %s\n", path, value);
	if (fclose(out) == 0)
		return text; /* NULL: out of memory, at the end */
	free(text);
	return NULL;
}

static int edit_conf(struct memhp_ctx *ctx, const char *path, const char *value)
{
	char *old = NULL;
	int error = sysfs_read_file(ctx, CONF, &old);
	if (error && error != -ENOENT)
		return error;
	char *text = edit(old && *old ? old : CONF_HEAD, path, value);
	free(old);
	if (!text)
		return -ENOMEM;
	error = sysfs_replace(ctx, CONF_DIR, NAME, text, 0644);
	free(text);
	return error;
}

MEMHP_EXPORT int memhp_policy_persist(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value)
{
	const char *path = memhp_policy_path(key);
	ctx_start(ctx);
	if (!path || !*value || strpbrk(value, " \t\n%\\\"'"))
		return -EINVAL;
	if (key == MEMHP_POLICY_MEMMAP_ON_MEMORY) /* nothing can write it at run time */
		return ctx_fail(ctx, -EOPNOTSUPP, path);

	int error = edit_conf(ctx, path, value);
	return error ? ctx_fail(ctx, error, CONF) : 0;
}

MEMHP_EXPORT int memhp_policy_unpersist(struct memhp_ctx *ctx, bool *existed)
{
	ctx_start(ctx);
	int error = sysfs_remove(ctx, CONF_DIR, NAME);

	if (existed)
		*existed = error == 0;
	if (error == -ENOENT || error == -ENOTDIR)
		return 0;
	return error ? ctx_fail(ctx, error, CONF) : 0;
}
