/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <getopt.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/text.h"

static const struct opt opts[] = { OPT_END };

struct totals {
	uint64_t by_state[MEMHP_STATE_COUNT]; /* blocks */
};

struct info {
	struct memhp_snapshot *snapshot;
	struct memhp_system *system; /* NULL: unreadable */
	struct memhp_policy *policy;
	struct memhp_support support;
};

static struct totals count(const struct memhp_snapshot *snapshot, int node)
{
	struct totals totals = { 0 };
	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		if (node < 0 || memhp_block_get_node(block, 0) == node)
			totals.by_state[memhp_block_get_state(block)]++;
	}
	return totals;
}

static int highest_node(const struct memhp_snapshot *snapshot)
{
	int highest = -1;
	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		int node = memhp_block_get_node(memhp_snapshot_get_block(snapshot, i), 0);
		highest = node > highest ? node : highest;
	}
	return highest;
}

static bool is_empty(const struct totals *totals)
{
	for (size_t i = 0; i < MEMHP_STATE_COUNT; i++) {
		if (totals->by_state[i])
			return false;
	}
	return true;
}

static json_object *totals_json(const struct totals *totals, uint64_t size)
{
	json_object *object = json_object_new_object();
	json_add_u64(object, "online", totals->by_state[MEMHP_STATE_ONLINE] * size);
	json_add_u64(object, "offline", totals->by_state[MEMHP_STATE_OFFLINE] * size);
	json_add_u64(object, "going_offline", totals->by_state[MEMHP_STATE_GOING_OFFLINE] * size);
	return object;
}

static json_object *nodes_json(const struct info *info, uint64_t size)
{
	json_object *nodes = json_object_new_array();
	for (int node = 0; node <= highest_node(info->snapshot); node++) {
		struct totals totals = count(info->snapshot, node);
		if (is_empty(&totals))
			continue;
		json_object *object = json_object_new_object();
		uint64_t present = 0, free = 0;
		for (size_t i = 0; info->system && i < memhp_system_get_zone_count(info->system); i++) {
			const struct memhp_zone_info *zone = memhp_system_get_zone(info->system, i);
			present += zone->node == node ? zone->present : 0;
			free += zone->node == node ? zone->free : 0;
		}
		json_object_object_add(object, "node", json_object_new_int(node));
		json_add_u64(object, "online", totals.by_state[MEMHP_STATE_ONLINE] * size);
		json_add_u64(object, "offline", totals.by_state[MEMHP_STATE_OFFLINE] * size);
		json_object_object_add(object, "present",
				       info->system ? json_object_new_uint64(present) : NULL);
		json_object_object_add(object, "free", info->system ? json_object_new_uint64(free) : NULL);
		json_object_array_add(nodes, object);
	}
	return nodes;
}

static json_object *zones_json(const struct info *info)
{
	json_object *zones = json_object_new_array();
	for (size_t i = 0; info->system && i < memhp_system_get_zone_count(info->system); i++) {
		const struct memhp_zone_info *zone = memhp_system_get_zone(info->system, i);
		json_object *object = json_object_new_object();
		json_object_object_add(object, "node", json_object_new_int(zone->node));
		json_add_string(object, "zone", memhp_zone_name(zone->zone));
		json_add_u64(object, "present", zone->present);
		json_add_u64(object, "managed", zone->managed);
		json_add_u64(object, "free", zone->free);
		json_object_array_add(zones, object);
	}
	return zones;
}

static json_object *kernel_json(const struct memhp_support *support)
{
	json_object *kernel = json_object_new_object();
	json_add_bool(kernel, "hotplug", true);
	json_object_object_add(kernel, "hotremove", tristate_json(support->hotremove));
	json_add_bool(kernel, "probe", support->probe);
	json_add_bool(kernel, "firmware_config", support->firmware_config);
	return kernel;
}

static json_object *kdump_json(const struct memhp_support *support)
{
	json_object *kdump = json_object_new_object();
	json_object_object_add(kdump, "loaded", tristate_json(support->crash_loaded));
	json_object_object_add(kdump, "kernel_updates", tristate_json(support->crash_hotplug));
	json_object_object_add(kdump, "reload_due", tristate_json(support->kdump_reload));
	return kdump;
}

static json_object *policy_json(const struct memhp_policy *policy)
{
	json_object *object = json_object_new_object();
	for (int key = 0; key < MEMHP_POLICY_COUNT; key++) {
		char name[64];
		snprintf(name, sizeof(name), "%s", memhp_policy_name((enum memhp_policy_key)key));
		for (char *dash = name; (dash = strchr(dash, '-'));)
			*dash = '_';
		json_add_string(object, name, memhp_policy_get(policy, (enum memhp_policy_key)key));
	}
	return object;
}

static json_object *ratio_json(const struct info *info)
{
	uint64_t movable = 0, kernel = 0;
	if (!info->system)
		return NULL;
	json_object *ratio = json_object_new_object();
	memhp_system_get_ratio(info->system, &movable, &kernel);
	json_add_u64(ratio, "movable", movable);
	json_add_u64(ratio, "kernel", kernel);
	return ratio;
}

static json_object *memory_json(const struct info *info)
{
	if (!info->system)
		return NULL;
	json_object *memory = json_object_new_object();
	json_add_u64(memory, "total", memhp_system_get_total(info->system));
	uint64_t available = memhp_system_get_available(info->system);
	json_object_object_add(memory, "available",
			       available == UINT64_MAX ? NULL : json_object_new_uint64(available));
	return memory;
}

/* The drivers that provide blocks here, each once. */
static json_object *drivers_json(const struct memhp_snapshot *snapshot)
{
	json_object *drivers = json_object_new_array();
	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const char *driver = memhp_block_get_driver(memhp_snapshot_get_block(snapshot, i));
		bool known = !driver;
		for (size_t j = 0; !known && j < json_object_array_length(drivers); j++)
			known = strcmp(json_object_get_string(json_object_array_get_idx(drivers, j)),
				       driver) == 0;
		if (!known)
			json_object_array_add(drivers, json_object_new_string(driver));
	}
	return drivers;
}

static int print_json(struct app *app, const struct info *info)
{
	uint64_t size = memhp_snapshot_get_block_size(info->snapshot);
	struct totals totals = count(info->snapshot, -1);
	json_object *document = json_document(app);

	json_add_u64(document, "block_size", size);
	json_object_object_add(document, "totals", totals_json(&totals, size));
	json_object_object_add(document, "nodes", nodes_json(info, size));
	json_object_object_add(document, "zones", zones_json(info));
	json_object_object_add(document, "ratio", ratio_json(info));
	json_object_object_add(document, "memory", memory_json(info));
	json_object_object_add(document, "policy", policy_json(info->policy));
	json_object_object_add(document, "kernel", kernel_json(&info->support));
	json_object_object_add(document, "kdump", kdump_json(&info->support));
	json_object_object_add(document, "drivers", drivers_json(info->snapshot));
	return json_finish(app, document, EXIT_OK);
}

static void print_size(const char *label, uint64_t size)
{
	char text[24];
	size_format(size, text, sizeof(text));
	printf("%-24s %8s\n", label, text);
}

static void print_zones(const struct info *info)
{
	uint64_t movable, kernel;

	for (size_t i = 0; i < memhp_system_get_zone_count(info->system); i++) {
		const struct memhp_zone_info *zone = memhp_system_get_zone(info->system, i);
		char label[48];
		if (zone->present == 0)
			continue;
		const char *name = memhp_zone_name(zone->zone);
		snprintf(label, sizeof(label), "Node %d, zone %s:", zone->node, name ? name : "?");
		print_size(label, zone->present);
	}
	memhp_system_get_ratio(info->system, &movable, &kernel);
	if (kernel)
		printf("%-24s %6.2f:1\n", "Movable to kernel:", (double)movable / (double)kernel);
	if (memhp_system_get_available(info->system) == UINT64_MAX)
		printf("%-24s %8s\n", "Available:", "?");
	else
		print_size("Available:", memhp_system_get_available(info->system));
}

static void print_node(const struct info *info, int node, uint64_t size)
{
	struct totals totals = count(info->snapshot, node);
	char label[48];

	if (is_empty(&totals))
		return;
	snprintf(label, sizeof(label), "Node %d, online:", node);
	print_size(label, totals.by_state[MEMHP_STATE_ONLINE] * size);
	snprintf(label, sizeof(label), "Node %d, offline:", node);
	print_size(label, totals.by_state[MEMHP_STATE_OFFLINE] * size);
}

static int print_text(const struct info *info)
{
	uint64_t size = memhp_snapshot_get_block_size(info->snapshot);
	struct totals totals = count(info->snapshot, -1);

	print_size("Block size:", size);
	print_size("Online:", totals.by_state[MEMHP_STATE_ONLINE] * size);
	print_size("Offline:", totals.by_state[MEMHP_STATE_OFFLINE] * size);
	if (totals.by_state[MEMHP_STATE_GOING_OFFLINE])
		print_size("Going offline:", totals.by_state[MEMHP_STATE_GOING_OFFLINE] * size);
	for (int node = 0; node <= highest_node(info->snapshot); node++)
		print_node(info, node, size);
	if (info->system)
		print_zones(info);
	for (int key = 0; key < MEMHP_POLICY_COUNT; key++) {
		const char *value = memhp_policy_get(info->policy, (enum memhp_policy_key)key);
		printf("Policy %-17s %8s\n", memhp_policy_name((enum memhp_policy_key)key),
		       value ? value : "-");
	}
	json_object *drivers = drivers_json(info->snapshot);
	for (size_t i = 0; i < json_object_array_length(drivers); i++)
		printf("%-24s %8s\n", i ? "" : "Drivers of memory:",
		       json_object_get_string(json_object_array_get_idx(drivers, i)));
	json_object_put(drivers);
	printf("%-24s %8s\n", "Offlining supported:",
	       info->support.hotremove < 0 ? "?"
	       : info->support.hotremove   ? "yes"
					   : "no");
	printf("%-24s %8s\n", "Probe interface:", info->support.probe ? "yes" : "no");
	printf("%-24s %8s\n", "kdump reload due:",
	       info->support.kdump_reload < 0 ? "?"
	       : info->support.kdump_reload   ? "yes"
					      : "no");
	return EXIT_OK;
}

static int show(struct app *app)
{
	struct info info = { .support = { .size = sizeof(info.support) } };
	int exit = app_read(app, MEMHP_WANT_ALL, &info.snapshot);

	if (exit != EXIT_OK)
		return exit;
	int error = memhp_policy_read(app->ctx, &info.policy);
	if (error) {
		exit = app_fail_errno(app, error, "cannot read the policy");
	} else {
		/* A copied tree may lack /proc: what it would tell is left out. */
		memhp_system_read(app->ctx, &info.system);
		memhp_support_read(app->ctx, &info.support);
		exit = app->json ? print_json(app, &info) : print_text(&info);
	}
	memhp_policy_free(info.policy);
	memhp_system_free(info.system);
	memhp_snapshot_free(info.snapshot);
	return exit;
}

static int run(struct app *app, int argc, char **argv)
{
	const char *arg;
	while (option_next(app, argc, argv, &arg) != OPTION_END)
		return option_exit(app);
	if (optind < argc)
		return app_usage(app, "%s: info takes no operands", argv[optind]);
	int exit = app_open(app);
	return exit == EXIT_OK ? show(app) : exit;
}

const struct cmd cmd_info = {
	.name = "info",
	.args = "",
	.summary = "Show the machine's memory, policy and what the kernel supports",
	.opts = opts,
	.run = run,
};
