/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_JSON_H
#define MEMHP_CLI_JSON_H

#include <json-c/json.h>

#include <memhp.h>

struct app;

/*
 * json-c returns an error for each value that it has no memory for. These note it instead, wherever it was,
 * take what became of it (NULL) for a value, and json_finish() decides: no document lacks anything in
 * silence.
 */
json_object *json_new_object(void);
json_object *json_new_array(void);
json_object *json_new_string(const char *value); /* NULL: null, as in all of these */
json_object *json_new_u64(uint64_t value);
json_object *json_new_int(int64_t value);
json_object *json_new_double(double value);
json_object *json_new_bool(bool value);
void json_add(json_object *object, const char *key, json_object *value); /* takes @value */
void json_append(json_object *array, json_object *value);

json_object *json_document(const struct app *app); /* {"schema": "memhp.COMMAND/1"} */
void json_add_string(json_object *object, const char *key, const char *value);
void json_add_u64(json_object *object, const char *key, uint64_t value);
/* All nodes that the block lies in. */
json_object *block_nodes_json(const struct memhp_block *block);
/* first, last, count, start, end, range and size of @count blocks */
void json_add_range(json_object *object, uint64_t first, uint64_t count, uint64_t block_size);
/* block, start, node, state and zone */
void json_add_block(json_object *object, const struct memhp_block *block, uint64_t block_size);
void json_add_bool(json_object *object, const char *key, bool value);
/* True, false, or null for a negative @value. */
json_object *tristate_json(int value);
/* The words of a page's flags; who maps it. */
json_object *page_flags_json(uint64_t flags);
json_object *mappers_json(const struct memhp_mappers *mappers);
/* Adds what could not be read to the warnings, prints and frees the document. Returns @exit, or what
 * json_no_memory() does. */
int json_finish(const struct app *app, json_object *document, int exit);
/* The document of a failure for lack of memory, which itself needs none. */
int json_no_memory(const struct app *app);

#endif
