/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading /proc/kpageflags and kpagecount: a u64 a page (Documentation/admin-guide/mm/pagemap.rst). */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "kpage.h"

MEMHP_EXPORT uint64_t memhp_page_size(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE);
}

int64_t kpage_count(int fd, uint64_t first_pfn, uint64_t pages, uint64_t mask, uint64_t value)
{
	uint64_t flags[4096];
	int64_t found = 0;

	while (pages) {
		size_t wanted = pages < ARRAY_SIZE(flags) ? (size_t)pages : ARRAY_SIZE(flags);
		ssize_t n = pread(fd, flags, wanted * sizeof(*flags), (off_t)(first_pfn * sizeof(*flags)));
		if (n < 0)
			return -errno;
		size_t got = (size_t)n / sizeof(*flags);
		if (got == 0)
			break;
		for (size_t i = 0; i < got; i++)
			found += (flags[i] & mask) == value;
		first_pfn += got;
		pages -= got;
	}
	return found;
}

int kpage_read(struct memhp_ctx *ctx, const char *path, uint64_t pfn, uint64_t past_end, uint64_t *value)
{
	int fd = sysfs_open(ctx, path, O_RDONLY);
	if (fd < 0)
		return ctx_fail(ctx, fd == -ENOENT ? -EOPNOTSUPP : fd, path);
	ssize_t n = pread(fd, value, sizeof(*value), (off_t)(pfn * sizeof(*value)));
	int error = n < 0 ? -errno : 0;
	close(fd);
	if (n >= 0 && (size_t)n < sizeof(*value))
		*value = past_end;
	return error ? ctx_fail(ctx, error, path) : 0;
}

MEMHP_EXPORT int memhp_block_count_poisoned(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
					    const struct memhp_block *block, uint64_t *count)
{
	uint64_t pages = snapshot->block_size / memhp_page_size();

	*count = 0;
	ctx_start(ctx);
	if (memhp_block_get_state(block) != MEMHP_STATE_ONLINE)
		return -ENODATA;
	int fd = sysfs_open(ctx, KPAGEFLAGS, O_RDONLY);
	if (fd < 0)
		return ctx_fail(ctx, fd, KPAGEFLAGS);
	int64_t found = kpage_count(fd, block->id * pages, pages, KPF_HWPOISON, KPF_HWPOISON);
	close(fd);
	if (found < 0)
		return ctx_fail(ctx, (int)found, KPAGEFLAGS);
	*count = (uint64_t)found;
	return 0;
}

/* As tools/mm/page-types.c of the kernel has them; those from 32 on may change with the kernel. */
static const char *const names[64] = {
	"locked",     "error",	   "referenced", "uptodate", "dirty",	      "lru",	  "active",
	"slab",	      "writeback", "reclaim",	 "buddy",    "mmap",	      "anon",	  "swapcache",
	"swapbacked", "head",	   "tail",	 "huge",     "unevictable",   "hwpoison", "nopage",
	"ksm",	      "thp",	   "offline",	 "zero",     "idle",	      "pgtable",  [32] = "reserved",
	"mlocked",    "owner2",	   "private",	 "private2", "owner-private", "arch",	  "uncached",
	"softdirty",  "arch2",	   "arch3",
};

MEMHP_EXPORT const char *memhp_page_flag_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(names) ? names[bit] : NULL;
}
