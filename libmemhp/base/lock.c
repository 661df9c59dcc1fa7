/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sysfs.h"

#define LOCK_FILE STATE_DIR "/lock"
#define POLL_MS 50

struct memhp_lock {
	int fd;
};

static int open_lock(struct memhp_ctx *ctx)
{
	int dir = sysfs_make_dir(ctx, STATE_DIR);
	if (dir < 0)
		return ctx_fail(ctx, dir, STATE_DIR);
	/* 0600, since who may read a file may lock it: anybody could keep root from changing memory. */
	int fd = openat(dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int error = -errno;
	if (fd >= 0)
		fchmod(fd, 0600);
	close(dir);
	return fd < 0 ? ctx_fail(ctx, error, LOCK_FILE) : fd;
}

/* 0 where the pid is no living process's: the file stays when its writers end. */
static pid_t read_holder(int fd)
{
	char text[24] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	long pid = n > 0 ? atol(text) : 0;
	return pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM) ? (pid_t)pid : 0;
}

/* Only the message of the next memhp needs it, so a failure is none: the lock itself is flock's. */
static void write_holder(int fd)
{
	char text[24];
	int length = snprintf(text, sizeof(text), "%d\n", getpid());
	if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)length, 0) < 0)
		return;
}

static int wait_lock(int fd, uint64_t wait_ms, int abort_fd)
{
	uint64_t end = deadline_after(wait_ms);
	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return -errno;
		if (now_ms() >= end)
			return -EWOULDBLOCK;
		if (wait_abort(abort_fd, POLL_MS))
			return -EINTR;
	}
	return 0;
}

MEMHP_EXPORT int memhp_lock_new(struct memhp_ctx *ctx, uint64_t wait_ms, int abort_fd, pid_t *holder,
				struct memhp_lock **lock)
{
	*lock = NULL;
	if (holder)
		*holder = 0;
	ctx_start(ctx);
	int fd = open_lock(ctx);
	if (fd < 0)
		return fd;
	struct memhp_lock *new = malloc(sizeof(*new));
	int error = new ? wait_lock(fd, wait_ms, abort_fd) : -ENOMEM;
	if (error == -EWOULDBLOCK && holder)
		*holder = read_holder(fd);
	if (error) {
		free(new);
		close(fd);
		return ctx_fail(ctx, error, LOCK_FILE);
	}
	write_holder(fd);
	new->fd = fd;
	*lock = new;
	return 0;
}

MEMHP_EXPORT void memhp_lock_free(struct memhp_lock *lock)
{
	if (!lock)
		return;
	close(lock->fd);
	free(lock);
}
