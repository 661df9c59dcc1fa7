/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/unread.h"

#define MAX_NAMED 8

const char *unread_text(const struct app *app, size_t index, char *buffer, size_t size)
{
	size_t count = app->ctx ? memhp_ctx_get_unread_count(app->ctx) : 0;
	const struct memhp_unread *unread = index < count && index < MAX_NAMED
						    ? memhp_ctx_get_unread(app->ctx, index)
						    : NULL;

	if (unread)
		snprintf(buffer, size, "cannot read %s%s: %s (%s)", app->sysroot ? app->sysroot : "",
			 unread->path, strerror(unread->error), strerrorname_np(unread->error));
	else if (index == MAX_NAMED && count > MAX_NAMED)
		snprintf(buffer, size, "cannot read %zu more files", count - MAX_NAMED);
	else
		return NULL;
	return buffer;
}
