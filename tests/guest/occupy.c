// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * occupy NODE slab|table FIRST-PFN PAGES: makes the kernel put data of that kind into the given pages of
 * the node, prints the pfn of one of them and keeps it there.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/kernel-page-flags.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MPOL_BIND = 2 };

#define TABLE_SPAN (2UL << 20) /* what one page table of x86 maps */
#define ROUNDS 2000
#define SPACE (ROUNDS * TABLE_SPAN)

static volatile char *space;

/* Reads alone map the zero page: a page table, and nothing else. */
static int use_table(int round)
{
	return space[round * TABLE_SPAN];
}

/* New kernels take slabs from the processor's own node, unless the caller names one, as a BPF map may. */
static int use_slab(unsigned int node)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 1024,
		.max_entries = 1,
		.map_flags = BPF_F_NUMA_NODE,
		.numa_node = node,
	};

	return syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map)) < 0;
}

/* 0: no page has the flag. */
static unsigned long find(unsigned long pfn, unsigned long pages, int bit)
{
	unsigned long long *flags = malloc(pages * sizeof(*flags));
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	unsigned long found = 0;

	if (flags && fd >= 0 && pread(fd, flags, pages * sizeof(*flags), pfn * sizeof(*flags)) > 0) {
		for (unsigned long i = 0; i < pages && !found; i++)
			found = flags[i] >> bit & 1 ? pfn + i : 0;
	}
	free(flags);
	close(fd);
	return found;
}

/* All that needs memory of other kinds, such as tables of tables, comes before the policy. */
static int prepare(void)
{
	void *start = mmap(NULL, SPACE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	const struct rlimit files = { ROUNDS + 100, ROUNDS + 100 };
	const struct rlimit locked = { RLIM_INFINITY, RLIM_INFINITY };
	int sum = 0;

	if (setrlimit(RLIMIT_NOFILE, &files) || setrlimit(RLIMIT_MEMLOCK, &locked))
		return 1;
	space = start;
	if (start == MAP_FAILED || madvise(start, SPACE, MADV_NOHUGEPAGE))
		return 1;
	for (unsigned long i = 0; i < SPACE; i += 512 * TABLE_SPAN)
		sum += space[i];
	sum += space[SPACE - 1];
	return sum != 0;
}

int main(int argc, char **argv)
{
	if (argc != 5)
		return 2;
	unsigned long node = strtoul(argv[1], NULL, 10), mask = 1UL << node, found = 0;
	unsigned long pfn = strtoul(argv[3], NULL, 10), pages = strtoul(argv[4], NULL, 10);
	int is_slab = strcmp(argv[2], "slab") == 0;

	if (prepare() || syscall(SYS_set_mempolicy, MPOL_BIND, &mask, 8 * sizeof(mask))) {
		perror("occupy");
		return 1;
	}
	for (int round = 0; round < ROUNDS && !found; round++) {
		if (is_slab ? use_slab(node) : use_table(round)) {
			perror("occupy");
			return 1;
		}
		if (round % 20 == 19)
			found = find(pfn, pages, is_slab ? KPF_SLAB : KPF_PGTABLE);
	}
	if (!found)
		return 3;
	printf("%lu\n", found);
	fflush(stdout);
	for (;;)
		pause();
}
