/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output-file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

static int write_and_close(int fd, const char *data, size_t length)
{
	int error = write_all(fd, data, length);

	if (close(fd) && !error)
		error = -errno;
	return error;
}

static int write_in_place(const char *path, const char *data, size_t length)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : write_and_close(fd, data, length);
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

/* @path is there. */
static int overwrite(const char *path, const char *data, size_t length)
{
	struct stat old;

	if (stat(path, &old) || (S_ISREG(old.st_mode) && access(path, W_OK)))
		return -errno;
	return S_ISREG(old.st_mode) ? replace(path, &old, data, length) : write_in_place(path, data, length);
}

int output_file_write(const char *path, const char *data, size_t length)
{
	char *target = realpath(path, NULL); /* what a link points to, not the link */
	int error;

	if (target)
		error = overwrite(target, data, length);
	else
		error = errno == ENOENT && *path ? replace(path, NULL, data, length) : -errno;
	free(target);
	return error;
}
