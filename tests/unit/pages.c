/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules against what kernels told of the pages of blocks, and what then came of an offline: files of
 * tests/unit/pages, recorded by `make record`. Each line of one stands for a run of pages that are alike.
 */
#include <dirent.h>
#include <stdlib.h>

#include "outlook/outlook.h"
#include "pages/pages.h"
#include "unit.h"

#define PAGES 32768U

struct record {
	char zone[16], verdict[16], cause[32], outcome[16];
	struct surroundings around;
	uint64_t flags[PAGES], mapcounts[PAGES];
	size_t pages;
};

static void add_run(struct record *record, uint64_t flags, uint64_t mapcount, size_t pages)
{
	for (size_t i = 0; i < pages && record->pages < PAGES; i++, record->pages++) {
		record->flags[record->pages] = flags;
		record->mapcounts[record->pages] = mapcount;
	}
}

static bool read_record(const char *path, struct record *record)
{
	FILE *file = fopen(path, "r");
	char line[128];
	uint64_t a, b, c;

	*record = (struct record){ .around = { .room = UINT64_MAX } };
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%" SCNx64 " %" SCNu64 " %" SCNu64, &a, &b, &c) == 3)
			add_run(record, a, b, c);
		else if (sscanf(line, "per-cpu %" SCNu64, &a) == 1)
			record->around.per_cpu = a;
		else if (sscanf(line, "hugetlb-free-reserved %" SCNu64 " %" SCNu64, &a, &b) == 2)
			record->around.pool_spare = (a - b) * 512;
		else if (sscanf(line, "zone %15s", record->zone) != 1 &&
			 sscanf(line, "verdict %15s %31s", record->verdict, record->cause) != 2)
			sscanf(line, "outcome %15s", record->outcome);
	}
	if (file)
		fclose(file);
	/* what no page tells */
	record->around.has_holes = strcmp(record->cause, "holes") == 0;
	if (strcmp(record->cause, "no-room") == 0)
		record->around.room = 0;
	return record->pages == PAGES;
}

/* A "yes" must have gone and a "no" been refused; what is unsure may do either. */
static bool came_true(const struct record *record)
{
	if (strcmp(record->verdict, "unsure") == 0)
		return *record->outcome != '\0';
	return strcmp(record->outcome, strcmp(record->verdict, "yes") == 0 ? "went" : "refused") == 0;
}

static void replay(const char *directory, const char *name)
{
	static struct record record;
	struct memhp_outlook outlook = { .depth = OUTLOOK_READ };
	struct memhp_block block = { .state = MEMHP_STATE_ONLINE, .zone_count = 1 };
	char path[512], got[96] = "no record", wanted[96];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	if (read_record(path, &record)) {
		struct page_span span = { .pages = PAGES,
					  .flags = record.flags,
					  .mapcounts = record.mapcounts };
		page_kinds_count(&outlook.counts, &span);
		block.zones[0] = (uint8_t)memhp_zone_parse(record.zone);
		outlook_judge(&outlook, &block, 0, &record.around);
		snprintf(got, sizeof(got), "%s %s", memhp_verdict_name(memhp_outlook_get_verdict(&outlook)),
			 memhp_cause_code(memhp_outlook_get_finding(&outlook, 0)->cause));
	}
	snprintf(wanted, sizeof(wanted), "%s %s", record.verdict, record.cause);
	check(strcmp(got, wanted) == 0 && came_true(&record), name, got);
}

static int is_record(const struct dirent *entry)
{
	return strchr("56n", entry->d_name[0]) != NULL; /* 5.10, 6.1, 6.12, newest */
}

int main(int argc, char **argv)
{
	struct dirent **entries = NULL;
	char directory[256];

	snprintf(directory, sizeof(directory), "%s/pages", argc > 1 ? argv[1] : ".");
	int count = scandir(directory, &entries, is_record, alphasort);
	check(count > 0, "there are records", directory);
	for (int i = 0; i < count; i++) {
		replay(directory, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return finish();
}
