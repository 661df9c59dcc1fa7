/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who else changes memory blocks: the kernel, its command line, udev(7), tmpfiles.d(5), daxctl.
 * Files are read for what they say, not interpreted: a value that depends on the machine is NULL.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/sysfs.h"
#include "policy/actors.h"

#define AUTO_ONLINE MEMORY_DIR "/auto_online_blocks"
#define CMDLINE "proc/cmdline"

static void read_tmpfiles(struct memhp_actors *actors, const char *path, struct lines *lines)
{
	char *line;

	while ((line = actors_next_line(lines))) {
		char type[8], target[256], value[64] = "";
		if (sscanf(line, "%7s %255s %*s %*s %*s %*s %63s", type, target, value) >= 2 &&
		    type[0] == 'w' && fnmatch(target, "/" AUTO_ONLINE, 0) == 0)
			actors_add(actors, "tmpfiles", path, lines->number, line, value[0] ? value : NULL);
	}
}

struct dax_section {
	char name[128];
	unsigned int line;
	bool ram, online, movable;
};

static void end_section(struct memhp_actors *actors, const char *path, struct dax_section *section)
{
	if (section->name[0] && section->ram && section->online)
		actors_add(actors, "daxctl", path, section->line, section->name,
			   section->movable ? "online_movable" : "online_kernel");
	/* daxctl onlines, and to Movable, unless told otherwise */
	*section = (struct dax_section){ .online = true, .movable = true };
}

static void read_daxctl(struct memhp_actors *actors, const char *path, struct lines *lines)
{
	struct dax_section section = { 0 };
	char *line, key[32], value[64];

	end_section(actors, path, &section);
	while ((line = actors_next_line(lines))) {
		if (*line == '[') {
			end_section(actors, path, &section);
			if (strncmp(line, "[reconfigure-device", 19) == 0) {
				snprintf(section.name, sizeof(section.name), "%s", line);
				section.line = lines->number;
			}
		} else if (sscanf(line, "%31[^= \t] = %63[^; \t\r]", key, value) == 2) {
			bool yes = strchr("tTyY1", value[0]) || name_is("on", value);
			if (strcmp(key, "mode") == 0)
				section.ram = strcmp(value, "system-ram") == 0;
			else if (strcmp(key, "online") == 0)
				section.online = yes;
			else if (strcmp(key, "movable") == 0)
				section.movable = yes;
		}
	}
	end_section(actors, path, &section);
}

static void read_kernel(struct memhp_ctx *ctx, struct memhp_actors *actors)
{
	char value[64], text[96];

	if (sysfs_read(ctx, AUTO_ONLINE, value, sizeof(value)) || !value[0] || strcmp(value, "offline") == 0)
		return;
	snprintf(text, sizeof(text), "auto_online_blocks is %s", value);
	actors_add(actors, "kernel", AUTO_ONLINE, 0, text, value);
}

static void read_cmdline(struct memhp_ctx *ctx, struct memhp_actors *actors)
{
	char *text, *rest = NULL;

	if (sysfs_read_file(ctx, CMDLINE, &text))
		return;
	for (char *word = strtok_r(text, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest)) {
		char name[64];
		if (strcmp(word, "--") == 0) /* what follows is init's */
			break;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
		for (char *p = name; *p; p++) /* the kernel does not tell them apart */
			*p = *p == '-' ? '_' : *p;
		const char *value = strchr(word, '=');
		bool state = value && strcmp(name, "memhp_default_state") == 0;
		if (state || strcmp(name, "movable_node") == 0 || strncmp(name, "memory_hotplug.", 15) == 0)
			actors_add(actors, "command-line", CMDLINE, 0, word, state ? value + 1 : NULL);
	}
	free(text);
}

MEMHP_EXPORT int memhp_actors_read(struct memhp_ctx *ctx, struct memhp_actors **actors)
{
	static const char *const udev[] = { "etc/udev/rules.d",		  "run/udev/rules.d",
					    "usr/local/lib/udev/rules.d", "usr/lib/udev/rules.d",
					    "lib/udev/rules.d",		  NULL };
	static const char *const tmpfiles[] = { "etc/tmpfiles.d", "run/tmpfiles.d",
						"usr/local/lib/tmpfiles.d", "usr/lib/tmpfiles.d", NULL };
	static const char *const daxctl[] = { "etc/daxctl.conf.d", "etc/ndctl.conf.d", NULL };
	const struct actors_source sources[] = {
		{ "udev", udev, ".rules", true, actors_read_udev },
		{ "tmpfiles", tmpfiles, ".conf", false, read_tmpfiles },
		{ "daxctl", daxctl, ".conf", false, read_daxctl },
	};

	*actors = NULL;
	struct memhp_actors *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	read_kernel(ctx, new);
	read_cmdline(ctx, new);
	for (size_t i = 0; i < ARRAY_SIZE(sources); i++)
		actors_read_source(ctx, new, &sources[i]);
	actors_read_file(ctx, new, &sources[2], "etc/daxctl.conf");
	if (new->error) {
		int error = new->error;
		memhp_actors_free(new);
		return error;
	}
	*actors = new;
	return 0;
}
