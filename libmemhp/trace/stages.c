/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's path through a change, function by function: mm/memory_hotplug.c, mm/page_isolation.c,
 * mm/migrate.c, drivers/base/memory.c. What a kernel lacks, or its compiler made part of another
 * function, is left out there.
 */
#include <string.h>

#include "trace/stages.h"
#include "trace/trace.h"

#define OFFLINE MEMHP_TRACE_OFFLINE
#define ONLINE MEMHP_TRACE_ONLINE
#define ADD MEMHP_TRACE_ADD
#define REMOVE MEMHP_TRACE_REMOVE
#define NONE STAGE_RETURNS_NOTHING
#define ERRNO STAGE_RETURNS_ERRNO
#define ROOT STAGE_ROOT
#define LOOPS STAGE_LOOPS
#define SUFFIXED STAGE_SUFFIXED

const struct stage trace_stages[] = {
	/* the roots */
	{ "take the block offline", "memory_subsys_offline", OFFLINE, ERRNO, ROOT | LOOPS },
	{ "bring the block online", "memory_subsys_online", ONLINE | ADD, ERRNO, ROOT | LOOPS },
	{ "add memory", "add_memory_resource", ADD, ERRNO, ROOT },
	{ "remove memory", "try_remove_memory", REMOVE, ERRNO, ROOT },
	/* offline */
	{ "take its pages offline", "offline_pages", OFFLINE, ERRNO, 0 },
	{ "look for holes", "walk_system_ram_range", OFFLINE, ERRNO, 0 },
	{ "look that it is of one zone", "test_pages_in_a_zone", OFFLINE, NONE, 0 }, /* before 5.18 */
	{ "stop per-cpu page lists", "zone_pcp_disable", OFFLINE, NONE, 0 },
	{ "stop per-cpu LRU batches", "lru_cache_disable", OFFLINE, NONE, 0 },
	{ "isolate", "start_isolate_page_range", OFFLINE, ERRNO, 0 },
	{ "isolate a pageblock at its edge", "isolate_single_pageblock", OFFLINE, ERRNO, LOOPS | SUFFIXED },
	{ "notify", "memory_notify", OFFLINE | ONLINE | ADD, STAGE_RETURNS_NOTIFIED, 0 },
	{ "notify of the node", "node_notify", OFFLINE | ONLINE | ADD, STAGE_RETURNS_NOTIFIED, 0 },
	{ "migrate, one pass", "do_migrate_range", OFFLINE, NONE, LOOPS | SUFFIXED },
	{ "migrate pages", "migrate_pages", OFFLINE, STAGE_RETURNS_PAGES, LOOPS },
	{ "dissolve free huge pages", "dissolve_free_huge_pages", OFFLINE, ERRNO, LOOPS },
	{ "dissolve free huge pages", "dissolve_free_hugetlb_folios", OFFLINE, ERRNO, LOOPS },
	{ "test that all is isolated", "test_pages_isolated", OFFLINE, ERRNO, LOOPS },
	{ "take the free pages out", "__offline_isolated_pages", OFFLINE, NONE, 0 },
	{ "undo the isolation", "undo_isolate_page_range", OFFLINE | ONLINE | ADD, NONE, 0 },
	{ "start per-cpu page lists", "zone_pcp_enable", OFFLINE, NONE, 0 },
	{ "stop kswapd", "kswapd_stop", OFFLINE, NONE, 0 },
	{ "stop kcompactd", "kcompactd_stop", OFFLINE, NONE, 0 },
	{ "shrink the zone", "remove_pfn_range_from_zone", OFFLINE, NONE, 0 },
	/* online */
	{ "bring its pages online", "online_pages", ONLINE | ADD, ERRNO, 0 },
	{ "grow the zone", "move_pfn_range_to_zone", ONLINE | ADD, NONE, 0 },
	{ "rebuild the zone lists", "build_all_zonelists", OFFLINE | ONLINE | ADD, NONE, 0 },
	{ "start kswapd", "kswapd_run", ONLINE | ADD, NONE, 0 },
	{ "start kcompactd", "kcompactd_run", ONLINE | ADD, NONE, 0 },
	/* add and remove */
	{ "map it", "arch_add_memory", ADD, ERRNO, LOOPS },
	{ "make its memory blocks", "create_memory_block_devices", ADD, ERRNO, LOOPS },
	{ "take its memory blocks away", "remove_memory_block_devices", REMOVE, NONE, LOOPS },
	{ "unmap it", "arch_remove_memory", REMOVE, NONE, LOOPS },
};
const size_t trace_stage_count = ARRAY_SIZE(trace_stages);

const char *const stage_suffixes[] = { "", ".isra.0", ".constprop.0", ".constprop.0.isra.0" };
const size_t stage_suffix_count = ARRAY_SIZE(stage_suffixes);

bool trace_is_function(const char *symbol, const char *function)
{
	size_t length = strlen(function);

	for (size_t i = 0; i < stage_suffix_count; i++) {
		if (strncmp(symbol, function, length) == 0 && strcmp(symbol + length, stage_suffixes[i]) == 0)
			return true;
	}
	return false;
}
