/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "look/info.h"
#include "shell/actor.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/json.h"

static json_object *totals_json(const struct info_totals *totals, uint64_t size)
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
	for (int node = 0; node <= info_highest_node(info); node++) {
		struct info_totals totals = info_count(info, node);
		if (info_is_empty(&totals))
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

static json_object *kdump_json(const struct info *info)
{
	const struct memhp_support *support = &info->support;
	json_object *kdump = json_object_new_object();
	char reason[160];

	json_object_object_add(kdump, "loaded", tristate_json(support->crash_loaded));
	json_object_object_add(kdump, "kernel_updates", tristate_json(support->crash_hotplug));
	json_object_object_add(kdump, "reload_due", tristate_json(support->kdump_reload));
	json_add_string(kdump, "unknown", info_kdump_unknown(info, reason, sizeof(reason)) ? reason : NULL);
	return kdump;
}

static json_object *actors_json(const struct memhp_actors *actors)
{
	json_object *list = json_object_new_array();
	for (size_t i = 0; i < memhp_actors_get_count(actors); i++)
		json_object_array_add(list, actor_json(memhp_actors_get(actors, i)));
	return list;
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

json_object *info_drivers(const struct info *info)
{
	const struct memhp_snapshot *snapshot = info->snapshot;
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

int info_json(const struct app *app, const struct info *info)
{
	uint64_t size = memhp_snapshot_get_block_size(info->snapshot);
	struct info_totals totals = info_count(info, -1);
	json_object *document = json_document(app);

	json_add_u64(document, "block_size", size);
	json_object_object_add(document, "totals", totals_json(&totals, size));
	json_object_object_add(document, "nodes", nodes_json(info, size));
	json_object_object_add(document, "zones", zones_json(info));
	json_object_object_add(document, "ratio", ratio_json(info));
	json_object_object_add(document, "memory", memory_json(info));
	json_object_object_add(document, "policy", policy_json(info->policy));
	json_object_object_add(document, "actors", actors_json(info->actors));
	json_object_object_add(document, "kernel", kernel_json(&info->support));
	json_object_object_add(document, "kdump", kdump_json(info));
	json_object_object_add(document, "drivers", info_drivers(info));
	return json_finish(app, document, EXIT_OK);
}
