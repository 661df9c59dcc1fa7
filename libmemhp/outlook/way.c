/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The kernel's way through an offline, told beforehand: at which of its stages what is known of a block
 * decides. memory_block_offline() in drivers/base/memory.c, offline_pages() in mm/memory_hotplug.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "outlook/outlook.h"
#include "trace/trace.h"

#define BIT(cause) (1U << MEMHP_CAUSE_##cause)

static const struct {
	const char *name, *functions[2]; /* the newer one first */
	unsigned int depth, causes;
} stages[] = {
	{ "take the block offline",
	  { "memory_subsys_offline" },
	  0,
	  BIT(NO_HOTREMOVE) | BIT(ZONES) | BIT(GOING_OFFLINE) },
	{ "take its pages offline", { "offline_pages" }, 1, 0 },
	{ "look for holes", { "walk_system_ram_range" }, 2, BIT(HOLES) },
	{ "stop per-cpu page lists", { "zone_pcp_disable" }, 2, 0 },
	{ "stop per-cpu LRU batches", { "lru_cache_disable" }, 2, 0 },
	{ "isolate",
	  { "start_isolate_page_range" },
	  2,
	  BIT(RESERVED) | BIT(SLAB) | BIT(PAGE_TABLE) | BIT(KERNEL) | BIT(PER_CPU) | BIT(UNINITIALISED) |
		  BIT(CMA) | BIT(MEMMAP_ON_MEMORY) | BIT(UNREAD) },
	{ "notify: going offline", { "memory_notify" }, 2, 0 },
	{ "migrate, one pass",
	  { "do_migrate_range" },
	  2,
	  BIT(PINNED) | BIT(NO_ROOM) | BIT(GIGANTIC) | BIT(MOVABLE) | BIT(FREE) | BIT(UNREAD) },
	{ "migrate pages", { "migrate_pages" }, 3, 0 },
	{ "dissolve free huge pages",
	  { "dissolve_free_hugetlb_folios", "dissolve_free_huge_pages" },
	  2,
	  BIT(HUGETLB_RESERVED) | BIT(HUGETLB_SPARE) | BIT(HUGETLB_POOL) | BIT(UNREAD) },
	{ "test that all is isolated", { "test_pages_isolated" }, 2, 0 },
	{ "take the free pages out", { "__offline_isolated_pages" }, 2, BIT(POISONED) | BIT(UNREAD) },
	{ "start per-cpu page lists", { "zone_pcp_enable" }, 2, 0 },
	{ "notify: offline", { "memory_notify" }, 2, 0 },
	{ "shrink the zone", { "remove_pfn_range_from_zone" }, 2, 0 },
};

struct memhp_way {
	struct memhp_way_stage stages[ARRAY_SIZE(stages)];
};

static void take_symbol(struct memhp_way *way, const char *symbol)
{
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(stages[i].functions) && stages[i].functions[j]; j++) {
			if (trace_is_function(symbol, stages[i].functions[j]))
				snprintf(way->stages[i].function, sizeof(way->stages[i].function), "%s",
					 symbol);
		}
	}
}

/* Names are there for everybody, addresses for root alone. */
static void read_symbols(struct memhp_ctx *ctx, struct memhp_way *way)
{
	int fd = sysfs_open(ctx, "proc/kallsyms", O_RDONLY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char line[512], symbol[64];

	while (file && fgets(line, sizeof(line), file)) {
		/* "ffff… t name	[module]": stages are the kernel's own */
		if (sscanf(line, "%*x %*c %63s", symbol) == 1 && !strchr(line, '['))
			take_symbol(way, symbol);
	}
	if (file)
		fclose(file);
	else if (fd >= 0)
		close(fd);
}

MEMHP_EXPORT int memhp_way_read(struct memhp_ctx *ctx, struct memhp_way **way)
{
	ctx_start(ctx);
	*way = calloc(1, sizeof(**way));
	if (!*way)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		(*way)->stages[i].name = stages[i].name;
		(*way)->stages[i].depth = stages[i].depth;
	}
	read_symbols(ctx, *way);
	return 0;
}

MEMHP_EXPORT void memhp_way_free(struct memhp_way *way)
{
	free(way);
}

MEMHP_EXPORT const struct memhp_way_stage *memhp_way_get_stage(const struct memhp_way *way, size_t index)
{
	return index < ARRAY_SIZE(stages) ? &way->stages[index] : NULL;
}

MEMHP_EXPORT bool memhp_way_concerns(const struct memhp_way *way, size_t index, enum memhp_cause cause)
{
	(void)way;
	return index < ARRAY_SIZE(stages) && (stages[index].causes >> cause & 1);
}

/* The worst of what is known to decide there. */
static enum memhp_verdict verdict_at(const struct memhp_outlook *outlook, size_t index)
{
	enum memhp_verdict worst = MEMHP_VERDICT_YES;

	for (size_t i = 0; i < outlook->finding_count; i++) {
		const struct memhp_finding *finding = &outlook->findings[i];
		if (!(stages[index].causes >> finding->cause & 1) || worst == MEMHP_VERDICT_NO)
			continue;
		if (finding->verdict != MEMHP_VERDICT_YES)
			worst = finding->verdict;
	}
	return worst;
}

MEMHP_EXPORT enum memhp_verdict memhp_way_judge(const struct memhp_way *way,
						const struct memhp_outlook *outlook, size_t index)
{
	(void)way;
	if (index >= ARRAY_SIZE(stages) || outlook->finding_count == 0)
		return MEMHP_VERDICT_UNKNOWN;
	/* What calls the others ends as they do. */
	if (stages[index].depth < 2 && verdict_at(outlook, 0) != MEMHP_VERDICT_NO)
		return memhp_outlook_get_verdict(outlook);
	for (size_t i = 0; i < index; i++) {
		if (verdict_at(outlook, i) == MEMHP_VERDICT_NO)
			return MEMHP_VERDICT_UNKNOWN;
	}
	/* What a pass of the loop calls ends as the pass does. */
	return verdict_at(outlook, stages[index].depth > 2 ? index - 1 : index);
}
