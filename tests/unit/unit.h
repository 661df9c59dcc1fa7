/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the unit tests share; each is one program of one file, and prints TAP. */
#ifndef UNIT_H
#define UNIT_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "private.h"

static int number, failures;

static void check(bool good, const char *what, const char *got)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
	if (!good) {
		printf("# got: %s\n", got);
		failures++;
	}
}

static inline int finish(void)
{
	printf("1..%d\n", number);
	return failures != 0;
}

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
