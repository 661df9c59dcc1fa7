/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"
#include "machine/machine.h"

static uint64_t match(const char *command, const char *const *names, size_t count)
{
	uint64_t found = 0;

	for (size_t i = 0; i < count && i < 64; i++)
		found |= (uint64_t)(strcmp(names[i], command) == 0) << i;
	return found;
}

MEMHP_EXPORT int memhp_processes_find(struct memhp_ctx *ctx, const char *const *names, size_t count,
				      uint64_t *found)
{
	char path[64], command[64];
	struct dirent *entry;
	uint64_t pid;

	ctx_start(ctx);
	*found = 0;
	DIR *dir = sysfs_opendir(ctx, "proc");
	if (!dir)
		return ctx_fail(ctx, -errno, "proc");
	while ((entry = sysfs_readdir(ctx, dir, "proc"))) {
		if (!sysfs_numbered(entry->d_name, "", &pid))
			continue;
		snprintf(path, sizeof(path), "proc/%" PRIu64 "/comm", pid);
		if (sysfs_read(ctx, path, command, sizeof(command)) == 0)
			*found |= match(command, names, count);
	}
	closedir(dir);
	return 0;
}
