// SPDX-License-Identifier: LGPL-2.1-or-later
/* files: page cache of many small files and some large ones, partly deleted, mapped, or dirty. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"

enum { DIRECTORIES = 64, SMALL = 64 * KIB, LARGE = 32 * MIB, FILES_MAX = 1 << 18 };

struct files {
	uint32_t sizes[FILES_MAX]; /* 0: deleted */
	size_t count;
};

static const char *path_of(const struct load *load, size_t i)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/files/%zu/%zu", load->dir, i % DIRECTORIES, i);
	return path;
}

static void make_directories(const struct load *load)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/files", load->dir);
	if (mkdir(path, 0700))
		fail(path);
	for (int i = 0; i < DIRECTORIES; i++) {
		snprintf(path, sizeof(path), "%s/files/%d", load->dir, i);
		if (mkdir(path, 0700))
			fail(path);
	}
}

static char buffer[256 * KIB];

static void write_data(int fd, uint64_t size)
{
	while (size) {
		ssize_t n = write(fd, buffer, size < sizeof(buffer) ? size : sizeof(buffer));
		if (n <= 0)
			fail("write");
		size -= (uint64_t)n;
	}
}

/* Page cache without waiting for the disk. */
static void read_hole(int fd, uint64_t size)
{
	if (ftruncate(fd, (off_t)size))
		fail("ftruncate");
	cache_range(fd, 0, size);
}

/* Of the large ones half are written, half are read. */
static void write_file(struct files *files, struct load *load, size_t i, uint64_t size)
{
	const char *path = path_of(load, i);
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		fail(path);
	prefer_some_node(load);
	if (size > SMALL && pick(load, 2))
		read_hole(fd, size);
	else
		write_data(fd, size);
	close(fd);
	files->sizes[i] = (uint32_t)size;
}

static void delete_file(struct files *files, const struct load *load, size_t i)
{
	if (files->sizes[i] && unlink(path_of(load, i)))
		fail("unlink");
	files->sizes[i] = 0;
}

/* Never unmapped. */
static void map_file(const struct files *files, const struct load *load, size_t i)
{
	int fd = open(path_of(load, i), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	volatile const char *start = mmap(NULL, files->sizes[i], PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	for (size_t at = 0; start != MAP_FAILED && at < files->sizes[i]; at += PAGE)
		(void)start[at];
}

static uint64_t some_size(struct load *load)
{
	/* Eight times as much in large ones. */
	return pick(load, LARGE / SMALL / 8) ? 1 + pick(load, SMALL) : 1 + pick(load, LARGE);
}

static size_t some_file(const struct files *files, struct load *load)
{
	return pick(load, files->count);
}

static void *make_files(struct load *load)
{
	struct files *files = allocate(1, sizeof(*files));
	uint64_t left = load->bytes / 3 * 4;

	make_directories(load);
	while (left > LARGE && files->count < FILES_MAX) {
		uint64_t size = some_size(load);
		write_file(files, load, files->count++, size);
		left -= size;
	}
	for (size_t i = 0; i < files->count; i++) {
		if (pick(load, 4) == 0)
			delete_file(files, load, i);
	}
	sync();
	for (size_t i = files->count / 50; i; i--)
		map_file(files, load, some_file(files, load));
	for (size_t i = files->count / 50; i; i--)
		write_file(files, load, some_file(files, load), some_size(load));
	return files;
}

static void step_files(void *made, struct load *load)
{
	struct files *files = made;

	for (int i = 0; i < 8 && files->count; i++) {
		delete_file(files, load, some_file(files, load));
		write_file(files, load, some_file(files, load), some_size(load));
	}
}

const struct kind files_kind = { "files", make_files, step_files };
