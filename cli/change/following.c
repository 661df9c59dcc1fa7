/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "change/change-report.h"
#include "change/following.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/messages.h"

void following_take(struct following *following, const char *arg)
{
	following->wanted = true;
	following->fd = -1;
	following->optional = arg && strcmp(arg, "try") == 0;
	following->file = following->optional ? NULL : arg;
}

static int fail_start(struct app *app, int error)
{
	if (!memhp_ctx_is_live(app->ctx))
		return app_fail(app, EXIT_UNSUPPORTED, "EOPNOTSUPP", "leave --trace out, or say --trace=try",
				"--trace follows the kernel of the live system only");
	if (error == -EOPNOTSUPP)
		return app_fail(app, EXIT_UNSUPPORTED, "EOPNOTSUPP",
				"mount -t tracefs tracefs /sys/kernel/tracing, or say --trace=try",
				"--trace: no tracefs at /sys/kernel/tracing");
	if (error == -ENOPKG)
		return app_fail(app, EXIT_UNSUPPORTED, "ENOPKG",
				"install libtracefs1 and libtraceevent1, or say --trace=try",
				"--trace: %s is not installed", memhp_ctx_get_error_path(app->ctx));
	return app_fail_errno(app, error, "--trace: the kernel cannot be followed");
}

/*
 * The file is opened before anything is changed: that it cannot be written must not come out afterwards. What
 * is in it stays until there is a trace.
 */
static int open_file(struct app *app, struct following *following)
{
	following->fd = open(following->file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
	if (following->fd >= 0)
		return EXIT_OK;
	int exit = errno == EACCES || errno == EPERM || errno == EROFS ? EXIT_PERMISSION : EXIT_NOTHING;
	return app_fail(app, exit, errno_name(errno), "name a file that can be written; nothing was changed",
			"--trace=%s: it cannot be written: %s (%s)", following->file, strerror(errno),
			errno_name(errno));
}

int following_start(struct app *app, struct following *following, unsigned int actions, json_object *warnings)
{
	if (!following->wanted)
		return EXIT_OK;
	int exit = following->file ? open_file(app, following) : EXIT_OK;
	if (exit != EXIT_OK)
		return exit;
	int error = memhp_trace_new(app->ctx, actions, following->file != NULL, &following->trace);
	if (!error)
		return EXIT_OK;
	if (!following->optional)
		return fail_start(app, error);
	change_warning(app, warnings, "the kernel cannot be followed (%s): changing without a trace",
		       errno_name(-error));
	return EXIT_OK;
}

static enum memhp_trace_format format_of(const char *file)
{
	size_t length = strlen(file);

	return length >= 5 && strcmp(file + length - 5, ".json") == 0 ? MEMHP_TRACE_JSON : MEMHP_TRACE_DAT;
}

static int save(struct following *following)
{
	return ftruncate(following->fd, 0)
		       ? -errno
		       : memhp_trace_save(following->trace, format_of(following->file), following->fd);
}

int following_end(struct app *app, struct following *following, int exit, json_object *warnings)
{
	if (!following->wanted)
		return exit;
	int error = following->trace && following->fd >= 0 ? save(following) : 0;
	if (error) {
		change_warning(app, warnings, "--trace=%s: cannot be written whole: %s", following->file,
			       errno_name(-error));
		exit = exit == EXIT_OK ? EXIT_PARTLY : exit;
	}
	memhp_trace_free(following->trace);
	if (following->fd >= 0)
		close(following->fd);
	*following = (struct following){ .fd = -1 };
	return exit;
}
