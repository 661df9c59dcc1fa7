// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "load.h"

enum { MPOL_PREFERRED = 1 };

_Noreturn void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

_Noreturn void skip(const char *why)
{
	printf("skip: %s\n", why);
	exit(0);
}

void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		fail("calloc");
	return memory;
}

/* splitmix64: small, the same everywhere, and good from the first number on. */
uint64_t pick(struct load *load, uint64_t limit)
{
	uint64_t x = load->random += 0x9E3779B97F4A7C15ULL;

	x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
	x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
	return (x ^ x >> 31) % limit;
}

void prefer_some_node(struct load *load)
{
	unsigned long mask = pick(load, 1000) < load->node0_share ? 1 : 2;

	if (syscall(SYS_set_mempolicy, MPOL_PREFERRED, &mask, 8 * sizeof(mask)))
		fail("set_mempolicy");
}

void *map(size_t size, int more_flags)
{
	void *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | more_flags, -1,
			   0);

	if (start == MAP_FAILED)
		fail("mmap");
	return start;
}

void touch(void *start, size_t size, size_t step)
{
	for (size_t i = 0; i < size; i += step)
		((volatile char *)start)[i] = 'l';
}

void set_number(const char *path, uint64_t number)
{
	FILE *file = fopen(path, "we");

	if (!file || fprintf(file, "%llu\n", (unsigned long long)number) < 0 || fclose(file))
		fail(path);
}

static uint64_t meminfo_in(const char *path, const char *name)
{
	char line[128];
	unsigned long long kib = 0;
	FILE *file = fopen(path, "re");

	if (!file)
		fail(path);
	while (fgets(line, sizeof(line), file)) {
		const char *found = strstr(line, name);
		if (found)
			kib = strtoull(found + strlen(name), NULL, 10);
	}
	fclose(file);
	return kib * KIB;
}

uint64_t meminfo(const char *name)
{
	return meminfo_in("/proc/meminfo", name);
}

uint64_t memory_total(void)
{
	return meminfo("MemTotal:");
}

unsigned int node0_share(void)
{
	return (unsigned int)(meminfo_in("/sys/devices/system/node/node0/meminfo", "MemTotal:") * 1000 /
			      memory_total());
}

uint64_t memory_free(void)
{
	return meminfo("MemFree:");
}

static _Noreturn void hold_and_wait(struct load *load, void (*hold)(struct load *load, uint64_t size),
				    uint64_t size, int ready, int parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* What the parent closes later is to be gone then. */
	dup2(ready, 0);
	close_range(3, ~0U, 0);
	hold(load, size);
	if (write(0, "r", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

int hold_apart(struct load *load, void (*hold)(struct load *load, uint64_t size), uint64_t size)
{
	struct load own = *load;
	int ends[2], parent = getpid();
	char byte;

	own.random = pick(load, UINT64_MAX);
	if (pipe(ends))
		fail("pipe");
	int pid = fork();
	if (pid < 0)
		fail("fork");
	if (pid == 0)
		hold_and_wait(&own, hold, size, ends[1], parent);
	close(ends[1]);
	if (read(ends[0], &byte, 1) != 1)
		fail("a holder of memory");
	close(ends[0]);
	return pid;
}

void end_process(int pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
