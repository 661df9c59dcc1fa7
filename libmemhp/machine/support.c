/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"
#include "blocks/blocks.h"

static int read_flag(struct memhp_ctx *ctx, const char *path)
{
	char text[16];
	if (sysfs_read(ctx, path, text, sizeof(text)))
		return -1;
	return strcmp(text, "1") == 0 ? 1 : strcmp(text, "0") == 0 ? 0 : -1;
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

MEMHP_EXPORT int memhp_support_read(struct memhp_ctx *ctx, struct memhp_support *support)
{
	if (support->size != sizeof(*support))
		return -EINVAL;
	support->hotremove = read_hotremove(ctx);
	support->probe = sysfs_exists(ctx, MEMORY_DIR "/probe");
	support->firmware_config = sysfs_exists(ctx, FIRMWARE_MEMORY_DIR);
	support->crash_loaded = read_flag(ctx, "sys/kernel/kexec_crash_loaded");
	support->crash_hotplug = read_flag(ctx, MEMORY_DIR "/crash_hotplug");
	/* crash_hotplug reads 0 without a crash kernel too: then nothing is due. */
	support->kdump_reload = support->crash_loaded < 0
					? -1
					: support->crash_loaded && support->crash_hotplug != 1;
	return 0;
}
