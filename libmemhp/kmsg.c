/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /dev/kmsg, a record a read: "6,339,5140900,-;text" and further lines (Documentation/ABI/testing/dev-kmsg).
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kmsg.h"
#include "sysfs.h"

static const char *parse_record(char *record, uint64_t since_us)
{
	char *text = strchr(record, ';');
	uint64_t time_us;

	if (!text || sscanf(record, "%*u,%*u,%" SCNu64, &time_us) != 1 || time_us < since_us)
		return NULL;
	text[1 + strcspn(text + 1, "\n")] = '\0';
	return text + 1;
}

void kmsg_read(struct memhp_ctx *ctx, uint64_t since_us, void (*fn)(void *data, const char *line), void *data)
{
	char record[8192];
	int fd = ctx->live ? sysfs_open(ctx, "dev/kmsg", O_RDONLY) : -1;

	for (;;) {
		ssize_t n = fd < 0 ? 0 : read(fd, record, sizeof(record) - 1);
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue; /* EPIPE: overwritten while it was read, the next one is there */
		if (n <= 0)
			break;
		record[n] = '\0';
		const char *line = parse_record(record, since_us);
		if (line)
			fn(data, line);
	}
	if (fd >= 0)
		close(fd);
}
