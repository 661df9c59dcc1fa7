// SPDX-License-Identifier: LGPL-2.1-or-later
/* huge-shmem: files in a tmpfs that takes huge pages, mapped, only open, or with holes punched into them. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include "load.h"

/* In a mount namespace of its own, so that it goes with the load. */
static void mount_huge(const char *dir)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		fail("a mount namespace");
	if (mount("load", dir, "tmpfs", 0, "size=100%,huge=always"))
		skip("the kernel has no huge pages in a tmpfs");
}

/* Half of a huge page goes: the kernel may split it. */
static void punch_holes(struct load *load, int fd, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += HUGE_PAGE * (1 + pick(load, 4)))
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)at, HUGE_PAGE / 2);
}

static void hold_file(struct load *load, uint64_t size)
{
	enum { MAPPED, MAPPED_SMALL, PUNCHED, OPEN, KINDS = 6 } how = pick(load, KINDS);
	int fd = open(load->dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		fail(load->dir);
	prefer_some_node(load);
	char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (start == MAP_FAILED)
		fail("mmap");
	/* Page by page, for where it finds no huge page; by pages it then is mapped, too. */
	if (how == MAPPED_SMALL)
		madvise(start, size, MADV_NOHUGEPAGE);
	touch(start, size, PAGE);
	if (how == PUNCHED)
		punch_holes(load, fd, size);
	if (how >= OPEN)
		munmap(start, size);
}

static void *make_huge_shmem(struct load *load)
{
	mount_huge(load->dir);
	struct holders *holders = scatter_holders(load, hold_file);
	if (!meminfo("ShmemHugePages:"))
		skip("the kernel made no huge pages in a tmpfs");
	return holders;
}

const struct kind huge_shmem_kind = { "huge-shmem", make_huge_shmem, replace_some_holder };
