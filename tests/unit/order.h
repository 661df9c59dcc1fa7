/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ORDER_H
#define ORDER_H

#include "plan/plan.h"
#include "unit.h"

/* "9 8 2 1 | 0:no-zone": candidates in order, then the rest with why. */
static inline void describe(const struct memhp_plan *plan, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *entry = &plan->entries[i];
		if (i == plan->try_count)
			used += (size_t)snprintf(text + used, size - used, "%s|", i ? " " : "");
		used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64, used ? " " : "", entry->id);
		if (entry->count > 1)
			used += (size_t)snprintf(text + used, size - used, "+%" PRIu64, entry->count);
		if (entry->reason)
			used += (size_t)snprintf(text + used, size - used, ":%s",
						 memhp_reason_code(entry->reason));
	}
}

#endif
