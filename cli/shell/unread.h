/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_UNREAD_H
#define MEMHP_CLI_UNREAD_H

#include <stddef.h>

struct app;

/*
 * "cannot read /sys/…/state: Input/output error (EIO)", of each file that could not be read; returns @buffer,
 * or NULL past the last.
 */
const char *unread_text(const struct app *app, size_t index, char *buffer, size_t size);

#endif
