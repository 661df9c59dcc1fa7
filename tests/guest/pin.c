// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * pin NODE [unmapped]: holds one page of that node in a pipe and prints its address. A page
 * that a pipe refers to cannot be migrated, so an offline of its block loops in the kernel.
 * Unmapped: only the pipe has it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pagemap.h"

enum { MPOL_BIND = 2 };

static int bind_to_node(void *page, size_t size, unsigned long node)
{
	unsigned long mask = 1UL << node;

	return syscall(SYS_mbind, page, size, MPOL_BIND, &mask, 8 * sizeof(mask), 0);
}

int main(int argc, char **argv)
{
	size_t size = sysconf(_SC_PAGESIZE);
	struct iovec iov = { .iov_len = size };
	int ends[2];

	if (argc < 2 || argc > 3 || pipe(ends))
		return 2;
	iov.iov_base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (iov.iov_base == MAP_FAILED || bind_to_node(iov.iov_base, size, strtoul(argv[1], NULL, 10))) {
		perror("pin");
		return 1;
	}
	memset(iov.iov_base, 'p', size);
	if (vmsplice(ends[1], &iov, 1, 0) != (ssize_t)size) {
		perror("vmsplice");
		return 1;
	}
	printf("%llu\n", (unsigned long long)pfn_of(iov.iov_base, size) * size);
	fflush(stdout);
	if (argc == 3 && munmap(iov.iov_base, size))
		return 1;
	for (;;)
		pause();
}
