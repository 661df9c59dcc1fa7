/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "base/unread.h"

/* O_NONBLOCK: a FIFO in somebody's copied tree must not hang us; it changes nothing on sysfs. */
#define OPEN_FLAGS (O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

/* The live system needs no guard, and old sandboxes refuse openat2. */
static int open_guarded(const struct memhp_ctx *ctx, int dir_fd, const char *path, int flags,
			uint64_t resolve)
{
	flags |= flags & O_PATH ? O_CLOEXEC : OPEN_FLAGS; /* with O_PATH openat2 takes no others */
	struct open_how how = { .flags = (uint64_t)flags, .resolve = resolve };
	int fd = ctx->live ? openat(dir_fd, path, flags)
			   : (int)syscall(SYS_openat2, dir_fd, path, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

int sysfs_open(struct memhp_ctx *ctx, const char *path, int flags)
{
	int fd = open_guarded(ctx, ctx->root_fd, path, flags, RESOLVE_IN_ROOT);
	return (flags & O_ACCMODE) == O_RDONLY ? unread_note(ctx, path, fd) : fd;
}

int sysfs_open_optional(struct memhp_ctx *ctx, const char *path)
{
	return open_guarded(ctx, ctx->root_fd, path, O_RDONLY, RESOLVE_IN_ROOT);
}

/* Takes @fd, or the error that it is. */
static int read_text(int fd, char *buf, size_t size)
{
	buf[0] = '\0';
	if (fd < 0)
		return fd;
	ssize_t n;
	do {
		n = read(fd, buf, size);
	} while (n < 0 && errno == EINTR);
	int error = n < 0 ? -errno : 0;
	close(fd);
	if (!error && (size_t)n == size)
		error = -EMSGSIZE;
	if (n > 0 && !error && memchr(buf, 0, (size_t)n))
		error = -EILSEQ;
	if (error) {
		buf[0] = '\0';
		return error;
	}
	if (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return 0;
}

int sysfs_read(struct memhp_ctx *ctx, const char *path, char *buf, size_t size)
{
	return unread_note(ctx, path, read_text(sysfs_open(ctx, path, O_RDONLY), buf, size));
}

int sysfs_read_at(const struct memhp_ctx *ctx, int dir_fd, const char *dir_path, const char *path, char *buf,
		  size_t size)
{
	int error = read_text(open_guarded(ctx, dir_fd, path, O_RDONLY, RESOLVE_NO_SYMLINKS), buf, size);
	char whole[128];

	/* A link to nothing is nothing, also where no link may be followed. */
	if (error == -ELOOP && faccessat(dir_fd, path, F_OK, 0) < 0 && errno == ENOENT)
		error = -ENOENT;
	if (error) {
		snprintf(whole, sizeof(whole), "%s/%s", dir_path, path);
		unread_note(ctx, whole, error);
	}
	return error;
}

int sysfs_make_dir(struct memhp_ctx *ctx, const char *path)
{
	char prefix[256];
	int parent = sysfs_open(ctx, ".", O_RDONLY | O_DIRECTORY);

	for (const char *end = path; parent >= 0 && *end;) {
		const char *name = end;
		end = strchrnul(end, '/');
		snprintf(prefix, sizeof(prefix), "%.*s", (int)(end - name), name);
		int made = mkdirat(parent, prefix, 0755);
		int error = made < 0 && errno != EEXIST ? -errno : 0;
		close(parent);
		if (error)
			return error;
		snprintf(prefix, sizeof(prefix), "%.*s", (int)(end - path), path);
		parent = sysfs_open(ctx, prefix, O_RDONLY | O_DIRECTORY);
		if (parent >= 0 && made == 0)
			fchmod(parent, 0755); /* whatever the caller's umask is */
		end += *end == '/';
	}
	return parent;
}

int sysfs_open_write(struct memhp_ctx *ctx, const char *path)
{
	/* O_TRUNC means nothing to sysfs, and keeps a longer old value out of a simulated tree. */
	return sysfs_open(ctx, path, O_WRONLY | O_TRUNC);
}

int sysfs_write(struct memhp_ctx *ctx, const char *path, const char *value)
{
	int fd = sysfs_open_write(ctx, path);
	if (fd < 0)
		return fd;
	size_t length = strlen(value);
	ssize_t n;
	do {
		n = write(fd, value, length);
	} while (n < 0 && errno == EINTR);
	int error = n < 0 ? -errno : (size_t)n != length ? -EIO : 0;
	close(fd);
	return error;
}

static int read_all(int fd, char **text, size_t *length)
{
	size_t size = 0, capacity = 4096;
	char *buf = malloc(capacity);

	while (buf) {
		ssize_t n = read(fd, buf + size, capacity - size - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int error = -errno;
			free(buf);
			return error;
		}
		size += (size_t)n;
		buf[size] = '\0';
		if (n == 0) {
			*text = buf;
			*length = size;
			return 0;
		}
		if (size + 1 < capacity)
			continue;
		capacity *= 2;
		char *more = realloc(buf, capacity);
		if (!more)
			free(buf);
		buf = more;
	}
	return -ENOMEM;
}

int sysfs_read_data(struct memhp_ctx *ctx, const char *path, char **data, size_t *length)
{
	*data = NULL;
	int fd = sysfs_open(ctx, path, O_RDONLY);
	if (fd < 0)
		return fd;
	int error = read_all(fd, data, length);
	close(fd);
	return unread_note(ctx, path, error);
}

int sysfs_read_file(struct memhp_ctx *ctx, const char *path, char **text)
{
	size_t length;
	return sysfs_read_data(ctx, path, text, &length);
}

static int read_target(int dir_fd, const char *name, char *buf, size_t size)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(dir_fd, name, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	const char *base = strrchr(target, '/');
	return (size_t)snprintf(buf, size, "%s", base ? base + 1 : target) < size ? 0 : -EMSGSIZE;
}

int sysfs_read_link(struct memhp_ctx *ctx, const char *path, char *buf, size_t size)
{
	int fd = sysfs_open(ctx, path, O_PATH | O_NOFOLLOW);
	if (fd < 0)
		return fd;
	int error = read_target(fd, "", buf, size);
	close(fd);
	return unread_note(ctx, path, error);
}

/* A link is not followed where it is read, so one in a directory that was opened guarded needs no guard. */
int sysfs_read_link_in(struct memhp_ctx *ctx, DIR *dir, const char *dir_path, const char *name, char *buf,
		       size_t size)
{
	char path[512];
	int error = read_target(dirfd(dir), name, buf, size);

	if (error) {
		snprintf(path, sizeof(path), "%s/%s", dir_path, name);
		unread_note(ctx, path, error);
	}
	return error;
}

static int write_all(int fd, const char *text, mode_t mode)
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
	/* fchmod: whatever the caller's umask is */
	return fchmod(fd, mode) < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* The directory is synced too, so that the rename itself outlives a power cut. */
static int replace_at(int dir, const char *name, const char *text, mode_t mode)
{
	char new[64]; /* a name that no *.conf reader takes, should a crash leave it behind */

	if ((size_t)snprintf(new, sizeof(new), ".%s.new", name) >= sizeof(new))
		return -ENAMETOOLONG;
	unlinkat(dir, new, 0);
	int fd = openat(dir, new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0)
		return -errno;
	int error = write_all(fd, text, mode);
	if (close(fd) < 0 && !error)
		error = -errno;
	if (!error && renameat(dir, new, dir, name) < 0)
		error = -errno;
	if (error)
		unlinkat(dir, new, 0);
	else
		fsync(dir);
	return error;
}

int sysfs_replace(struct memhp_ctx *ctx, const char *dir_path, const char *name, const char *text,
		  mode_t mode)
{
	int dir = sysfs_make_dir(ctx, dir_path);
	if (dir < 0)
		return dir;
	int error = replace_at(dir, name, text, mode);
	close(dir);
	return error;
}

int sysfs_remove(struct memhp_ctx *ctx, const char *dir_path, const char *name)
{
	int dir = sysfs_open(ctx, dir_path, O_RDONLY | O_DIRECTORY);
	if (dir < 0)
		return dir;
	int error = unlinkat(dir, name, 0) < 0 ? -errno : 0;
	close(dir);
	return error;
}

bool sysfs_exists(struct memhp_ctx *ctx, const char *path)
{
	int fd = sysfs_open(ctx, path, O_PATH);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

int sysfs_stat(struct memhp_ctx *ctx, const char *path, struct stat *st)
{
	int fd = sysfs_open(ctx, path, O_PATH);
	if (fd < 0)
		return fd;
	int error = fstat(fd, st) < 0 ? -errno : 0;
	close(fd);
	return unread_note(ctx, path, error);
}

DIR *sysfs_opendir(struct memhp_ctx *ctx, const char *path)
{
	int fd = sysfs_open(ctx, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	DIR *dir = fdopendir(fd);
	if (!dir) {
		int error = errno;
		close(fd);
		unread_note(ctx, path, -error);
		errno = error;
	}
	return dir;
}

struct dirent *sysfs_readdir(struct memhp_ctx *ctx, DIR *dir, const char *path)
{
	errno = 0;
	struct dirent *entry = readdir(dir);
	if (!entry)
		unread_note(ctx, path, -errno);
	return entry;
}

bool sysfs_numbered(const char *name, const char *prefix, uint64_t *number)
{
	size_t length = strlen(prefix);
	if (strncmp(name, prefix, length) != 0)
		return false;
	const char *digits = name + length;
	if (!*digits || strlen(digits) > 19 || digits[strspn(digits, "0123456789")])
		return false;
	if (digits[0] == '0' && digits[1])
		return false; /* no name of the kernel's: "memory012" would be block 12 a second time */
	*number = strtoull(digits, NULL, 10);
	return true;
}
