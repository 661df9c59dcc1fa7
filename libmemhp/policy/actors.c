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
#include <strings.h>

#include "actors.h"
#include "sysfs.h"

#define AUTO_ONLINE MEMORY_DIR "/auto_online_blocks"
#define CMDLINE "proc/cmdline"

struct memhp_actors {
	struct memhp_actor *list;
	size_t count;
	int error; /* the first -ENOMEM; checked once, at the end */
};

char *actors_copy(struct memhp_actors *actors, const char *text)
{
	char *new = text ? strdup(text) : NULL;
	if (text && !new)
		actors->error = -ENOMEM;
	return new;
}

void actors_add(struct memhp_actors *actors, const char *kind, const char *path, unsigned int line,
		const char *text, const char *value)
{
	struct memhp_actor *list = reallocarray(actors->list, actors->count + 1, sizeof(*list));
	if (!list) {
		actors->error = -ENOMEM;
		return;
	}
	actors->list = list;
	list[actors->count++] = (struct memhp_actor){
		.kind = kind, /* static */
		.path = actors_copy(actors, path),
		.line = line,
		.text = actors_copy(actors, text),
		.value = actors_copy(actors, value),
	};
}

/* ---- lines and files ---- */

char *actors_next_line(struct lines *lines)
{
	char *start = NULL, *end = NULL;

	while (lines->rest && *lines->rest) {
		char *line = lines->rest;
		size_t length = strcspn(line, "\n");
		lines->rest = line + length + (line[length] == '\n');
		line[length] = '\0';
		unsigned int number = ++lines->next;
		line += strspn(line, " \t\r");
		if (*line == '#' || (!*line && !start))
			continue;
		length = strlen(line);
		if (!start) {
			start = end = line;
			lines->number = number;
		}
		memmove(end, line, length + 1);
		end += length;
		if (!lines->joins || end == start || end[-1] != '\\')
			return start;
		*--end = '\0';
	}
	return start;
}

struct source {
	const char *kind;
	const char *const *dirs; /* the first has precedence; ends with NULL */
	const char *suffix;
	bool joins;
	void (*read)(struct memhp_actors *actors, const char *path, struct lines *lines);
};

struct file {
	char *path;
	const char *name;
};

struct files {
	struct file *list;
	size_t count;
};

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

/* A file masks those of the same name in later directories, also if it is empty or /dev/null. */
static int add_file(struct files *files, const char *dir, const char *name)
{
	for (size_t i = 0; i < files->count; i++)
		if (strcmp(files->list[i].name, name) == 0)
			return 0;
	struct file *list = reallocarray(files->list, files->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	files->list = list;
	if (asprintf(&list[files->count].path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	list[files->count].name = strrchr(list[files->count].path, '/') + 1;
	files->count++;
	return 0;
}

static int collect(struct memhp_ctx *ctx, const struct source *source, struct files *files)
{
	int error = 0;

	for (size_t i = 0; source->dirs[i] && !error; i++) {
		DIR *dir = sysfs_opendir(ctx, source->dirs[i]);
		struct dirent *entry;
		if (!dir)
			continue;
		while (!error && (entry = readdir(dir))) {
			size_t length = strlen(entry->d_name), suffix = strlen(source->suffix);
			if (entry->d_name[0] != '.' && length > suffix &&
			    strcmp(entry->d_name + length - suffix, source->suffix) == 0)
				error = add_file(files, source->dirs[i], entry->d_name);
		}
		closedir(dir);
	}
	if (files->count)
		qsort(files->list, files->count, sizeof(*files->list), compare_files);
	return error;
}

static void read_one(struct memhp_ctx *ctx, struct memhp_actors *actors, const struct source *source,
		     const char *path)
{
	char *text;
	int error = sysfs_read_file(ctx, path, &text);

	if (error) {
		if (error != -ENOENT)
			ctx_log(ctx, LOG_WARNING, "%s: %s", path, strerrordesc_np(-error));
		return;
	}
	source->read(actors, path, &(struct lines){ .rest = text, .joins = source->joins });
	free(text);
}

static void read_source(struct memhp_ctx *ctx, struct memhp_actors *actors, const struct source *source)
{
	struct files files = { 0 };
	int error = collect(ctx, source, &files);

	if (error)
		actors->error = error;
	for (size_t i = 0; i < files.count; i++) {
		read_one(ctx, actors, source, files.list[i].path);
		free(files.list[i].path);
	}
	free(files.list);
}

/* ---- tmpfiles.d and daxctl ---- */

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
			bool yes = strchr("tTyY1", value[0]) || strcasecmp(value, "on") == 0;
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

/* ---- the kernel ---- */

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
	const struct source sources[] = {
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
		read_source(ctx, new, &sources[i]);
	read_one(ctx, new, &sources[2], "etc/daxctl.conf");
	if (new->error) {
		int error = new->error;
		memhp_actors_free(new);
		return error;
	}
	*actors = new;
	return 0;
}

MEMHP_EXPORT void memhp_actors_free(struct memhp_actors *actors)
{
	if (!actors)
		return;
	for (size_t i = 0; i < actors->count; i++) {
		free((char *)actors->list[i].path);
		free((char *)actors->list[i].text);
		free((char *)actors->list[i].value);
	}
	free(actors->list);
	free(actors);
}

MEMHP_EXPORT size_t memhp_actors_get_count(const struct memhp_actors *actors)
{
	return actors->count;
}

MEMHP_EXPORT const struct memhp_actor *memhp_actors_get(const struct memhp_actors *actors, size_t index)
{
	return index < actors->count ? &actors->list[index] : NULL;
}
