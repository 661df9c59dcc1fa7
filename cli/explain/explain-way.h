/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_EXPLAIN_WAY_H
#define MEMHP_CLI_EXPLAIN_WAY_H

#include <json-c/json.h>

#include "explain/judged.h"

/* Prints the way of blocks that are shown together, with their sums. False: out of memory. */
bool explain_way(const struct memhp_way *way, const struct judged *judged, size_t count,
		 const struct sums *sums);
json_object *explain_way_json(const struct memhp_way *way, const struct memhp_outlook *outlook);

#endif
