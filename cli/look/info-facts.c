/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What both forms of info say. */
#include <errno.h>
#include <string.h>

#include <memhp.h>

#include "look/info.h"

struct info_totals info_count(const struct info *info, int node)
{
	struct info_totals totals = { 0 };
	for (size_t i = 0; i < memhp_snapshot_get_count(info->snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(info->snapshot, i);
		if (node < 0 || memhp_block_get_node(block, 0) == node)
			totals.by_state[memhp_block_get_state(block)]++;
	}
	return totals;
}

size_t info_drivers(const struct info *info, const char *drivers[MAX_DRIVERS])
{
	size_t count = 0;

	for (size_t i = 0; i < memhp_snapshot_get_count(info->snapshot); i++) {
		const char *driver = memhp_block_get_driver(memhp_snapshot_get_block(info->snapshot, i));
		bool known = !driver;
		for (size_t j = 0; !known && j < count; j++)
			known = strcmp(drivers[j], driver) == 0;
		if (!known && count < MAX_DRIVERS)
			drivers[count++] = driver;
	}
	return count;
}

const char *info_no_kcore(const struct info *info)
{
	switch (info->no_kcore) {
	case 0:
		return NULL;
	case EACCES:
		return "that needs root";
	case EPERM:
		return "it is locked down, or needs more rights";
	case ENOENT:
		return "this kernel has none";
	case ENODATA:
		return "this kernel does not tell its types (BTF)";
	case ENOPKG:
		return "libbpf is not installed";
	case ENOEXEC:
		return "it is no kernel's memory, as in a container";
	case EOPNOTSUPP:
		return "the memory map of this kernel or architecture is not known";
	default:
		return "it cannot be read";
	}
}
