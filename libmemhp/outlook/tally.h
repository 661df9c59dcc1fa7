/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counts the pages of a block by who holds them, and keeps those who hold most. */
#ifndef MEMHP_OUTLOOK_TALLY_H
#define MEMHP_OUTLOOK_TALLY_H

#include <stddef.h>
#include <stdint.h>

#define HOLDERS_KEPT 3

struct held_by {
	uint64_t key; /* page_map_holder() */
	uint32_t pages;
};

/* More than these are not told apart in one block: what is missed held less than what is kept, as a rule. */
struct tally {
	size_t count;
	struct held_by list[128];
};

void tally_add(struct tally *tally, uint64_t key, uint32_t pages);
/* Those with most pages, most first; the rest of @most is empty. */
void tally_most(const struct tally *tally, struct held_by most[HOLDERS_KEPT]);

#endif
