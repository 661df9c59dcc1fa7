/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/output-file.h"

static int write_all(int fd, const char *data, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, data, length);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

static int write_in_place(const char *path, const char *data, size_t length)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd < 0)
		return -errno;
	int error = write_all(fd, data, length);
	if (close(fd) && !error)
		error = -errno;
	return error;
}

/* mkostemp() gives a file to its owner alone; a picture is no secret unless the old file was. */
static mode_t new_mode(const struct stat *old)
{
	if (old)
		return old->st_mode & 07777;
	mode_t mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

/* Beside the file, under another name, until it is whole. */
static int replace(const char *path, const struct stat *old, const char *data, size_t length)
{
	char beside[PATH_MAX];

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int error = fchmod(fd, new_mode(old)) ? -errno : 0;
	if (!error)
		error = write_all(fd, data, length);
	if (!error && fsync(fd))
		error = -errno;
	if (close(fd) && !error)
		error = -errno;
	if (!error && rename(beside, path))
		error = -errno;
	if (error)
		unlink(beside);
	return error;
}

/* True for a file that another one can stand in for: nobody else's, and with no second name. */
static bool is_replaceable(const char *path, const struct stat *old)
{
	return S_ISREG(old->st_mode) && old->st_uid == geteuid() && old->st_gid == getegid() &&
	       old->st_nlink == 1 && access(path, W_OK) == 0;
}

int output_file_write(const char *path, const char *data, size_t length)
{
	/* What a link points to, not the link. NULL for a new file, and for a pipe that a link of /proc
	 * stands for. */
	char *target = realpath(path, NULL);
	const char *file = target ? target : path;
	struct stat old;
	int error;

	if (lstat(file, &old))
		error = errno == ENOENT && *file ? replace(file, NULL, data, length) : -errno;
	else
		error = is_replaceable(file, &old) ? replace(file, &old, data, length)
						   : write_in_place(file, data, length);
	free(target);
	return error;
}
