/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "explain/explain.h"
#include "explain/judged.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/selection.h"
#include "shell/surveyed.h"

static const struct opt opts[] = { { 'a', "all", NULL, "show each block by itself" }, OPT_END };

static int take_option(struct app *app, int key, const char *arg, void *data)
{
	bool *all = data;

	(void)app, (void)arg;
	if (key != 'a')
		return SELECTION_OTHER;
	*all = true;
	return EXIT_OK;
}

static int show(struct app *app, const struct surveyed *surveyed, void *data)
{
	const bool *all = data;
	struct judged_list judged;
	int exit;

	if (!judged_collect(surveyed, &judged))
		return app_no_memory(app);
	exit = app->json ? explain_json(app, surveyed, &judged) : explain_text(app, surveyed, &judged, *all);
	free(judged.list);
	return exit;
}

static int run(struct app *app, int argc, char **argv)
{
	bool all = false;
	return surveyed_run(app, argc, argv, take_option, show, &all);
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
