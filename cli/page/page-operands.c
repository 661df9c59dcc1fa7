/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Pages as users name them: 0x100000000, pfn:1048576, 0x100000000-0x100003fff, pfn:1048576-1048579. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "page/page.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/text.h"

#define MAX_PAGES 65536

/* Kernel messages give page frame numbers in hexadecimal too. */
static bool parse_value(const char *word, uint64_t *value)
{
	return is_address(word) ? address_parse(word, value) : number_parse(word, 10, value);
}

static int not_a_page(struct app *app, const char *word)
{
	return app_usage(app, "'%s': not an address like 0x100000000 or a page frame number like pfn:1048576",
			 word);
}

/* Both ends must be addresses of pages: one rounded to a page might take one that nobody meant. */
static int take_ends(struct app *app, const char *word, uint64_t start, uint64_t end,
		     struct page_range *range)
{
	uint64_t size = memhp_page_size();

	*range = (struct page_range){ start / size, end / size, false };
	if (start % size == 0 && end % size == size - 1)
		return EXIT_OK;
	return app_usage(app,
			 "%s: not on page boundaries; the pages that it touches are 0x%" PRIx64 "-0x%" PRIx64,
			 word, range->first * size, range->last * size + size - 1);
}

static int take_range(struct app *app, const char *word, const char *low, const char *high, bool is_pfn,
		      struct page_range *range)
{
	uint64_t start, end;

	if (!parse_value(low, &start) || !parse_value(high, &end) || (!is_pfn && !is_address(high)))
		return not_a_page(app, word);
	if (start > end)
		return app_usage(app, "%s: the range ends before it starts", word);
	if (!is_pfn)
		return take_ends(app, word, start, end, range);
	*range = (struct page_range){ start, end, false };
	return EXIT_OK;
}

static int take_word(struct app *app, const char *word, struct page_range *range)
{
	bool is_pfn = strncmp(word, "pfn:", 4) == 0;
	const char *text = is_pfn ? word + 4 : word, *dash = strchr(text, '-');
	uint64_t value;
	char low[32];

	if (!is_pfn && !is_address(text))
		return not_a_page(app, word);
	if (dash && (size_t)(dash - text) < sizeof(low)) {
		memcpy(low, text, (size_t)(dash - text));
		low[dash - text] = '\0';
		return take_range(app, word, low, dash + 1, is_pfn, range);
	}
	if (!parse_value(text, &value))
		return not_a_page(app, word);
	value = is_pfn ? value : value / memhp_page_size();
	*range = (struct page_range){ value, value, true };
	return EXIT_OK;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct page_range *left = a, *right = b;
	return left->first < right->first ? -1 : left->first > right->first;
}

/* By address, each page once. */
static int make_entries(struct page_job *job)
{
	size_t capacity = 0;
	uint64_t next = 0;

	qsort(job->ranges, job->range_count, sizeof(*job->ranges), compare_ranges);
	for (size_t i = 0; i < job->range_count; i++)
		capacity += (size_t)(job->ranges[i].last - job->ranges[i].first + 1);
	job->entries = calloc(capacity ? capacity : 1, sizeof(*job->entries));
	if (!job->entries)
		return app_no_memory(job->app);
	for (size_t i = 0; i < job->range_count; i++) {
		const struct page_range *range = &job->ranges[i];
		for (uint64_t pfn = range->first > next ? range->first : next; pfn <= range->last; pfn++) {
			job->entries[job->count++].page.pfn = pfn;
			next = pfn + 1;
		}
	}
	return EXIT_OK;
}

int page_operands_parse(struct page_job *job, int argc, char **argv)
{
	struct app *app = job->app;
	uint64_t pages = 0, last = UINT64_MAX / memhp_page_size();

	job->ranges = calloc((size_t)argc, sizeof(*job->ranges));
	if (!job->ranges)
		return app_no_memory(app);
	for (int i = 0; i < argc; i++) {
		struct page_range *range = &job->ranges[job->range_count++];
		int exit = take_word(app, argv[i], range);
		if (exit != EXIT_OK)
			return exit;
		if (range->last > last)
			return app_usage(app, "%s: past the end of the 64-bit address space", argv[i]);
		if (!range->single && !job->verb->ranges)
			return app_usage(app, "%s: %s takes single pages, no ranges", argv[i],
					 job->verb->name);
		if (range->last - range->first >= MAX_PAGES - pages)
			return app_usage(app, "%s: more than %d pages; memhp offline takes whole blocks",
					 argv[i], MAX_PAGES);
		pages += range->last - range->first + 1;
	}
	return make_entries(job);
}

bool page_is_named(const struct page_job *job, uint64_t pfn)
{
	for (size_t i = 0; i < job->range_count; i++) {
		if (job->ranges[i].single && job->ranges[i].first == pfn)
			return true;
	}
	return false;
}
