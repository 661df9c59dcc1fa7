/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The application's settings, and the system that it works on. */
#ifndef MEMHP_CLI_APP_H
#define MEMHP_CLI_APP_H

#include <stdbool.h>
#include <stdio.h>

struct cmd;
struct memhp_ctx;
struct memhp_snapshot;

struct app {
	const struct cmd *const *commands; /* ends with NULL */
	const struct cmd *cmd;
	struct memhp_ctx *ctx; /* from app_open() on */
	const char *sysroot;
	const char *color; /* auto, always, never */
	bool json;
	bool verbose;
	bool changes;		 /* holds the lock: it does not only look */
	const char *failed_path; /* of the file that a failure has named */
	int option_exit;	 /* after OPTION_STOP */
};

/* Opens the context once all options are known. Returns an exit code; reports failures. */
int app_open(struct app *app);
/* memhp_snapshot_read(), reporting failures. Returns an exit code. */
int app_read(struct app *app, unsigned int want, struct memhp_snapshot **snapshot);
/* Colours and escapes on @stream? (--color, NO_COLOR, TERM) */
bool app_has_color(const struct app *app, FILE *stream);

#endif
