/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* online, offline and (with cmd-remove.c) remove: one body. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "change/change-report.h"
#include "change/change.h"
#include "shell/app.h"
#include "shell/changing.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/selection.h"
#include "shell/text.h"

#define DEFAULT_TIMEOUT_MS 30000

static const struct opt online_opts[] = { CHANGE_OPTS,
					  { KEY_TARGET, "zone", "ZONE", "default, kernel or movable" },
					  { KEY_REZONE, "rezone", NULL,
					    "take blocks of another zone offline and back online" },
					  OPT_END };

static const struct opt offline_opts[] = { CHANGE_OPTS, CHANGE_FORCE_OPT, OPT_END };

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

static int take_option(struct change *change, int key, const char *arg)
{
	switch (key) {
	case KEY_SIZE:
		change->size_text = arg;
		return option_size(change->app, "size", arg, &change->size);
	case KEY_TARGET:
		return option_target(change->app, "zone", arg, &change->target);
	case KEY_REZONE:
		change->rezone = true;
		return EXIT_OK;
	case KEY_DRY_RUN:
		change->dry_run = true;
		return EXIT_OK;
	case KEY_KEEP_GOING:
		change->keep_going = true;
		return EXIT_OK;
	case KEY_WHOLE_DEVICE:
		change->whole_device = true;
		return EXIT_OK;
	case KEY_FORCE:
		return take_force(change, arg);
	case KEY_TRACE:
		following_take(&change->following, arg);
		return EXIT_OK;
	case 't':
		return option_duration(change->app, "timeout", arg, &change->timeout_ms);
	case KEY_WAIT:
		return option_duration(change->app, "wait", arg, &change->wait_ms);
	default:
		return selection_option(change->app, &change->selection, key, arg);
	}
}

static bool chooses_by_pages(const struct change *change)
{
	return change->size && change->kind->by_pages;
}

/* A dry run says what the pages let expect, also where nothing is chosen by them. */
static int choose(struct change *change)
{
	const struct memhp_request *request = change->selection.request;
	bool by_pages = chooses_by_pages(change);
	bool foresees = change->dry_run && (!change->kind->online || change->rezone);
	int error = 0;

	if (by_pages || foresees)
		error = memhp_survey_new(change->app->ctx, change->snapshot, &change->survey);
	if (error)
		return error;
	if (by_pages)
		return memhp_plan_new_surveyed(change->survey, request, &change->plan);
	if (foresees && memhp_survey_read(change->survey, request) == -ENOMEM)
		return -ENOMEM;
	return memhp_plan_new(change->snapshot, request, &change->plan);
}

static int check_hotremove(struct change *change)
{
	struct memhp_support support = { .size = sizeof(support) };

	if (memhp_support_read(change->app->ctx, &support) || support.hotremove != 0)
		return EXIT_OK;
	return app_fail(change->app, EXIT_UNSUPPORTED, "EOPNOTSUPP",
			"use a kernel that is built with CONFIG_MEMORY_HOTREMOVE",
			"this kernel cannot take memory offline");
}

static int make_plan(struct change *change, int argc, char **argv)
{
	struct app *app = change->app;
	struct memhp_request *request = change->selection.request;
	unsigned int want = memhp_request_get_want(request) | change->kind->want |
			    (change->size ? MEMHP_WANT_DEVICE : 0);

	int exit = app_read(app, want, &change->snapshot);
	if (exit == EXIT_OK && (!change->kind->online || change->rezone))
		exit = check_hotremove(change);
	if (exit == EXIT_OK)
		exit = selection_finish(app, &change->selection, change->snapshot, argc, argv);
	if (exit == EXIT_OK)
		exit = option_size_fits(app, change->size_text,
					memhp_snapshot_get_block_size(change->snapshot), "block size",
					&change->size);
	memhp_request_set_size(request, change->size);
	if (exit == EXIT_OK && change->kind->prepare)
		exit = change->kind->prepare(change);
	if (exit != EXIT_OK)
		return exit;
	request = change->selection.request; /* prepare may have put another one there */
	memhp_request_set_target(request, change->target);
	memhp_request_set_rezone(request, change->rezone);
	memhp_request_set_force_unmovable(request, change->force_unmovable);
	int error = choose(change);
	return error ? app_fail_errno(app, error, "cannot plan") : EXIT_OK;
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
		.trace = change->following.trace,
	};
	int error = change->kind->run(app->ctx, change->plan, &options, &report);
	if (error)
		return app_fail_errno(app, error, "cannot report");
	progress_end(change);
	if (!change->dry_run)
		change_log(change, report);
	struct report_context context = {
		.report = report,
		.snapshot = change->snapshot,
		.survey = change->survey,
		.plan = change->plan,
		.words = change->kind->words,
		.target = change->target,
		.block_size = memhp_snapshot_get_block_size(change->snapshot),
		.wanted = change->size,
		.by_pages = chooses_by_pages(change),
		.forced = change->force_unmovable,
		.dry_run = change->dry_run,
		.traced = change->following.wanted,
		.filtered = change->selection.filter_count && !change->size,
		.warnings = change->warnings,
	};
	int saved = following_end(app, &change->following, EXIT_OK, change->warnings);
	int exit = report_finish(app, &context);
	if (memhp_report_get_count(report) == 0 && !app->json)
		fprintf(stderr, "memhp %s: nothing to do: no memory block matches\n", app->cmd->name);
	memhp_report_free(report);
	return exit == EXIT_OK ? saved : exit;
}

/* Of a removal also the way back, if its device stays. */
static int start_following(struct change *change)
{
	unsigned int actions = change->kind->online ? MEMHP_TRACE_ONLINE : MEMHP_TRACE_OFFLINE;

	if (change->kind->online && change->rezone)
		actions |= MEMHP_TRACE_OFFLINE;
	if (change->kind->want & MEMHP_WANT_DEVICE)
		actions |= MEMHP_TRACE_REMOVE | MEMHP_TRACE_ONLINE;
	return following_start(change->app, &change->following, actions, change->warnings);
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
	if (exit == EXIT_OK && memhp_plan_get_wanted(change->plan) && memhp_plan_get_count(change->plan) == 0)
		exit = change_no_candidate(change);
	if (exit == EXIT_OK)
		exit = change_check_memory(change);
	if (exit == EXIT_OK)
		exit = start_following(change);
	if (exit == EXIT_OK) {
		progress_start(change);
		exit = carry_out(change);
	} else if (!change->dry_run) {
		changing_log(change->app, "refused, exit status %d", exit);
	}
	exit = following_end(change->app, &change->following, exit, change->warnings);
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
	if (change->following.wanted && change->dry_run)
		return app_usage(change->app,
				 "--trace follows a change; with --dry-run there is none, explain --path "
				 "tells the way beforehand");
	exit = app_open(change->app);
	return exit == EXIT_OK ? run_locked(change, argc - optind, argv + optind) : exit;
}

int change_main(struct app *app, int argc, char **argv, const struct change_kind *kind)
{
	struct change change = {
		.app = app,
		.kind = kind,
		.timeout_ms = DEFAULT_TIMEOUT_MS,
		.warnings = json_new_array(),
	};
	int exit = selection_open(app, &change.selection,
				  kind->online ? MEMHP_ACTION_ONLINE : MEMHP_ACTION_OFFLINE);
	if (exit == EXIT_OK)
		exit = run_change(&change, argc, argv);
	memhp_plan_free(change.plan);
	memhp_survey_free(change.survey);
	memhp_snapshot_free(change.snapshot);
	selection_close(&change.selection);
	json_object_put(change.warnings);
	return exit;
}

static int run_online(struct app *app, int argc, char **argv)
{
	static const struct change_kind kind = { true, false, &words_online, 0, NULL, memhp_plan_run };
	return change_main(app, argc, argv, &kind);
}

static int run_offline(struct app *app, int argc, char **argv)
{
	static const struct change_kind kind = { false, true, &words_offline, 0, NULL, memhp_plan_run };
	return change_main(app, argc, argv, &kind);
}

const struct cmd cmd_online = {
	.name = "online",
	.args = "[BLOCKS...]",
	.summary = "Bring memory blocks online",
	.opts = online_opts,
	.takes_filters = true,
	.run = run_online,
};

const struct cmd cmd_offline = {
	.name = "offline",
	.args = "[BLOCKS...]",
	.summary = "Take memory blocks offline",
	.opts = offline_opts,
	.takes_filters = true,
	.zone_filters = true,
	.run = run_offline,
};
