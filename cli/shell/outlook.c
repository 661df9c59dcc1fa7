/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a block can or cannot go offline, in words that an administrator can act on, and its pages. */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/json.h"
#include "shell/macros.h"
#include "shell/outlook.h"
#include "shell/text.h"

static const struct {
	const char *what; /* after the number of pages, or alone where it is not about pages */
	const char *next;
} words[MEMHP_CAUSE_COUNT] = {
	[MEMHP_CAUSE_NO_HOTREMOVE] = { "this kernel cannot take memory offline (CONFIG_MEMORY_HOTREMOVE)",
				       "use a kernel that is built with it" },
	[MEMHP_CAUSE_HOLES] = { "not all of it is memory: it has holes, and can never go offline",
				"choose another block" },
	[MEMHP_CAUSE_ZONES] = { "it spans zones or nodes and can never go offline", "choose another block" },
	[MEMHP_CAUSE_RESERVED] = { "reserved since boot or for the memory map, never to be moved",
				   "choose another block" },
	[MEMHP_CAUSE_SLAB] = { "of slab, the kernel's own objects: they cannot be moved",
			       "choose another block, or drop caches (vm.drop_caches=2) and look again" },
	[MEMHP_CAUSE_PAGE_TABLE] = { "of page tables: they cannot be moved",
				     "choose another block, or end the processes with large sparse mappings "
				     "and look again" },
	[MEMHP_CAUSE_KERNEL] = { "of other kernel memory, which cannot be moved", "choose another block" },
	[MEMHP_CAUSE_HUGETLB_RESERVED] = { "of free huge pages, more than the pool can do without: processes "
					   "have reserved them",
					   "enlarge the pool (vm.nr_hugepages), or end these processes" },
	[MEMHP_CAUSE_PINNED] = { "that something seems to hold (a pipe, a device, a journal): an attempt may "
				 "wait until its time limit",
				 "choose another block, or try with a short --timeout; freezing and thawing "
				 "the file systems (fsfreeze) lets their metadata go" },
	[MEMHP_CAUSE_HUGETLB_SPARE] = { "of huge pages in use, more than the pool can spare when they "
					"migrate",
					"enlarge the pool (vm.nr_hugepages), or just try it" },
	[MEMHP_CAUSE_NO_ROOM] = { "to migrate, but not that much room where they would go",
				  "free memory there first" },
	[MEMHP_CAUSE_PER_CPU] = { "without any flag: free on per-cpu lists, or the kernel's",
				  "just try it: the kernel says at once if it cannot" },
	[MEMHP_CAUSE_UNINITIALISED] = { "without any flag, the whole block: perhaps not initialised yet",
					"just try it" },
	[MEMHP_CAUSE_GIGANTIC] = { "of gigantic huge pages: whether they go was not measured",
				   "free them (nr_hugepages of their size), or try with a short --timeout" },
	[MEMHP_CAUSE_CMA] = { "its zone has contiguous memory areas (CMA), and nothing shows where",
			      "just try it: the kernel says at once if it cannot" },
	[MEMHP_CAUSE_MEMMAP_ON_MEMORY] = { "at its start, reserved: its own memory map, by the looks of it",
					   "just try it: the kernel says at once if it cannot" },
	[MEMHP_CAUSE_GOING_OFFLINE] = { "somebody is taking it offline", "wait for that attempt" },
	[MEMHP_CAUSE_UNREAD] = { "whose flags (/proc/kpageflags) cannot be read",
				 "as root, memhp explain tells more" },
	[MEMHP_CAUSE_POISONED] = { "poisoned: once it is offline, Linux 6.12 and later will not bring it "
				   "back online",
				   NULL },
	[MEMHP_CAUSE_HUGETLB_POOL] = { "of free huge pages: the pool will be that much smaller", NULL },
	[MEMHP_CAUSE_MOVABLE] = { "to migrate", NULL },
	[MEMHP_CAUSE_FREE] = { "nothing to migrate", NULL },
};

/* Where struct page tells what flags leave open. */
static const char *what_of(const struct memhp_finding *finding)
{
	if (finding->verdict == MEMHP_VERDICT_NO && finding->cause == MEMHP_CAUSE_PINNED)
		return "that something refers to (a pipe, a device, a journal): they stay while it does";
	if (finding->verdict == MEMHP_VERDICT_NO && finding->cause == MEMHP_CAUSE_CMA)
		return "of a contiguous memory area (CMA): its pageblocks cannot be isolated";
	return words[finding->cause].what;
}

static void append_limit(const struct memhp_finding *finding, char *buffer, size_t size)
{
	if (finding->limit == UINT64_MAX)
		return;
	if (finding->cause == MEMHP_CAUSE_NO_ROOM)
		text_append(buffer, size, " (%" PRIu64 " pages)", finding->limit);
	else if (finding->cause == MEMHP_CAUSE_HUGETLB_RESERVED ||
		 finding->cause == MEMHP_CAUSE_HUGETLB_SPARE)
		text_append(buffer, size, " (it can spare %" PRIu64 " pages)", finding->limit);
}

const char *finding_text(const struct memhp_finding *finding, char *buffer, size_t size)
{
	char flags[FLAGS_TEXT_SIZE];

	buffer[0] = '\0';
	if (finding->pages)
		text_append(buffer, size, "%" PRIu64 " page%s ", finding->pages,
			    finding->pages == 1 ? "" : "s");
	bool not_pages = finding->cause == MEMHP_CAUSE_UNREAD && finding->pages == 0;
	text_append(buffer, size, "%s",
		    not_pages ? "what this rests on beside its pages could not be read" : what_of(finding));
	append_limit(finding, buffer, size);
	if (finding->first_pfn != UINT64_MAX)
		text_append(buffer, size, "; the first is pfn:0x%" PRIx64 " (%s)", finding->first_pfn,
			    page_flags_text(finding->flags, flags));
	return buffer;
}

void finding_add(struct memhp_finding *sum, const struct memhp_finding *more)
{
	sum->pages += more->pages;
	if (sum->limit != more->limit)
		sum->limit = UINT64_MAX;
}

const char *finding_next(enum memhp_cause cause)
{
	if (cause == MEMHP_CAUSE_UNREAD && geteuid() == 0)
		return "just try it; only a kernel with CONFIG_PROC_PAGE_MONITOR shows them";
	return words[cause].next;
}

const char *tally_text(const uint64_t verdicts[MEMHP_VERDICT_COUNT], uint64_t block_size, char *buffer,
		       size_t size)
{
	char yes[24], no[24], unsure[24];

	size_format(verdicts[MEMHP_VERDICT_YES] * block_size, yes, sizeof(yes));
	size_format(verdicts[MEMHP_VERDICT_NO] * block_size, no, sizeof(no));
	size_format(verdicts[MEMHP_VERDICT_UNSURE] * block_size, unsure, sizeof(unsure));
	snprintf(buffer, size, "%s can go offline, %s cannot, %s unsure", yes, no, unsure);
	return buffer;
}

static uint64_t sum(const struct memhp_outlook *outlook, const enum memhp_kind *kinds, size_t count)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < count; i++)
		pages += memhp_outlook_get_pages(outlook, kinds[i]);
	return pages;
}

uint64_t outlook_unmovable(const struct memhp_outlook *outlook)
{
	static const enum memhp_kind kinds[] = { MEMHP_KIND_SLAB, MEMHP_KIND_PAGE_TABLE, MEMHP_KIND_RESERVED,
						 MEMHP_KIND_KERNEL };
	return sum(outlook, kinds, ARRAY_SIZE(kinds));
}

json_object *pages_json(const struct memhp_outlook *outlook)
{
	static const enum memhp_kind movable[] = { MEMHP_KIND_MOVABLE, MEMHP_KIND_PINNED },
				     hugetlb[] = { MEMHP_KIND_HUGETLB, MEMHP_KIND_HUGETLB_FREE };

	if (!memhp_outlook_has_pages(outlook))
		return NULL;
	json_object *object = json_new_object();
	json_add_u64(object, "free", memhp_outlook_get_pages(outlook, MEMHP_KIND_FREE));
	json_add_u64(object, "movable", sum(outlook, movable, ARRAY_SIZE(movable)));
	json_add_u64(object, "hugetlb", sum(outlook, hugetlb, ARRAY_SIZE(hugetlb)));
	json_add_u64(object, "unmovable", outlook_unmovable(outlook));
	json_add_u64(object, "hole", memhp_outlook_get_pages(outlook, MEMHP_KIND_HOLE));
	json_add_u64(object, "poisoned", memhp_outlook_get_pages(outlook, MEMHP_KIND_POISONED));
	json_add_u64(object, "offline", memhp_outlook_get_pages(outlook, MEMHP_KIND_OFFLINE));
	json_add_u64(object, "blank", memhp_outlook_get_pages(outlook, MEMHP_KIND_BLANK));
	return object;
}
