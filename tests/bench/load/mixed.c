// SPDX-License-Identifier: LGPL-2.1-or-later
/* mixed: some of each kind, as a machine has that does many things. */
#include "load.h"

static const struct {
	const struct kind *kind;
	unsigned int percent;
} parts[] = { { &slab_kind, 20 },
	      { &files_kind, 25 },
	      { &pipes_kind, 10 },
	      { &hugetlb_kind, 10 },
	      { &anon_kind, 35 } };

enum { PARTS = sizeof(parts) / sizeof(*parts) };

struct mixed {
	void *made[PARTS];
};

static void *make_mixed(struct load *load)
{
	struct mixed *mixed = allocate(1, sizeof(*mixed));
	struct filler *filler = fill_cache(load);

	load->pressed = true;
	for (int i = 0; i < PARTS; i++) {
		struct load part = *load;
		part.bytes = load->bytes * parts[i].percent / 100;
		mixed->made[i] = parts[i].kind->make(&part);
		load->random = part.random;
	}
	shrink_filler(filler, load, load->bytes / 8);
	return mixed;
}

static void step_mixed(void *made, struct load *load)
{
	struct mixed *mixed = made;
	size_t i = pick(load, PARTS);

	parts[i].kind->step(mixed->made[i], load);
}

const struct kind mixed_kind = { "mixed", make_mixed, step_mixed };
