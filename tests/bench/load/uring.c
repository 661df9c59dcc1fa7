// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * uring: anonymous memory, and a few pages that are fixed buffers of an io_uring, which pins them for long
 * (FOLL_PIN, FOLL_LONGTERM); some of them stay mapped, so that nothing in /proc tells, some do not.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "load.h"

enum { PINNING = 8 }; /* one process in so many pins a page */

static int make_ring(void)
{
	struct io_uring_params params;

	memset(&params, 0, sizeof(params));
	return (int)syscall(SYS_io_uring_setup, 1, &params);
}

/* The kernel may take the page from a movable zone first. */
static void pin_buffer(char *page)
{
	struct iovec iov = { page, PAGE };
	int ring = make_ring();

	if (ring < 0 || syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &iov, 1))
		fail("io_uring_register");
}

static void hold_some(struct load *load, uint64_t size)
{
	enum { MAPPED, UNMAPPED, HUGE_MAPPED, PIN_KINDS } how = pick(load, PIN_KINDS * PINNING);

	prefer_some_node(load);
	char *start = map(size, 0);
	char *page = start + pick(load, size / PAGE) * PAGE;
	madvise(start, size, how == HUGE_MAPPED ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	touch(start, size, PAGE);
	if (how < PIN_KINDS)
		pin_buffer(page);
	if (how == UNMAPPED)
		munmap(page, PAGE);
}

static void *make_uring(struct load *load)
{
	int ring = make_ring();

	if (ring < 0 && (errno == ENOSYS || errno == EPERM))
		skip("the kernel has no io_uring, or forbids it");
	close(ring);
	return scatter_holders(load, hold_some);
}

const struct kind uring_kind = { "uring", make_uring, replace_some_holder };
