/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* online and offline: two entries, one body. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "report.h"

#define DEFAULT_TIMEOUT_MS 30000

enum {
	KEY_SIZE = KEY_COMMAND,
	KEY_REZONE,
	KEY_DRY_RUN,
	KEY_FORCE,
	KEY_TIMEOUT,
	KEY_KEEP_GOING,
	KEY_WAIT,
	KEY_TARGET
};

#define COMMON_OPTS                                                                                          \
	{ KEY_SIZE, "size", "SIZE", "choose this much among the candidates (4G)" },                          \
		{ KEY_DRY_RUN, "dry-run", NULL, "show the plan and change nothing" },                        \
		{ 't', "timeout", "DURATION", "limit for one block (default 30s, 0: none)" },                \
		{ KEY_KEEP_GOING, "keep-going", NULL, "go on after three timed-out blocks in a row" },       \
	{                                                                                                    \
		KEY_WAIT, "wait", "DURATION", "wait this long for another memhp to end"                      \
	}

static const struct opt online_opts[] = { COMMON_OPTS,
					  { KEY_TARGET, "zone", "ZONE", "default, kernel or movable" },
					  { KEY_REZONE, "rezone", NULL,
					    "take blocks of another zone offline and back online" },
					  OPT_END };

static const struct opt offline_opts[] = {
	COMMON_OPTS,
	{ KEY_FORCE, "force", "[=WHAT]",
	  "memory: pass the memory check (the default WHAT); unmovable: try blocks known not to go" },
	OPT_END
};

static int take_target(struct change *change, const char *word)
{
	static const char *const words[] = { "default", "kernel", "movable" };
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(word, words[i]) == 0) {
			change->target = (enum memhp_target)i;
			return EXIT_OK;
		}
	}
	return app_usage(change->app, "--zone %s: it is default, kernel or movable", word);
}

static int take_force(struct change *change, const char *what)
{
	if (!what || strcmp(what, "memory") == 0)
		change->force_memory = true;
	else if (strcmp(what, "unmovable") == 0)
		change->force_unmovable = true;
	else
		return app_usage(change->app, "--force=%s: it is memory or unmovable", what);
	return EXIT_OK;
}

static int take_size(struct change *change, const char *text)
{
	int error = size_parse(text, &change->size);
	change->size_text = text;
	if (error == -ERANGE)
		return app_usage(change->app, "--size %s: more than 64 bits can hold", text);
	if (error || change->size == 0)
		return app_usage(change->app, "--size '%s': not a size like 512M or 4G", text);
	return EXIT_OK;
}

static int take_option(struct change *change, int key, const char *arg)
{
	switch (key) {
	case KEY_SIZE:
		return take_size(change, arg);
	case KEY_TARGET:
		return take_target(change, arg);
	case KEY_REZONE:
		change->rezone = true;
		return EXIT_OK;
	case KEY_DRY_RUN:
		change->dry_run = true;
		return EXIT_OK;
	case KEY_KEEP_GOING:
		change->keep_going = true;
		return EXIT_OK;
	case KEY_FORCE:
		return take_force(change, arg);
	case 't':
		return option_duration(change->app, "timeout", arg, &change->timeout_ms);
	case KEY_WAIT:
		return option_duration(change->app, "wait", arg, &change->wait_ms);
	default:
		return selection_option(change->app, &change->selection, key, arg);
	}
}

static int check_size(struct change *change)
{
	uint64_t block = memhp_snapshot_get_block_size(change->snapshot), low = change->size / block * block;
	char unit[24], below[24] = "", above[24] = "";

	if (change->size % block == 0)
		return EXIT_OK;
	size_format(block, unit, sizeof(unit));
	if (low)
		size_format(low, below, sizeof(below));
	if (low <= UINT64_MAX - block)
		size_format(low + block, above, sizeof(above));
	return app_usage(change->app, "--size %s: not a multiple of the block size %s; nearest: %s%s%s",
			 change->size_text, unit, below, *below && *above ? " and " : "", above);
}

static int make_plan(struct change *change, int argc, char **argv)
{
	struct app *app = change->app;
	struct memhp_request *request = change->selection.request;
	unsigned int want = memhp_request_get_want(request);

	int exit = app_read(app, want, &change->snapshot);
	if (exit == EXIT_OK)
		exit = selection_finish(app, &change->selection, change->snapshot, argc, argv);
	if (exit == EXIT_OK)
		exit = check_size(change);
	if (exit != EXIT_OK)
		return exit;
	memhp_request_set_size(request, change->size);
	memhp_request_set_target(request, change->target);
	memhp_request_set_rezone(request, change->rezone);
	memhp_request_set_force_unmovable(request, change->force_unmovable);
	int error = memhp_plan_new(change->snapshot, request, &change->plan);
	return error ? app_fail_errno(app, error, "cannot plan") : EXIT_OK;
}

static int refuse_memory(struct change *change, const struct memhp_memcheck *check)
{
	char size[24], available[24], reserve[24], migrate[24], room[24];
	const char *hint = "--force=memory passes this check";

	size_format(check->going, size, sizeof(size));
	size_format(check->available, available, sizeof(available));
	size_format(check->reserve, reserve, sizeof(reserve));
	if (check->too_little)
		return app_fail(
			change->app, EXIT_NOTHING, "ENOMEM", hint,
			"too little memory would be left: MemAvailable is %s, %s would go, %s must stay",
			available, size, reserve);
	size_format(check->migrate, migrate, sizeof(migrate));
	size_format(check->room, room, sizeof(room));
	return app_fail(change->app, EXIT_NOTHING, "ENOMEM", hint,
			"the pages of node %d find no room: %s in use there, %s free on the other nodes",
			check->node, migrate, room);
}

static int check_memory(struct change *change)
{
	struct memhp_system *system = NULL;
	struct memhp_memcheck check = { .size = sizeof(check) };
	int exit = EXIT_OK, error = memhp_system_read(change->app->ctx, &system);

	/* A copied tree may lack /proc; the live system never does. */
	if (error && memhp_ctx_is_live(change->app->ctx))
		return app_fail_errno(change->app, error, "cannot check the memory");
	if (!error && !change->online && !change->force_memory) {
		memhp_memcheck(change->app->ctx, change->plan, system, &check);
		if (check.too_little || check.node >= 0)
			exit = refuse_memory(change, &check);
	}
	if (exit == EXIT_OK)
		change_warn(change, system);
	memhp_system_free(system);
	return exit;
}

static int carry_out(struct change *change)
{
	struct app *app = change->app;
	struct memhp_report *report;
	struct memhp_change_options options = {
		.size = sizeof(options),
		.timeout_ms = change->timeout_ms,
		.abort_fd = change->abort_fd,
		.keep_going = change->keep_going,
		.dry_run = change->dry_run,
		.progress = progress_show,
		.data = change,
	};
	int error = memhp_plan_run(app->ctx, change->plan, &options, &report);
	if (error)
		return app_fail_errno(app, error, "cannot report");
	progress_end(change);
	if (!change->dry_run)
		change_log(change, report);
	struct report_context context = {
		.report = report,
		.plan = change->plan,
		.block_size = memhp_snapshot_get_block_size(change->snapshot),
		.online = change->online,
		.dry_run = change->dry_run,
		.sized = change->size != 0,
		.warnings = change->warnings,
	};
	int exit = report_print(app, &context);
	if ((ferror(stdout) || fflush(stdout) != 0) && !change->dry_run) {
		report_rescue(&context);
		exit = EXIT_NOTHING;
	}
	memhp_report_free(report);
	return exit;
}

static int nothing_to_try(struct change *change)
{
	return app_fail(change->app, EXIT_NOTHING, "ENODEV", "memhp list -o +ZONES,STATE shows why",
			"no block that is selected can be %s",
			change->online ? "brought online" : "taken offline");
}

static int run_locked(struct change *change, int argc, char **argv)
{
	struct memhp_lock *lock = NULL;
	int exit = EXIT_OK;

	change->abort_fd = change->dry_run ? 0 : changing_signals();
	if (!change->dry_run)
		exit = changing_lock(change->app, change->wait_ms, change->abort_fd, &lock);
	if (exit == EXIT_OK)
		exit = make_plan(change, argc, argv);
	if (exit == EXIT_OK && change->size && memhp_plan_get_count(change->plan) == 0)
		exit = nothing_to_try(change);
	if (exit == EXIT_OK)
		exit = check_memory(change);
	if (exit == EXIT_OK) {
		progress_start(change);
		exit = carry_out(change);
	} else if (!change->dry_run) {
		changing_log(change->app, "refused, exit status %d", exit);
	}
	memhp_lock_free(lock);
	return exit;
}

static int run_change(struct change *change, int argc, char **argv)
{
	const char *arg;
	int key, exit;

	while ((key = option_next(change->app, argc, argv, &arg)) != OPTION_END) {
		exit = key == OPTION_STOP ? option_exit(change->app) : take_option(change, key, arg);
		if (key == OPTION_STOP || exit != EXIT_OK)
			return exit;
	}
	if (optind == argc && memhp_request_is_empty(change->selection.request) && !change->size)
		return app_usage(change->app, "which blocks? name some, or a filter, a --size, or all");
	exit = app_open(change->app);
	return exit == EXIT_OK ? run_locked(change, argc - optind, argv + optind) : exit;
}

static int run(struct app *app, int argc, char **argv)
{
	struct change change = {
		.app = app,
		.online = app->cmd == &cmd_online,
		.timeout_ms = DEFAULT_TIMEOUT_MS,
		.warnings = json_object_new_array(),
	};
	int exit = selection_open(app, &change.selection,
				  change.online ? MEMHP_ACTION_ONLINE : MEMHP_ACTION_OFFLINE);
	if (exit == EXIT_OK)
		exit = run_change(&change, argc, argv);
	memhp_plan_free(change.plan);
	memhp_snapshot_free(change.snapshot);
	selection_close(&change.selection);
	json_object_put(change.warnings);
	return exit;
}

const struct cmd cmd_online = {
	.name = "online",
	.args = "[BLOCKS...]",
	.summary = "Bring memory blocks online",
	.opts = online_opts,
	.takes_filters = true,
	.run = run,
};

const struct cmd cmd_offline = {
	.name = "offline",
	.args = "[BLOCKS...]",
	.summary = "Take memory blocks offline",
	.opts = offline_opts,
	.takes_filters = true,
	.zone_filters = true,
	.run = run,
};
