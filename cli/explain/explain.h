/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_EXPLAIN_H
#define MEMHP_CLI_EXPLAIN_H

struct app;
struct surveyed;

void explain_text(const struct app *app, const struct surveyed *surveyed);
/* memhp.explain/1; returns an exit code. */
int explain_json(const struct app *app, const struct surveyed *surveyed);

#endif
