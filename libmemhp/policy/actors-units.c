/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Services of systemd.service(5) whose commands change the state of memory, with their drop-ins. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"
#include "policy/actors.h"

#define SUFFIX ".service"

/* The search path of systemd.unit(5), the first has precedence. */
static const char *const dirs[] = { "etc/systemd/system.control", "run/systemd/system.control",
				    "run/systemd/transient",	  "run/systemd/generator.early",
				    "etc/systemd/system",	  "run/systemd/system",
				    "run/systemd/generator",	  "usr/local/lib/systemd/system",
				    "usr/lib/systemd/system",	  "lib/systemd/system",
				    "run/systemd/generator.late", NULL };

/* ExecStart, ExecStartPre …; not ExecPaths */
static bool is_command(const char *line)
{
	static const char *const keys[] = { "ExecStart", "ExecCondition", "ExecReload", "ExecStop" };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strncmp(line, keys[i], strlen(keys[i])) == 0)
			return true;
	return false;
}

static void read_unit(struct memhp_actors *actors, const char *path, struct lines *lines)
{
	char *line, key[64];
	bool service = false;

	while ((line = actors_next_line(lines))) {
		char *equals = strchr(line, '=');
		const char *value;
		if (*line == '[')
			service = strncmp(line, "[Service]", 9) == 0;
		if (!service || !equals || !is_command(line))
			continue;
		if (strspn(equals + 1, " \t\r") ==
		    strlen(equals + 1)) { /* "ExecStart=" forgets earlier ones */
			snprintf(key, sizeof(key), "%.*s=", (int)strcspn(line, " \t="), line);
			actors_drop(actors, actors->unit, key);
		} else if (command_acts(equals + 1, false, &value)) {
			actors_add(actors, &(struct memhp_actor){ .kind = "systemd",
								  .path = path,
								  .line = lines->number,
								  .text = line,
								  .value = value });
		}
	}
}

static const struct actors_source source = { dirs, SUFFIX, true, read_unit };

static void read_drop_ins(struct memhp_ctx *ctx, struct memhp_actors *actors, const char *below)
{
	struct actors_files files = { 0 };
	int error = actors_collect(ctx, dirs, below, ".conf", &files);

	if (error)
		actors->error = error;
	for (size_t i = 0; i < files.count; i++)
		actors_read_file(ctx, actors, &source, files.list[i].path);
	actors_files_free(&files);
}

/* An alias is a link to a unit of another name, which is read under that one; to /dev/null, it is masked. */
static bool is_alias(struct memhp_ctx *ctx, const struct actors_file *unit)
{
	char target[256];
	return sysfs_read_link(ctx, unit->path, target, sizeof(target)) == 0 &&
	       strcmp(target, unit->name) != 0;
}

static const struct actors_file *find(const struct actors_files *files, const char *name, size_t length)
{
	for (size_t i = 0; i < files->count; i++)
		if (strncmp(files->list[i].name, name, length) == 0 && !files->list[i].name[length])
			return &files->list[i];
	return NULL;
}

void actors_read_units(struct memhp_ctx *ctx, struct memhp_actors *actors)
{
	struct actors_files units = { 0 }, drop_ins = { 0 };
	int error = actors_collect(ctx, dirs, NULL, SUFFIX, &units);

	if (!error)
		error = actors_collect(ctx, dirs, NULL, SUFFIX ".d", &drop_ins);
	if (error)
		actors->error = error;
	for (size_t i = 0; i < units.count; i++) {
		char below[300];
		snprintf(below, sizeof(below), "%s.d", units.list[i].name);
		actors->unit = actors->count;
		if (!is_alias(ctx, &units.list[i]) &&
		    actors_read_file(ctx, actors, &source, units.list[i].path) &&
		    find(&drop_ins, below, strlen(below)))
			read_drop_ins(ctx, actors, below);
	}
	/* Drop-ins of templates' instances, of all services, of aliases */
	for (size_t i = 0; i < drop_ins.count; i++) {
		const char *name = drop_ins.list[i].name;
		actors->unit = actors->count;
		if (!find(&units, name, strlen(name) - strlen(".d")))
			read_drop_ins(ctx, actors, name);
	}
	actors_files_free(&units);
	actors_files_free(&drop_ins);
}
