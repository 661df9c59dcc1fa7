/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <memhp.h>

#include "list/list.h"
#include "list/ranges.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/macros.h"

static json_object *zones_json(const struct memhp_block *block)
{
	json_object *zones = json_new_array();
	for (size_t i = 0; i < memhp_block_get_zone_count(block); i++) {
		const char *name = memhp_zone_name(memhp_block_get_valid_zone(block, i));
		json_append(zones, json_new_string(name));
	}
	return zones;
}

static void add_pages(json_object *object, const struct range_pages *pages)
{
	uint64_t size = memhp_page_size();
	const struct {
		const char *key;
		uint64_t value;
	} facts[] = {
		{ "free", pages->free * size },
		{ "movable", pages->movable * size },
		{ "unmovable", pages->unmovable * size },
		{ "poisoned", pages->poisoned },
	};
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		json_add(object, facts[i].key, pages->known ? json_new_u64(facts[i].value) : NULL);
	json_add_string(object, "offlineable", memhp_verdict_name(pages->verdict));
}

static json_object *range_json(const struct range *range, uint64_t block_size)
{
	const struct memhp_block *block = range->block;
	json_object *object = json_new_object();

	json_add_range(object, range->first, range->count, block_size);
	json_add_string(object, "state", memhp_state_name(memhp_block_get_state(block)));
	json_add_string(object, "zone", memhp_zone_name(memhp_block_get_zone(block)));
	json_add(object, "valid_zones", zones_json(block));
	json_add(object, "removable", tristate_json(memhp_block_get_removable(block)));
	json_add(object, "nodes", block_nodes_json(block));
	json_add_string(object, "device", memhp_block_get_device(block));
	json_add_string(object, "driver", memhp_block_get_driver(block));
	json_add(object, "configured", tristate_json(memhp_block_get_configured(block)));
	json_add(object, "memmap_on_memory", tristate_json(memhp_block_get_memmap_on_memory(block)));
	add_pages(object, &range->pages);
	return object;
}

int list_json(struct app *app, const struct memhp_snapshot *snapshot, const struct ranges *ranges)
{
	uint64_t size = memhp_snapshot_get_block_size(snapshot);
	json_object *document = json_document(app), *totals = json_new_object();
	json_object *blocks = json_new_array();

	json_add_u64(document, "block_size", size);
	json_add_u64(totals, "online", ranges->online * size);
	json_add_u64(totals, "offline", ranges->offline * size);
	json_add(document, "totals", totals);
	for (size_t i = 0; i < ranges->count; i++)
		json_append(blocks, range_json(&ranges->list[i], size));
	json_add(document, "blocks", blocks);
	return json_finish(app, document, EXIT_OK);
}
