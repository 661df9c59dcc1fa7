/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>

#include "metrics/metrics.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/options.h"

enum { KEY_EXPLAIN = KEY_COMMAND };

static const struct opt opts[] = {
	{ KEY_EXPLAIN, "explain", NULL, "tell how much can go offline, and what holds the rest" },
	{ 'o', "output", "FILE", "put them into FILE, whole or not at all (- is standard output)" },
	OPT_END
};

struct wanted {
	bool explain;
	const char *output; /* NULL: standard output */
};

/* Reads each block's pages. Without root they stay unknown, as in explain. */
static int read_survey(struct app *app, struct metrics_facts *facts)
{
	struct memhp_request *all = NULL;
	int error = memhp_survey_new(app->ctx, facts->snapshot, &facts->survey);

	if (!error)
		error = memhp_request_new(&all, MEMHP_ACTION_NONE);
	if (!error)
		error = memhp_survey_read(facts->survey, all);
	memhp_request_free(all);
	return error;
}

static int read_facts(struct app *app, struct metrics_facts *facts, bool explain)
{
	int survey = explain ? read_survey(app, facts) : 0;
	/* A copied tree may lack /proc: what it would tell is left out. */
	int system = memhp_system_read(app->ctx, &facts->system);
	int support = memhp_support_read(app->ctx, &facts->support);
	int policy = memhp_policy_read(app->ctx, &facts->policy);

	facts->unread = memhp_ctx_get_unread_count(app->ctx);
	if (survey == -ENOMEM || system == -ENOMEM || support == -ENOMEM || policy)
		return app_no_memory(app);
	return EXIT_OK;
}

static int show(struct app *app, const struct wanted *wanted)
{
	struct metrics_facts facts = { .support = { .size = sizeof(facts.support) } };
	int exit = app_read(app,
			    MEMHP_WANT_STATE | MEMHP_WANT_ZONES | MEMHP_WANT_NODES | MEMHP_WANT_BLOCK_DEVICE,
			    &facts.snapshot);

	if (exit == EXIT_OK)
		exit = read_facts(app, &facts, wanted->explain);
	if (exit == EXIT_OK)
		exit = app->json ? metrics_json(app, &facts) : metrics_text(app, &facts, wanted->output);
	memhp_policy_free(facts.policy);
	memhp_system_free(facts.system);
	memhp_survey_free(facts.survey);
	memhp_snapshot_free(facts.snapshot);
	return exit;
}

static int run(struct app *app, int argc, char **argv)
{
	struct wanted wanted = { 0 };
	const char *arg;
	int key;

	while ((key = option_next(app, argc, argv, &arg)) != OPTION_END) {
		if (key == OPTION_STOP)
			return option_exit(app);
		if (key == KEY_EXPLAIN)
			wanted.explain = true;
		else
			wanted.output = arg;
	}
	if (optind < argc)
		return app_usage(app, "%s: metrics takes no operands", argv[optind]);
	if (app->json && wanted.output)
		return app_usage(app, "--output and --json exclude each other");
	int exit = app_open(app);
	return exit == EXIT_OK ? show(app, &wanted) : exit;
}

const struct cmd cmd_metrics = {
	.name = "metrics",
	.args = "",
	.summary = "Print figures for Prometheus, by way of node_exporter's textfiles",
	.opts = opts,
	.run = run,
};
