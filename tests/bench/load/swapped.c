// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * swapped: anonymous memory and files in a tmpfs, of which a part is swapped out, and a part of that in
 * again. The swap is there already, and compresses into memory, as zram does.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "load.h"

enum { PART = 256 * KIB, OUT = 6 /* one in so many parts */ };

/* Half of each page is noise, as much as a compressor makes half a page of. */
static void fill(struct load *load, char *start, uint64_t size)
{
	uint64_t noise = pick(load, UINT64_MAX) | 1;

	for (uint64_t at = 0; at < size; at += PAGE) {
		for (uint64_t *word = (uint64_t *)(start + at); (char *)word < start + at + PAGE / 2;
		     word++) {
			noise ^= noise << 13;
			noise ^= noise >> 7;
			*word = noise ^= noise << 17;
		}
	}
}

/* Of a part that comes back the kernel keeps what it swapped out, too. */
static void swap_out(struct load *load, char *start, uint64_t size)
{
	if (madvise(start, size, MADV_PAGEOUT))
		fail("MADV_PAGEOUT");
	if (pick(load, 4) == 0) {
		for (uint64_t at = 0; at < size; at += PAGE)
			(void)((volatile char *)start)[at];
	}
}

static char *map_tmpfs(uint64_t size)
{
	int fd = memfd_create("load", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)size))
		fail("memfd_create");
	char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (start == MAP_FAILED)
		fail("mmap");
	close(fd);
	return start;
}

static void hold_swapped(struct load *load, uint64_t size)
{
	enum { SMALL, HUGE, TMPFS, KINDS = 4 } how = pick(load, KINDS);

	prefer_some_node(load);
	char *start = how < TMPFS ? map(size, 0) : map_tmpfs(size);
	if (how < TMPFS)
		madvise(start, size, how == HUGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	touch(start, size, PAGE);
	for (uint64_t at = 0; at + PART <= size; at += PART) {
		if (pick(load, OUT))
			continue;
		fill(load, start + at, PART);
		swap_out(load, start + at, PART);
	}
}

static void *make_swapped(struct load *load)
{
	if (!meminfo("SwapTotal:"))
		skip("there is no swap");
	/* Of what the kernel lacks, only this has a number of its own. */
	if (madvise(map(PAGE, 0), PAGE, MADV_PAGEOUT) && errno == EINVAL)
		skip("the kernel cannot be told to swap out");
	struct holders *holders = scatter_holders(load, hold_swapped);
	if (meminfo("SwapFree:") == meminfo("SwapTotal:"))
		skip("the kernel swapped out nothing");
	return holders;
}

const struct kind swapped_kind = { "swapped", make_swapped, replace_some_holder };
