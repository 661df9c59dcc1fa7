// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * hold NODE: keeps one page of that node in use, prints its pfn and, each time the
 * kernel puts another page in its place, the new one. Ends with 3 if the content is
 * not what it was.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "pagemap.h"

enum { MPOL_PREFERRED = 1 };

static int is_kept(const volatile char *page, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (page[i] != 'h')
			return 0;
	}
	return 1;
}

int main(int argc, char **argv)
{
	size_t size = sysconf(_SC_PAGESIZE);
	unsigned long mask, last = 0;

	if (argc != 2)
		return 2;
	mask = 1UL << strtoul(argv[1], NULL, 10);
	char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED ||
	    syscall(SYS_mbind, page, size, MPOL_PREFERRED, &mask, 8 * sizeof(mask), 0)) {
		perror("hold");
		return 1;
	}
	memset(page, 'h', size);
	for (;;) {
		if (!is_kept(page, size))
			return 3;
		unsigned long pfn = pfn_of(page, size);
		if (pfn && pfn != last) {
			printf("%lu\n", pfn);
			fflush(stdout);
			last = pfn;
		}
		usleep(100000);
	}
}
