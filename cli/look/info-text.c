/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One table of labels and values, printed section by section so that all of them align. */
#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "look/info.h"
#include "shell/actor.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/table.h"
#include "shell/text.h"

struct sheet {
	struct libscols_table *table;
	bool failed; /* out of memory */
};

/* A line "  LABEL: VALUE" */
static PRINTF(3, 4) void add(struct sheet *sheet, const char *label, const char *format, ...)
{
	char name[64], value[768];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	snprintf(name, sizeof(name), "  %s:", label);
	struct libscols_line *line = scols_table_new_line(sheet->table, NULL);
	if (!line || scols_line_set_data(line, 0, name) || scols_line_set_data(line, 1, value))
		sheet->failed = true;
}

static void add_size(struct sheet *sheet, const char *label, uint64_t size)
{
	char text[24];
	size_format(size, text, sizeof(text));
	add(sheet, label, "%s", text);
}

static void add_tristate(struct sheet *sheet, const char *label, int value, const char *unknown)
{
	if (value < 0)
		add(sheet, label, "not known: %s", unknown);
	else
		add(sheet, label, "%s", value ? "yes" : "no");
}

static void add_memory(struct sheet *sheet, const struct info *info)
{
	uint64_t size = memhp_snapshot_get_block_size(info->snapshot), movable, kernel;
	struct info_totals totals = info_count(info, -1);

	add_size(sheet, "Block size", size);
	add_size(sheet, "Online", totals.by_state[MEMHP_STATE_ONLINE] * size);
	add_size(sheet, "Offline", totals.by_state[MEMHP_STATE_OFFLINE] * size);
	if (totals.by_state[MEMHP_STATE_GOING_OFFLINE])
		add_size(sheet, "Going offline", totals.by_state[MEMHP_STATE_GOING_OFFLINE] * size);
	const char *drivers[MAX_DRIVERS];
	size_t count = info_drivers(info, drivers);
	for (size_t i = 0; i < count; i++)
		add(sheet, "Driver", "%s", drivers[i]);
	if (!info->system)
		return;
	memhp_system_get_ratio(info->system, &movable, &kernel);
	if (kernel)
		add(sheet, "Movable to kernel", "%.2f:1", (double)movable / (double)kernel);
	if (memhp_system_get_available(info->system) == UINT64_MAX)
		add(sheet, "Available", "not known: no MemAvailable in /proc/meminfo");
	else
		add_size(sheet, "Available", memhp_system_get_available(info->system));
}

static void add_nodes(struct sheet *sheet, const struct info *info)
{
	uint64_t size = memhp_snapshot_get_block_size(info->snapshot);
	char label[48];

	for (size_t i = 0; i < memhp_snapshot_get_node_count(info->snapshot); i++) {
		int node = memhp_snapshot_get_node(info->snapshot, i);
		struct info_totals totals = info_count(info, node);
		snprintf(label, sizeof(label), "Node %d, online", node);
		add_size(sheet, label, totals.by_state[MEMHP_STATE_ONLINE] * size);
		snprintf(label, sizeof(label), "Node %d, offline", node);
		add_size(sheet, label, totals.by_state[MEMHP_STATE_OFFLINE] * size);
	}
}

static void add_zones(struct sheet *sheet, const struct info *info)
{
	for (size_t i = 0; info->system && i < memhp_system_get_zone_count(info->system); i++) {
		const struct memhp_zone_info *zone = memhp_system_get_zone(info->system, i);
		const char *name = memhp_zone_name(zone->zone);
		char label[48];
		if (zone->present == 0)
			continue;
		snprintf(label, sizeof(label), "Node %d, zone %s", zone->node, name ? name : "other");
		add_size(sheet, label, zone->present);
	}
}

/* Keys that older kernels have are named where they lack, newer ones only where they are. */
static void add_policy(struct sheet *sheet, const struct info *info)
{
	for (int key = 0; key < MEMHP_POLICY_COUNT; key++) {
		const char *value = memhp_policy_get(info->policy, key);
		if (value)
			add(sheet, memhp_policy_name(key), "%s", memhp_policy_word(key, value));
		else if (key <= MEMHP_POLICY_MEMMAP_ON_MEMORY)
			add(sheet, memhp_policy_name(key), "not on this kernel");
	}
}

static void add_actors(struct sheet *sheet, const struct info *info)
{
	char place[320], runs[400];

	for (size_t i = 0; i < memhp_actors_get_count(info->actors); i++) {
		const struct memhp_actor *actor = memhp_actors_get(info->actors, i);
		const char *state = actor_state(actor);
		actor_place(actor, place, sizeof(place));
		if (actor_runs(actor, runs, sizeof(runs)))
			add(sheet, actor->kind, "%s: %s", place, runs);
		else
			add(sheet, actor->kind, "%s: %s", place, state ? state : actor->text);
	}
}

static void add_page_source(struct sheet *sheet, const struct info *info)
{
	static const char label[] = "Pages are known by";

	if (info->page_source == MEMHP_PAGE_SOURCE_KCORE)
		add(sheet, label, "struct page (/proc/kcore)");
	else if (info->page_source == MEMHP_PAGE_SOURCE_FLAGS)
		add(sheet, label, "their flags alone (/proc/kpageflags); /proc/kcore: %s",
		    info_no_kcore(info));
	else
		add(sheet, label, "nothing that can be read here");
}

static void add_kernel(struct sheet *sheet, const struct info *info)
{
	const struct memhp_support *support = &info->follow.support;
	const char *due = support->kdump_reload < 0 ? "not known" : support->kdump_reload ? "yes" : "no";
	char reason[160], names[128];

	add_tristate(sheet, "Offlining supported", support->hotremove,
		     "no block has valid_zones, or says that it is removable or not");
	add_tristate(sheet, "Probe interface", support->probe, "it cannot be read");
	add_page_source(sheet, info);
	add(sheet, "kdump reload due", "%s: %s", due, kdump_reason(support, reason, sizeof(reason)));
	if (*unaware_text(&info->follow, names, sizeof(names)))
		add(sheet, "Do not notice changes", "%s", names);
}

static const struct section {
	const char *title;
	void (*add)(struct sheet *sheet, const struct info *info);
} sections[] = {
	{ "Memory", add_memory },
	{ "Nodes", add_nodes },
	{ "Zones", add_zones },
	{ "Policy for memory that arrives later", add_policy },
	{ "Who brings memory online or keeps it offline", add_actors },
	{ "Kernel", add_kernel },
};

static bool print_section(const struct sheet *sheet, const char *title, size_t first, size_t end)
{
	struct libscols_line *from = scols_table_get_line(sheet->table, first),
			     *to = scols_table_get_line(sheet->table, end - 1);
	char *text = NULL;

	if (first == end)
		return true;
	if (!table_print_range(sheet->table, from, to, &text))
		return false;
	size_t length = strlen(text); /* the newline at its end depends on where in the table it is */
	length -= length && text[length - 1] == '\n';
	printf("%s%s\n%.*s\n", first ? "\n" : "", title, (int)length, text);
	free(text);
	return true;
}

int info_text(struct app *app, const struct info *info)
{
	struct sheet sheet = { .table = scols_new_table() };
	size_t ends[ARRAY_SIZE(sections)];

	sheet.failed = !sheet.table || !scols_table_new_column(sheet.table, "WHAT", 0, 0) ||
		       !scols_table_new_column(sheet.table, "VALUE", 0, 0);
	for (size_t i = 0; !sheet.failed && i < ARRAY_SIZE(sections); i++) {
		sections[i].add(&sheet, info);
		ends[i] = scols_table_get_nlines(sheet.table);
	}
	if (!sheet.failed) {
		scols_table_enable_noheadings(sheet.table, 1);
		for (size_t i = 0; !sheet.failed && i < ARRAY_SIZE(sections); i++)
			sheet.failed = !print_section(&sheet, sections[i].title, i ? ends[i - 1] : 0,
						      ends[i]);
	}
	scols_unref_table(sheet.table);
	return sheet.failed ? app_no_memory(app) : EXIT_OK;
}
