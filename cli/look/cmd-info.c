/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>

#include <memhp.h>

#include "look/info.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/options.h"

static const struct opt opts[] = { OPT_END };

static int show(struct app *app)
{
	struct info info = { 0 };
	int exit = app_read(app, MEMHP_WANT_ALL, &info.snapshot);

	if (exit != EXIT_OK)
		return exit;
	/* A copied tree may lack /proc: what it would tell is left out. */
	int system = memhp_system_read(app->ctx, &info.system);
	bool followed = follow_up_read(app, true, &info.follow);
	int source = memhp_page_source_read(app->ctx, &info.page_source, &info.no_kcore);
	int error = memhp_policy_read(app->ctx, &info.policy);
	if (!error)
		error = memhp_actors_read(app->ctx, &info.actors);
	if (system == -ENOMEM || source || !followed) {
		exit = app_no_memory(app);
	} else if (error) {
		exit = app_fail_errno(app, error, "cannot read the policy");
	} else {
		exit = app->json ? info_json(app, &info) : info_text(app, &info);
	}
	memhp_policy_free(info.policy);
	memhp_actors_free(info.actors);
	memhp_system_free(info.system);
	memhp_snapshot_free(info.snapshot);
	return exit;
}

static int run(struct app *app, int argc, char **argv)
{
	const char *arg;
	while (option_next(app, argc, argv, &arg) != OPTION_END)
		return option_exit(app);
	if (optind < argc)
		return app_usage(app, "%s: info takes no operands", argv[optind]);
	int exit = app_open(app);
	return exit == EXIT_OK ? show(app) : exit;
}

const struct cmd cmd_info = {
	.name = "info",
	.args = "",
	.summary = "Show the machine's memory, policy and what the kernel supports",
	.opts = opts,
	.run = run,
};
