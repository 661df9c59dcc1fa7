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

enum { KEY_PATH = KEY_COMMAND };

static const struct opt opts[] = { { 'a', "all", NULL, "show each block by itself" },
				   { KEY_PATH, "path", NULL, "along the kernel's way through an offline" },
				   OPT_END };

struct options {
	bool all, path;
};

static int take_option(struct app *app, int key, const char *arg, void *data)
{
	struct options *options = data;

	(void)app, (void)arg;
	if (key == 'a')
		options->all = true;
	else if (key == KEY_PATH)
		options->path = true;
	else
		return SELECTION_OTHER;
	return EXIT_OK;
}

static int show(struct app *app, const struct surveyed *surveyed, void *data)
{
	const struct options *options = data;
	struct judged_list judged;
	struct memhp_way *way = NULL;
	int exit;

	if (!judged_collect(surveyed, &judged))
		return app_no_memory(app);
	if (options->path && memhp_way_read(app->ctx, &way))
		exit = app_no_memory(app);
	else if (app->json)
		exit = explain_json(app, surveyed, &judged, way);
	else
		exit = explain_text(app, surveyed, &judged, options->all, way);
	memhp_way_free(way);
	free(judged.list);
	return exit;
}

static int run(struct app *app, int argc, char **argv)
{
	struct options options = { 0 };
	return surveyed_run(app, argc, argv, take_option, show, &options);
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
