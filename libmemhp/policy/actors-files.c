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

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct actors_file *)a)->name, ((const struct actors_file *)b)->name);
}

/* A file masks those of the same name in later directories, also if it is empty or /dev/null. */
static int add_file(struct actors_files *files, const char *dir, const char *name, size_t earlier)
{
	for (size_t i = 0; i < earlier; i++)
		if (strcmp(files->list[i].name, name) == 0)
			return 0;
	struct actors_file *list = reallocarray(files->list, files->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	files->list = list;
	if (asprintf(&list[files->count].path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	list[files->count].name = strrchr(list[files->count].path, '/') + 1;
	files->count++;
	return 0;
}

static int collect_dir(struct memhp_ctx *ctx, const char *path, const char *suffix,
		       struct actors_files *files)
{
	DIR *dir = sysfs_opendir(ctx, path);
	size_t earlier = files->count;
	struct dirent *entry;
	int error = 0;

	while (dir && !error && (entry = sysfs_readdir(ctx, dir, path))) {
		size_t length = strlen(entry->d_name), end = strlen(suffix);
		if (entry->d_name[0] != '.' && length > end &&
		    strcmp(entry->d_name + length - end, suffix) == 0)
			error = add_file(files, path, entry->d_name, earlier);
	}
	if (dir)
		closedir(dir);
	return error;
}

int actors_collect(struct memhp_ctx *ctx, const char *const *dirs, const char *below, const char *suffix,
		   struct actors_files *files)
{
	char path[512];
	int error = 0;

	for (size_t i = 0; dirs[i] && !error; i++) {
		snprintf(path, sizeof(path), below ? "%s/%s" : "%s", dirs[i], below);
		error = collect_dir(ctx, path, suffix, files);
	}
	if (files->count)
		qsort(files->list, files->count, sizeof(*files->list), compare_files);
	return error;
}

void actors_files_free(struct actors_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->list[i].path);
	free(files->list);
}

bool actors_read_file(struct memhp_ctx *ctx, struct memhp_actors *actors, const struct actors_source *source,
		      const char *path)
{
	char *text;
	int error = sysfs_read_file(ctx, path, &text);

	if (error) {
		if (error != -ENOENT)
			ctx_log(ctx, LOG_WARNING, "%s: %s", path, strerrordesc_np(-error));
		return false;
	}
	bool some = *text != '\0';
	source->read(actors, path, &(struct lines){ .rest = text, .joins = source->joins });
	free(text);
	return some;
}

void actors_read_source(struct memhp_ctx *ctx, struct memhp_actors *actors,
			const struct actors_source *source)
{
	struct actors_files files = { 0 };
	int error = actors_collect(ctx, source->dirs, NULL, source->suffix, &files);

	if (error)
		actors->error = error;
	for (size_t i = 0; i < files.count; i++)
		actors_read_file(ctx, actors, source, files.list[i].path);
	actors_files_free(&files);
}
