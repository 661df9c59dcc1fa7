// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * pipes: pipes full of data, files in a tmpfs, and a few pages that only a pipe refers to, amid page cache.
 * mapped-pin: anonymous memory, and a few pages that a pipe refers to beside the process that maps them,
 * which nothing in /proc tells.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "load.h"

enum { PIPE_SIZE = 256 * KIB, TMPFS_SIZE = 4 * MIB, PINNED = 3, MAX = 4096 };

struct pipes {
	int pipes[MAX][2];
	size_t pipe_count;
	int files[MAX];
	size_t file_count;
};

static void fill_pipe(struct load *load, int ends[2])
{
	static char data[PIPE_SIZE];

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) || fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE) < 0)
		fail("pipe");
	prefer_some_node(load);
	memset(data, 'p', sizeof(data));
	if (write(ends[1], data, sizeof(data)) <= 0)
		fail("a pipe");
}

static void end_some_pipe(struct pipes *pipes, struct load *load)
{
	size_t i = pick(load, pipes->pipe_count);
	int *ends = pipes->pipes[i], *last = pipes->pipes[--pipes->pipe_count];

	close(ends[0]);
	close(ends[1]);
	ends[0] = last[0];
	ends[1] = last[1];
}

static int tmpfs_file(struct load *load)
{
	int fd = memfd_create("load", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, TMPFS_SIZE))
		fail("memfd_create");
	prefer_some_node(load);
	void *start = mmap(NULL, TMPFS_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (start == MAP_FAILED)
		fail("mmap");
	touch(start, TMPFS_SIZE, PAGE);
	munmap(start, TMPFS_SIZE);
	return fd;
}

static void pin_page(struct load *load, bool stays_mapped)
{
	struct iovec iov = { .iov_len = PAGE };
	int ends[2];

	prefer_some_node(load);
	iov.iov_base = map(PAGE, 0);
	touch(iov.iov_base, PAGE, PAGE);
	if (pipe2(ends, O_CLOEXEC) || vmsplice(ends[1], &iov, 1, 0) != PAGE)
		fail("vmsplice");
	if (!stays_mapped)
		munmap(iov.iov_base, PAGE);
}

static void *make_pipes(struct load *load)
{
	struct pipes *pipes = allocate(1, sizeof(*pipes));

	set_number("/proc/sys/fs/pipe-user-pages-soft", 0);
	while (pipes->file_count * TMPFS_SIZE < load->bytes / 2 && pipes->file_count < MAX)
		pipes->files[pipes->file_count++] = tmpfs_file(load);
	struct filler *filler = load->pressed ? NULL : fill_cache(load);
	while (pipes->pipe_count * PIPE_SIZE < load->bytes / 16 && pipes->pipe_count < MAX)
		fill_pipe(load, pipes->pipes[pipes->pipe_count++]);
	for (int i = 0; i < PINNED; i++)
		pin_page(load, false);
	for (size_t ends = pipes->pipe_count / 2; ends; ends--)
		end_some_pipe(pipes, load);
	for (size_t i = 0; i < pipes->file_count; i++) {
		if (pick(load, 4) == 0)
			close(pipes->files[i]), pipes->files[i] = -1;
	}
	if (filler)
		shrink_filler(filler, load, load->bytes / 2);
	return pipes;
}

static void step_pipes(void *made, struct load *load)
{
	struct pipes *pipes = made;
	size_t i = pick(load, pipes->file_count);

	for (int n = 0; n < 4; n++) {
		end_some_pipe(pipes, load);
		fill_pipe(load, pipes->pipes[pipes->pipe_count++]);
	}
	close(pipes->files[i]);
	pipes->files[i] = tmpfs_file(load);
}

static void *make_mapped_pin(struct load *load)
{
	void *anon = anon_kind.make(load);

	for (int i = 0; i < PINNED; i++)
		pin_page(load, true);
	return anon;
}

static void step_mapped_pin(void *made, struct load *load)
{
	anon_kind.step(made, load);
}

const struct kind pipes_kind = { "pipes", make_pipes, step_pipes };
const struct kind mapped_pin_kind = { "mapped-pin", make_mapped_pin, step_mapped_pin };
