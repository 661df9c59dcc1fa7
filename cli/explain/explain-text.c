/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include <memhp.h>

#include "explain/explain-way.h"
#include "explain/explain.h"
#include "explain/holders.h"
#include "explain/judged.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/outlook.h"
#include "shell/surveyed.h"
#include "shell/text.h"

/* More entries than this are hard to read. */
#define ENTRIES_READ 40
#define RANGES_NAMED 8

struct view {
	const struct surveyed *surveyed;
	uint64_t block_size;
	const struct memhp_way *way; /* NULL: findings by themselves */
};

/* The escape that begins its colour. */
static const char *verdict_color(enum memhp_verdict verdict)
{
	switch (verdict) {
	case MEMHP_VERDICT_YES:
		return "\033[32m";
	case MEMHP_VERDICT_NO:
		return "\033[31m";
	default:
		return "\033[33m";
	}
}

/* "8120 free, 70 slab": the kinds of which there are pages. */
static void print_kinds(const struct sums *sums, size_t count)
{
	const char *comma = "";

	fputs("    pages", stdout);
	if (sums->known < count)
		printf(" of %zu of them", sums->known);
	fputs(": ", stdout);
	for (int kind = 0; kind < MEMHP_KIND_COUNT; kind++) {
		if (!sums->kinds[kind])
			continue;
		printf("%s%" PRIu64 " %s", comma, sums->kinds[kind], memhp_kind_name((enum memhp_kind)kind));
		comma = ", ";
	}
	putchar('\n');
}

static void print_findings(const struct view *view, const struct judged *judged, const struct sums *sums,
			   size_t count)
{
	char text[512];

	for (int cause = 0; cause < MEMHP_CAUSE_COUNT; cause++) {
		if (!sums->found[cause])
			continue;
		printf("    %s", finding_text(&sums->findings[cause], text, sizeof(text)));
		if (sums->found[cause] < count)
			printf(", in %zu of them", sums->found[cause]);
		putchar('\n');
		holders_print(view->surveyed, judged, count, (enum memhp_cause)cause);
	}
}

/* False: out of memory. */
static bool print_why(const struct view *view, const struct judged *judged, size_t count)
{
	struct sums sums = judged_sums(judged, count);
	const char *next = NULL;
	bool good = true;

	if (view->way && memhp_outlook_get_finding_count(judged->outlook))
		good = explain_way(view->way, judged, count, &sums);
	else
		print_findings(view, judged, &sums, count);
	if (sums.known)
		print_kinds(&sums, count);
	for (int cause = 0; !next && cause < MEMHP_CAUSE_COUNT; cause++)
		next = sums.found[cause]
			       ? holders_next(view->surveyed, judged, count, (enum memhp_cause)cause)
			       : NULL;
	if (next)
		printf("    next: %s\n", next);
	return good;
}

/* "memory32-43,50 and 7 more ranges" */
static void print_blocks(const struct judged *judged, size_t count)
{
	size_t ranges = 0, run;

	for (size_t i = 0; i < count; i += run, ranges++) {
		uint64_t first = memhp_block_get_id(judged[i].block);
		run = judged_run(&judged[i], count - i, judged_adjacent);
		if (ranges < RANGES_NAMED)
			printf("%s%" PRIu64, ranges ? "," : "memory", first);
		if (ranges < RANGES_NAMED && run > 1)
			printf("-%" PRIu64, first + run - 1);
	}
	if (ranges > RANGES_NAMED)
		printf(" and %zu more ranges", ranges - RANGES_NAMED);
}

/* ", node 1" or ", nodes 0 and 1" */
static void print_nodes(const struct memhp_block *block)
{
	size_t count = memhp_block_get_node_count(block);

	for (size_t i = 0; i < count; i++)
		printf("%s%d",
		       i == 0	       ? count > 1 ? ", nodes " : ", node "
		       : i + 1 < count ? ", "
				       : " and ",
		       memhp_block_get_node(block, i));
}

static bool print_entry(const struct app *app, const struct judged *judged, size_t count,
			const struct view *view)
{
	enum memhp_verdict verdict = memhp_outlook_get_verdict(judged->outlook);
	const char *state = memhp_state_name(memhp_block_get_state(judged->block));
	const char *zone = memhp_zone_name(memhp_block_get_zone(judged->block));
	bool color = app_has_color(app, stdout) && verdict != MEMHP_VERDICT_UNKNOWN;
	char size[24];

	print_blocks(judged, count);
	fputs(": ", stdout);
	if (verdict != MEMHP_VERDICT_UNKNOWN)
		printf("%s%s%s ", color ? verdict_color(verdict) : "", memhp_verdict_name(verdict),
		       color ? "\033[0m" : "");
	printf("(%s%s%s", state ? state : "state unknown", zone ? ", zone " : "", zone ? zone : "");
	print_nodes(judged->block);
	putchar(')');
	size_format(count * view->block_size, size, sizeof(size));
	if (count > 1)
		printf(": %zu blocks, %s", count, size);
	putchar('\n');
	return print_why(view, judged, count);
}

static bool alike_in_row(const struct judged *a, const struct judged *b)
{
	return judged_adjacent(a, b) && judged_alike(a, b);
}

static bool never(const struct judged *a, const struct judged *b)
{
	(void)a, (void)b;
	return false;
}

static size_t count_entries(const struct judged_list *judged)
{
	size_t entries = 0;

	for (size_t i = 0; i < judged->count; entries++)
		i += judged_run(&judged->list[i], judged->count - i, alike_in_row);
	return entries;
}

static void print_tally(const struct judged_list *judged, uint64_t block_size)
{
	struct node_sum all = node_sum_of(judged->list, judged->count);
	char tally[160];

	puts(tally_text(all.verdicts, block_size, tally, sizeof(tally)));
}

int explain_text(struct app *app, const struct surveyed *surveyed, struct judged_list *judged, bool all,
		 const struct memhp_way *way)
{
	struct view view = { surveyed, memhp_snapshot_get_block_size(surveyed->snapshot), way };
	uint64_t block_size = view.block_size;
	bool gathered = !all && count_entries(judged) > ENTRIES_READ;
	size_t entries = 0, run;

	if (gathered)
		judged_sort(judged);
	for (size_t i = 0; i < judged->count; i += run, entries++) {
		run = judged_run(&judged->list[i], judged->count - i,
				 all	    ? never
				 : gathered ? judged_alike
					    : alike_in_row);
		if (!print_entry(app, &judged->list[i], run, &view))
			return app_no_memory(app);
	}
	int exit = entries > 1 ? explain_nodes(app, judged, block_size) : EXIT_OK;
	print_tally(judged, block_size);
	if (gathered)
		puts("Blocks that are alike are shown together; --all shows each.");
	return exit;
}
