/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Configuration files in directories of which the first has precedence, and their lines. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"
#include "policy/actors.h"

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

static int collect(struct memhp_ctx *ctx, const struct actors_source *source, struct files *files)
{
	int error = 0;

	for (size_t i = 0; source->dirs[i] && !error; i++) {
		DIR *dir = sysfs_opendir(ctx, source->dirs[i]);
		struct dirent *entry;
		if (!dir)
			continue;
		while (!error && (entry = sysfs_readdir(ctx, dir, source->dirs[i]))) {
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

void actors_read_file(struct memhp_ctx *ctx, struct memhp_actors *actors, const struct actors_source *source,
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

void actors_read_source(struct memhp_ctx *ctx, struct memhp_actors *actors,
			const struct actors_source *source)
{
	struct files files = { 0 };
	int error = collect(ctx, source, &files);

	if (error)
		actors->error = error;
	for (size_t i = 0; i < files.count; i++) {
		actors_read_file(ctx, actors, source, files.list[i].path);
		free(files.list[i].path);
	}
	free(files.list);
}
