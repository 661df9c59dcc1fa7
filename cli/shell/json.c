/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/unread.h"

static bool incomplete; /* there was no memory for a part of what is to be printed */

static json_object *noted(json_object *new)
{
	incomplete |= !new;
	return new;
}

json_object *json_new_object(void)
{
	return noted(json_object_new_object());
}

json_object *json_new_array(void)
{
	return noted(json_object_new_array());
}

json_object *json_new_string(const char *value)
{
	return value ? noted(json_object_new_string(value)) : NULL;
}

json_object *json_new_u64(uint64_t value)
{
	return noted(json_object_new_uint64(value));
}

json_object *json_new_int(int64_t value)
{
	return noted(json_object_new_int64(value));
}

json_object *json_new_double(double value)
{
	return noted(json_object_new_double(value));
}

json_object *json_new_bool(bool value)
{
	return noted(json_object_new_boolean(value));
}

static void put_unless(bool added, json_object *value)
{
	incomplete |= !added;
	if (!added)
		json_object_put(value);
}

void json_add(json_object *object, const char *key, json_object *value)
{
	put_unless(object && json_object_object_add(object, key, value) == 0, value);
}

void json_append(json_object *array, json_object *value)
{
	put_unless(array && json_object_array_add(array, value) == 0, value);
}

static const char *schema_of(const struct app *app)
{
	return app->cmd && !app->cmd->in_main_page ? app->cmd->name : "error";
}

json_object *json_document(const struct app *app)
{
	char schema[64];
	json_object *document = json_new_object();
	snprintf(schema, sizeof(schema), "memhp.%s/1", schema_of(app));
	json_add_string(document, "schema", schema);
	return document;
}

void json_add_string(json_object *object, const char *key, const char *value)
{
	json_add(object, key, json_new_string(value));
}

void json_add_u64(json_object *object, const char *key, uint64_t value)
{
	json_add(object, key, json_new_u64(value));
}

void json_add_bool(json_object *object, const char *key, bool value)
{
	json_add(object, key, json_new_bool(value));
}

json_object *tristate_json(int value)
{
	return value < 0 ? NULL : json_new_bool(value != 0);
}

json_object *page_flags_json(uint64_t flags)
{
	json_object *list = json_new_array();
	char text[16];

	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *name = memhp_page_flag_name(bit);
		snprintf(text, sizeof(text), "bit%u", bit);
		if (flags >> bit & 1)
			json_append(list, json_new_string(name ? name : text));
	}
	return list;
}

json_object *mappers_json(const struct memhp_mappers *mappers)
{
	json_object *list = json_new_array();

	for (size_t i = 0; i < memhp_mappers_get_count(mappers); i++) {
		const struct memhp_mapper *mapper = memhp_mappers_get(mappers, i);
		json_object *object = json_new_object();
		json_add(object, "pid", json_new_int(mapper->pid));
		json_add_string(object, "command", mapper->command);
		json_add_u64(object, "address", mapper->address);
		json_append(list, object);
	}
	return list;
}

static void add_unread(const struct app *app, json_object *document)
{
	json_object *warnings = json_object_object_get(document, "warnings");
	char text[640];

	for (size_t i = 0; unread_text(app, i, text, sizeof(text)); i++) {
		if (!warnings) {
			warnings = json_new_array();
			json_add(document, "warnings", warnings);
		}
		json_append(warnings, json_new_string(text));
	}
}

int json_no_memory(const struct app *app)
{
	printf("{\"schema\":\"memhp.%s/1\",\"error\":{\"code\":\"ENOMEM\",\"message\":\"out of memory\","
	       "\"hint\":null}}\n",
	       schema_of(app));
	return EXIT_NOTHING;
}

int json_finish(const struct app *app, json_object *document, int exit)
{
	add_unread(app, document);
	/* What has no memory in the middle of the text is left out of it: only errno tells of that. */
	int style = app->cmd && app->cmd->json_lines ? JSON_C_TO_STRING_PLAIN : JSON_C_TO_STRING_PRETTY;
	errno = 0;
	const char *text = json_object_to_json_string_ext(document, style | JSON_C_TO_STRING_NOSLASHESCAPE);
	if (incomplete || !text || errno)
		exit = json_no_memory(app);
	else
		puts(text);
	json_object_put(document);
	return exit;
}

json_object *block_nodes_json(const struct memhp_block *block)
{
	json_object *nodes = json_new_array();

	for (size_t i = 0; i < memhp_block_get_node_count(block); i++)
		json_append(nodes, json_new_int(memhp_block_get_node(block, i)));
	return nodes;
}

void json_add_range(json_object *object, uint64_t first, uint64_t count, uint64_t block_size)
{
	uint64_t start = first * block_size, size = count * block_size;
	char text[48];

	snprintf(text, sizeof(text), "0x%016" PRIx64 "-0x%016" PRIx64, start, start + size - 1);
	json_add_u64(object, "first", first);
	json_add_u64(object, "last", first + count - 1);
	json_add_u64(object, "count", count);
	json_add_u64(object, "start", start);
	json_add_u64(object, "end", start + size - 1);
	json_add_string(object, "range", text);
	json_add_u64(object, "size", size);
}

void json_add_block(json_object *object, const struct memhp_block *block, uint64_t block_size)
{
	int node = memhp_block_get_node(block, 0);

	json_add_u64(object, "block", memhp_block_get_id(block));
	json_add_u64(object, "start", memhp_block_get_id(block) * block_size);
	json_add(object, "node", node < 0 ? NULL : json_new_int(node));
	json_add_string(object, "state", memhp_state_name(memhp_block_get_state(block)));
	json_add_string(object, "zone", memhp_zone_name(memhp_block_get_zone(block)));
}
