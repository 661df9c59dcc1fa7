/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include <memhp.h>

#include "look/info.h"
#include "shell/actor.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/text.h"

static json_object *totals_json(const struct info_totals *totals, uint64_t size)
{
	json_object *object = json_new_object();
	json_add_u64(object, "online", totals->by_state[MEMHP_STATE_ONLINE] * size);
	json_add_u64(object, "offline", totals->by_state[MEMHP_STATE_OFFLINE] * size);
	json_add_u64(object, "going_offline", totals->by_state[MEMHP_STATE_GOING_OFFLINE] * size);
	return object;
}

static json_object *nodes_json(const struct info *info, uint64_t size)
{
	size_t zones = info->system ? memhp_system_get_zone_count(info->system) : 0;
	json_object *nodes = json_new_array();
	for (size_t i = 0; i < memhp_snapshot_get_node_count(info->snapshot); i++) {
		int node = memhp_snapshot_get_node(info->snapshot, i);
		struct info_totals totals = info_count(info, node);
		json_object *object = json_new_object();
		uint64_t present = 0, free = 0;
		for (size_t j = 0; j < zones; j++) {
			const struct memhp_zone_info *zone = memhp_system_get_zone(info->system, j);
			present += zone->node == node ? zone->present : 0;
			free += zone->node == node ? zone->free : 0;
		}
		json_add(object, "node", json_new_int(node));
		json_add_u64(object, "online", totals.by_state[MEMHP_STATE_ONLINE] * size);
		json_add_u64(object, "offline", totals.by_state[MEMHP_STATE_OFFLINE] * size);
		json_add(object, "present", zones ? json_new_u64(present) : NULL);
		json_add(object, "free", zones ? json_new_u64(free) : NULL);
		json_append(nodes, object);
	}
	return nodes;
}

static json_object *zones_json(const struct info *info)
{
	size_t count = info->system ? memhp_system_get_zone_count(info->system) : 0;
	json_object *zones = count ? json_new_array() : NULL; /* no machine has none: not known */
	for (size_t i = 0; i < count; i++) {
		const struct memhp_zone_info *zone = memhp_system_get_zone(info->system, i);
		json_object *object = json_new_object();
		json_add(object, "node", json_new_int(zone->node));
		json_add_string(object, "zone", memhp_zone_name(zone->zone));
		json_add_u64(object, "present", zone->present);
		json_add_u64(object, "managed", zone->managed);
		json_add_u64(object, "free", zone->free);
		json_append(zones, object);
	}
	return zones;
}

static json_object *kernel_json(const struct info *info)
{
	const struct memhp_support *support = &info->follow.support;
	static const char *const sources[] = {
		[MEMHP_PAGE_SOURCE_FLAGS] = "kpageflags", [MEMHP_PAGE_SOURCE_KCORE] = "kcore"
	};
	json_object *kernel = json_new_object();
	json_add_bool(kernel, "hotplug", true);
	json_add(kernel, "hotremove", tristate_json(support->hotremove));
	json_add(kernel, "probe", tristate_json(support->probe));
	json_add(kernel, "firmware_config", tristate_json(support->firmware_config));
	json_add_string(kernel, "page_source", sources[info->page_source]);
	json_add_string(kernel, "no_kcore", info_no_kcore(info));
	return kernel;
}

static json_object *kdump_json(const struct info *info)
{
	const struct memhp_support *support = &info->follow.support;
	json_object *kdump = json_new_object();
	char reason[160];

	json_add(kdump, "loaded", tristate_json(support->crash_loaded));
	json_add(kdump, "kernel_updates", tristate_json(support->crash_hotplug));
	json_add(kdump, "reload_due", tristate_json(support->kdump_reload));
	json_add(kdump, "fadump", tristate_json(support->fadump));
	json_add_string(kdump, "unknown",
			support->kdump_reload < 0 ? kdump_reason(support, reason, sizeof(reason)) : NULL);
	return kdump;
}

static json_object *actors_json(const struct memhp_actors *actors)
{
	json_object *list = json_new_array();
	for (size_t i = 0; i < memhp_actors_get_count(actors); i++)
		json_append(list, actor_json(memhp_actors_get(actors, i)));
	return list;
}

static json_object *policy_json(const struct memhp_policy *policy)
{
	json_object *object = json_new_object();
	for (int i = 0; i < MEMHP_POLICY_COUNT; i++) {
		enum memhp_policy_key key = (enum memhp_policy_key)i;
		char name[64];
		json_add_string(object, underscored(memhp_policy_name(key), name, sizeof(name)),
				memhp_policy_get(policy, key));
	}
	return object;
}

static json_object *ratio_json(const struct info *info)
{
	uint64_t movable = 0, kernel = 0;
	if (!info->system || !memhp_system_get_zone_count(info->system))
		return NULL;
	json_object *ratio = json_new_object();
	memhp_system_get_ratio(info->system, &movable, &kernel);
	json_add_u64(ratio, "movable", movable);
	json_add_u64(ratio, "kernel", kernel);
	return ratio;
}

static json_object *memory_json(const struct info *info)
{
	if (!info->system)
		return NULL;
	json_object *memory = json_new_object();
	json_add_u64(memory, "total", memhp_system_get_total(info->system));
	uint64_t available = memhp_system_get_available(info->system);
	json_add(memory, "available", available == UINT64_MAX ? NULL : json_new_u64(available));
	return memory;
}

static json_object *drivers_json(const struct info *info)
{
	const char *drivers[MAX_DRIVERS];
	size_t count = info_drivers(info, drivers);
	json_object *list = json_new_array();

	for (size_t i = 0; i < count; i++)
		json_append(list, json_new_string(drivers[i]));
	return list;
}

int info_json(const struct app *app, const struct info *info)
{
	uint64_t size = memhp_snapshot_get_block_size(info->snapshot);
	struct info_totals totals = info_count(info, -1);
	json_object *document = json_document(app);

	json_add_u64(document, "block_size", size);
	json_add(document, "totals", totals_json(&totals, size));
	json_add(document, "nodes", nodes_json(info, size));
	json_add(document, "zones", zones_json(info));
	json_add(document, "ratio", ratio_json(info));
	json_add(document, "memory", memory_json(info));
	json_add(document, "policy", policy_json(info->policy));
	json_add(document, "actors", actors_json(info->actors));
	json_add(document, "kernel", kernel_json(info));
	json_add(document, "kdump", kdump_json(info));
	json_add(document, "follow_up", follow_up_json(&info->follow));
	json_add(document, "drivers", drivers_json(info));
	return json_finish(app, document, EXIT_OK);
}
