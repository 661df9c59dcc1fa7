// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * load [--busy] KIND SEED DIR: uses half to two thirds of the memory in one way, scattered over the nodes,
 * prints "ready", or "skip: " and why the kernel cannot, and stays until it is killed; with --busy it goes on
 * replacing what it uses. The same seed makes the same load. DIR is an empty directory on a disk.
 */
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "load.h"

enum { FILL_LEAST = 50, FILL_SPREAD = 14, FILES_OPEN = 1 << 17 };

static const struct kind *const kinds[] = { &files_kind, &slab_kind,	   &anon_kind,	  &hugetlb_kind,
					    &pipes_kind, &mapped_pin_kind, &uring_kind,	  &mlock_kind,
					    &ksm_kind,	 &huge_shmem_kind, &swapped_kind, &mixed_kind };

static const struct kind *kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!strcmp(kinds[i]->name, name))
			return kinds[i];
	}
	return NULL;
}

static void prepare(void)
{
	struct rlimit limit = { FILES_OPEN, FILES_OPEN };

	/* Of its own, so that the message queues go with it. */
	if (unshare(CLONE_NEWIPC))
		fail("unshare");
	if (setrlimit(RLIMIT_NOFILE, &limit))
		fail("setrlimit");
}

int main(int argc, char **argv)
{
	bool busy = argc > 1 && !strcmp(argv[1], "--busy");
	const struct kind *kind = argc == 4 + busy ? kind_of(argv[1 + busy]) : NULL;

	if (!kind) {
		fprintf(stderr, "usage: load [--busy] KIND SEED DIR\n");
		return 2;
	}
	struct load load = { .random = strtoull(argv[2 + busy], NULL, 10),
			     .dir = argv[3 + busy],
			     .node0_share = node0_share() };
	load.bytes = memory_total() / 100 * (FILL_LEAST + pick(&load, FILL_SPREAD));
	prepare();
	void *made = kind->make(&load);
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		if (busy)
			kind->step(made, &load);
		usleep(50000);
	}
}
