/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --trace: following the kernel through a change. */
#ifndef MEMHP_CLI_FOLLOWING_H
#define MEMHP_CLI_FOLLOWING_H

#include <json-c/json.h>
#include <stdbool.h>

#include <memhp.h>

struct app;

struct following {
	bool wanted, optional;	   /* --trace, --trace=try */
	const char *file;	   /* --trace=FILE, or NULL */
	int fd;			   /* of that */
	struct memhp_trace *trace; /* NULL: nothing is followed */
};

#define FOLLOWING_OPT                                                                                        \
	{                                                                                                    \
		KEY_TRACE, "trace", "[=FILE]",                                                               \
			"show the kernel's path, and keep its trace in FILE; try: where that can be had"     \
	}

void following_take(struct following *following, const char *arg);
/*
 * Begins, once the lock is held; @actions is a set of enum memhp_trace_action. Returns an exit code: without
 * "try", what cannot be followed is not done; with it that is one of the @warnings.
 */
int following_start(struct app *app, struct following *following, unsigned int actions,
		    json_object *warnings);
/*
 * Keeps the file, and ends the trace. Returns @exit, or that something is missing. Called before the report
 * is printed, which has the @warnings.
 */
int following_end(struct app *app, struct following *following, int exit, json_object *warnings);

#endif
