/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/text.h"
#include "shell/usage.h"

#define MAX_OPTIONS 48

struct tables {
	struct option longs[MAX_OPTIONS + 2];
	char shorts[2 * MAX_OPTIONS + 3];
};

/* @how is what getopt does with operands: "+" ends at the first, "-" gives each its turn. ":" leaves the
 * messages to us. */
static void fill_getopt(struct tables *tables, const struct cmd *cmd, const char *how)
{
	struct option *longs = tables->longs;
	char *shorts = stpcpy(stpcpy(tables->shorts, how), ":");
	const struct opt *opt;
	size_t n = 0;

	for (size_t i = 0; (opt = option_at(cmd, i)) && n < MAX_OPTIONS; i++) {
		int has_arg = !opt->arg		   ? no_argument
			      : opt->arg[0] == '[' ? optional_argument
						   : required_argument;
		longs[n++] = (struct option){ opt->name, has_arg, NULL, opt->key };
		if (opt->key > 255)
			continue;
		*shorts++ = (char)opt->key;
		if (has_arg == required_argument)
			*shorts++ = ':';
	}
	if (cmd)
		longs[n++] = (struct option){ "version", no_argument, NULL, KEY_VERSION };
	else
		longs[n++] = (struct option){ "complete", no_argument, NULL, KEY_COMPLETE };
	longs[n] = (struct option){ 0 };
	*shorts = '\0';
}

/* getopt's optind is behind the word at fault; of bundled letters (-ab) only optopt tells which. */
static int report(struct app *app, char **argv, int key)
{
	const char *word = argv[optind - 1];

	app->option_exit = EXIT_USAGE;
	if (strncmp(word, "--", 2) != 0)
		app_usage(app, key == ':' ? "option -%c needs an argument" : "unknown option -%c", optopt);
	else if (key == ':')
		app_usage(app, "option %s needs an argument", word);
	else
		app_usage(app, optopt ? "option %.*s takes no argument" : "unknown or ambiguous option %.*s",
			  (int)strcspn(word, "="), word);
	return OPTION_STOP;
}

/* The option with an optional value before @word, where @word looks like that value: no operand but "all" is
 * made of letters alone. */
static const struct opt *loses_value(const struct cmd *cmd, int key, const char *word)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_,";
	const struct opt *opt;

	if (!word || !*word || word[strspn(word, letters)] || strcmp(word, "all") == 0)
		return NULL;
	for (size_t i = 0; (opt = option_at(cmd, i)); i++) {
		if (opt->key == key && opt->arg && opt->arg[0] == '[')
			return opt;
	}
	return NULL;
}

static int take_color(struct app *app, const char *when)
{
	static const char *const words[] = { "auto", "always", "never" };
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(when, words[i]) == 0) {
			app->color = words[i];
			return 0;
		}
	}
	app->option_exit = app_usage(app, "--color %s: it is auto, always or never", when);
	return OPTION_STOP;
}

static int print_version(struct app *app)
{
	app->option_exit = EXIT_OK;
	if (app->json) {
		json_object *document = json_new_object();
		json_add_string(document, "schema", "memhp.version/1");
		json_add_string(document, "version", memhp_version());
		app->option_exit = json_finish(app, document, EXIT_OK);
	} else {
		printf("memhp %s\n", memhp_version());
	}
	return OPTION_STOP;
}

int option_duration(struct app *app, const char *name, const char *arg, uint64_t *ms)
{
	int error = duration_parse(arg, ms);
	if (error)
		return app_usage(app, "--%s '%s': %s", name, arg,
				 error == -ERANGE ? "too long" : "not a duration like 30s, 500ms, 2m or 1h");
	return EXIT_OK;
}

int option_size(struct app *app, const char *name, const char *arg, uint64_t *size)
{
	int error = size_parse(arg, size);
	if (error == -ERANGE)
		return app_usage(app, "--%s %s: more than 64 bits can hold", name, arg);
	/* "128MB", "128Mi" */
	int digits = (int)strspn(arg, "0123456789."), length = digits + 1;
	bool has_unit = digits && *arg != '.' && arg[digits] && strchr("KkMmGgTtPp", arg[digits]);
	int unit = toupper((unsigned char)arg[digits]);
	if (error && has_unit &&
	    (name_is("B", arg + length, strlen(arg + length)) ||
	     name_is("i", arg + length, strlen(arg + length))))
		return app_usage(app, "--%s %s: units are binary, 1K is 1024 bytes: write %.*s%c or %.*s%ciB",
				 name, arg, digits, arg, unit, digits, arg, unit);
	if (error || *size == 0)
		return app_usage(app, "--%s '%s': not a size like 512M or 4G; a plain number is bytes", name,
				 arg);
	return EXIT_OK;
}

int option_size_fits(struct app *app, const char *text, uint64_t unit, const char *what, uint64_t *size)
{
	uint64_t low = *size / unit * unit;
	char multiple[24], below[24] = "", above[24] = "";

	if (*size % unit == 0)
		return EXIT_OK;
	bool is_low = size_prints_as(low, text), is_high = size_prints_as(low + unit, text);
	if (is_low != is_high) {
		*size = is_low ? low : low + unit;
		return EXIT_OK;
	}
	size_format_exact(unit, multiple, sizeof(multiple));
	if (low)
		size_format_exact(low, below, sizeof(below));
	if (low <= UINT64_MAX - unit)
		size_format_exact(low + unit, above, sizeof(above));
	return app_usage(app, "--size %s: not a multiple of the %s %s; nearest: %s%s%s", text, what, multiple,
			 below, *below && *above ? " and " : "", above);
}

int option_target(struct app *app, const char *name, const char *arg, enum memhp_target *target)
{
	static const char *const words[] = { "default", "kernel", "movable" };
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (name_is(words[i], arg, strlen(arg))) {
			*target = (enum memhp_target)i;
			return EXIT_OK;
		}
	}
	return app_usage(app, "--%s %s: it is default, kernel or movable", name, arg);
}

/* 0: it was a global option, and is taken care of. */
static int take_global(struct app *app, int key, const char *arg)
{
	switch (key) {
	case KEY_JSON:
		app->json = true;
		return 0;
	case KEY_SYSROOT:
		app->sysroot = arg;
		return 0;
	case KEY_VERBOSE:
		app->verbose = true;
		return 0;
	case KEY_COLOR:
		return take_color(app, arg);
	case KEY_VERSION:
		return print_version(app);
	case KEY_HELP:
		usage_print(stdout, app, app->cmd);
		app->option_exit = EXIT_OK;
		return OPTION_STOP;
	default:
		return key;
	}
}

/* The last argument of @key among the options of @cmd; @found is what an earlier look found. */
static const char *peek(const struct cmd *cmd, const char *how, int argc, char **argv, int key,
			const char *found)
{
	struct tables tables = { 0 };
	int next;

	fill_getopt(&tables, cmd, how);
	opterr = 0;
	optind = 0;
	while ((next = getopt_long(argc, argv, tables.shorts, tables.longs, NULL)) != -1) {
		if (next == key)
			found = optarg ? optarg : "";
	}
	return found;
}

const char *option_peek(const struct app *app, int argc, char **argv, int key)
{
	const char *found = peek(NULL, "+", argc, argv, key, NULL);
	int at = optind;

	/* what follows no known command may still be a wish for JSON */
	if (at < argc)
		found = peek(command_find(app, argv[at]), "-", argc - at, argv + at, key, found);
	optind = 0; /* glibc: forget this scan */
	return found;
}

int option_next(struct app *app, int argc, char **argv, const char **arg)
{
	struct tables tables = { 0 };
	int key;

	/* memhp's own options end at the command */
	fill_getopt(&tables, app->cmd, app->cmd ? "" : "+");
	opterr = 0;
	do {
		key = getopt_long(argc, argv, tables.shorts, tables.longs, NULL);
		if (key == '?' || key == ':')
			return report(app, argv, key);
		key = take_global(app, key, optarg);
	} while (key == 0);
	const struct opt *lost = optarg ? NULL : loses_value(app->cmd, key, argv[optind]);
	if (lost) {
		app->option_exit = app_usage(app, "--%s %s: its value stands behind a \"=\": --%s=%s",
					     lost->name, argv[optind], lost->name, argv[optind]);
		return OPTION_STOP;
	}
	*arg = optarg;
	return key;
}

int option_exit(const struct app *app)
{
	return app->option_exit;
}
