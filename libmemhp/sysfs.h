/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only opener of files. Paths are relative to @dir_fd, so that --sysroot holds everywhere. */
#ifndef MEMHP_SYSFS_H
#define MEMHP_SYSFS_H

#include <dirent.h>

#include "private.h"

/*
 * Reads a small attribute into @buf, NUL-terminated, without its newline. @buf is "" on errors.
 * -EMSGSIZE: longer than @size; -EILSEQ: not text.
 */
int sysfs_read(int dir_fd, const char *path, char *buf, size_t size);
/*
 * Opens below the system root, for all that writes: no link of a copied tree, absolute or with "..",
 * leads out of it to the machine that we run on. The descriptor or -errno.
 */
int sysfs_open_in_root(struct memhp_ctx *ctx, const char *path, int flags);
/* Opens an attribute for one write. */
int sysfs_open_write(struct memhp_ctx *ctx, const char *path);
/* Writes all of @value in one write; never creates a file. A short write is -EIO. */
int sysfs_write(struct memhp_ctx *ctx, const char *path, const char *value);
/* Opens a directory, making what is missing of its path (0755). The descriptor or -errno. */
int sysfs_make_dir(struct memhp_ctx *ctx, const char *path);
/* A whole file of any size, allocated. */
int sysfs_read_file(struct memhp_ctx *ctx, const char *path, char **text);
/* NULL and errno on failure. */
DIR *sysfs_opendir(int dir_fd, const char *path);
/* "memory12" with prefix "memory" is 12; false for anything else (also "memory012x"). */
bool sysfs_numbered(const char *name, const char *prefix, uint64_t *number);

#endif
