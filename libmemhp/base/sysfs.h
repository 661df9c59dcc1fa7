/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where files are opened. Paths are relative to the system root and stay in it: no link of a copied
 * tree, absolute or with "..", leads out of it to the machine that we run on. What is there and cannot be
 * read is noted in the context (unread.c): callers need not report it, but may take it for nothing that it
 * is not.
 */
#ifndef MEMHP_BASE_SYSFS_H
#define MEMHP_BASE_SYSFS_H

#include <dirent.h>
#include <sys/stat.h>

#include "base/ctx.h"

/* Offsets into kpageflags, and inode numbers, need all of them. */
_Static_assert(sizeof(off_t) == 8, "build with -D_FILE_OFFSET_BITS=64");

#define MEMORY_DIR "sys/devices/system/memory"
#define FIRMWARE_MEMORY_DIR "sys/firmware/memory" /* s390 */
#define STATE_DIR "run/memhp"			  /* our own: the lock, and what is to be switched back */

/* The descriptor or -errno. */
int sysfs_open(struct memhp_ctx *ctx, const char *path, int flags);
/* The same for reading; the caller decides whether its error is to be noted. */
int sysfs_open_optional(struct memhp_ctx *ctx, const char *path);
/* NULL and errno on failure. */
DIR *sysfs_opendir(struct memhp_ctx *ctx, const char *path);
/* As readdir(3), of the directory @path. */
struct dirent *sysfs_readdir(struct memhp_ctx *ctx, DIR *dir, const char *path);
/* Opens a directory, making what is missing of its path (0755). The descriptor or -errno. */
int sysfs_make_dir(struct memhp_ctx *ctx, const char *path);

/*
 * Reads a small attribute into @buf, NUL-terminated, without its newline. @buf is "" on errors.
 * -EMSGSIZE: longer than @size; -EILSEQ: not text.
 */
int sysfs_read(struct memhp_ctx *ctx, const char *path, char *buf, size_t size);
/*
 * The same for @path below the directory @dir_fd, which @dir_path names, with no link on the way; may run in
 * any thread.
 */
int sysfs_read_at(const struct memhp_ctx *ctx, int dir_fd, const char *dir_path, const char *path, char *buf,
		  size_t size);
/* A whole file of any size, allocated. */
int sysfs_read_file(struct memhp_ctx *ctx, const char *path, char **text);
/* The same for one that is no text. */
int sysfs_read_data(struct memhp_ctx *ctx, const char *path, char **data, size_t *length);
/* The last part of a link's target. */
int sysfs_read_link(struct memhp_ctx *ctx, const char *path, char *buf, size_t size);
/* The same for the entry @name of an open directory, which @dir_path names. */
int sysfs_read_link_in(struct memhp_ctx *ctx, DIR *dir, const char *dir_path, const char *name, char *buf,
		       size_t size);
/*
 * Makes @text the content of the file @name of @dir_path, whole or not at all, even over a power cut;
 * makes the directory if need be.
 */
int sysfs_replace(struct memhp_ctx *ctx, const char *dir_path, const char *name, const char *text,
		  mode_t mode);
/* Removes the file @name of the directory @dir_path. */
int sysfs_remove(struct memhp_ctx *ctx, const char *dir_path, const char *name);
bool sysfs_exists(struct memhp_ctx *ctx, const char *path);
/* What stat(2) tells of it, or -errno. */
int sysfs_stat(struct memhp_ctx *ctx, const char *path, struct stat *st);

/* Opens an attribute for one write. */
int sysfs_open_write(struct memhp_ctx *ctx, const char *path);
/* Writes all of @value in one write; never creates a file. A short write is -EIO. */
int sysfs_write(struct memhp_ctx *ctx, const char *path, const char *value);

/* "memory12" with prefix "memory" is 12; false for anything else (also "memory012"). */
bool sysfs_numbered(const char *name, const char *prefix, uint64_t *number);

#endif
