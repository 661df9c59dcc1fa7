/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/app.h"
#include "shell/exit.h"
#include "shell/messages.h"
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

/* mkostemp() gives a file to its owner alone. What is published is for others to read, whoever runs memhp;
 * what is one's own is no secret unless the old file was. @old is NULL for a new file. */
static mode_t new_mode(const struct stat *old, enum output_kind kind)
{
	if (kind == OUTPUT_PUBLISHED)
		return 0644;
	if (old)
		return old->st_mode & 07777;
	mode_t mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

/* Beside the file, under another name, until it is whole. */
static int replace(const char *path, mode_t mode, const char *data, size_t length)
{
	char beside[PATH_MAX];

	if (snprintf(beside, sizeof(beside), "%s.XXXXXX", path) >= (int)sizeof(beside))
		return -ENAMETOOLONG;
	int fd = mkostemp(beside, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	int error = fchmod(fd, mode) ? -errno : 0;
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

/* True for a file that another one can stand in for: of one's own only nobody else's, and with no second
 * name. */
static bool is_replaceable(const char *path, const struct stat *old, enum output_kind kind)
{
	return S_ISREG(old->st_mode) &&
	       (kind == OUTPUT_PUBLISHED || (old->st_uid == geteuid() && old->st_gid == getegid() &&
					     old->st_nlink == 1 && access(path, W_OK) == 0));
}

/* 0 or -errno */
static int save(const char *path, const char *data, size_t length, enum output_kind kind)
{
	/* What a link points to, not the link. NULL for a new file, and for a pipe that a link of /proc
	 * stands for. */
	char *target = realpath(path, NULL);
	const char *file = target ? target : path;
	struct stat old;
	int error;

	if (lstat(file, &old))
		error = errno == ENOENT && *file ? replace(file, new_mode(NULL, kind), data, length) : -errno;
	else
		error = is_replaceable(file, &old, kind) ? replace(file, new_mode(&old, kind), data, length)
							 : write_in_place(file, data, length);
	free(target);
	return error;
}

bool stream_close_whole(FILE *out, char *const *text)
{
	bool failed = ferror(out) != 0;
	return fclose(out) == 0 && !failed && *text; /* glibc's last realloc() fails without an error */
}

int output_save(struct app *app, const char *path, const char *data, size_t length, enum output_kind kind)
{
	if (!path || strcmp(path, "-") == 0) {
		fwrite(data, 1, length, stdout); /* its end is checked with that of all output */
		return EXIT_OK;
	}
	int error = save(path, data, length, kind);
	bool denied = error == -EACCES || error == -EPERM || error == -EROFS;
	if (!error)
		return EXIT_OK;
	return app_fail(app, denied ? EXIT_PERMISSION : EXIT_NOTHING, errno_name(-error),
			denied ? "a new file is made beside it first: its directory must be writable" : NULL,
			"cannot write %s: %s (%s)", path, strerror(-error), errno_name(-error));
}
