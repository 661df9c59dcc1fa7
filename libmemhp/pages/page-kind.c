/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a page is to an offline, by its KPF_ flags. The kernel asks more of it than user space can see
 * (has_unmovable_pages() in mm/page_isolation.c, do_migrate_range() in mm/memory_hotplug.c): references
 * above all, which only show where nobody maps the page.
 */
#include "pages/pages.h"

/* Bits that say nothing of what a page is used for: idle and soft-dirty tracking, the architecture's own. */
#define KPF_MEANINGLESS (KPF_IDLE | KPF_ARCH | KPF_ARCH_2 | KPF_ARCH_3 | KPF_SOFTDIRTY | KPF_UNCACHED)

/* Anonymous memory that nobody maps, and that waits for no swap, stays only for who refers to it otherwise:
 * a pipe it was given to, a device that reads or writes it. */
static bool may_be_bare(uint64_t flags)
{
	return (flags & (KPF_LRU | KPF_ANON)) == (KPF_LRU | KPF_ANON) &&
	       !(flags & (KPF_SWAPCACHE | KPF_HUGE | KPF_COMPOUND_TAIL));
}

/* A file system's metadata in the page cache of its block device, held by buffer heads and the journal. */
static bool is_metadata(uint64_t flags)
{
	return (flags & (KPF_LRU | KPF_PRIVATE)) == (KPF_LRU | KPF_PRIVATE) &&
	       !(flags & (KPF_UPTODATE | KPF_ANON | KPF_MMAP | KPF_SWAPBACKED));
}

static enum memhp_kind kind_of(uint64_t flags, bool exact)
{
	static const struct {
		uint64_t flag;
		enum memhp_kind kind;
	} plain[] = {
		{ KPF_NOPAGE, MEMHP_KIND_HOLE },	{ KPF_RESERVED, MEMHP_KIND_RESERVED },
		{ KPF_HWPOISON, MEMHP_KIND_POISONED },	{ KPF_BUDDY, MEMHP_KIND_FREE },
		{ KPF_OFFLINE, MEMHP_KIND_OFFLINE },	{ KPF_SLAB, MEMHP_KIND_SLAB },
		{ KPF_PGTABLE, MEMHP_KIND_PAGE_TABLE }, { KPF_ZERO_PAGE, MEMHP_KIND_KERNEL },
	};
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		if (flags & plain[i].flag)
			return plain[i].kind;
	}
	if (flags & (KPF_HELD | KPF_KERNEL | KPF_MOVABLE_OPS))
		return flags & KPF_HELD	    ? MEMHP_KIND_PINNED
		       : flags & KPF_KERNEL ? MEMHP_KIND_KERNEL
					    : MEMHP_KIND_MOVABLE;
	if (flags & KPF_HUGE) /* free in the pool: it has no content that could be up to date */
		return flags & KPF_UPTODATE ? MEMHP_KIND_HUGETLB : MEMHP_KIND_HUGETLB_FREE;
	if (flags & (KPF_LRU | KPF_THP))
		return !exact && is_metadata(flags) ? MEMHP_KIND_PINNED : MEMHP_KIND_MOVABLE;
	if (flags & KPF_COMPOUND)
		return MEMHP_KIND_KERNEL;
	/* on its way to the LRU lists, in a batch that an offline empties first */
	if (flags & (KPF_ANON | KPF_MMAP | KPF_SWAPBACKED | KPF_UPTODATE))
		return MEMHP_KIND_MOVABLE;
	return flags & ~KPF_MEANINGLESS ? MEMHP_KIND_KERNEL : MEMHP_KIND_BLANK;
}

/* As far as @pages reach; @head is its head's flags. */
static size_t folio_pages(uint64_t head, const uint64_t *flags, size_t pages)
{
	size_t length = 1;
	while (length < pages && (head & KPF_COMPOUND_HEAD) && (flags[length] & KPF_COMPOUND_TAIL))
		length++;
	return length;
}

static bool is_mapped(const uint64_t *mapcounts, size_t pages)
{
	for (size_t i = 0; i < pages; i++) {
		if (mapcounts[i])
			return true;
	}
	return false;
}

static void add(struct page_counts *counts, enum memhp_kind kind, uint32_t offset, uint64_t flags,
		size_t pages)
{
	struct kind_count *count = &counts->kinds[kind];
	if (count->pages == 0 || offset < count->first) {
		count->first = offset;
		count->flags = flags & ~KPF_OWN;
	}
	count->pages += (uint32_t)pages;
}

bool page_kinds_need_mapcounts(const struct page_span *span)
{
	for (size_t i = 0; i < span->pages; i++) {
		if (may_be_bare(span->flags[i]))
			return true;
	}
	return false;
}

/* A page that has its flags and is not free, but that nobody maps, is held by something else. */
static enum memhp_kind folio_kind(const struct page_span *span, uint64_t head, size_t i, size_t length)
{
	if (span->mapcounts && may_be_bare(head) && !is_mapped(span->mapcounts + i, length))
		return MEMHP_KIND_PINNED;
	return kind_of(head, span->exact);
}

static uint64_t head_at(const struct page_span *span, size_t i)
{
	return i == 0 && span->head && (span->flags[0] & KPF_COMPOUND_TAIL) ? span->head : span->flags[i];
}

/* A page counts as the head of its folio does. */
void page_kinds_count(struct page_counts *counts, const struct page_span *span)
{
	for (size_t i = 0, length; i < span->pages; i += length) {
		uint64_t head = head_at(span, i);
		length = folio_pages(head, span->flags + i, span->pages - i);
		enum memhp_kind kind = folio_kind(span, head, i, length);
		add(counts, kind, span->offset + (uint32_t)i, head, length);
		counts->past_end += (head & KPF_PAST_END) != 0;
		counts->huge_heads += (span->flags[i] & KPF_HUGE) && (span->flags[i] & KPF_COMPOUND_HEAD);
		if (kind == MEMHP_KIND_RESERVED)
			counts->last_reserved = span->offset + (uint32_t)i;
	}
	counts->total += (uint32_t)span->pages;
}

uint64_t page_span_open_head(const struct page_span *span)
{
	size_t i = span->pages - 1;

	while (i > 0 && (span->flags[i] & KPF_COMPOUND_TAIL))
		i--;
	uint64_t head = head_at(span, i);
	return head & KPF_COMPOUND_HEAD ? head : 0;
}
