/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"
#include "blocks/blocks.h"

#define IOMEM "proc/iomem"

/* "  140000000-17fffffff : virtio0": two blanks a level (r_show() in kernel/resource.c). */
static bool parse_line(const char *line, struct iomem_range *range)
{
	int at = 0;
	if (sscanf(line, " %" SCNx64 "-%" SCNx64 " : %n", &range->start, &range->end, &at) != 2 || at == 0)
		return false;
	range->depth = (unsigned int)strspn(line, " ") / 2;
	snprintf(range->name, sizeof(range->name), "%.63s", line + at);
	return true;
}

static int add_range(struct iomem *iomem, size_t *room, const struct iomem_range *range)
{
	if (iomem->count == *room) {
		*room = *room ? *room * 2 : 128;
		struct iomem_range *more = reallocarray(iomem->ranges, *room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		iomem->ranges = more;
	}
	iomem->ranges[iomem->count++] = *range;
	return 0;
}

static int parse(struct iomem *iomem, char *text)
{
	size_t room = 0;
	char *rest = NULL;
	bool any = false;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct iomem_range range;
		if (!parse_line(line, &range))
			continue;
		any |= range.end != 0;
		int error = add_range(iomem, &room, &range);
		if (error)
			return error;
	}
	return any || !iomem->count ? 0 : -EACCES;
}

int iomem_read(struct memhp_ctx *ctx, struct iomem *iomem)
{
	char *text;
	*iomem = (struct iomem){ 0 };
	int error = sysfs_read_file(ctx, IOMEM, &text);
	if (error)
		return ctx_fail(ctx, error, IOMEM);
	error = parse(iomem, text);
	free(text);
	if (!error)
		return 0;
	iomem_release(iomem);
	return ctx_fail(ctx, error, IOMEM);
}

void iomem_release(struct iomem *iomem)
{
	free(iomem->ranges);
	*iomem = (struct iomem){ 0 };
}

const struct iomem_range *iomem_parent(const struct iomem *iomem, size_t index)
{
	for (size_t i = index; i > 0; i--) {
		if (iomem->ranges[i - 1].depth < iomem->ranges[index].depth)
			return &iomem->ranges[i - 1];
	}
	return NULL;
}
