/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/completion.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/usage.h"

/* Each is at home in its wing, which nothing else knows. */
extern const struct cmd cmd_list, cmd_info, cmd_explain, cmd_map, cmd_online, cmd_offline, cmd_probe,
	cmd_remove, cmd_devices, cmd_page, cmd_policy, cmd_monitor, cmd_wait, cmd_metrics, cmd_help;

static const struct cmd *const commands[] = { &cmd_list,    &cmd_info,	  &cmd_explain, &cmd_map,
					      &cmd_online,  &cmd_offline, &cmd_probe,	&cmd_remove,
					      &cmd_devices, &cmd_page,	  &cmd_policy,	&cmd_monitor,
					      &cmd_wait,    &cmd_metrics, &cmd_help,	NULL };

/* A full disk or a closed pipe must not look like success. */
static int close_stdout(const struct app *app, int exit)
{
	bool failed = ferror(stdout) != 0;

	errno = 0;
	if (fclose(stdout) == 0 && !failed)
		return exit;
	fprintf(stderr, "memhp%s%s: cannot write to standard output%s%s\n", app->cmd ? " " : "",
		app->cmd ? app->cmd->name : "", errno ? ": " : "", errno ? strerror(errno) : "");
	return exit == EXIT_OK ? EXIT_NOTHING : exit;
}

static int run_command(struct app *app, int argc, char **argv)
{
	app->cmd = command_find(app, argv[0]);
	if (!app->cmd)
		return command_absent(app, argv[0]);
	optind = 0; /* glibc: forget the scan of the global options */
	return app_finish(app, app->cmd->run(app, argc, argv));
}

static int run(struct app *app, int argc, char **argv)
{
	/* A usage error inside the options must already know that JSON is wanted. */
	app->json = option_peek(app, argc, argv, KEY_JSON) != NULL;

	const char *arg;
	int key = option_next(app, argc, argv, &arg);
	if (key == KEY_COMPLETE)
		return complete_print(app, argc - optind, argv + optind);
	if (key != OPTION_END)
		return option_exit(app);
	if (optind >= argc) {
		if (!app->json)
			usage_print(stderr, app, NULL);
		return app->json ? app_usage(app, "a command is missing") : EXIT_USAGE;
	}
	return run_command(app, argc - optind, argv + optind);
}

int main(int argc, char **argv)
{
	struct app app = { .commands = commands, .color = "auto" };
	int fd;

	/* A caller may have closed some of these: no file of ours may take their place. */
	while ((fd = open("/dev/null", O_RDONLY)) >= 0 && fd <= STDERR_FILENO)
		;
	close(fd);
	setlocale(LC_CTYPE, "");
	int exit = run(&app, argc, argv);
	exit = close_stdout(&app, exit);
	memhp_ctx_free(app.ctx);
	return exit;
}
