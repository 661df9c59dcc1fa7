/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_OUTPUT_FILE_H
#define MEMHP_CLI_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct app;

enum output_kind {
	OUTPUT_OWN,	  /* keeps the file's mode, and what has it under another name or as another owner */
	OUTPUT_PUBLISHED, /* a new file each time, which all may read */
};

/* Closes the stream that makes @text; false: not all of it could be written. */
bool stream_close_whole(FILE *out, char *const *text);
/*
 * Makes the file @path hold @data, whole or not at all; what else is there (a pipe, a device) is written as
 * it is, and NULL or "-" is standard output. Reports a failure. Returns an exit code.
 */
int output_save(struct app *app, const char *path, const char *data, size_t length, enum output_kind kind);

#endif
