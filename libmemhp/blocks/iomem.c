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

static int compare_spans(const void *left, const void *right)
{
	const struct iomem_span *a = left, *b = right;
	return (a->start > b->start) - (a->start < b->start);
}

/* Whole pages, as walk_system_ram_range() of kernel/resource.c sees them; none lies in another. */
static int list_ram(struct iomem *iomem)
{
	uint64_t page = memhp_page_size();

	iomem->ram = calloc(iomem->count + 1, sizeof(*iomem->ram));
	if (!iomem->ram)
		return -ENOMEM;
	for (size_t i = 0; i < iomem->count; i++) {
		const struct iomem_range *range = &iomem->ranges[i];
		if (strncmp(range->name, "System RAM", strlen("System RAM")) == 0)
			iomem->ram[iomem->ram_count++] = (struct iomem_span){
				(range->start + page - 1) / page * page, (range->end + 1) / page * page
			};
	}
	qsort(iomem->ram, iomem->ram_count, sizeof(*iomem->ram), compare_spans);
	return 0;
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
		error = list_ram(iomem);
	if (!error)
		return 0;
	iomem_release(iomem);
	return ctx_fail(ctx, error, IOMEM);
}

void iomem_release(struct iomem *iomem)
{
	free(iomem->ranges);
	free(iomem->ram);
	*iomem = (struct iomem){ 0 };
}

/* The place of the first span that ends past @start. */
static size_t first_span(const struct iomem *iomem, uint64_t start)
{
	size_t low = 0, high = iomem->ram_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (iomem->ram[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint64_t iomem_system_ram(const struct iomem *iomem, uint64_t start, uint64_t end)
{
	uint64_t bytes = 0;

	for (size_t i = first_span(iomem, start); i < iomem->ram_count && iomem->ram[i].start < end; i++) {
		const struct iomem_span *span = &iomem->ram[i];
		uint64_t from = span->start > start ? span->start : start,
			 to = span->end < end ? span->end : end;
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
