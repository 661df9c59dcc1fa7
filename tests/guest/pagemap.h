/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a page of ours is, by /proc/self/pagemap. */
#ifndef PAGEMAP_H
#define PAGEMAP_H

#include <fcntl.h>
#include <unistd.h>

/* Its page frame number; 0 if that cannot be read. */
static inline unsigned long pfn_of(const void *page, size_t size)
{
	unsigned long long entry = 0;
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);

	if (fd < 0 ||
	    pread(fd, &entry, sizeof(entry), (unsigned long)page / size * sizeof(entry)) != sizeof(entry))
		return 0;
	close(fd);
	return entry & ((1ULL << 55) - 1);
}

#endif
