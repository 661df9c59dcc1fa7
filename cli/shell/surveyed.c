/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/selection.h"
#include "shell/surveyed.h"

struct job {
	struct app *app;
	struct selection selection;
	surveyed_option_fn option;
	surveyed_show_fn show;
	void *data;
};

/* OPTION_END, or OPTION_STOP with the exit code in *@exit. */
static int take_options(struct job *job, int argc, char **argv, int *exit)
{
	const char *arg;
	int key;

	while ((key = option_next(job->app, argc, argv, &arg)) != OPTION_END) {
		*exit = key == OPTION_STOP ? option_exit(job->app) : SELECTION_OTHER;
		if (*exit == SELECTION_OTHER && job->option)
			*exit = job->option(job->app, key, arg, job->data);
		if (*exit == SELECTION_OTHER)
			*exit = selection_option(job->app, &job->selection, key, arg);
		if (key == OPTION_STOP || *exit != EXIT_OK)
			return OPTION_STOP;
	}
	return OPTION_END;
}

static bool matches_any(const struct memhp_snapshot *snapshot, const struct memhp_request *request)
{
	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		if (memhp_request_matches(request, memhp_snapshot_get_block(snapshot, i)))
			return true;
	}
	return false;
}

static int survey_and_show(struct job *job, const struct memhp_snapshot *snapshot)
{
	const struct memhp_request *request = job->selection.request;
	struct memhp_survey *survey;

	bool any = matches_any(snapshot, request);
	if (!any && job->selection.filter_count == 0)
		return app_fail(job->app, EXIT_NOTHING, "ENODEV", "memhp list shows those that there are",
				"no memory block matches");
	if (!any && !job->app->json) {
		fprintf(stderr, "memhp %s: no memory block matches\n", job->app->cmd->name);
		return EXIT_OK;
	}
	int error = memhp_survey_new(job->app->ctx, snapshot, &survey);
	if (!error)
		error = memhp_survey_read(survey, request);
	struct surveyed surveyed = { snapshot, request, survey };
	int exit = error == -ENOMEM ? app_fail_errno(job->app, error, "cannot read pages")
				    : job->show(job->app, &surveyed, job->data);
	memhp_survey_free(survey);
	return exit;
}

static int run_selected(struct job *job, int argc, char **argv)
{
	struct memhp_snapshot *snapshot;
	int exit;

	if (take_options(job, argc, argv, &exit) == OPTION_STOP)
		return exit;
	exit = app_open(job->app);
	if (exit != EXIT_OK)
		return exit;
	unsigned int want = memhp_request_get_want(job->selection.request) | MEMHP_WANT_STATE |
			    MEMHP_WANT_ZONES | MEMHP_WANT_NODES;
	exit = app_read(job->app, want, &snapshot);
	if (exit != EXIT_OK)
		return exit;
	exit = selection_finish(job->app, &job->selection, snapshot, argc - optind, argv + optind);
	if (exit == EXIT_OK)
		exit = survey_and_show(job, snapshot);
	memhp_snapshot_free(snapshot);
	return exit;
}

int surveyed_run(struct app *app, int argc, char **argv, surveyed_option_fn option, surveyed_show_fn show,
		 void *data)
{
	struct job job = { .app = app, .option = option, .show = show, .data = data };
	int exit = selection_open(app, &job.selection, MEMHP_ACTION_NONE);

	if (exit == EXIT_OK)
		exit = run_selected(&job, argc, argv);
	selection_close(&job.selection);
	return exit;
}
