/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading /proc/kpageflags and kpagecount: a u64 a page (Documentation/admin-guide/mm/pagemap.rst). */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "base/unread.h"
#include "blocks/blocks.h"
#include "pages/pages.h"

int kpage_values(int fd, uint64_t first_pfn, uint64_t *values, size_t count, uint64_t past_end)
{
	size_t got = 0;

	while (got < count) {
		ssize_t n = pread(fd, values + got, (count - got) * sizeof(*values),
				  (off_t)((first_pfn + got) * sizeof(*values)));
		if (n < 0)
			return -errno;
		if ((size_t)n < sizeof(*values))
			break;
		got += (size_t)n / sizeof(*values);
	}
	while (got < count)
		values[got++] = past_end;
	return 0;
}

int64_t kpage_count(int fd, uint64_t first_pfn, uint64_t pages, uint64_t mask, uint64_t value)
{
	uint64_t flags[4096];
	int64_t found = 0;

	while (pages) {
		size_t count = pages < ARRAY_SIZE(flags) ? (size_t)pages : ARRAY_SIZE(flags);
		int error = kpage_values(fd, first_pfn, flags, count, KPF_NOPAGE);
		if (error)
			return error;
		for (size_t i = 0; i < count; i++)
			found += (flags[i] & mask) == value;
		first_pfn += count;
		pages -= count;
	}
	return found;
}

/* A folio of 2^n pages begins at a multiple of that, so few places can be its head. */
uint64_t kpage_head_of(int fd, uint64_t pfn, uint64_t most)
{
	for (uint64_t size = 2; size <= most; size *= 2) {
		uint64_t start = pfn & ~(size - 1), flags;
		if (start == (pfn & ~(size / 2 - 1)))
			continue;
		if (kpage_values(fd, start, &flags, 1, KPF_NOPAGE) || !(flags & KPF_COMPOUND))
			return 0;
		if (flags & KPF_COMPOUND_HEAD)
			return flags;
	}
	return 0;
}

int kpage_read(struct memhp_ctx *ctx, const char *path, uint64_t pfn, uint64_t past_end, uint64_t *value)
{
	int fd = sysfs_open(ctx, path, O_RDONLY);
	if (fd < 0)
		return ctx_fail(ctx, fd == -ENOENT ? -EOPNOTSUPP : fd, path);
	int error = unread_note(ctx, path, kpage_values(fd, pfn, value, 1, past_end));
	close(fd);
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
		return ctx_fail(ctx, unread_note(ctx, KPAGEFLAGS, (int)found), KPAGEFLAGS);
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
