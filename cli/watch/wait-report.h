/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the wait ended. */
#ifndef MEMHP_CLI_WAIT_REPORT_H
#define MEMHP_CLI_WAIT_REPORT_H

#include <memhp.h>

#include "watch/condition.h"

struct app;

struct wait_report {
	const struct condition *condition;
	struct standing standing; /* at the last look */
	uint64_t block_size, elapsed_ms;
	bool interrupted;
	const char *polled; /* why, if it could not listen; or NULL */
};

/* What it does instead of listening, for who waits. */
void wait_say_polled(const struct app *app, const char *why);
/* Says nothing to people if the condition holds. Returns an exit code. */
int wait_print(struct app *app, const struct wait_report *report);

#endif
