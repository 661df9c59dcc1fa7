// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory pressure that goes away by itself: clean page cache, of a file without data. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "load.h"

enum { PART_SIZE = 8 * MIB, PARTS_MAX = 4096, READ_AHEAD = 128 * KIB };

/* One file, so that the file system has next to nothing to write down. */
struct filler {
	int fd;
	uint64_t end;
	uint64_t parts[PARTS_MAX];
	size_t count;
};

/* Not by read, which would copy them; the kernel reads no more ahead than that at a time. */
void cache_range(int fd, uint64_t start, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += READ_AHEAD)
		readahead(fd, (off_t)(start + at), READ_AHEAD);
}

struct filler *fill_cache(struct load *load)
{
	uint64_t total = memory_total(), spare = total / 16;
	struct filler *filler = allocate(1, sizeof(*filler));
	char path[256];

	snprintf(path, sizeof(path), "%s/filler", load->dir);
	filler->fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	if (filler->fd < 0 || unlink(path) || ftruncate(filler->fd, (off_t)PART_SIZE * PARTS_MAX))
		fail(path);
	/* The kernel may begin to reclaim before that little is free. */
	while (memory_free() > spare && filler->end < total && filler->count < PARTS_MAX) {
		prefer_some_node(load);
		cache_range(filler->fd, filler->end, PART_SIZE);
		filler->parts[filler->count++] = filler->end;
		filler->end += PART_SIZE;
	}
	return filler;
}

/* What is left is a random part, so that what lies between is scattered. */
void shrink_filler(struct filler *filler, struct load *load, uint64_t left)
{
	while (filler->count * PART_SIZE > left) {
		size_t i = pick(load, filler->count);
		posix_fadvise(filler->fd, (off_t)filler->parts[i], PART_SIZE, POSIX_FADV_DONTNEED);
		filler->parts[i] = filler->parts[--filler->count];
	}
}
