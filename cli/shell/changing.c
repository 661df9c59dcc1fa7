/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <syslog.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/changing.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"

/*
 * Signals are only read from the descriptor: no handler, and no write of the kernel is cut by one.
 * A reader of the report that goes away must not kill us before the report is written elsewhere.
 */
int changing_signals(void)
{
	sigset_t set;
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* A memhp probe that was killed left the policy switched; under the lock none can be at work with it. */
static int restore_policy(struct app *app)
{
	bool restored;
	int error = memhp_auto_online_restore(app->ctx, &restored);

	if (error)
		return app_fail_errno(app, error, "cannot restore the policy auto-online");
	if (restored)
		app_warn(app,
			 "restored the policy auto-online, which a memhp probe that was killed had changed");
	return EXIT_OK;
}

/* What it left there costs a little time at each change, but keeps nobody from changing memory. */
static void clean_trace(struct app *app)
{
	bool cleaned;
	int error = memhp_trace_clean(app->ctx, &cleaned);

	if (error)
		app_warn(app, "a memhp that was killed left a trace, which cannot be ended: %s: %s",
			 memhp_ctx_get_error_path(app->ctx), errno_name(-error));
	else if (cleaned)
		app_warn(app, "ended the trace of a memhp that was killed");
}

int changing_lock(struct app *app, uint64_t wait_ms, int abort_fd, struct memhp_lock **lock)
{
	pid_t holder;
	int error = memhp_lock_new(app->ctx, wait_ms, abort_fd, &holder, lock);

	const char *hint = wait_ms ? NULL : "--wait DURATION waits for it";
	const char *still = wait_ms ? "; it did not end in the time of --wait" : "";
	if (error == -EWOULDBLOCK && holder == 0)
		return app_fail(app, EXIT_NOTHING, "EWOULDBLOCK", hint,
				"another process holds memhp's lock%s", still);
	if (error == -EWOULDBLOCK)
		return app_fail(app, EXIT_NOTHING, "EWOULDBLOCK", hint,
				"another memhp (pid %d) is changing memory%s", (int)holder, still);
	app->changes = !error;
	if (error)
		return app_fail_errno(app, error, "cannot take the lock");
	clean_trace(app);
	return restore_policy(app);
}

/* Who logged in, not who they are now: sudo does not hide it. */
static void login_name(char *name, size_t size)
{
	FILE *file = fopen("/proc/self/loginuid", "re");

	if (!file || !fgets(name, (int)size, file))
		snprintf(name, size, "unknown");
	else if (strcmp(name, "4294967295") == 0)
		snprintf(name, size, "none");
	if (file)
		fclose(file);
}

void changing_log(const struct app *app, const char *format, ...)
{
	char message[256], login[16];
	va_list args;

	if (!memhp_ctx_is_live(app->ctx)) {
		if (app->verbose)
			fputs("memhp: not the live system: nothing goes to the system log\n", stderr);
		return;
	}
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	login_name(login, sizeof(login));
	openlog("memhp", LOG_PID, LOG_DAEMON);
	syslog(LOG_NOTICE, "login uid %s: %s: %s", login, app->cmd->name, message);
	closelog();
}
