/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded into a program: lets an allocation of it fail, also one made inside a library (tests/lib/inject).
 * NO_MEMORY=N fails the N-th from main() on, N- that one and all after it. NO_MEMORY_COUNT=FILE is told how
 * many there were.
 */
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those that glibc has for what replaces its malloc(). */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static atomic_ulong made; /* threads allocate, too */
static unsigned long fail_at;
static bool started, fail_on;

static bool fails(void)
{
	unsigned long number = started ? atomic_fetch_add(&made, 1) + 1 : 0;

	if (!fail_at || number < fail_at || (number > fail_at && !fail_on))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

__attribute__((constructor)) static void start(void)
{
	const char *at = getenv("NO_MEMORY");

	fail_at = at ? strtoul(at, NULL, 10) : 0;
	fail_on = at && strchr(at, '-');
	started = true;
}

__attribute__((destructor)) static void finish(void)
{
	const char *path = getenv("NO_MEMORY_COUNT");
	FILE *file = path ? fopen(path, "we") : NULL;

	if (file) {
		fprintf(file, "%lu\n", atomic_load(&made));
		fclose(file);
	}
}
