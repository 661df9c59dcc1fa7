/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_EXPLAIN_H
#define MEMHP_CLI_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

struct app;
struct judged_list;
struct memhp_way;
struct surveyed;

/* These return an exit code, and sort @judged as they need it, which is by block. */

/* Neighbours that are alike are one entry, unless @all; along the @way, unless that is NULL. */
int explain_text(struct app *app, const struct surveyed *surveyed, struct judged_list *judged, bool all,
		 const struct memhp_way *way);
int explain_nodes(struct app *app, struct judged_list *judged, uint64_t block_size);
/* memhp.explain/1: an object each. */
int explain_json(const struct app *app, const struct surveyed *surveyed, struct judged_list *judged,
		 const struct memhp_way *way);

#endif
