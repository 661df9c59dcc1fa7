// SPDX-License-Identifier: LGPL-2.1-or-later
/* Memory of many processes, of which some then end. */
#include "load.h"

enum { SMALLEST = 2, SPREAD = 46, HOLDERS_MAX = 4096 };

struct holders {
	void (*hold)(struct load *load, uint64_t size);
	struct {
		int pid;
		uint64_t size;
	} all[HOLDERS_MAX];
	size_t count;
};

static void add_holder(struct holders *holders, struct load *load, uint64_t size)
{
	holders->all[holders->count].size = size;
	holders->all[holders->count++].pid = hold_apart(load, holders->hold, size);
}

static uint64_t end_some_holder(struct holders *holders, struct load *load)
{
	size_t i = pick(load, holders->count);
	uint64_t size = holders->all[i].size;

	end_process(holders->all[i].pid);
	holders->all[i] = holders->all[--holders->count];
	return size;
}

struct holders *scatter_holders(struct load *load, void (*hold)(struct load *load, uint64_t size))
{
	struct holders *holders = allocate(1, sizeof(*holders));
	uint64_t left = load->bytes / 3 * 4;

	holders->hold = hold;
	while (left > (SMALLEST + SPREAD) * MIB && holders->count < HOLDERS_MAX) {
		uint64_t size = (SMALLEST + pick(load, SPREAD)) * MIB;
		add_holder(holders, load, size);
		left -= size;
	}
	for (size_t ends = holders->count / 4; ends; ends--)
		end_some_holder(holders, load);
	return holders;
}

void replace_some_holder(void *made, struct load *load)
{
	struct holders *holders = made;

	if (holders->count)
		add_holder(holders, load, end_some_holder(holders, load));
}
