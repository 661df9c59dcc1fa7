// SPDX-License-Identifier: LGPL-2.1-or-later
/* hugetlb: a pool in every node, a part used, a part promised, the rest free, beside other memory. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "load.h"

enum { HOLDERS_MAX = 256 };

struct hugetlb {
	int holders[HOLDERS_MAX];
	size_t count;
	void *other;
};

static const char *pool(int node, const char *file)
{
	static char path[256];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%d/hugepages/hugepages-2048kB/%s", node,
		 file);
	return path;
}

static void hold_huge(struct load *load, uint64_t size)
{
	prefer_some_node(load);
	touch(map(size, MAP_HUGETLB), size, HUGE_PAGE);
}

/* The mapping makes the promise, which a touch would redeem. */
static void hold_promise(struct load *load, uint64_t size)
{
	(void)load;
	map(size, MAP_HUGETLB);
}

static void hold_pages(struct hugetlb *made, struct load *load, uint64_t pages,
		       void (*hold)(struct load *load, uint64_t size))
{
	while (pages && made->count < HOLDERS_MAX) {
		uint64_t n = 1 + pick(load, 24);
		if (n > pages)
			n = pages;
		made->holders[made->count++] = hold_apart(load, hold, n * HUGE_PAGE);
		pages -= n;
	}
}

static void *make_hugetlb(struct load *load)
{
	struct hugetlb *made = allocate(1, sizeof(*made));
	struct load part = *load;
	uint64_t pages = load->bytes * 7 / 10 / HUGE_PAGE;

	part.bytes = load->bytes * 3 / 10;
	made->other = anon_kind.make(&part);
	load->random = part.random;
	for (int node = 0; node < 2; node++)
		set_number(pool(node, "nr_hugepages"), pages / 2);
	hold_pages(made, load, pages * 55 / 100, hold_huge);
	for (size_t ends = made->count / 4; ends; ends--) {
		size_t i = pick(load, made->count);
		end_process(made->holders[i]);
		made->holders[i] = made->holders[--made->count];
	}
	hold_pages(made, load, pages / 10, hold_promise);
	return made;
}

static void step_hugetlb(void *vmade, struct load *load)
{
	struct hugetlb *made = vmade;
	size_t i = pick(load, made->count);

	end_process(made->holders[i]);
	made->holders[i] = hold_apart(load, hold_huge, HUGE_PAGE * (1 + pick(load, 8)));
	anon_kind.step(made->other, load);
}

const struct kind hugetlb_kind = { "hugetlb", make_hugetlb, step_hugetlb };
