/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/exit.h"
#include "shell/messages.h"

static void log_line(void *data, int level, const char *message)
{
	(void)data;
	fprintf(stderr, "memhp: %s%s\n", level <= LOG_ERR ? "error: " : "", message);
}

int app_open(struct app *app)
{
	int error = memhp_ctx_new(&app->ctx, app->sysroot);
	if (error == -ENOMEM)
		return app_no_memory(app);
	if (error)
		return app_fail(app, EXIT_USAGE, errno_name(-error), "give --sysroot an existing directory",
				"%s: cannot use it as the system root: %s", app->sysroot ? app->sysroot : "/",
				strerror(-error));
	if (app->verbose)
		memhp_ctx_set_log(app->ctx, log_line, NULL, LOG_DEBUG);
	return EXIT_OK;
}

int app_read(struct app *app, unsigned int want, struct memhp_snapshot **snapshot)
{
	int error = memhp_snapshot_read(app->ctx, want, snapshot);

	if (error == -EOPNOTSUPP)
		return app_fail(
			app, EXIT_UNSUPPORTED, "EOPNOTSUPP", "use a kernel built with CONFIG_MEMORY_HOTPLUG",
			"%s%s: this kernel shows no memory blocks (no CONFIG_MEMORY_HOTPLUG, or /sys not "
			"mounted)",
			app->sysroot ? app->sysroot : "", memhp_ctx_get_error_path(app->ctx));
	if (error == -ENODATA)
		return app_fail(app, EXIT_NOTHING, "ENODATA",
				"copy sys/devices/system/memory, too, with all that is below it",
				"%s: this tree is incomplete: its nodes have memory blocks, but "
				"sys/devices/system/memory is missing from the copy",
				app->sysroot ? app->sysroot : "/");
	return error ? app_fail_errno(app, error, "cannot read the memory blocks") : EXIT_OK;
}

bool app_has_color(const struct app *app, FILE *stream)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (strcmp(app->color, "auto") != 0)
		return strcmp(app->color, "always") == 0;
	return isatty(fileno(stream)) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}
