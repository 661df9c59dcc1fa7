/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kernel tells of each page, what that makes it to an offline, and who maps it. */
#ifndef MEMHP_PAGES_H
#define MEMHP_PAGES_H

#include "blocks/blocks.h"

/* kpage.c */
#define KPAGEFLAGS "proc/kpageflags"
#define KPAGECOUNT "proc/kpagecount"

/* Bits of include/uapi/linux/kernel-page-flags.h and include/linux/kernel-page-flags.h. */
#define KPF_UPTODATE (1ULL << 3)
#define KPF_LRU (1ULL << 5)
#define KPF_SLAB (1ULL << 7)
#define KPF_BUDDY (1ULL << 10)
#define KPF_MMAP (1ULL << 11)
#define KPF_ANON (1ULL << 12)
#define KPF_SWAPCACHE (1ULL << 13)
#define KPF_SWAPBACKED (1ULL << 14)
#define KPF_COMPOUND_HEAD (1ULL << 15)
#define KPF_COMPOUND_TAIL (1ULL << 16)
#define KPF_COMPOUND (KPF_COMPOUND_HEAD | KPF_COMPOUND_TAIL)
#define KPF_HUGE (1ULL << 17) /* hugetlb */
#define KPF_HWPOISON (1ULL << 19)
#define KPF_NOPAGE (1ULL << 20)
#define KPF_THP (1ULL << 22)
#define KPF_OFFLINE (1ULL << 23) /* balloon, unplugged virtio-mem: nothing to move */
#define KPF_ZERO_PAGE (1ULL << 24)
#define KPF_IDLE (1ULL << 25)
#define KPF_PGTABLE (1ULL << 26)
#define KPF_RESERVED (1ULL << 32)
#define KPF_PRIVATE (1ULL << 35)
#define KPF_ARCH (1ULL << 38)
#define KPF_UNCACHED (1ULL << 39)
#define KPF_SOFTDIRTY (1ULL << 40)
#define KPF_ARCH_2 (1ULL << 41)
#define KPF_ARCH_3 (1ULL << 42)
/* Our own, of no kernel: */
#define KPF_PAST_END (1ULL << 63)    /* the file ends before this page */
#define KPF_HELD (1ULL << 62)	     /* has more references than what the kernel can migrate */
#define KPF_KERNEL (1ULL << 61)	     /* in use, and nothing that the kernel can migrate */
#define KPF_MOVABLE_OPS (1ULL << 60) /* its driver migrates it */
#define KPF_OWN (KPF_PAST_END | KPF_HELD | KPF_KERNEL | KPF_MOVABLE_OPS)

/* @count entries from @first_pfn on; @past_end for pages behind the last. -errno. */
int kpage_values(int fd, uint64_t first_pfn, uint64_t *values, size_t count, uint64_t past_end);
/* How many of @pages have @value in the bits of @mask; @fd is of kpageflags. -errno: cannot be read. */
int64_t kpage_count(int fd, uint64_t first_pfn, uint64_t pages, uint64_t mask, uint64_t value);
/*
 * Flags of the head of the folio that the tail @pfn is one of, at most @most pages before it; 0: it has none
 * that can be read.
 */
uint64_t kpage_head_of(int fd, uint64_t pfn, uint64_t most);
/* One entry of @path; @past_end for a page behind the last. */
int kpage_read(struct memhp_ctx *ctx, const char *path, uint64_t pfn, uint64_t past_end, uint64_t *value);

/* page-map.c: struct page of every page, by /proc/kcore */
struct page_map;

/* As kcore_open() and layout_read(). */
int page_map_open(struct memhp_ctx *ctx, struct page_map **map);
void page_map_close(struct page_map *map);
/* Bytes of room that reading @count pages needs. */
size_t page_map_room(const struct page_map *map, size_t count);
/*
 * The flags of @count pages from @first_pfn on, like kpage_values(), but with the bits of our own; NOPAGE
 * where there is no struct page. A folio is judged as far as these pages reach. @room is scratch memory that
 * was written to before: else its own pages come to life while they are looked at. May run in any thread.
 */
int page_map_flags(const struct page_map *map, uint64_t first_pfn, uint64_t *flags, size_t count, void *room);
/* As kpage_head_of(). */
uint64_t page_map_head_of(const struct page_map *map, uint64_t pfn, uint64_t most);
/*
 * Who holds the page @i of those in @room, which page_map_flags() read and gave @flags: an address that
 * stands for a slab cache or a file, or one of HOLDER_*; 0: nobody that can be named.
 */
#define HOLDER_PINNED 1
#define HOLDER_REFERENCED 2
uint64_t page_map_holder(const struct page_map *map, const void *room, size_t i, uint64_t flags);
/* Says who that is; false: it is not there any more. Sets all of @holder but its pages. */
bool page_map_name_holder(const struct page_map *map, uint64_t key, bool slab,
			  struct memhp_page_holder *holder);
/* How many pages from @first_pfn on lie in pageblocks of contiguous memory areas. */
struct pageblock_counts {
	uint32_t cma;
};
int page_map_pageblocks(const struct page_map *map, uint64_t first_pfn, size_t count,
			struct pageblock_counts *counts);

/* page-kind.c */
struct kind_count {
	uint32_t pages;
	uint32_t first; /* offset in the block, of the first one seen */
	uint64_t flags; /* its KPF_ bits */
};

/* What the pages of a block are; a block has fewer than 2^32 of them. */
struct page_counts {
	struct kind_count kinds[MEMHP_KIND_COUNT];
	uint32_t total;
	uint32_t past_end;	/* holes only because the file ends before them */
	uint32_t huge_heads;	/* hugetlb pages of any size; gigantic ones have most of theirs elsewhere */
	uint32_t last_reserved; /* offset of the last one */
	bool exact;		/* flags have the bits of our own */
	bool pageblocks_known;
	struct pageblock_counts pageblocks;
};

/* @pages pages in a row. On older kernels a tail is told by the head of its folio alone. */
struct page_span {
	uint32_t offset; /* in their block */
	size_t pages;
	const uint64_t *flags;
	const uint64_t *mapcounts; /* /proc/kpagecount; NULL: not read */
	uint64_t head; /* flags of that of the folio which the first page is a tail of, 0: none is known */
	bool exact;    /* flags have the bits of our own, and tell more than flags and map counts do */
};

/* True if the map counts tell more of these pages than their flags; reading them costs as much again. */
bool page_kinds_need_mapcounts(const struct page_span *span);

void page_kinds_count(struct page_counts *counts, const struct page_span *span);
/* Flags of the head of the folio that the last page is of and that may go on behind it; 0: none. */
uint64_t page_span_open_head(const struct page_span *span);

/* lru.c: lets the kernel put pages on their lists that wait for it, as far as it can be asked to. */
void lru_drain(void);

/* mappers.c */
/*
 * As memhp_mappers_read(), but for a hint: all of it takes @limit_ms at most and ends with @enough
 * mappers. NULL: none found.
 */
struct memhp_mappers *mappers_find(struct memhp_ctx *ctx, uint64_t pfn, uint64_t limit_ms, size_t enough);

/* page.c */
/*
 * Pages that are no RAM get the flag NOPAGE. Kernels before 6.15 or so give it by themselves, to those of
 * offline blocks, too; later ones say nothing of either (kpageflags_read() in fs/proc/page.c).
 */
void page_mark_holes(const struct iomem *iomem, uint64_t first_pfn, uint64_t *flags, size_t count);
/* Of one page of @block (NULL: of none); NOPAGE where there is none, or where it cannot be seen. */
int page_read_flags(struct memhp_ctx *ctx, const struct memhp_block *block, uint64_t pfn, uint64_t *flags);
/* By @flags of KPF_ bits: 1, 0, or -1 where the page cannot be seen. */
int page_poisoned(uint64_t flags);

#endif
