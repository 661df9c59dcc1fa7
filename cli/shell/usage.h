/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_USAGE_H
#define MEMHP_CLI_USAGE_H

#include <stdio.h>

struct app;
struct cmd;

/* The help of @cmd; NULL: of memhp itself. */
void usage_print(FILE *out, const struct app *app, const struct cmd *cmd);

#endif
