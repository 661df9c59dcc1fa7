/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_MESSAGES_H
#define MEMHP_CLI_MESSAGES_H

#include "shell/exit.h"
#include "shell/macros.h"

struct app;

/* One failure as a whole: on standard error, or as the JSON document. Returns @exit.
 * @code is an errno name ("EACCES"), "usage", or a reason code; @hint may be NULL. */
int app_fail(struct app *app, enum exit_code exit, const char *code, const char *hint, const char *format,
	     ...) PRINTF(5, 6);
/* The same for bad usage: exit 2, code "usage", pointing at --help. */
int app_usage(struct app *app, const char *format, ...) PRINTF(2, 3);
/* A failed library call: @error is its negative errno; names the file, the errno and what to do. */
int app_fail_errno(struct app *app, int error, const char *doing);
/* EXIT_OK, or the report of an @error that can only be a lack of memory. */
int app_allocated(const struct app *app, int error);
/* That there was too little memory for the answer; needs none itself. */
int app_no_memory(const struct app *app);
void app_warn(const struct app *app, const char *format, ...) PRINTF(2, 3);
/* Warns of what could not be read. Returns @exit, or that the answer is a part of one, if it was to look. */
int app_finish(const struct app *app, int exit);
/* "EBUSY", or "EUNKNOWN" for numbers without a name; @error is positive. */
const char *errno_name(int error);

#endif
