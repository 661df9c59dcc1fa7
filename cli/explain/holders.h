/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who holds most of what a finding is about. */
#ifndef MEMHP_CLI_HOLDERS_H
#define MEMHP_CLI_HOLDERS_H

#include <json-c/json.h>

#include "explain/judged.h"

/* Prints them of blocks that are shown together, in a line of its own; nothing where none is known. */
void holders_print(const struct surveyed *surveyed, const struct judged *judged, size_t count,
		   enum memhp_cause cause);
/* What to do about blocks that @cause decides on, by who holds their pages. NULL: nothing. Static. */
const char *holders_next(const struct surveyed *surveyed, const struct judged *judged, size_t count,
			 enum memhp_cause cause);
/* Empty where none can be known. */
json_object *holders_json(const struct surveyed *surveyed, const struct memhp_outlook *outlook,
			  enum memhp_cause cause);

#endif
