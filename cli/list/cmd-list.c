/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "list/columns.h"
#include "list/list.h"
#include "list/ranges.h"
#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/selection.h"
#include "shell/text.h"

#define DEFAULT_COLUMNS "RANGE,SIZE,STATE,BLOCK,NODE,ZONES,DEVICE"

enum { KEY_OUTPUT_ALL = KEY_COMMAND, KEY_SUMMARY };

static const struct opt opts[] = {
	{ 'a', "all", NULL, "a line for each block" },
	{ 'b', "bytes", NULL, "sizes in bytes" },
	{ 'n', "noheadings", NULL, "no headings" },
	{ 'o', "output", "LIST", "columns to show; +LIST adds to the default ones" },
	{ KEY_OUTPUT_ALL, "output-all", NULL, "show all columns" },
	{ 'P', "pairs", NULL, "KEY=\"value\" lines" },
	{ 'r', "raw", NULL, "raw lines" },
	{ 'S', "split", "LIST", "start a new range only where these columns differ, or none" },
	{ KEY_SUMMARY, "summary", "[=WHEN]", "never, always or only (the default WHEN)" },
	OPT_END
};

static int no_such_column(struct app *app, const char *where, const char *name, size_t length)
{
	char all[256] = "";
	for (size_t i = 0; column_at(i); i++) {
		text_append(all, sizeof(all), "%s%s", i ? ", " : "", column_at(i)->name);
	}
	return app_usage(app, "%s'%.*s': no such column; there are %s", where, (int)length, name, all);
}

static int add_columns(struct app *app, struct list *list, const char *where, const char *words)
{
	while (*words) {
		size_t length = strcspn(words, ",");
		int column = column_find(words, length);
		if (column < 0)
			return no_such_column(app, where, words, length);
		if (list->column_count == MAX_COLUMNS)
			return app_usage(app, "%smore than %d columns", where, MAX_COLUMNS);
		list->columns[list->column_count++] = (size_t)column;
		words += length;
		if (*words == ',' && !*++words)
			return app_usage(app, "%sa column is missing after the last comma", where);
	}
	return EXIT_OK;
}

/* As lsmem: CONFIGURED and MEMMAP-ON-MEMORY only where the system has them, even if asked for. */
static void drop_config_columns(struct list *list)
{
	size_t kept = 0;
	for (size_t i = 0; i < list->column_count; i++) {
		if (column_at(list->columns[i])->want != MEMHP_WANT_CONFIG)
			list->columns[kept++] = list->columns[i];
	}
	list->column_count = kept;
}

static int choose_columns(struct app *app, struct list *list)
{
	/* JSON and the summary have no columns: somebody's setting for tables does not make them fail. */
	const char *defaults = app->json || !list->table ? NULL : getenv("MEMHP_COLUMNS");
	const char *output = list->output;

	if (list->output_all && (!output || *output == '+')) {
		for (size_t i = 0; column_at(i); i++)
			list->columns[list->column_count++] = i;
		return EXIT_OK;
	}
	if (output && !*output)
		return app_usage(app, "--output: no column given");
	if (!output || *output == '+') {
		bool own = defaults && *defaults, adds = own && *defaults == '+';
		int exit = !own || adds ? add_columns(app, list, "", DEFAULT_COLUMNS) : EXIT_OK;
		if (exit == EXIT_OK && own)
			exit = add_columns(app, list, "MEMHP_COLUMNS: ", defaults + adds);
		if (exit != EXIT_OK)
			return exit;
	}
	return output ? add_columns(app, list, "", output + (*output == '+')) : EXIT_OK;
}

static int choose_split(struct app *app, struct list *list)
{
	struct list by = { 0 };

	if (list->all)
		list->split_bits = SPLIT_EVERY;
	if (list->split && name_is("none", list->split, strlen(list->split)))
		return EXIT_OK;
	if (list->split) {
		int exit = add_columns(app, &by, "--split: ", list->split);
		if (exit != EXIT_OK)
			return exit;
	}
	const struct list *from = list->split ? &by : list;
	for (size_t i = 0; i < from->column_count; i++)
		list->split_bits |= column_at(from->columns[i])->split;
	return EXIT_OK;
}

static unsigned int wanted(const struct list *list, const struct selection *selection, bool json)
{
	/* CONFIG costs nothing where the system has no such directory, and finds all blocks where it has. */
	unsigned int want = memhp_request_get_want(selection->request) | MEMHP_WANT_CONFIG;

	if (json)
		want |= (MEMHP_WANT_ALL & ~(unsigned int)MEMHP_WANT_DEVICE) | MEMHP_WANT_BLOCK_DEVICE;
	if (list->summary)
		want |= MEMHP_WANT_STATE;
	for (size_t i = 0; list->table && i < list->column_count; i++)
		want |= column_at(list->columns[i])->want;
	for (size_t i = 0; column_at(i); i++) {
		if (list->split_bits & column_at(i)->split)
			want |= column_at(i)->want;
	}
	for (size_t i = 0; i < selection->filter_count; i++) {
		if (selection->filters[i].key == KEY_NODE)
			want |= MEMHP_WANT_NODES;
	}
	return want;
}

static int take_summary(struct app *app, struct list *list, const char *when)
{
	if (!when || strcmp(when, "only") == 0)
		list->table = false;
	else if (strcmp(when, "never") == 0)
		list->summary = false;
	else if (strcmp(when, "always") == 0)
		list->summary = true;
	else
		return app_usage(app, "--summary=%s: it is never, always or only", when);
	return EXIT_OK;
}

static int take_option(struct app *app, struct list *list, struct selection *selection, int key,
		       const char *arg)
{
	switch (key) {
	case 'a':
		list->all = true;
		break;
	case 'b':
		list->style.bytes = true;
		break;
	case 'n':
		list->noheadings = true;
		break;
	case 'o':
		list->output = arg;
		break;
	case 'S':
		list->split = arg;
		break;
	case 'P':
	case 'r':
		list->pairs |= key == 'P';
		list->raw |= key == 'r';
		list->summary = false; /* as lsmem: a later --summary=always asks for it again */
		break;
	case KEY_OUTPUT_ALL:
		list->output_all = true;
		break;
	case KEY_SUMMARY:
		return take_summary(app, list, arg);
	default:
		return selection_option(app, selection, key, arg);
	}
	return EXIT_OK;
}

/* Reading all page flags takes long, so only for who asks for it; that holds for JSON too. */
static bool shows_pages(const struct list *list)
{
	for (size_t i = 0; list->table && i < list->column_count; i++) {
		if (column_at(list->columns[i])->pages)
			return true;
	}
	return list->split_bits & (SPLIT_POISONED | SPLIT_OFFLINEABLE);
}

/* What cannot be read stays empty. */
static int survey(struct app *app, const struct list *list, const struct memhp_request *request,
		  struct memhp_survey **result)
{
	int error = 0;

	*result = NULL;
	if (shows_pages(list))
		error = memhp_survey_new(app->ctx, list->style.snapshot, result);
	if (*result)
		error = memhp_survey_read(*result, request);
	return error == -ENOMEM ? app_fail_errno(app, error, "cannot read pages") : EXIT_OK;
}

static int show_ranges(struct app *app, struct list *list, const struct memhp_request *request,
		       const struct memhp_survey *pages, const char *named)
{
	const struct memhp_snapshot *snapshot = list->style.snapshot;
	unsigned int split = app->json ? SPLIT_ALL | (list->all ? SPLIT_EVERY : 0) : list->split_bits;
	struct ranges ranges = { 0 };
	int exit;

	if (!ranges_make(snapshot, request, split, pages, &ranges))
		exit = app_no_memory(app);
	else if (named && ranges.count == 0)
		exit = app_fail(app, EXIT_NOTHING, "ENODEV", NULL,
				"%s: a hole: this machine has no such memory block", named);
	else if (app->json)
		exit = list_json(app, snapshot, &ranges);
	else
		exit = list_text(app, list, &ranges);
	free(ranges.list);
	return exit;
}

static int show(struct app *app, struct list *list, struct selection *selection, int argc, char **argv)
{
	struct memhp_snapshot *snapshot;
	struct memhp_survey *pages = NULL;
	int exit = app_read(app, wanted(list, selection, app->json), &snapshot);

	if (exit != EXIT_OK)
		return exit;
	list->style.snapshot = snapshot;
	if (!memhp_snapshot_has_config(snapshot))
		drop_config_columns(list);
	exit = selection_finish(app, selection, snapshot, argc, argv);
	if (exit == EXIT_OK)
		exit = survey(app, list, selection->request, &pages);
	if (exit == EXIT_OK)
		exit = show_ranges(app, list, selection->request, pages,
				   argc > 0 && selection->filter_count == 0 ? argv[0] : NULL);
	memhp_survey_free(pages);
	memhp_snapshot_free(snapshot);
	return exit;
}

static int run_list(struct app *app, struct list *list, struct selection *selection, int argc, char **argv)
{
	const char *arg;
	int key, exit;

	while ((key = option_next(app, argc, argv, &arg)) != OPTION_END) {
		exit = key == OPTION_STOP ? option_exit(app) : take_option(app, list, selection, key, arg);
		if (key == OPTION_STOP || exit != EXIT_OK)
			return exit;
	}
	if (list->pairs + list->raw + app->json > 1)
		return app_usage(app, "--pairs, --raw and --json exclude each other");
	if ((list->pairs || list->raw) && !list->table)
		return app_usage(app, "the summary alone goes with neither --pairs nor --raw");
	if (list->all && list->split)
		return app_usage(app, "--all and --split exclude each other");
	exit = app_open(app);
	if (exit == EXIT_OK)
		exit = choose_columns(app, list);
	if (exit == EXIT_OK)
		exit = choose_split(app, list);
	return exit == EXIT_OK ? show(app, list, selection, argc - optind, argv + optind) : exit;
}

static int run(struct app *app, int argc, char **argv)
{
	struct list list = { .table = true, .summary = true };
	struct selection selection;
	int exit = selection_open(app, &selection, MEMHP_ACTION_NONE);

	if (exit == EXIT_OK)
		exit = run_list(app, &list, &selection, argc, argv);
	selection_close(&selection);
	return exit;
}

static const char *column_word(size_t index, const char **help)
{
	const struct column *column = column_at(index);

	if (!column)
		return NULL;
	*help = column->help;
	return column->name;
}

const struct cmd cmd_list = {
	.name = "list",
	.args = "[BLOCKS...]",
	.summary = "List memory blocks and their state",
	.opts = opts,
	.takes_filters = true,
	.zone_filters = true,
	.words = { "columns", "Columns", column_word },
	.run = run,
};
