/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "look/info.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/options.h"

static const struct opt opts[] = { OPT_END };

struct info_totals info_count(const struct info *info, int node)
{
	struct info_totals totals = { 0 };
	for (size_t i = 0; i < memhp_snapshot_get_count(info->snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(info->snapshot, i);
		if (node < 0 || memhp_block_get_node(block, 0) == node)
			totals.by_state[memhp_block_get_state(block)]++;
	}
	return totals;
}

int info_highest_node(const struct info *info)
{
	int highest = -1;
	for (size_t i = 0; i < memhp_snapshot_get_count(info->snapshot); i++) {
		int node = memhp_block_get_node(memhp_snapshot_get_block(info->snapshot, i), 0);
		highest = node > highest ? node : highest;
	}
	return highest;
}

bool info_is_empty(const struct info_totals *totals)
{
	for (size_t i = 0; i < MEMHP_STATE_COUNT; i++) {
		if (totals->by_state[i])
			return false;
	}
	return true;
}

bool info_kdump_unknown(const struct info *info, char *buffer, size_t size)
{
	static const char file[] = "/sys/kernel/kexec_crash_loaded";
	int error = info->support.crash_error;

	if (info->support.kdump_reload >= 0)
		return false;
	if (error == ENOENT)
		snprintf(buffer, size, "this tree has no %s, which says whether a crash kernel is loaded",
			 file);
	else if (error == EINVAL)
		snprintf(buffer, size, "%s is neither 0 nor 1", file);
	else
		snprintf(buffer, size, "%s: %s", file, strerror(error));
	return true;
}

static int show(struct app *app)
{
	struct info info = { .support = { .size = sizeof(info.support) } };
	int exit = app_read(app, MEMHP_WANT_ALL, &info.snapshot);

	if (exit != EXIT_OK)
		return exit;
	int error = memhp_policy_read(app->ctx, &info.policy);
	if (!error)
		error = memhp_actors_read(app->ctx, &info.actors);
	if (error) {
		exit = app_fail_errno(app, error, "cannot read the policy");
	} else {
		/* A copied tree may lack /proc: what it would tell is left out. */
		memhp_system_read(app->ctx, &info.system);
		memhp_support_read(app->ctx, &info.support);
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
