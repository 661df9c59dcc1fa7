/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /dev/kmsg, a record a read: "6,339,5140900,-;text" and further lines (Documentation/ABI/testing/dev-kmsg).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "evidence/evidence.h"

static int open_log(struct memhp_ctx *ctx)
{
	return ctx->live ? sysfs_open(ctx, "dev/kmsg", O_RDONLY) : -1;
}

void kmsg_read_since(int mark, kmsg_fn fn, void *data)
{
	char record[8192];

	for (;;) {
		ssize_t n = mark < 0 ? 0 : read(mark, record, sizeof(record) - 1);
		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue; /* EPIPE: overwritten while it was read, the next one is there */
		if (n <= 0)
			break;
		record[n] = '\0';
		char *text = strchr(record, ';');
		if (!text)
			continue;
		text[1 + strcspn(text + 1, "\n")] = '\0';
		fn(data, text + 1);
	}
	kmsg_unmark(mark);
}

void kmsg_read(struct memhp_ctx *ctx, kmsg_fn fn, void *data)
{
	kmsg_read_since(open_log(ctx), fn, data);
}

int kmsg_mark(struct memhp_ctx *ctx)
{
	int mark = open_log(ctx);
	if (mark >= 0)
		lseek(mark, 0, SEEK_END);
	return mark;
}

void kmsg_unmark(int mark)
{
	if (mark >= 0)
		close(mark);
}
