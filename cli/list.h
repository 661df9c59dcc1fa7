/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_LIST_H
#define MEMHP_LIST_H

#include "cmd.h"

/* list-json.c: prints memhp.list/1; returns an exit code. */
int list_json(struct app *app, const struct memhp_snapshot *snapshot, const struct ranges *ranges);

#endif
