/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/json.h"
#include "shell/unread.h"

json_object *json_document(const struct app *app)
{
	char schema[64];
	json_object *document = json_object_new_object();
	snprintf(schema, sizeof(schema), "memhp.%s/1",
		 app->cmd && !app->cmd->in_main_page ? app->cmd->name : "error");
	json_add_string(document, "schema", schema);
	return document;
}

void json_add_string(json_object *object, const char *key, const char *value)
{
	json_object_object_add(object, key, value ? json_object_new_string(value) : NULL);
}

void json_add_u64(json_object *object, const char *key, uint64_t value)
{
	json_object_object_add(object, key, json_object_new_uint64(value));
}

void json_add_bool(json_object *object, const char *key, bool value)
{
	json_object_object_add(object, key, json_object_new_boolean(value));
}

json_object *tristate_json(int value)
{
	return value < 0 ? NULL : json_object_new_boolean(value);
}

json_object *page_flags_json(uint64_t flags)
{
	json_object *list = json_object_new_array();
	char text[16];

	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *name = memhp_page_flag_name(bit);
		snprintf(text, sizeof(text), "bit%u", bit);
		if (flags >> bit & 1)
			json_object_array_add(list, json_object_new_string(name ? name : text));
	}
	return list;
}

json_object *mappers_json(const struct memhp_mappers *mappers)
{
	json_object *list = json_object_new_array();

	for (size_t i = 0; i < memhp_mappers_get_count(mappers); i++) {
		const struct memhp_mapper *mapper = memhp_mappers_get(mappers, i);
		json_object *object = json_object_new_object();
		json_object_object_add(object, "pid", json_object_new_int(mapper->pid));
		json_add_string(object, "command", mapper->command);
		json_add_u64(object, "address", mapper->address);
		json_object_array_add(list, object);
	}
	return list;
}

static void add_unread(const struct app *app, json_object *document)
{
	json_object *warnings = json_object_object_get(document, "warnings");
	char text[512];

	for (size_t i = 0; unread_text(app, i, text, sizeof(text)); i++) {
		if (!warnings) {
			warnings = json_object_new_array();
			json_object_object_add(document, "warnings", warnings);
		}
		json_object_array_add(warnings, json_object_new_string(text));
	}
}

int json_finish(const struct app *app, json_object *document, int exit)
{
	if (app->ctx && !json_object_object_get(document, "error"))
		add_unread(app, document);
	puts(json_object_to_json_string_ext(document,
					    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(document);
	return exit;
}

void json_add_block(json_object *object, const struct memhp_block *block, uint64_t block_size)
{
	int node = memhp_block_get_node(block, 0);

	json_add_u64(object, "block", memhp_block_get_id(block));
	json_add_u64(object, "start", memhp_block_get_id(block) * block_size);
	json_object_object_add(object, "node", node < 0 ? NULL : json_object_new_int(node));
	json_add_string(object, "state", memhp_state_name(memhp_block_get_state(block)));
	json_add_string(object, "zone", memhp_zone_name(memhp_block_get_zone(block)));
}
