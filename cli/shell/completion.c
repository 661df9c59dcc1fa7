/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* `memhp --complete WHAT [COMMAND] [-- LINE...]`, for the shells: a line "word<TAB>description" for each
 * word. LINE has the words before the cursor, without memhp itself: its --sysroot, however written, says
 * which system is meant. What cannot be read is left out without a word: a shell at a prompt has no use for
 * messages. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/completion.h"
#include "shell/exit.h"
#include "shell/macros.h"
#include "shell/options.h"

/* Words seen so far; few (nodes, devices), so a plain list does. */
struct words {
	char **word;
	size_t count;
};

static bool words_add(struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (!strcmp(words->word[i], word))
			return false;

	char **grown = realloc(words->word, (words->count + 1) * sizeof(*grown));
	if (!grown)
		return false;
	words->word = grown;
	words->word[words->count] = strdup(word);
	if (!words->word[words->count])
		return false;
	words->count++;
	return true;
}

static void words_free(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->word[i]);
	free(words->word);
}

static void print_word(const char *word, const char *description)
{
	printf("%s\t%s\n", word, description ? description : "");
}

static void print_commands(const struct app *app)
{
	for (size_t i = 0; app->commands[i]; i++)
		print_word(app->commands[i]->name, app->commands[i]->summary);
}

/* Without a command: the global options, which every command has too. */
static void print_options(const struct cmd *cmd)
{
	const struct opt *opt;

	for (size_t i = 0; (opt = option_at(cmd, i)); i++) {
		if (opt->name)
			printf("--%s\t%s\n", opt->name, opt->help ? opt->help : "");
		if (opt->key > ' ' && opt->key < 127)
			printf("-%c\t%s\n", opt->key, opt->help ? opt->help : "");
	}
}

static void print_zones(void)
{
	for (int zone = MEMHP_ZONE_UNKNOWN + 1; zone < MEMHP_ZONE_COUNT; zone++)
		print_word(memhp_zone_name((enum memhp_zone)zone), "zone");
}

static void print_states(void)
{
	for (int state = MEMHP_STATE_UNKNOWN + 1; state < MEMHP_STATE_COUNT; state++)
		print_word(memhp_state_name((enum memhp_state)state), "state");
}

static void print_words(const struct cmd_words *words)
{
	const char *word, *help;

	for (size_t i = 0; (word = words->at(i, &help)); i++)
		print_word(word, help);
}

static void print_block(const struct memhp_block *block)
{
	const char *state = memhp_state_name(memhp_block_get_state(block));
	const char *zone = memhp_zone_name(memhp_block_get_zone(block));

	printf("%" PRIu64 "\t%s%s%s\n", memhp_block_get_id(block), state ? state : "block", zone ? " " : "",
	       zone ? zone : "");
}

enum live { LIVE_BLOCKS, LIVE_NODES, LIVE_DEVICES, LIVE_ADDABLE, LIVE_DRIVERS };

static const struct {
	const char *what;
	unsigned int want;
} live_words[] = {
	[LIVE_BLOCKS] = { "blocks", MEMHP_WANT_STATE | MEMHP_WANT_ZONES },
	[LIVE_NODES] = { "nodes", MEMHP_WANT_NODES },
	[LIVE_DEVICES] = { "devices", MEMHP_WANT_DEVICE },
	[LIVE_ADDABLE] = { "addable-devices", MEMHP_WANT_DEVICE },
	[LIVE_DRIVERS] = { "drivers", MEMHP_WANT_DEVICE },
};

static void print_nodes(const struct memhp_block *block, struct words *seen)
{
	for (size_t i = 0; i < memhp_block_get_node_count(block); i++) {
		char node[16];

		snprintf(node, sizeof(node), "%d", memhp_block_get_node(block, i));
		if (words_add(seen, node))
			print_word(node, "node");
	}
}

static void print_snapshot(const struct memhp_snapshot *snapshot, enum live live)
{
	struct words seen = { NULL, 0 };
	const struct memhp_device *device;

	for (size_t i = 0; (device = memhp_snapshot_get_device(snapshot, i)); i++) {
		if (live == LIVE_DEVICES ||
		    (live == LIVE_ADDABLE && memhp_device_get_status(device) == MEMHP_DEVICE_ADDABLE))
			print_word(memhp_device_get_name(device), memhp_device_get_driver(device));
	}
	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		const char *driver = memhp_block_get_driver(block);

		if (live == LIVE_BLOCKS)
			print_block(block);
		else if (live == LIVE_NODES)
			print_nodes(block, &seen);
		else if (live == LIVE_DRIVERS && driver && words_add(&seen, driver))
			print_word(driver, "driver");
	}
	words_free(&seen);
}

/* Reads the system below --sysroot; prints nothing when there is none. */
static int print_live(const struct app *app, enum live live)
{
	struct memhp_ctx *ctx = NULL;
	struct memhp_snapshot *snapshot = NULL;

	if (memhp_ctx_new(&ctx, app->sysroot))
		return EXIT_NOTHING;
	int error = memhp_snapshot_read(ctx, live_words[live].want, &snapshot);
	if (!error)
		print_snapshot(snapshot, live);
	memhp_snapshot_free(snapshot);
	memhp_ctx_free(ctx);
	return error ? EXIT_NOTHING : EXIT_OK;
}

/* False: @what is nothing that is known without reading the system. */
static bool print_fixed(const struct app *app, const char *what)
{
	if (!strcmp(what, "commands")) {
		print_commands(app);
		return true;
	}
	if (!strcmp(what, "zones")) {
		print_zones();
		return true;
	}
	if (!strcmp(what, "states")) {
		print_states();
		return true;
	}
	for (size_t i = 0; app->commands[i]; i++) {
		const struct cmd_words *words = &app->commands[i]->words;

		if (words->name && !strcmp(what, words->name)) {
			print_words(words);
			return true;
		}
	}
	return false;
}

/* Takes what follows "--" from the arguments; returns how many are left. */
static int take_line(struct app *app, int argc, char **argv)
{
	int count = 0;

	while (count < argc && strcmp(argv[count], "--") != 0)
		count++;
	const char *sysroot = count < argc ? option_peek(app, argc - count, argv + count, KEY_SYSROOT) : NULL;
	if (sysroot)
		app->sysroot = sysroot;
	return count;
}

/* @argv: WHAT [COMMAND] [-- LINE...] */
int complete_print(struct app *app, int argc, char **argv)
{
	argc = take_line(app, argc, argv);
	if (argc < 1)
		return EXIT_USAGE;

	if (!strcmp(argv[0], "options")) {
		const struct cmd *cmd = argc > 1 ? command_find(app, argv[1]) : NULL;

		if (argc > 1 && !cmd)
			return EXIT_USAGE;
		print_options(cmd);
		return EXIT_OK;
	}
	if (print_fixed(app, argv[0]))
		return EXIT_OK;
	for (size_t i = 0; i < ARRAY_SIZE(live_words); i++)
		if (!strcmp(argv[0], live_words[i].what))
			return print_live(app, (enum live)i);
	return EXIT_USAGE;
}
