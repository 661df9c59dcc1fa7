/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why the kernel's events cannot be heard, and what to do about it. */
#ifndef MEMHP_CLI_LISTEN_H
#define MEMHP_CLI_LISTEN_H

struct app;

/* In words; @error is memhp_monitor_new()'s. */
const char *listen_reason(int error);
/* Reports it. Returns an exit code. */
int listen_fail(struct app *app, int error);

#endif
