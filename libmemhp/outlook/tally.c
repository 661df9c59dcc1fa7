/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "outlook/tally.h"

#include <string.h>

#include "base/ctx.h"

/* What lies together is alike: the last one is looked at first. */
void tally_add(struct tally *tally, uint64_t key, uint32_t pages)
{
	for (size_t i = tally->count; i-- > 0;) {
		if (tally->list[i].key == key) {
			tally->list[i].pages += pages;
			return;
		}
	}
	if (key && tally->count < ARRAY_SIZE(tally->list))
		tally->list[tally->count++] = (struct held_by){ key, pages };
}

void tally_most(const struct tally *tally, struct held_by most[HOLDERS_KEPT])
{
	memset(most, 0, HOLDERS_KEPT * sizeof(*most));
	for (size_t i = 0; i < tally->count; i++) {
		size_t at = HOLDERS_KEPT;
		while (at > 0 && tally->list[i].pages > most[at - 1].pages)
			at--;
		if (at == HOLDERS_KEPT)
			continue;
		memmove(&most[at + 1], &most[at], (HOLDERS_KEPT - 1 - at) * sizeof(*most));
		most[at] = tally->list[i];
	}
}
