/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_COMPLETION_H
#define MEMHP_CLI_COMPLETION_H

struct app;

/* --complete WHAT, for the shells. */
int complete_print(struct app *app, int argc, char **argv);

#endif
