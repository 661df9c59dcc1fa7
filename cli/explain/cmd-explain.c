/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "explain/explain.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/surveyed.h"

static const struct opt opts[] = { OPT_END };

static int show(struct app *app, const struct surveyed *surveyed, void *data)
{
	(void)data;
	if (app->json)
		return explain_json(app, surveyed);
	explain_text(app, surveyed);
	return EXIT_OK;
}

static int run(struct app *app, int argc, char **argv)
{
	return surveyed_run(app, argc, argv, NULL, show, NULL);
}

const struct cmd cmd_explain = {
	.name = "explain",
	.args = "[BLOCKS...]",
	.summary = "Tell whether blocks can go offline, and what holds them",
	.opts = opts,
	.takes_filters = true,
	.zone_filters = true,
	.run = run,
};
