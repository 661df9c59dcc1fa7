// SPDX-License-Identifier: LGPL-2.1-or-later
/* anon: memory of many processes, small and huge pages, some of it locked. */
#include <sys/mman.h>

#include "load.h"

static void hold_some(struct load *load, uint64_t size)
{
	enum { SPARSE, LOCKED, HUGE_1, HUGE_2, KINDS = 8 } how = pick(load, KINDS);

	prefer_some_node(load);
	void *start = map(size, 0);
	madvise(start, size, how == HUGE_1 || how == HUGE_2 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	touch(start, size, how == SPARSE ? 2 * PAGE : PAGE);
	if (how == LOCKED && mlock(start, size))
		fail("mlock");
}

static void *make_anon(struct load *load)
{
	return scatter_holders(load, hold_some);
}

const struct kind anon_kind = { "anon", make_anon, replace_some_holder };
