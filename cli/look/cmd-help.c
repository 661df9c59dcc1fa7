/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <getopt.h>
#include <stdio.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/usage.h"

static int run(struct app *app, int argc, char **argv)
{
	const struct cmd *cmd = NULL;
	const char *arg;

	while (option_next(app, argc, argv, &arg) != OPTION_END)
		return option_exit(app);
	if (argc - optind > 1)
		return app_usage(app, "%s: help takes one COMMAND", argv[optind + 1]);
	if (optind < argc) {
		cmd = command_find(app, argv[optind]);
		if (!cmd)
			return command_absent(app, argv[optind]);
	}
	usage_print(stdout, app, cmd);
	return EXIT_OK;
}

const struct cmd cmd_help = {
	.name = "help",
	.args = "[COMMAND]",
	.summary = "Show help, of a command if one is named",
	.in_main_page = true,
	.run = run,
};
