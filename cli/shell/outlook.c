/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a block can or cannot go offline, in words that an administrator can act on. */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"

static const struct {
	const char *what; /* after the number of pages, or alone where it is not about pages */
	const char *next;
} words[MEMHP_CAUSE_COUNT] = {
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

static void append_limit(const struct memhp_finding *finding, char *buffer, size_t size)
{
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
	text_append(buffer, size, "%s", words[finding->cause].what);
	append_limit(finding, buffer, size);
	if (finding->first_pfn != UINT64_MAX)
		text_append(buffer, size, "; the first is pfn:0x%" PRIx64 " (%s)", finding->first_pfn,
			    page_flags_text(finding->flags, flags));
	return buffer;
}

const char *finding_next(enum memhp_cause cause)
{
	if (cause == MEMHP_CAUSE_UNREAD && geteuid() == 0)
		return "just try it; only a kernel with CONFIG_PROC_PAGE_MONITOR shows them";
	return words[cause].next;
}

const char *verdict_color(enum memhp_verdict verdict)
{
	switch (verdict) {
	case MEMHP_VERDICT_YES:
		return "\033[32m";
	case MEMHP_VERDICT_NO:
		return "\033[31m";
	default:
		return "\033[33m";
	}
}

const char *kinds_text(const struct memhp_outlook *outlook, char *buffer, size_t size)
{
	buffer[0] = '\0';
	for (int i = 0; i < MEMHP_KIND_COUNT; i++) {
		enum memhp_kind kind = (enum memhp_kind)i;
		uint64_t pages = memhp_outlook_get_pages(outlook, kind);
		if (pages)
			text_append(buffer, size, "%s%" PRIu64 " %s", *buffer ? ", " : "", pages,
				    memhp_kind_name(kind));
	}
	return buffer;
}
