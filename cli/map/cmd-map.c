/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "map/map.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/selection.h"
#include "shell/surveyed.h"

enum { KEY_SVG = KEY_COMMAND };

static const struct opt opts[] = {
	{ KEY_SVG, "svg", "FILE", "write the map to FILE as a picture (- is standard output)" }, OPT_END
};

static int take_option(struct app *app, int key, const char *arg, void *data)
{
	const char **svg = data;

	if (key != KEY_SVG)
		return SELECTION_OTHER;
	if (app->json)
		return app_usage(app, "--svg and --json exclude each other");
	*svg = arg;
	return EXIT_OK;
}

static int show(struct app *app, const struct surveyed *surveyed, void *data)
{
	const char *svg = *(const char **)data;
	struct map map;
	int exit;

	if (!map_make(surveyed->snapshot, surveyed->request, surveyed->survey, &map))
		exit = app_no_memory(app);
	else if (app->json)
		exit = map_json(app, &map);
	else
		exit = svg ? map_svg(app, &map, svg) : map_text(app, &map);
	map_release(&map);
	return exit;
}

static int run(struct app *app, int argc, char **argv)
{
	const char *svg = NULL;
	return surveyed_run(app, argc, argv, take_option, show, &svg);
}

const struct cmd cmd_map = {
	.name = "map",
	.args = "[BLOCKS...]",
	.summary = "Show the machine's memory as a map of coloured cells",
	.opts = opts,
	.takes_filters = true,
	.zone_filters = true,
	.run = run,
};
