// SPDX-License-Identifier: LGPL-2.1-or-later
/* mlock: locked memory of many processes, anonymous and of files, all of it or pages here and there. */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "load.h"

enum how { ANON, ANON_HUGE, ANON_PAGES, FILE_SHARED, FILE_DIRTY, FILE_PRIVATE, KINDS };

/* Without a name, so that it goes with the process. */
static int file_of(const struct load *load, uint64_t size)
{
	int fd = open(load->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		fail(load->dir);
	return fd;
}

static char *map_file(const struct load *load, uint64_t size, int protection, int flags)
{
	int fd = file_of(load, size);
	char *start = mmap(NULL, size, protection, flags, fd, 0);

	if (start == MAP_FAILED)
		fail("mmap");
	close(fd);
	return start;
}

/* An own mapping each, which is why they are few. */
static void lock_some_pages(struct load *load, char *start, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += (1 + pick(load, 32)) * PAGE) {
		if (mlock(start + at, PAGE))
			fail("mlock");
	}
}

/* A private mapping is only read, since locking it would copy what can be written. */
static char *map_some(const struct load *load, enum how how, uint64_t size)
{
	if (how == FILE_PRIVATE)
		return map_file(load, size, PROT_READ, MAP_PRIVATE);
	if (how >= FILE_SHARED)
		return map_file(load, size, PROT_READ | PROT_WRITE, MAP_SHARED);
	char *start = map(size, 0);
	madvise(start, size, how == ANON_HUGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	return start;
}

static void hold_locked(struct load *load, uint64_t size)
{
	enum how how = pick(load, KINDS);

	prefer_some_node(load);
	char *start = map_some(load, how, size);
	if (how <= ANON_PAGES || how == FILE_DIRTY)
		touch(start, size, PAGE);
	if (how == FILE_PRIVATE || how == ANON_PAGES)
		lock_some_pages(load, start, size);
	else if (mlock(start, size))
		fail("mlock");
}

static void *make_mlock(struct load *load)
{
	return scatter_holders(load, hold_locked);
}

const struct kind mlock_kind = { "mlock", make_mlock, replace_some_holder };
