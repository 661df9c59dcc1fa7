/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <memhp.h>

#include "map/map.h"
#include "shell/exit.h"
#include "shell/json.h"

static json_object *marks_json(unsigned int marks)
{
	json_object *list = json_new_array();

	for (int mark = 0; mark < MARK_COUNT; mark++) {
		if (marks & 1U << mark)
			json_append(list, json_new_string(map_mark_name((enum map_mark)mark)));
	}
	return list;
}

static json_object *block_json(const struct map_block *block, uint64_t block_size)
{
	json_object *object = json_new_object();

	json_add_u64(object, "block", block->id);
	json_add_u64(object, "start", block->id * block_size);
	json_add_string(object, "state", memhp_state_name(memhp_block_get_state(block->block)));
	json_add_string(object, "zone", memhp_zone_name(memhp_block_get_zone(block->block)));
	json_add(object, "used", block->size ? json_new_u64(block->used) : NULL);
	json_add_string(object, "verdict", memhp_verdict_name(block->verdict));
	json_add(object, "marks", marks_json(block->marks));
	return object;
}

static json_object *holes_json(const struct map *map, const struct map_node *node)
{
	json_object *list = json_new_array();

	for (size_t i = 0; i < map->hole_count; i++) {
		if (map->holes[i].node != node->node)
			continue;
		json_object *object = json_new_object();
		json_add_u64(object, "first", map->holes[i].first);
		json_add_u64(object, "last", map->holes[i].last);
		json_append(list, object);
	}
	return list;
}

static json_object *node_json(const struct map *map, const struct map_node *node)
{
	json_object *object = json_new_object(), *blocks = json_new_array();

	for (size_t i = 0; i < node->block_count; i++)
		json_append(blocks, block_json(&map->blocks[node->first_block + i], map->block_size));
	json_add(object, "node", node->node < 0 ? NULL : json_new_int(node->node));
	json_add(object, "blocks", blocks);
	json_add(object, "holes", holes_json(map, node));
	return object;
}

int map_json(const struct app *app, const struct map *map)
{
	json_object *document = json_document(app), *nodes = json_new_array();

	for (size_t i = 0; i < map->node_count; i++)
		json_append(nodes, node_json(map, &map->nodes[i]));
	json_add_u64(document, "block_size", map->block_size);
	json_add(document, "nodes", nodes);
	return json_finish(app, document, EXIT_OK);
}
