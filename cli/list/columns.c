/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One table of columns feeds headings, -o, --help and completion. Words are lsmem's. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "list/columns.h"
#include "list/ranges.h"
#include "shell/macros.h"
#include "shell/text.h"

enum {
	RANGE,
	SIZE,
	STATE,
	REMOVABLE,
	BLOCK,
	NODE,
	ZONES,
	CONFIGURED,
	MEMMAP,
	NODES,
	DEVICE,
	DRIVER,
	FREE,
	MOVABLE,
	UNMOVABLE,
	OFFLINEABLE,
	POISONED
};

#define SURVEY_WANT (MEMHP_WANT_STATE | MEMHP_WANT_ZONES | MEMHP_WANT_NODES)

static const struct column columns[] = {
	[RANGE] = { "RANGE", "start and end address", false, 0, 0, false },
	[SIZE] = { "SIZE", "size", true, 0, 0, false },
	[STATE] = { "STATE", "online, offline or on->off", true, MEMHP_WANT_STATE, SPLIT_STATE, false },
	[REMOVABLE] = { "REMOVABLE", "kernel supports offlining (no prediction)", true,
			MEMHP_WANT_REMOVABLE | MEMHP_WANT_STATE, SPLIT_REMOVABLE, false },
	[BLOCK] = { "BLOCK", "block id or range of ids", true, 0, 0, false },
	[NODE] = { "NODE", "first NUMA node", true, MEMHP_WANT_NODES, SPLIT_NODE, false },
	[ZONES] = { "ZONES", "zone it is in, or may go to", true, MEMHP_WANT_ZONES, SPLIT_ZONES, false },
	[CONFIGURED] = { "CONFIGURED", "s390: configured", true, MEMHP_WANT_CONFIG, SPLIT_CONFIGURED, false },
	[MEMMAP] = { "MEMMAP-ON-MEMORY", "s390: page metadata on the memory itself", true, MEMHP_WANT_CONFIG,
		     SPLIT_MEMMAP, false },
	[NODES] = { "NODES", "all NUMA nodes", true, MEMHP_WANT_NODES, SPLIT_NODES, false },
	[DEVICE] = { "DEVICE", "memory device that provides it", false, MEMHP_WANT_BLOCK_DEVICE, SPLIT_DEVICE,
		     false },
	[DRIVER] = { "DRIVER", "driver of that device", false, MEMHP_WANT_BLOCK_DEVICE, SPLIT_DEVICE, false },
	[FREE] = { "FREE", "free memory (reads all page flags, as the next four)", true, SURVEY_WANT, 0,
		   true },
	[MOVABLE] = { "MOVABLE", "memory that an offline would migrate", true, SURVEY_WANT, 0, true },
	[UNMOVABLE] = { "UNMOVABLE", "memory of the kernel that cannot move", true, SURVEY_WANT, 0, true },
	[OFFLINEABLE] = { "OFFLINEABLE", "can it go offline: yes, unsure, no", true, SURVEY_WANT,
			  SPLIT_OFFLINEABLE, true },
	[POISONED] = { "POISONED", "poisoned pages", true, SURVEY_WANT, SPLIT_POISONED, true },
};

const struct column *column_at(size_t index)
{
	return index < ARRAY_SIZE(columns) ? &columns[index] : NULL;
}

int column_find(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (name_is(columns[i].name, name, length))
			return (int)i;
	}
	return -1;
}

static const char *PRINTF(2, 3) text(char cell[CELL_SIZE], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(cell, CELL_SIZE, format, args);
	va_end(args);
	return cell;
}

static const char *size_text(char cell[CELL_SIZE], uint64_t size, bool bytes)
{
	if (bytes)
		return text(cell, "%" PRIu64, size);
	size_format(size, cell, CELL_SIZE);
	return cell;
}

static const char *pages_text(char cell[CELL_SIZE], const struct range *range, uint64_t pages, bool bytes)
{
	return range->pages.known ? size_text(cell, pages * memhp_page_size(), bytes) : NULL;
}

static const char *state_text(enum memhp_state state)
{
	const char *name = memhp_state_name(state);

	if (state == MEMHP_STATE_GOING_OFFLINE)
		return "on->off";
	return name ? name : "?";
}

/* lsmem's spelling of three zones differs from the kernel's. */
static const char *zone_text(enum memhp_zone zone)
{
	switch (zone) {
	case MEMHP_ZONE_HIGHMEM:
		return "Highmem";
	case MEMHP_ZONE_NONE:
		return "None";
	case MEMHP_ZONE_UNKNOWN:
		return "Unknown";
	default:
		return memhp_zone_name(zone);
	}
}

static const char *zones_text(char cell[CELL_SIZE], const struct memhp_block *block)
{
	cell[0] = '\0';
	for (size_t i = 0; i < memhp_block_get_zone_count(block); i++) {
		text_append(cell, CELL_SIZE, "%s%s", i ? "/" : "",
			    zone_text(memhp_block_get_valid_zone(block, i)));
	}
	return *cell ? cell : NULL;
}

static const char *nodes_text(char cell[CELL_SIZE], const struct memhp_block *block)
{
	cell[0] = '\0';
	for (size_t i = 0; i < memhp_block_get_node_count(block); i++) {
		text_append(cell, CELL_SIZE, "%s%d", i ? "," : "", memhp_block_get_node(block, i));
	}
	return *cell ? cell : NULL;
}

static const char *flag_text(int flag)
{
	return flag < 0 ? NULL : flag ? "yes" : "no";
}

const char *column_cell(size_t column, const struct range *range, const struct cell_style *style,
			char cell[CELL_SIZE])
{
	const struct memhp_block *block = range->block;
	uint64_t block_size = memhp_snapshot_get_block_size(style->snapshot);
	uint64_t start = range->first * block_size, size = range->count * block_size;

	switch (column) {
	case RANGE:
		return text(cell, "0x%016" PRIx64 "-0x%016" PRIx64, start, start + size - 1);
	case SIZE:
		return size_text(cell, size, style->bytes);
	case STATE:
		return state_text(memhp_block_get_state(block));
	case REMOVABLE:
		return memhp_block_get_state(block) == MEMHP_STATE_ONLINE
			       ? flag_text(memhp_block_get_removable(block) == 1)
			       : NULL;
	case BLOCK:
		return range->count == 1 ? text(cell, "%" PRIu64, range->first)
					 : text(cell, "%" PRIu64 "-%" PRIu64, range->first,
						range->first + range->count - 1);
	case NODE:
		return memhp_snapshot_has_nodes(style->snapshot) ? text(cell, "%d", shown_node(block)) : NULL;
	case ZONES:
		return zones_text(cell, block);
	case CONFIGURED:
		return flag_text(memhp_block_get_configured(block));
	case MEMMAP:
		return flag_text(memhp_block_get_memmap_on_memory(block));
	case NODES:
		return nodes_text(cell, block);
	case DEVICE:
		return memhp_block_get_device(block);
	case DRIVER:
		return memhp_block_get_driver(block);
	case FREE:
		return pages_text(cell, range, range->pages.free, style->bytes);
	case MOVABLE:
		return pages_text(cell, range, range->pages.movable, style->bytes);
	case UNMOVABLE:
		return pages_text(cell, range, range->pages.unmovable, style->bytes);
	case OFFLINEABLE:
		return memhp_verdict_name(range->pages.verdict);
	case POISONED:
		return range->pages.known ? text(cell, "%" PRIu64, range->pages.poisoned) : NULL;
	default:
		return NULL;
	}
}
