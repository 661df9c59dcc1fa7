/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include <memhp.h>

#include "explain/explain.h"
#include "shell/app.h"
#include "shell/outlook.h"
#include "shell/surveyed.h"
#include "shell/text.h"

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
static const char *kinds_text(const struct memhp_outlook *outlook, char *buffer, size_t size)
{
	buffer[0] = '\0';
	for (int i = 0; i < MEMHP_KIND_COUNT; i++) {
		enum memhp_kind kind = (enum memhp_kind)i;
		uint64_t pages = memhp_outlook_get_pages(outlook, kind);
		if (pages)
			text_append(buffer, size, "%s%" PRIu64 " %s", *buffer ? ", " : "", pages,
				    memhp_kind_name(kind));
	}
	return buffer;
}

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

void explain_text(const struct app *app, const struct surveyed *surveyed)
{
	const struct memhp_snapshot *snapshot = surveyed->snapshot;
	uint64_t verdicts[MEMHP_VERDICT_COUNT] = { 0 };
	char tally[160];

	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(snapshot, i);
		if (!memhp_request_matches(surveyed->request, block))
			continue;
		const struct memhp_outlook *outlook = memhp_survey_get(surveyed->survey, block);
		verdicts[memhp_outlook_get_verdict(outlook)]++;
		print_block(app, block, outlook);
	}
	puts(tally_text(verdicts, memhp_snapshot_get_block_size(snapshot), tally, sizeof(tally)));
}
