/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdbool.h>
#include <stdio.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/usage.h"

static void print_option(FILE *out, const struct opt *opt)
{
	char left[40];
	char letter[5] = "   ";

	if (opt->key < 256)
		snprintf(letter, sizeof(letter), "-%c,", opt->key);
	bool optional = opt->arg && opt->arg[0] == '[';
	snprintf(left, sizeof(left), "%s --%s%s%s", letter, opt->name,
		 !opt->arg  ? ""
		 : optional ? ""
			    : " ",
		 opt->arg ? opt->arg : "");
	fprintf(out, "  %-28s %s\n", left, opt->help);
}

static void print_options(FILE *out, const struct cmd *cmd)
{
	const struct opt *opt;
	fputs("\nOptions:\n", out);
	for (size_t i = 0; (opt = option_at(cmd, i)); i++)
		print_option(out, opt);
}

static void print_words(FILE *out, const struct cmd_words *words)
{
	const char *word, *help;

	fprintf(out, "\n%s:\n", words->title);
	for (size_t i = 0; (word = words->at(i, &help)); i++)
		fprintf(out, "  %-18s %s\n", word, help);
}

void usage_print(FILE *out, const struct app *app, const struct cmd *cmd)
{
	if (cmd) {
		fprintf(out, "Usage: memhp %s [OPTIONS] %s\n\n%s.\n", cmd->name, cmd->args, cmd->summary);
		print_options(out, cmd);
		if (cmd->words.title)
			print_words(out, &cmd->words);
		fprintf(out, "\nSee memhp%s%s(8).\n", cmd->in_main_page ? "" : "-",
			cmd->in_main_page ? "" : cmd->name);
		return;
	}
	fputs("Usage: memhp [OPTIONS] COMMAND [OPTIONS] [BLOCKS...]\n\n"
	      "Shows and changes which physical memory Linux uses.\n\nCommands:\n",
	      out);
	for (size_t i = 0; app->commands[i]; i++)
		fprintf(out, "  %-10s %s\n", app->commands[i]->name, app->commands[i]->summary);
	print_options(out, NULL);
	fputs("\nSee memhp(8).\n", out);
}
