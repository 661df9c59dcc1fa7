/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Documentation/admin-guide/dynamic-debug-howto.rst. The control file has a line for each message:
 *   mm/memory_hotplug.c:1964 [memory_hotplug]offline_pages =_ "memory offlining … failed due to %s\n"
 * What is to be switched back outlives a SIGKILL as a file of line numbers.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "evidence/evidence.h"

#define SOURCE "mm/memory_hotplug.c"
#define STATE_NAME "dyndbg"

/* What a memhp that was killed had switched on is ours to switch off. */
static struct dyndbg left_lines(struct memhp_ctx *ctx)
{
	struct dyndbg left = { 0 };
	char text[64];
	int length;

	if (sysfs_read(ctx, STATE_DIR "/" STATE_NAME, text, sizeof(text)))
		return left;
	for (const char *at = text;
	     left.count < ARRAY_SIZE(left.lines) && sscanf(at, "%u%n", &left.lines[left.count], &length) == 1;
	     at += length)
		left.count++;
	return left;
}

static void remember_lines(struct memhp_ctx *ctx, const struct dyndbg *dyndbg)
{
	char text[64] = "";

	for (size_t i = 0; i < dyndbg->count; i++) {
		size_t used = strlen(text);
		snprintf(text + used, sizeof(text) - used, "%u ", dyndbg->lines[i]);
	}
	int error = sysfs_replace(ctx, STATE_DIR, STATE_NAME, text, 0600);
	if (error)
		ctx_log(ctx, LOG_DEBUG, "/" STATE_DIR "/" STATE_NAME ": %s", strerrorname_np(-error));
}

static bool is_among(const struct dyndbg *dyndbg, unsigned int line)
{
	for (size_t i = 0; i < dyndbg->count; i++) {
		if (dyndbg->lines[i] == line)
			return true;
	}
	return false;
}

/* True for the reason's line with the flag p not set, or set by a memhp that was killed. */
static bool is_ours(const char *line, const struct dyndbg *left, unsigned int *number)
{
	static const char place[] = "]offline_pages =";
	const char *flags = strstr(line, place);

	if (!flags || !strstr(flags, "failed due to") || sscanf(line, SOURCE ":%u ", number) != 1)
		return false;
	flags += strlen(place);
	return !memchr(flags, 'p', strcspn(flags, " ")) || is_among(left, *number);
}

/* The control file has thousands of lines: no more are read than up to the end of the one source's. */
static void find_lines(FILE *control, const struct dyndbg *left, struct dyndbg *dyndbg)
{
	size_t size = 0;
	char *line = NULL;
	bool found = false;

	while (getline(&line, &size, control) > 0 && dyndbg->count < ARRAY_SIZE(dyndbg->lines)) {
		bool here = strncmp(line, SOURCE ":", strlen(SOURCE ":")) == 0;
		if (found && !here)
			break;
		found |= here;
		if (here && is_ours(line, left, &dyndbg->lines[dyndbg->count]))
			dyndbg->count++;
	}
	free(line);
}

static bool switch_line(struct memhp_ctx *ctx, const char *path, unsigned int line, const char *how)
{
	char query[64];

	snprintf(query, sizeof(query), "file " SOURCE " line %u %s", line, how);
	int error = sysfs_write(ctx, path, query);
	ctx_log(ctx, LOG_DEBUG, "/%s: %s: %s", path, query, error ? strerrorname_np(-error) : "ok");
	return error == 0;
}

void dyndbg_start(struct memhp_ctx *ctx, struct dyndbg *dyndbg)
{
	/* The first is there without a mounted debugfs, since Linux 5.7. */
	static const char *const paths[] = { "proc/dynamic_debug/control",
					     "sys/kernel/debug/dynamic_debug/control" };
	struct dyndbg found = { 0 }, left = left_lines(ctx);
	int fd = -ENOENT;

	*dyndbg = (struct dyndbg){ 0 };
	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(paths); i++) {
		dyndbg->path = paths[i];
		fd = sysfs_open(ctx, paths[i], O_RDONLY);
	}
	FILE *control = fd < 0 ? NULL : fdopen(fd, "r");
	if (!control)
		return;
	find_lines(control, &left, &found);
	fclose(control);
	if (found.count)
		remember_lines(ctx, &found);
	for (size_t i = 0; i < found.count; i++) {
		if (switch_line(ctx, dyndbg->path, found.lines[i], "+p"))
			dyndbg->lines[dyndbg->count++] = found.lines[i];
	}
}

void dyndbg_stop(struct memhp_ctx *ctx, struct dyndbg *dyndbg)
{
	while (dyndbg->count > 0)
		switch_line(ctx, dyndbg->path, dyndbg->lines[--dyndbg->count], "-p");
	sysfs_remove(ctx, STATE_DIR, STATE_NAME);
}
