// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * dump FIRST COUNT: prints what the kernel tells of these pages, a line for each run of
 * pages that are alike: flags (hexadecimal), map count, number of pages.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 2 };

static uint64_t *read_values(const char *path, uint64_t first, size_t count)
{
	uint64_t *values = calloc(count, sizeof(*values));
	int fd = open(path, O_RDONLY);

	if (!values ||
	    (fd >= 0 && pread(fd, values, count * sizeof(*values), (off_t)(first * sizeof(*values))) < 0)) {
		perror(path);
		exit(1);
	}
	return values;
}

int main(int argc, char **argv)
{
	static const char *const paths[FILES] = { "/proc/kpageflags", "/proc/kpagecount" };
	uint64_t *values[FILES];

	if (argc != 3)
		return 2;
	uint64_t first = strtoull(argv[1], NULL, 0);
	size_t count = strtoull(argv[2], NULL, 0), start = 0;
	for (int i = 0; i < FILES; i++)
		values[i] = read_values(paths[i], first, count);
	for (size_t i = 1; i <= count; i++) {
		int same = i < count;
		for (int j = 0; same && j < FILES; j++)
			same = values[j][i] == values[j][start];
		if (same)
			continue;
		printf("%llx %llu %zu\n", (unsigned long long)values[0][start],
		       (unsigned long long)values[1][start], i - start);
		start = i;
	}
	return 0;
}
