/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"
#include "machine/machine.h"

/* 0 or 1; -errno if it cannot be told. */
static int read_flag(struct memhp_ctx *ctx, const char *path)
{
	char text[16];
	int error = sysfs_read(ctx, path, text, sizeof(text));
	if (error)
		return error;
	return strcmp(text, "1") == 0 ? 1 : strcmp(text, "0") == 0 ? 0 : -EINVAL;
}

static void read_crash(struct memhp_ctx *ctx, struct memhp_support *support)
{
	int loaded = read_flag(ctx, "sys/kernel/kexec_crash_loaded");
	int updates = read_flag(ctx, MEMORY_DIR "/crash_hotplug");

	/* A kernel without the file (kernel/ksysfs.c) loads no crash kernel; a copy may just lack it. */
	if (loaded == -ENOENT && ctx->live)
		loaded = 0;
	support->crash_error = loaded < 0 ? -loaded : 0;
	support->crash_loaded = loaded < 0 ? -1 : loaded;
	support->crash_hotplug = updates < 0 ? -1 : updates;
	/* crash_hotplug reads 0 without a crash kernel too: then nothing is due. */
	support->kdump_reload = loaded < 0 ? -1 : loaded && updates != 1;
}

/* The file is there only with CONFIG_MEMORY_HOTREMOVE, since Linux 3.18: of one block, if of any. */
static bool has_valid_zones(struct memhp_ctx *ctx)
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
	return *path && sysfs_exists(ctx, path);
}

/* Before 5.7 `removable` was a guess at each block: one "1" shows that the kernel can. */
static int read_hotremove(struct memhp_ctx *ctx)
{
	struct memhp_snapshot *snapshot;
	int found = -1;

	if (has_valid_zones(ctx))
		return 1;
	if (memhp_snapshot_read(ctx, MEMHP_WANT_REMOVABLE, &snapshot))
		return -1;
	for (size_t i = 0; i < snapshot->count && found < 1; i++) {
		int removable = memhp_block_get_removable(&snapshot->blocks[i]);
		if (removable > found)
			found = removable;
	}
	memhp_snapshot_free(snapshot);
	return found;
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
	support->hotremove = read_hotremove(ctx);
	support->probe = sysfs_exists(ctx, MEMORY_DIR "/probe");
	support->firmware_config = sysfs_exists(ctx, FIRMWARE_MEMORY_DIR);
	read_crash(ctx, support);
	return 0;
}
