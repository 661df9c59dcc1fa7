/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tmpfiles.d(5), sysfs.conf(5), daxctl's configuration, and rc.local. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/sysfs.h"
#include "policy/actors.h"

static void read_tmpfiles(struct memhp_actors *actors, const char *path, struct lines *lines)
{
	char *line;

	while ((line = actors_next_line(lines))) {
		char type[8], target[256], value[64] = "";
		if (sscanf(line, "%7s %255s %*s %*s %*s %*s %63s", type, target, value) >= 2 &&
		    type[0] == 'w' && match_state_file(target))
			actors_add(actors, &(struct memhp_actor){ .kind = "tmpfiles",
								  .path = path,
								  .line = lines->number,
								  .text = line,
								  .value = value[0] ? value : NULL });
	}
}

/* "devices/system/memory/auto_online_blocks = online", below /sys; a comment may end the line. */
static void read_sysfs(struct memhp_actors *actors, const char *path, struct lines *lines)
{
	char *line;

	while ((line = actors_next_line(lines))) {
		char name[250], target[256], value[64];
		if (sscanf(line, "%249[^= \t] = %63[^# \t\r]", name, value) != 2)
			continue;
		snprintf(target, sizeof(target), "/sys/%s", name + strspn(name, "/"));
		if (match_state_file(target))
			actors_add(actors, &(struct memhp_actor){ .kind = "sysfs",
								  .path = path,
								  .line = lines->number,
								  .text = line,
								  .value = value });
	}
}

/* A shell script: what a line names, another one may write to. */
static void read_script(struct memhp_actors *actors, const char *path, struct lines *lines)
{
	size_t size = strlen(lines->rest) + 2;
	char *all = calloc(1, size), *text = NULL, *line, *end = all;
	unsigned int number = 0;
	const char *value;

	while (all && (line = actors_next_line(lines))) {
		if (!text && (strstr(line, "system/memory") || command_acts(line, false, &value))) {
			text = actors_copy(actors, line);
			number = lines->number;
		}
		end = stpcpy(stpcpy(end, line), " ");
	}
	if (text && command_acts(all, false, &value))
		actors_add(actors, &(struct memhp_actor){ .kind = "rc-local",
							  .path = path,
							  .line = number,
							  .text = text,
							  .value = value });
	free(text);
	free(all);
}

struct dax_section {
	char name[128];
	unsigned int line;
	bool ram, online, movable;
};

static void end_section(struct memhp_actors *actors, const char *path, struct dax_section *section)
{
	if (section->name[0] && section->ram && section->online)
		actors_add(actors, &(struct memhp_actor){ .kind = "daxctl",
							  .path = path,
							  .line = section->line,
							  .text = section->name,
							  .value = section->movable ? "online_movable"
										    : "online_kernel" });
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

void actors_read_configuration(struct memhp_ctx *ctx, struct memhp_actors *actors)
{
	static const char *const tmpfiles_dirs[] = { "etc/tmpfiles.d", "run/tmpfiles.d",
						     "usr/local/lib/tmpfiles.d", "usr/lib/tmpfiles.d", NULL };
	static const char *const sysfs_dirs[] = { "etc/sysfs.d", NULL };
	static const char *const daxctl_dirs[] = { "etc/daxctl.conf.d", "etc/ndctl.conf.d", NULL };
	const struct actors_source tmpfiles = { tmpfiles_dirs, ".conf", false, read_tmpfiles },
				   sysfs = { sysfs_dirs, ".conf", false, read_sysfs },
				   daxctl = { daxctl_dirs, ".conf", false, read_daxctl },
				   script = { NULL, NULL, true, read_script };

	actors_read_source(ctx, actors, &tmpfiles);
	actors_read_file(ctx, actors, &sysfs, "etc/sysfs.conf");
	actors_read_source(ctx, actors, &sysfs);
	actors_read_source(ctx, actors, &daxctl);
	actors_read_file(ctx, actors, &daxctl, "etc/daxctl.conf");
	/* the one is often a link to the other */
	if (!actors_read_file(ctx, actors, &script, "etc/rc.d/rc.local"))
		actors_read_file(ctx, actors, &script, "etc/rc.local");
}
