/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "trace/symbol.h"

void symbol_at(struct memhp_ctx *ctx, uint64_t address, char *name, size_t size)
{
	int fd = sysfs_open(ctx, "proc/kallsyms", O_RDONLY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char line[512], symbol[128];
	uint64_t at;

	*name = '\0';
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNx64 " %*c %127s", &at, symbol) == 2 && at == address) {
			snprintf(name, size, "%s", symbol);
			break;
		}
	}
	if (file)
		fclose(file);
	else if (fd >= 0)
		close(fd);
}
