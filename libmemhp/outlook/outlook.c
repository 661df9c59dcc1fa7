/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Can a block go offline? A pure function of what was read, in the order of the kernel's own checks
 * (offline_pages() in mm/memory_hotplug.c). What no kernel was measured to do is unsure.
 */
#include "outlook/outlook.h"

struct judge {
	struct memhp_outlook *outlook;
	uint64_t first_pfn;
};

static const enum memhp_verdict speaks_for[MEMHP_CAUSE_COUNT] = {
	[MEMHP_CAUSE_NO_HOTREMOVE] = MEMHP_VERDICT_NO,
	[MEMHP_CAUSE_HOLES] = MEMHP_VERDICT_NO,
	[MEMHP_CAUSE_ZONES] = MEMHP_VERDICT_NO,
	[MEMHP_CAUSE_RESERVED] = MEMHP_VERDICT_NO,
	[MEMHP_CAUSE_SLAB] = MEMHP_VERDICT_NO,
	[MEMHP_CAUSE_PAGE_TABLE] = MEMHP_VERDICT_NO,
	[MEMHP_CAUSE_KERNEL] = MEMHP_VERDICT_NO,
	[MEMHP_CAUSE_HUGETLB_RESERVED] = MEMHP_VERDICT_NO,
	[MEMHP_CAUSE_PINNED] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_HUGETLB_SPARE] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_NO_ROOM] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_PER_CPU] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_UNINITIALISED] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_GIGANTIC] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_CMA] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_MEMMAP_ON_MEMORY] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_GOING_OFFLINE] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_UNREAD] = MEMHP_VERDICT_UNSURE,
	[MEMHP_CAUSE_POISONED] = MEMHP_VERDICT_YES,
	[MEMHP_CAUSE_HUGETLB_POOL] = MEMHP_VERDICT_YES,
	[MEMHP_CAUSE_MOVABLE] = MEMHP_VERDICT_YES,
	[MEMHP_CAUSE_FREE] = MEMHP_VERDICT_YES,
};

static uint64_t pages_of(const struct memhp_outlook *outlook, enum memhp_kind kind)
{
	return outlook->counts.kinds[kind].pages;
}

/* What flags alone leave open is known where struct page was read, and read twice. */
static bool is_known(const struct memhp_outlook *outlook, enum memhp_cause cause)
{
	return (cause == MEMHP_CAUSE_PINNED && outlook->counts.exact && outlook->depth == OUTLOOK_READ) ||
	       (cause == MEMHP_CAUSE_CMA && outlook->counts.pageblocks_known);
}

/* Kept in the order of enum memhp_cause, of which each comes once. */
static void find(struct judge *judge, enum memhp_cause cause, const struct memhp_finding *about)
{
	struct memhp_outlook *outlook = judge->outlook;
	size_t at = outlook->finding_count;

	while (at > 0 && outlook->findings[at - 1].cause > cause)
		at--;
	if (at == ARRAY_SIZE(outlook->findings) || (at > 0 && outlook->findings[at - 1].cause == cause))
		return;
	if (outlook->finding_count < ARRAY_SIZE(outlook->findings))
		outlook->finding_count++;
	for (size_t i = outlook->finding_count - 1U; i > at; i--)
		outlook->findings[i] = outlook->findings[i - 1];
	struct memhp_finding finding = { .first_pfn = UINT64_MAX };
	if (about)
		finding = *about;
	finding.cause = cause;
	finding.verdict = is_known(outlook, cause) ? MEMHP_VERDICT_NO : speaks_for[cause];
	outlook->findings[at] = finding;
}

static void find_state(struct judge *judge, enum memhp_cause cause)
{
	find(judge, cause, NULL);
}

static void find_pages(struct judge *judge, enum memhp_cause cause, enum memhp_kind kind, uint64_t limit)
{
	const struct kind_count *count = &judge->outlook->counts.kinds[kind];
	struct memhp_finding about = {
		.pages = count->pages,
		.first_pfn = judge->first_pfn + count->first,
		.flags = count->flags,
		.limit = limit,
	};
	if (count->pages)
		find(judge, cause, &about);
}

/* memmap_on_memory: a block's first pages hold the kernel's map of it, and are its only reserved ones. */
static bool is_own_memmap(const struct page_counts *counts)
{
	const struct kind_count *reserved = &counts->kinds[MEMHP_KIND_RESERVED];
	return reserved->pages && reserved->first == 0 && counts->last_reserved + 1 == reserved->pages;
}

static void judge_reserved(struct judge *judge, const struct surroundings *around)
{
	bool own = around->memmap_on_memory && is_own_memmap(&judge->outlook->counts);
	find_pages(judge, own ? MEMHP_CAUSE_MEMMAP_ON_MEMORY : MEMHP_CAUSE_RESERVED, MEMHP_KIND_RESERVED, 0);
}

/* Pages without a flag are free on per-cpu lists as far as these are long; the rest is the kernel's. */
static void judge_kernel_pages(struct judge *judge, const struct surroundings *around)
{
	const struct page_counts *counts = &judge->outlook->counts;
	uint32_t blank = counts->kinds[MEMHP_KIND_BLANK].pages;

	find_pages(judge, MEMHP_CAUSE_SLAB, MEMHP_KIND_SLAB, 0);
	find_pages(judge, MEMHP_CAUSE_PAGE_TABLE, MEMHP_KIND_PAGE_TABLE, 0);
	if (counts->kinds[MEMHP_KIND_KERNEL].pages || counts->exact)
		find_pages(judge, MEMHP_CAUSE_KERNEL, MEMHP_KIND_KERNEL, 0);
	else
		find_pages(judge, blank > around->per_cpu ? MEMHP_CAUSE_KERNEL : MEMHP_CAUSE_PER_CPU,
			   MEMHP_KIND_BLANK, around->per_cpu);
}

/* In pages: what one page of page table entries maps, 2 MiB on x86. Larger ones are gigantic. */
static uint64_t largest_hugetlb(void)
{
	return memhp_page_size() / sizeof(uint64_t);
}

/*
 * Free ones leave the pool, unless they are promised to processes. So do used ones that migrate into free
 * pages of the pool; where the pool has none to spare they migrate into new pages, and are just freed.
 */
static void judge_hugetlb(struct judge *judge, const struct surroundings *around)
{
	uint64_t used = pages_of(judge->outlook, MEMHP_KIND_HUGETLB);
	uint64_t free = pages_of(judge->outlook, MEMHP_KIND_HUGETLB_FREE), spare = around->pool_spare;

	if (used + free > judge->outlook->counts.huge_heads * largest_hugetlb()) {
		find_pages(judge, MEMHP_CAUSE_GIGANTIC, free ? MEMHP_KIND_HUGETLB_FREE : MEMHP_KIND_HUGETLB,
			   0);
		return;
	}
	if (spare && used && used + free > spare)
		find_pages(judge, MEMHP_CAUSE_HUGETLB_SPARE, MEMHP_KIND_HUGETLB, spare);
	find_pages(judge, free > spare ? MEMHP_CAUSE_HUGETLB_RESERVED : MEMHP_CAUSE_HUGETLB_POOL,
		   MEMHP_KIND_HUGETLB_FREE, spare);
}

static void judge_moves(struct judge *judge, const struct surroundings *around)
{
	struct memhp_finding about = {
		.pages = memhp_outlook_get_moves(judge->outlook),
		.first_pfn = UINT64_MAX,
		.limit = around->room,
	};
	if (about.pages)
		find(judge, about.pages > around->room ? MEMHP_CAUSE_NO_ROOM : MEMHP_CAUSE_MOVABLE, &about);
}

/*
 * Where /proc/iomem does not tell, a page that the kernel says there is none of (KPF_NOPAGE) is a hole, if
 * others of the block are there. Else it may have gone offline meanwhile, or a copy of the file ends too
 * early.
 */
static void judge_holes(struct judge *judge, const struct surroundings *around)
{
	const struct page_counts *counts = &judge->outlook->counts;
	uint32_t holes = counts->kinds[MEMHP_KIND_HOLE].pages;

	if (around->has_holes < 0 && holes > counts->past_end && holes < counts->total)
		find_state(judge, MEMHP_CAUSE_HOLES);
	else if (around->has_holes <= 0)
		find_pages(judge, MEMHP_CAUSE_UNREAD, MEMHP_KIND_HOLE, 0);
}

static void judge_pages(struct judge *judge, const struct memhp_block *block,
			const struct surroundings *around)
{
	judge_reserved(judge, around);
	/*
	 * In zone Movable the kernel takes for granted that pages can move, elsewhere it checks. Which zone a
	 * block that is going offline is in cannot be read: valid_zones lists where it may go then.
	 */
	if (pages_of(judge->outlook, MEMHP_KIND_BLANK) == judge->outlook->counts.total)
		find_pages(judge, MEMHP_CAUSE_UNINITIALISED, MEMHP_KIND_BLANK, 0);
	else if (judge->outlook->counts.exact || (memhp_block_get_zone(block) != MEMHP_ZONE_MOVABLE &&
						  memhp_block_get_state(block) != MEMHP_STATE_GOING_OFFLINE))
		judge_kernel_pages(judge, around);
	judge_holes(judge, around);
	judge_hugetlb(judge, around);
	find_pages(judge, MEMHP_CAUSE_PINNED, MEMHP_KIND_PINNED, 0);
	find_pages(judge, MEMHP_CAUSE_POISONED, MEMHP_KIND_POISONED, 0);
	judge_moves(judge, around);
}

/* Isolation refuses a pageblock of a contiguous memory area, used or not (has_unmovable_pages()). */
static void judge_pageblocks(struct judge *judge, const struct surroundings *around)
{
	const struct page_counts *counts = &judge->outlook->counts;
	struct memhp_finding about = { .pages = counts->pageblocks.cma, .first_pfn = UINT64_MAX };

	if (counts->pageblocks_known ? counts->pageblocks.cma > 0 : around->has_cma)
		find(judge, MEMHP_CAUSE_CMA, &about);
}

bool outlook_can_see(const struct memhp_block *block)
{
	return block->state == MEMHP_STATE_ONLINE || block->state == MEMHP_STATE_GOING_OFFLINE;
}

bool outlook_is_spoiled(const struct memhp_outlook *outlook, const struct memhp_block *block)
{
	/* by struct page a second look may find that what held them is gone */
	bool spoiled = pages_of(outlook, MEMHP_KIND_RESERVED) ||
		       (!outlook->counts.exact && pages_of(outlook, MEMHP_KIND_PINNED));

	if (memhp_block_get_zone(block) == MEMHP_ZONE_MOVABLE)
		return spoiled;
	return spoiled || pages_of(outlook, MEMHP_KIND_SLAB) || pages_of(outlook, MEMHP_KIND_PAGE_TABLE) ||
	       pages_of(outlook, MEMHP_KIND_KERNEL) ||
	       (!outlook->counts.exact && pages_of(outlook, MEMHP_KIND_BLANK));
}

void outlook_judge(struct memhp_outlook *outlook, const struct memhp_block *block, uint64_t first_pfn,
		   const struct surroundings *around)
{
	struct judge judge = { outlook, first_pfn };

	outlook->finding_count = 0;
	outlook->verdict = MEMHP_VERDICT_UNKNOWN;
	if (!outlook_can_see(block))
		return;
	if (memhp_block_get_state(block) == MEMHP_STATE_GOING_OFFLINE)
		find_state(&judge, MEMHP_CAUSE_GOING_OFFLINE);
	if (around->no_hotremove)
		find_state(&judge, MEMHP_CAUSE_NO_HOTREMOVE);
	if (around->has_holes > 0)
		find_state(&judge, MEMHP_CAUSE_HOLES);
	if (memhp_block_get_zone(block) == MEMHP_ZONE_NONE)
		find_state(&judge, MEMHP_CAUSE_ZONES);
	judge_pageblocks(&judge, around);
	if (outlook->depth == OUTLOOK_UNREAD)
		find(&judge, MEMHP_CAUSE_UNREAD,
		     &(struct memhp_finding){ .pages = around->pages, .first_pfn = UINT64_MAX });
	else
		judge_pages(&judge, block, around);
	if (around->unread)
		find_state(&judge, MEMHP_CAUSE_UNREAD);
	if (outlook->finding_count == 0)
		find_state(&judge, MEMHP_CAUSE_FREE);
	outlook->verdict = (uint8_t)outlook->findings[0].verdict;
	if (outlook->depth == OUTLOOK_SAMPLED && outlook->verdict != MEMHP_VERDICT_NO)
		outlook->verdict = MEMHP_VERDICT_UNKNOWN;
}

MEMHP_EXPORT enum memhp_verdict memhp_outlook_get_verdict(const struct memhp_outlook *outlook)
{
	return (enum memhp_verdict)outlook->verdict;
}

MEMHP_EXPORT bool memhp_outlook_has_pages(const struct memhp_outlook *outlook)
{
	return outlook->depth == OUTLOOK_READ;
}

MEMHP_EXPORT uint64_t memhp_outlook_get_pages(const struct memhp_outlook *outlook, enum memhp_kind kind)
{
	return (unsigned int)kind < MEMHP_KIND_COUNT ? pages_of(outlook, kind) : 0;
}

MEMHP_EXPORT uint64_t memhp_outlook_get_moves(const struct memhp_outlook *outlook)
{
	return pages_of(outlook, MEMHP_KIND_MOVABLE) + pages_of(outlook, MEMHP_KIND_HUGETLB) +
	       pages_of(outlook, MEMHP_KIND_PINNED);
}

MEMHP_EXPORT size_t memhp_outlook_get_finding_count(const struct memhp_outlook *outlook)
{
	return outlook->finding_count;
}

MEMHP_EXPORT const struct memhp_finding *memhp_outlook_get_finding(const struct memhp_outlook *outlook,
								   size_t index)
{
	return index < outlook->finding_count ? &outlook->findings[index] : NULL;
}
