/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/sysfs.h"
#include "base/unread.h"
#include "machine/machine.h"

/* -errno of reading, EINVAL for what is no flag. */
static int read_flag(struct memhp_ctx *ctx, const char *path)
{
	char text[16];
	int error = sysfs_read(ctx, path, text, sizeof(text));

	if (error)
		return error;
	return strcmp(text, "1") == 0 ? 1 : strcmp(text, "0") == 0 ? 0 : -EINVAL;
}

static int has(struct memhp_ctx *ctx, const char *path)
{
	struct stat st;
	int error = sysfs_stat(ctx, path, &st);
	return !error ? 1 : unread_is_absent(error) ? 0 : -1;
}

/* The file is there only with CONFIG_MEMORY_HOTREMOVE, since Linux 3.18: of one block, if of any. */
static int has_valid_zones(struct memhp_ctx *ctx)
{
	char path[320] = "";
	uint64_t id;
	DIR *dir = sysfs_opendir(ctx, MEMORY_DIR);
	struct dirent *entry;

	while (dir && !*path && (entry = sysfs_readdir(ctx, dir, MEMORY_DIR))) {
		if (sysfs_numbered(entry->d_name, "memory", &id))
			snprintf(path, sizeof(path), MEMORY_DIR "/%s/valid_zones", entry->d_name);
	}
	if (dir)
		closedir(dir);
	return *path ? has(ctx, path) : -1;
}

/* Before 5.7 `removable` was a guess at each block: one "1" shows that the kernel can, only all "0" that not.
 */
static int any_removable(const struct memhp_snapshot *snapshot)
{
	int all = snapshot->count ? 0 : -1;

	for (size_t i = 0; i < snapshot->count; i++) {
		int removable = memhp_block_get_removable(&snapshot->blocks[i]);
		if (removable == 1)
			return 1;
		all = removable < 0 ? -1 : all;
	}
	return all;
}

int hotremove_read(struct memhp_ctx *ctx, int *hotremove)
{
	struct memhp_snapshot *snapshot;
	int zones = has_valid_zones(ctx), error = 0;

	*hotremove = zones == 1 ? 1 : -1;
	if (zones == 1)
		return 0;
	error = memhp_snapshot_read(ctx, MEMHP_WANT_REMOVABLE, &snapshot);
	if (error)
		return error == -ENOMEM ? error : 0;
	*hotremove = any_removable(snapshot);
	if (zones < 0 && *hotremove == 0)
		*hotremove = -1;
	memhp_snapshot_free(snapshot);
	return 0;
}

/* ppc64: memory that firmware keeps over a crash. It shows no crash kernel that is loaded. */
static void read_fadump(struct memhp_ctx *ctx, struct memhp_support *support)
{
	int registered = read_flag(ctx, "sys/kernel/fadump/registered");
	int ready = registered == 1 ? read_flag(ctx, "sys/kernel/fadump/hotplug_ready") : -ENOENT;
	bool known = ready >= 0 || unread_is_absent(ready); /* there is none before Linux 6.10 */

	support->fadump = registered >= 0 ? registered : unread_is_absent(registered) ? 0 : -1;
	support->fadump_ready = ready < 0 ? -1 : ready;
	support->crash_error = support->fadump < 0 ? -registered : known ? 0 : -ready;
	support->kdump_reload = support->crash_error ? -1 : ready != 1;
}

/* crash_hotplug reads 0 without a crash kernel, too: then nothing is due. Before Linux 6.6 there is none. */
static void read_crash(struct memhp_ctx *ctx, struct memhp_support *support)
{
	int loaded = read_flag(ctx, "sys/kernel/kexec_crash_loaded");
	int hotplug = read_flag(ctx, MEMORY_DIR "/crash_hotplug");
	bool known = hotplug >= 0 || unread_is_absent(hotplug);

	/* A kernel without the file (kernel/ksysfs.c) loads no crash kernel; a copy may just lack it. */
	if (loaded == -ENOENT && ctx->live)
		loaded = 0;
	support->crash_loaded = loaded < 0 ? -1 : loaded;
	support->crash_hotplug = hotplug < 0 ? -1 : hotplug;
	read_fadump(ctx, support);
	if (support->fadump)
		return;
	support->crash_error = loaded < 0 ? -loaded : loaded && !known ? -hotplug : 0;
	support->kdump_reload = loaded == 0 ? 0 : loaded < 0 || !known ? -1 : hotplug != 1;
}

bool memmap_on_memory(struct memhp_ctx *ctx, bool *force)
{
	char text[16];
	bool on = sysfs_read(ctx, memhp_policy_path(MEMHP_POLICY_MEMMAP_ON_MEMORY), text, sizeof(text)) ==
			  0 &&
		  !strchr("Nn0", text[0]);

	if (force)
		*force = on && strcmp(text, "force") == 0;
	return on;
}

MEMHP_EXPORT int memhp_support_read(struct memhp_ctx *ctx, struct memhp_support *support)
{
	if (support->size != sizeof(*support))
		return -EINVAL;
	int error = hotremove_read(ctx, &support->hotremove);
	support->probe = has(ctx, MEMORY_DIR "/probe");
	support->firmware_config = has(ctx, FIRMWARE_MEMORY_DIR);
	read_crash(ctx, support);
	return error;
}
