// SPDX-License-Identifier: LGPL-2.1-or-later
/* promise BYTES: has so much of the huge page pool promised to it, and never touches it. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc != 2 || mmap(NULL, strtoul(argv[1], NULL, 10), PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0) == MAP_FAILED) {
		perror("promise");
		return 1;
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
