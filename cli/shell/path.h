/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's path through a change, as a tree. */
#ifndef MEMHP_CLI_PATH_H
#define MEMHP_CLI_PATH_H

#include <json-c/json.h>

#include <memhp.h>

/* As a table; what there is no memory for is said to be missing. */
void path_print(const struct memhp_path *path);
/* NULL for none. */
json_object *path_json(const struct memhp_path *path);

#endif
