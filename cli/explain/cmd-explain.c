/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>

#include "explain.h"

static const struct opt opts[] = { OPT_END };

/* Blocks by verdict. */
struct tally {
	uint64_t blocks[MEMHP_VERDICT_COUNT];
};

static void print_findings(const struct memhp_outlook *outlook)
{
	const char *next = NULL;
	char text[512];

	for (size_t i = 0; i < memhp_outlook_get_finding_count(outlook); i++) {
		const struct memhp_finding *finding = memhp_outlook_get_finding(outlook, i);
		printf("    %s\n", finding_text(finding, text, sizeof(text)));
		if (!next)
			next = finding_next(finding->cause);
	}
	if (memhp_outlook_has_pages(outlook))
		printf("    pages: %s\n", kinds_text(outlook, text, sizeof(text)));
	if (next)
		printf("    next: %s\n", next);
}

static void print_block(const struct app *app, const struct memhp_block *block,
			const struct memhp_outlook *outlook)
{
	enum memhp_verdict verdict = memhp_outlook_get_verdict(outlook);
	const char *state = memhp_state_name(memhp_block_get_state(block));
	const char *zone = memhp_zone_name(memhp_block_get_zone(block));
	bool color = app_has_color(app, stdout) && verdict != MEMHP_VERDICT_UNKNOWN;

	printf("memory%" PRIu64 ": ", memhp_block_get_id(block));
	if (verdict != MEMHP_VERDICT_UNKNOWN)
		printf("%s%s%s ", color ? verdict_color(verdict) : "", memhp_verdict_name(verdict),
		       color ? "\033[0m" : "");
	printf("(%s%s%s", state ? state : "state unknown", zone ? ", zone " : "", zone ? zone : "");
	if (memhp_block_get_node_count(block))
		printf(", node %d", memhp_block_get_node(block, 0));
	puts(")");
	print_findings(outlook);
}

static void print_tally(const struct tally *tally, uint64_t block_size)
{
	char yes[24], unsure[24], no[24];

	size_format(tally->blocks[MEMHP_VERDICT_YES] * block_size, yes, sizeof(yes));
	size_format(tally->blocks[MEMHP_VERDICT_UNSURE] * block_size, unsure, sizeof(unsure));
	size_format(tally->blocks[MEMHP_VERDICT_NO] * block_size, no, sizeof(no));
	printf("%s can go offline, %s cannot, %s unsure\n", yes, no, unsure);
}

static void print_text(const struct app *app, const struct surveyed *surveyed)
{
	const struct memhp_snapshot *snapshot = surveyed->snapshot;
	struct tally tally = { 0 };

	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		if (!memhp_request_matches(surveyed->request, block))
			continue;
		const struct memhp_outlook *outlook = memhp_survey_get(surveyed->survey, block);
		tally.blocks[memhp_outlook_get_verdict(outlook)]++;
		print_block(app, block, outlook);
	}
	print_tally(&tally, memhp_snapshot_get_block_size(snapshot));
}

static int show(struct app *app, const struct surveyed *surveyed, void *data)
{
	(void)data;
	if (app->json)
		return explain_json(app, surveyed);
	print_text(app, surveyed);
	return EXIT_OK;
}

static int run(struct app *app, int argc, char **argv)
{
	return surveyed_run(app, argc, argv, NULL, show, NULL);
}

const struct cmd cmd_explain = {
	.name = "explain",
	.args = "[BLOCKS...]",
	.summary = "Tell whether blocks can go offline, and what holds them",
	.opts = opts,
	.takes_filters = true,
	.zone_filters = true,
	.run = run,
};
