/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_JSON_H
#define MEMHP_CLI_JSON_H

#include <json-c/json.h>

#include <memhp.h>

struct app;

json_object *json_document(const struct app *app); /* {"schema": "memhp.COMMAND/1"} */
void json_add_string(json_object *object, const char *key, const char *value); /* NULL: null */
void json_add_u64(json_object *object, const char *key, uint64_t value);
/* block, start, node, state and zone */
void json_add_block(json_object *object, const struct memhp_block *block, uint64_t block_size);
void json_add_bool(json_object *object, const char *key, bool value);
/* True, false, or null for a negative @value. */
json_object *tristate_json(int value);
/* The words of a page's flags; who maps it. */
json_object *page_flags_json(uint64_t flags);
json_object *mappers_json(const struct memhp_mappers *mappers);
/* Adds what could not be read to the warnings, prints and frees the document. Returns @exit. */
int json_finish(const struct app *app, json_object *document, int exit);

#endif
