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

/* Of whole pages, as walk_system_ram_range() of kernel/resource.c sees them. */
uint64_t iomem_system_ram(const struct iomem *iomem, uint64_t start, uint64_t end)
{
	uint64_t page = memhp_page_size(), bytes = 0;

	for (size_t i = 0; i < iomem->count; i++) {
		const struct iomem_range *range = &iomem->ranges[i];
		if (strncmp(range->name, "System RAM", strlen("System RAM")) != 0)
			continue;
		uint64_t from = (range->start + page - 1) / page * page, to = (range->end + 1) / page * page;
		from = from > start ? from : start;
		to = to < end ? to : end;
		bytes += to > from ? to - from : 0;
	}
	return bytes;
}

const struct iomem_range *iomem_parent(const struct iomem *iomem, size_t index)
{
	for (size_t i = index; i > 0; i--) {
		if (iomem->ranges[i - 1].depth < iomem->ranges[index].depth)
			return &iomem->ranges[i - 1];
	}
	return NULL;
}
