/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who has a DAX device's character device open (/proc/PID/fd) or mapped (/proc/PID/maps). */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "base/unread.h"
#include "devices/driver.h"

struct search {
	struct memhp_ctx *ctx;
	char path[80]; /* "/dev/dax0.0" */
	struct memhp_holder *holders;
	size_t count;
};

/* The kernel marks one whose node was removed: "/dev/dax0.0 (deleted)". */
static bool names_device(const struct search *search, const char *text)
{
	size_t length = strlen(search->path);
	return strncmp(text, search->path, length) == 0 && (!text[length] || text[length] == ' ');
}

static bool has_open(const struct search *search, uint64_t pid)
{
	char path[64], target[PATH_MAX];
	bool found = false;

	snprintf(path, sizeof(path), "proc/%" PRIu64 "/fd", pid);
	DIR *dir = sysfs_opendir(search->ctx, path);
	struct dirent *entry;
	while (!found && dir && (entry = sysfs_readdir(search->ctx, dir, path))) {
		if (entry->d_name[0] == '.')
			continue;
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (n < 0) {
			unread_note(search->ctx, path, -errno);
			continue;
		}
		target[n] = '\0';
		found = names_device(search, target);
	}
	if (dir)
		closedir(dir);
	return found;
}

static bool has_mapped(const struct search *search, uint64_t pid)
{
	char path[64], *text, *rest = NULL;
	bool found = false;

	snprintf(path, sizeof(path), "proc/%" PRIu64 "/maps", pid);
	if (sysfs_read_file(search->ctx, path, &text))
		return false;
	for (char *line = strtok_r(text, "\n", &rest); line && !found; line = strtok_r(NULL, "\n", &rest)) {
		const char *file = strchr(line, '/');
		found = file && names_device(search, file);
	}
	free(text);
	return found;
}

static int add_holder(struct search *search, uint64_t pid, bool mapped)
{
	struct memhp_holder *holders = reallocarray(search->holders, search->count + 1,
						    sizeof(*search->holders));
	char path[64];

	if (!holders)
		return -ENOMEM;
	search->holders = holders;
	struct memhp_holder *holder = &holders[search->count++];
	*holder = (struct memhp_holder){ .pid = (pid_t)pid, .mapped = mapped };
	snprintf(path, sizeof(path), "proc/%" PRIu64 "/comm", pid);
	sysfs_read(search->ctx, path, holder->command, sizeof(holder->command));
	return 0;
}

MEMHP_EXPORT int memhp_device_read_holders(struct memhp_ctx *ctx, const struct memhp_device *device,
					   struct memhp_holder **holders, size_t *count)
{
	struct search search = { .ctx = ctx };
	struct dirent *entry;
	uint64_t pid;
	int error = 0;

	ctx_start(ctx);
	*holders = NULL;
	*count = 0;
	if (device->driver != &driver_dax)
		return 0;
	snprintf(search.path, sizeof(search.path), "/dev/%s", device->name);
	DIR *dir = sysfs_opendir(ctx, "proc");
	if (!dir)
		return ctx_fail(ctx, -errno, "proc");
	while (!error && (entry = sysfs_readdir(ctx, dir, "proc"))) {
		if (!sysfs_numbered(entry->d_name, "", &pid) || (ctx->live && pid == (uint64_t)getpid()))
			continue;
		bool mapped = has_mapped(&search, pid);
		if (mapped || has_open(&search, pid))
			error = add_holder(&search, pid, mapped);
	}
	closedir(dir);
	if (error) {
		free(search.holders);
		return error;
	}
	*holders = search.holders;
	*count = search.count;
	return 0;
}
