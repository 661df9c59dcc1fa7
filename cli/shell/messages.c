/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"
#include "shell/unread.h"

const char *errno_name(int error)
{
	const char *name = strerrorname_np(error);
	return name ? name : "EUNKNOWN";
}

static int fail(struct app *app, int exit, const char *code, const char *hint, const char *message)
{
	const char *name = app->cmd ? app->cmd->name : "";

	if (app->json) {
		json_object *document = json_document(app), *error = json_new_object();
		json_add_string(error, "code", code);
		json_add_string(error, "message", message);
		json_add_string(error, "hint", hint);
		json_add(document, "error", error);
		return json_finish(app, document, exit);
	}
	fprintf(stderr, "memhp%s%s: %s\n", *name ? " " : "", name, message);
	if (hint)
		fprintf(stderr, "  %s\n", hint);
	return exit;
}

int app_fail(struct app *app, enum exit_code exit, const char *code, const char *hint, const char *format,
	     ...)
{
	char message[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	return fail(app, exit, code, hint, message);
}

int app_usage(struct app *app, const char *format, ...)
{
	char message[1024], hint[64];
	va_list args;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	snprintf(hint, sizeof(hint), "see memhp %s%s--help", app->cmd ? app->cmd->name : "",
		 app->cmd ? " " : "");
	return fail(app, EXIT_USAGE, "usage", hint, message);
}

int app_fail_errno(struct app *app, int error, const char *doing)
{
	const char *path = memhp_ctx_get_error_path(app->ctx);
	const char *root = app->sysroot ? app->sysroot : "";
	const char *hint = NULL;
	int exit = EXIT_NOTHING;

	switch (-error) {
	case EOPNOTSUPP:
		exit = EXIT_UNSUPPORTED;
		break;
	case EACCES:
	case EPERM:
		hint = "try again as root";
		exit = EXIT_PERMISSION;
		break;
	case EROFS:
		hint = "the file system is mounted read-only (a container?): use the host, or remount it";
		exit = EXIT_PERMISSION;
		break;
	default:
		break;
	}
	app->failed_path = path;
	return app_fail(app, exit, errno_name(-error), hint, "%s: %s%s%s%s (%s)", doing, *path ? root : "",
			path, *path ? ": " : "", strerror(-error), errno_name(-error));
}

int app_no_memory(const struct app *app)
{
	if (app->json)
		return json_no_memory(app);
	fprintf(stderr, "memhp%s%s: out of memory (ENOMEM)\n", app->cmd ? " " : "",
		app->cmd ? app->cmd->name : "");
	return EXIT_NOTHING;
}

int app_allocated(const struct app *app, int error)
{
	return error ? app_no_memory(app) : EXIT_OK;
}

void app_warn(const struct app *app, const char *format, ...)
{
	va_list args;
	fprintf(stderr, "memhp%s%s: warning: ", app->cmd ? " " : "", app->cmd ? app->cmd->name : "");
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

static bool is_said(const struct app *app, size_t index)
{
	const struct memhp_unread *unread = memhp_ctx_get_unread(app->ctx, index);
	return app->failed_path && unread && strcmp(unread->path, app->failed_path) == 0;
}

int app_finish(const struct app *app, int exit)
{
	char text[640];
	size_t count = 0;

	/* A failure, too, may rest on what could not be read: a device that was not found. */
	for (; unread_text(app, count, text, sizeof(text)); count++) {
		if (!app->json && !is_said(app, count)) /* the document has it */
			app_warn(app, "%s", text);
	}
	return count && exit == EXIT_OK && !app->changes ? EXIT_PARTLY : exit;
}
