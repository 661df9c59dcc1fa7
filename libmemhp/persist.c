/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policy over a reboot: tmpfiles.d(5), which systemd applies at boot. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysfs.h"

#define CONF_DIR "etc/tmpfiles.d"
#define NAME "memhp.conf"
#define CONF CONF_DIR "/" NAME
/* Not named *.conf: systemd-tmpfiles never reads one that a crash left behind. */
#define NAME_NEW ".memhp.conf.new"
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
		return text;
	free(text);
	return NULL;
}

static int write_all(int fd, const char *text)
{
	for (size_t left = strlen(text); left;) {
		ssize_t n = write(fd, text, left);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		left -= (size_t)n;
	}
	/* fchmod: whatever the caller's umask is, the file is for all to read */
	return fchmod(fd, 0644) < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* @dir is CONF_DIR. It is synced too, so that the rename itself outlives a power cut. */
static int replace_conf(int dir, const char *text)
{
	unlinkat(dir, NAME_NEW, 0);
	int fd = openat(dir, NAME_NEW, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	int error = write_all(fd, text);
	if (close(fd) < 0 && !error)
		error = -errno;
	if (!error && renameat(dir, NAME_NEW, dir, NAME) < 0)
		error = -errno;
	if (error)
		unlinkat(dir, NAME_NEW, 0);
	else
		fsync(dir);
	return error;
}

static int edit_conf(struct memhp_ctx *ctx, int dir, const char *path, const char *value)
{
	char *old = NULL;
	int error = sysfs_read_file(ctx, CONF, &old);
	if (error && error != -ENOENT)
		return error;
	char *text = edit(old && *old ? old : CONF_HEAD, path, value);
	free(old);
	if (!text)
		return -ENOMEM;
	error = replace_conf(dir, text);
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

	int dir = sysfs_make_dir(ctx, CONF_DIR);
	if (dir < 0)
		return ctx_fail(ctx, dir, CONF_DIR);
	int error = edit_conf(ctx, dir, path, value);
	close(dir);
	return error ? ctx_fail(ctx, error, CONF) : 0;
}

MEMHP_EXPORT int memhp_policy_unpersist(struct memhp_ctx *ctx, bool *existed)
{
	ctx_start(ctx);
	int dir = sysfs_open(ctx, CONF_DIR, O_RDONLY | O_DIRECTORY);
	int error = dir < 0 ? dir : unlinkat(dir, NAME, 0) < 0 ? -errno : 0;

	if (dir >= 0)
		close(dir);
	if (existed)
		*existed = error == 0;
	if (error == -ENOENT || error == -ENOTDIR)
		return 0;
	return error ? ctx_fail(ctx, error, CONF) : 0;
}
