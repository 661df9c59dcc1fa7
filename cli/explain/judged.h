/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The selected blocks with their outlooks, and runs of those that came out alike. */
#ifndef MEMHP_CLI_JUDGED_H
#define MEMHP_CLI_JUDGED_H

#include <memhp.h>

struct surveyed;

struct judged {
	const struct memhp_block *block;
	const struct memhp_outlook *outlook;
};
struct judged_list {
	struct judged *list; /* by block, until it is sorted */
	size_t count;
};

/* False when out of memory. Free the list with free(). */
bool judged_collect(const struct surveyed *surveyed, struct judged_list *judged);
/* Puts those of a node together, and of these those that are alike; by block at last. */
void judged_sort(struct judged_list *judged);

/* -1: none is known */
int judged_node(const struct judged *judged);
/* What decides; MEMHP_CAUSE_COUNT: there is no verdict. */
enum memhp_cause judged_cause(const struct judged *judged);
/* True if both have the same verdict for the same cause, in the same state, zone and nodes. */
bool judged_alike(const struct judged *a, const struct judged *b);
/* True if @b is the block right after @a. */
bool judged_adjacent(const struct judged *a, const struct judged *b);
bool judged_same_node(const struct judged *a, const struct judged *b);
/* How many from @first on, of @count at most, satisfy @together pair by pair; @count is not 0. */
size_t judged_run(const struct judged *first, size_t count,
		  bool (*together)(const struct judged *a, const struct judged *b));

/* What blocks that are shown together come to. */
struct sums {
	size_t known; /* blocks whose pages were read */
	uint64_t kinds[MEMHP_KIND_COUNT];
	struct memhp_finding findings[MEMHP_CAUSE_COUNT];
	size_t found[MEMHP_CAUSE_COUNT]; /* blocks that have each of these */
};
struct sums judged_sums(const struct judged *judged, size_t count);

/* What blocks of one node come to. */
struct node_sum {
	int node;
	uint64_t verdicts[MEMHP_VERDICT_COUNT]; /* blocks of each */
	uint64_t held[MEMHP_CAUSE_COUNT];	/* blocks that do not, or may not, go, by what decides */
};
struct node_sum node_sum_of(const struct judged *judged, size_t count);
/* As many causes are told of a node. */
#define CAUSES_TOLD 3
/* Those that hold most blocks, most first; returns how many. */
size_t node_sum_causes(const struct node_sum *sum, enum memhp_cause causes[CAUSES_TOLD]);

#endif
