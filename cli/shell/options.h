/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_OPTIONS_H
#define MEMHP_CLI_OPTIONS_H

#include <memhp.h>

struct app;

/* getopt_long over the command's, the shared and the global options.
 * Returns the key of the next option (with @arg set), OPTION_END (optind is the first operand), or
 * OPTION_STOP, for which the caller returns option_exit(). */
#define OPTION_END (-1)
#define OPTION_STOP (-2)
int option_next(struct app *app, int argc, char **argv, const char **arg);
/* The last argument of @key, a global option, on a line of which the rest may be wrong: "" if it takes none,
 * NULL if it is not there. argv[0] is no word of the line. */
const char *option_peek(const struct app *app, int argc, char **argv, int key);
/* The exit code after OPTION_STOP: help was printed, or a usage error reported. */
int option_exit(const struct app *app);

/* "30s", "4G", "movable" of --@name; they report a bad one. Return an exit code. */
int option_size(struct app *app, const char *name, const char *arg, uint64_t *size);
/*
 * --size must be a multiple of @unit, "block size 128M" with @what; what list prints for one, rounded, is
 * taken for it. @text is as given.
 */
int option_size_fits(struct app *app, const char *text, uint64_t unit, const char *what, uint64_t *size);
int option_target(struct app *app, const char *name, const char *arg, enum memhp_target *target);
int option_duration(struct app *app, const char *name, const char *arg, uint64_t *ms);

#endif
