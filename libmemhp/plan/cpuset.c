/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Control groups that are bound to nodes: cpuset.mems of cgroup v1 and v2 (admin-guide/cgroup-v2.rst). */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"

#define CGROUP_DIR "sys/fs/cgroup"
#define MAX_DEPTH 16

struct cpuset {
	char *path;
	char *mems;
};

struct memhp_cpusets {
	struct cpuset *list;
	size_t count;
};

static int add_cpuset(struct memhp_cpusets *cpusets, const char *path, const char *mems)
{
	struct cpuset *list = reallocarray(cpusets->list, cpusets->count + 1, sizeof(*list));
	if (!list)
		return -ENOMEM;
	cpusets->list = list;
	struct cpuset new = { strdup(path), strdup(mems) };
	list[cpusets->count++] = new;
	return new.path &&new.mems ? 0 : -ENOMEM;
}

/* @path is a group's directory; an empty cpuset.mems means that it is not bound. */
static int walk(struct memhp_ctx *ctx, struct memhp_cpusets *cpusets, const char *path, int depth)
{
	char name[PATH_MAX], *mems;

	snprintf(name, sizeof(name), "%s/cpuset.mems", path);
	int error = 0;
	if (sysfs_read_file(ctx, name, &mems) == 0) {
		if (mems[strspn(mems, " \n")])
			error = add_cpuset(cpusets, path, mems);
		free(mems);
	}
	DIR *dir = depth < MAX_DEPTH ? sysfs_opendir(ctx, path) : NULL;
	if (!dir)
		return error;
	struct dirent *entry;
	while (!error && (entry = sysfs_readdir(ctx, dir, path))) {
		if (entry->d_name[0] == '.' || (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN))
			continue;
		int length = snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (length > 0 && (size_t)length < sizeof(name))
			error = walk(ctx, cpusets, name, depth + 1);
	}
	closedir(dir);
	return error;
}

MEMHP_EXPORT int memhp_cpusets_read(struct memhp_ctx *ctx, struct memhp_cpusets **cpusets)
{
	*cpusets = calloc(1, sizeof(**cpusets));
	if (!*cpusets)
		return -ENOMEM;
	int error = walk(ctx, *cpusets, CGROUP_DIR, 0);
	if (error) {
		memhp_cpusets_free(*cpusets);
		*cpusets = NULL;
	}
	return error;
}

MEMHP_EXPORT void memhp_cpusets_free(struct memhp_cpusets *cpusets)
{
	if (!cpusets)
		return;
	for (size_t i = 0; i < cpusets->count; i++) {
		free(cpusets->list[i].path);
		free(cpusets->list[i].mems);
	}
	free(cpusets->list);
	free(cpusets);
}

MEMHP_EXPORT size_t memhp_cpusets_get_count(const struct memhp_cpusets *cpusets)
{
	return cpusets->count;
}

MEMHP_EXPORT const char *memhp_cpusets_get_path(const struct memhp_cpusets *cpusets, size_t index)
{
	return index < cpusets->count ? cpusets->list[index].path : NULL;
}

/* The kernel's list format: "0,2-3". */
MEMHP_EXPORT bool memhp_cpusets_has_node(const struct memhp_cpusets *cpusets, size_t index, int node)
{
	const char *rest = index < cpusets->count ? cpusets->list[index].mems : "";
	int first, last, length;

	while (sscanf(rest, "%d%n", &first, &length) == 1) {
		rest += length;
		last = first;
		if (sscanf(rest, "-%d%n", &last, &length) == 1)
			rest += length;
		if (node >= first && node <= last)
			return true;
		if (*rest++ != ',')
			break;
	}
	return false;
}
