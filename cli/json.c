/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "cmd.h"

json_object *json_document(const struct app *app)
{
	char schema[64];
	json_object *document = json_object_new_object();
	snprintf(schema, sizeof(schema), "memhp.%s/1", app->cmd ? app->cmd->name : "error");
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

int json_finish(json_object *document, int exit)
{
	puts(json_object_to_json_string_ext(document,
					    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(document);
	return exit;
}
