/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What there is to read in a table of commands. */
#include <string.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/text.h"

static const struct opt global_opts[] = {
	{ KEY_JSON, "json", NULL, "print one JSON document" },
	{ KEY_SYSROOT, "sysroot", "DIR", "work on the copied or simulated tree DIR" },
	{ KEY_COLOR, "color", "WHEN", "auto, always or never" },
	{ KEY_VERBOSE, "verbose", NULL, "say on standard error what is written and what cannot be read" },
	{ KEY_HELP, "help", NULL, "show this help" },
	OPT_END
};

static const struct opt main_opts[] = { { KEY_VERSION, "version", NULL, "show the version" }, OPT_END };

static const struct opt filter_opts[] = {
	{ KEY_NODE, "node", "LIST", "only blocks of these nodes (0,2-3)" },
	{ KEY_DEVICE, "device", "LIST", "only blocks of these memory devices" },
	{ KEY_DRIVER, "driver", "LIST", "only blocks of these drivers" },
	{ KEY_VALID_ZONE, "valid-zone", "LIST", "only blocks that list one of these zones" },
	OPT_END
};

static const struct opt state_opts[] = { { KEY_STATE, "state", "LIST", "only blocks in these states" },
					 OPT_END };

static const struct opt zone_opts[] = {
	{ KEY_ZONE, "zone", "LIST", "only blocks that are online in these zones" }, OPT_END
};

const struct opt *option_at(const struct cmd *cmd, size_t index)
{
	const struct opt *tables[] = {
		cmd ? cmd->opts : main_opts,
		cmd && cmd->zone_filters ? zone_opts : NULL,
		cmd && cmd->takes_filters && !cmd->own_state ? state_opts : NULL,
		cmd && cmd->takes_filters ? filter_opts : NULL,
		global_opts,
	};
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		for (const struct opt *opt = tables[i]; opt && opt->name; opt++) {
			if (index-- == 0)
				return opt;
		}
	}
	return NULL;
}

const struct cmd *command_find(const struct app *app, const char *name)
{
	for (size_t i = 0; app->commands[i]; i++) {
		if (strcmp(app->commands[i]->name, name) == 0)
			return app->commands[i];
	}
	return NULL;
}

int command_absent(struct app *app, const char *name)
{
	char all[256] = "";

	for (size_t i = 0; app->commands[i]; i++) {
		text_append(all, sizeof(all), "%s%s", i ? ", " : "", app->commands[i]->name);
	}
	return app_usage(app, "%s: no such command; there are %s", name, all);
}
