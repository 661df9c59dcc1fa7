/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_EXPLAIN_H
#define MEMHP_EXPLAIN_H

#include "cmd.h"

/* outlook.c: a finding in words ("312 slab pages, …"); returns @buffer. */
const char *finding_text(const struct memhp_finding *finding, char *buffer, size_t size);
/* What to do next about it; NULL: nothing. */
const char *finding_next(enum memhp_cause cause);
/* The escape that begins its colour. */
const char *verdict_color(enum memhp_verdict verdict);
/* "8120 free, 70 slab": the kinds of which there are pages. */
const char *kinds_text(const struct memhp_outlook *outlook, char *buffer, size_t size);

/* explain-json.c. A block's pages by what they are to an offline; null: not read. */
json_object *pages_json(const struct memhp_outlook *outlook);
/* Pages that are free or, without a flag, most likely so; that never move, or without a flag and too many to
 * be free. */
uint64_t outlook_free(const struct memhp_outlook *outlook);
uint64_t outlook_unmovable(const struct memhp_outlook *outlook);
/* memhp.explain/1; returns an exit code. */
int explain_json(const struct app *app, const struct surveyed *surveyed);

#endif
