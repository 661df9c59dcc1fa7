/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include <memhp.h>

#include "explain/judged.h"
#include "shell/outlook.h"
#include "shell/surveyed.h"

bool judged_collect(const struct surveyed *surveyed, struct judged_list *judged)
{
	size_t blocks = memhp_snapshot_get_count(surveyed->snapshot);

	*judged = (struct judged_list){ .list = calloc(blocks + 1, sizeof(*judged->list)) };
	for (size_t i = 0; judged->list && i < blocks; i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(surveyed->snapshot, i);
		if (memhp_request_matches(surveyed->request, block))
			judged->list[judged->count++] =
				(struct judged){ block, memhp_survey_get(surveyed->survey, block) };
	}
	return judged->list != NULL;
}

int judged_node(const struct judged *judged)
{
	return memhp_block_get_node(judged->block, 0);
}

enum memhp_cause judged_cause(const struct judged *judged)
{
	return memhp_outlook_get_finding_count(judged->outlook)
		       ? memhp_outlook_get_finding(judged->outlook, 0)->cause
		       : MEMHP_CAUSE_COUNT;
}

static int order(int a, int b)
{
	return (a > b) - (a < b);
}

/* Beside the first, by which they are grouped. */
static int order_other_nodes(const struct memhp_block *a, const struct memhp_block *b)
{
	size_t count = memhp_block_get_node_count(a);
	int differs = order((int)count, (int)memhp_block_get_node_count(b));

	for (size_t i = 1; !differs && i < count; i++)
		differs = order(memhp_block_get_node(a, i), memhp_block_get_node(b, i));
	return differs;
}

static int compare_kind(const struct judged *a, const struct judged *b)
{
	int differs = order(judged_node(a), judged_node(b));

	if (!differs)
		differs = order(memhp_block_get_zone(a->block), memhp_block_get_zone(b->block));
	if (!differs)
		differs = order(memhp_block_get_state(a->block), memhp_block_get_state(b->block));
	if (!differs)
		differs = order(memhp_outlook_get_verdict(a->outlook), memhp_outlook_get_verdict(b->outlook));
	if (!differs)
		differs = order_other_nodes(a->block, b->block);
	return differs ? differs : order(judged_cause(a), judged_cause(b));
}

bool judged_alike(const struct judged *a, const struct judged *b)
{
	return compare_kind(a, b) == 0;
}

bool judged_adjacent(const struct judged *a, const struct judged *b)
{
	return memhp_block_get_id(b->block) - memhp_block_get_id(a->block) == 1;
}

bool judged_same_node(const struct judged *a, const struct judged *b)
{
	return judged_node(a) == judged_node(b);
}

static int compare(const void *left, const void *right)
{
	const struct judged *a = left, *b = right;
	uint64_t a_id = memhp_block_get_id(a->block), b_id = memhp_block_get_id(b->block);
	int differs = compare_kind(a, b);

	return differs ? differs : (a_id > b_id) - (a_id < b_id);
}

void judged_sort(struct judged_list *judged)
{
	qsort(judged->list, judged->count, sizeof(*judged->list), compare);
}

size_t judged_run(const struct judged *first, size_t count,
		  bool (*together)(const struct judged *a, const struct judged *b))
{
	size_t run = 1;

	while (run < count && together(&first[run - 1], &first[run]))
		run++;
	return run;
}

struct node_sum node_sum_of(const struct judged *judged, size_t count)
{
	struct node_sum sum = { .node = count ? judged_node(judged) : -1 };

	for (size_t i = 0; i < count; i++) {
		enum memhp_verdict verdict = memhp_outlook_get_verdict(judged[i].outlook);
		sum.verdicts[verdict]++;
		if (verdict == MEMHP_VERDICT_NO || verdict == MEMHP_VERDICT_UNSURE)
			sum.held[judged_cause(&judged[i])]++;
	}
	return sum;
}

size_t node_sum_causes(const struct node_sum *sum, enum memhp_cause causes[CAUSES_TOLD])
{
	size_t count = 0;

	for (int cause = 0; cause < MEMHP_CAUSE_COUNT; cause++) {
		size_t place = count;
		while (place && sum->held[causes[place - 1]] < sum->held[cause])
			place--;
		if (sum->held[cause] == 0 || place == CAUSES_TOLD)
			continue;
		count += count < CAUSES_TOLD;
		for (size_t i = count - 1; i > place; i--)
			causes[i] = causes[i - 1];
		causes[place] = (enum memhp_cause)cause;
	}
	return count;
}

struct sums judged_sums(const struct judged *judged, size_t count)
{
	struct sums sums = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct memhp_outlook *outlook = judged[i].outlook;
		for (size_t j = 0; j < memhp_outlook_get_finding_count(outlook); j++) {
			const struct memhp_finding *finding = memhp_outlook_get_finding(outlook, j);
			if (sums.found[finding->cause]++)
				finding_add(&sums.findings[finding->cause], finding);
			else
				sums.findings[finding->cause] = *finding;
		}
		sums.known += memhp_outlook_has_pages(outlook);
		for (int kind = 0; kind < MEMHP_KIND_COUNT; kind++)
			sums.kinds[kind] += memhp_outlook_get_pages(outlook, (enum memhp_kind)kind);
	}
	return sums;
}
