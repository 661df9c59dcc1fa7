/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands and their options, as tables. */
#ifndef MEMHP_CLI_COMMAND_H
#define MEMHP_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

struct app;

/* Keys of options shared by several commands, past all letters. */
enum {
	KEY_JSON = 'J',
	KEY_HELP = 'h',
	KEY_SYSROOT = 's', /* as in lsmem */
	KEY_COLOR = 256,
	KEY_VERBOSE,
	KEY_NODE,
	KEY_ZONE,
	KEY_VALID_ZONE,
	KEY_STATE,
	KEY_DEVICE,
	KEY_DRIVER,
	KEY_VERSION,
	KEY_COMPLETE,
	KEY_COMMAND = 512 /* commands number their own from here */
};

/* Long options; `key` is the short option's letter, or a number past the letters. */
struct opt {
	int key;
	const char *name;
	const char *arg; /* NULL: none; "[WHEN]": may be left out */
	const char *help;
};

#define OPT_END                                                                                              \
	{                                                                                                    \
		0, NULL, NULL, NULL                                                                          \
	}

/* Words that are one command's own: list's columns, page's verbs. */
struct cmd_words {
	const char *name;  /* for --complete: "columns"; NULL: there are none */
	const char *title; /* that --help lists them under; NULL: it does not */
	const char *(*at)(size_t index, const char **help); /* NULL past the last */
};

struct cmd {
	const char *name;
	const char *args;	/* "[BLOCKS...]" */
	const char *summary;	/* one line for help and completion */
	const struct opt *opts; /* ends with OPT_END */
	bool takes_filters;	/* --node, --state, --device … of selection.c */
	bool zone_filters;	/* also --zone and --valid-zone as filters */
	bool own_state;		/* --state is its own, and no filter */
	bool json_lines;	/* prints many documents, each on a line */
	bool in_main_page;	/* has no page and no documents of its own */
	struct cmd_words words;
	int (*run)(struct app *app, int argc, char **argv); /* argv[0] is the command's name */
};

/* The command of that name; NULL: there is none. */
const struct cmd *command_find(const struct app *app, const char *name);
/* Reports that there is none, and which there are. Returns an exit code. */
int command_absent(struct app *app, const char *name);
/* All options of @cmd (own, filters, global) one after the other; NULL past the last.
 * Without @cmd: those of memhp itself. */
const struct opt *option_at(const struct cmd *cmd, size_t index);

#endif
