// SPDX-License-Identifier: LGPL-2.1-or-later
/* anon: memory of many processes, small and huge pages, some of it locked; a quarter of them then ends. */
#include <sys/mman.h>

#include "load.h"

enum { SMALLEST = 2, SPREAD = 46, HOLDERS_MAX = 4096 };

struct anon {
	struct {
		int pid;
		uint64_t size;
	} holders[HOLDERS_MAX];
	size_t count;
};

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

static void add_holder(struct anon *anon, struct load *load, uint64_t size)
{
	anon->holders[anon->count].size = size;
	anon->holders[anon->count++].pid = hold_apart(load, hold_some, size);
}

static uint64_t end_some_holder(struct anon *anon, struct load *load)
{
	size_t i = pick(load, anon->count);
	uint64_t size = anon->holders[i].size;

	end_process(anon->holders[i].pid);
	anon->holders[i] = anon->holders[--anon->count];
	return size;
}

static void *make_anon(struct load *load)
{
	struct anon *anon = allocate(1, sizeof(*anon));
	uint64_t left = load->bytes / 3 * 4;

	while (left > (SMALLEST + SPREAD) * MIB && anon->count < HOLDERS_MAX) {
		uint64_t size = (SMALLEST + pick(load, SPREAD)) * MIB;
		add_holder(anon, load, size);
		left -= size;
	}
	for (size_t ends = anon->count / 4; ends; ends--)
		end_some_holder(anon, load);
	return anon;
}

static void step_anon(void *made, struct load *load)
{
	struct anon *anon = made;

	if (anon->count)
		add_holder(anon, load, end_some_holder(anon, load));
}

const struct kind anon_kind = { "anon", make_anon, step_anon };
