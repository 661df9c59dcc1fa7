/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>

#include "map.h"

enum { KEY_SVG = KEY_COMMAND };

static const struct opt opts[] = {
	{ KEY_SVG, "svg", "FILE", "write the map to FILE as a picture (- is standard output)" }, OPT_END
};

static int show(struct app *app, struct map *map, const char *svg)
{
	if (map->block_count == 0)
		return app_fail(app, EXIT_NOTHING, "ENODEV", "memhp list shows those that there are",
				"this machine has no such memory block");
	if (app->json)
		return map_json(app, map);
	return svg ? map_svg(app, map, svg) : map_text(app, map);
}

static int survey_and_show(struct app *app, const struct memhp_snapshot *snapshot,
			   const struct memhp_request *request, const char *svg)
{
	struct memhp_survey *survey;
	struct map map = { 0 };
	int error = memhp_survey_new(app->ctx, snapshot, &survey), exit;

	if (!error) {
		/* what could not be read, the map shows as unknown */
		error = memhp_survey_read(survey, request) == -ENOMEM ? -ENOMEM : 0;
		if (!error && !map_make(snapshot, request, survey, &map))
			error = -ENOMEM;
	}
	exit = error ? app_fail(app, EXIT_NOTHING, "ENOMEM", NULL, "out of memory") : show(app, &map, svg);
	map_release(&map);
	memhp_survey_free(survey);
	return exit;
}

static int take_options(struct app *app, struct selection *selection, int argc, char **argv, const char **svg)
{
	const char *arg;
	int key, exit;

	while ((key = option_next(app, argc, argv, &arg)) != OPTION_END) {
		if (key == OPTION_STOP)
			return option_exit(app);
		if (key == KEY_SVG) {
			*svg = arg;
			continue;
		}
		exit = selection_option(app, selection, key, arg);
		if (exit != EXIT_OK)
			return exit;
	}
	if (*svg && app->json)
		return app_usage(app, "--svg and --json exclude each other");
	return EXIT_OK;
}

static int run_selected(struct app *app, struct selection *selection, int argc, char **argv)
{
	struct memhp_snapshot *snapshot;
	const char *svg = NULL;
	int exit = take_options(app, selection, argc, argv, &svg);

	if (exit == EXIT_OK)
		exit = app_open(app);
	if (exit != EXIT_OK)
		return exit;
	unsigned int want = memhp_request_get_want(selection->request) | MEMHP_WANT_STATE | MEMHP_WANT_ZONES |
			    MEMHP_WANT_NODES;
	exit = app_read(app, want, &snapshot);
	if (exit != EXIT_OK)
		return exit;
	exit = selection_finish(app, selection, snapshot, argc - optind, argv + optind);
	if (exit == EXIT_OK)
		exit = survey_and_show(app, snapshot, selection->request, svg);
	memhp_snapshot_free(snapshot);
	return exit;
}

static int run(struct app *app, int argc, char **argv)
{
	struct selection selection;
	int exit = selection_open(app, &selection, MEMHP_ACTION_NONE);

	if (exit == EXIT_OK)
		exit = run_selected(app, &selection, argc, argv);
	selection_close(&selection);
	return exit;
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
