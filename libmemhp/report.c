/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>

#include "private.h"

MEMHP_EXPORT void memhp_report_free(struct memhp_report *report)
{
	if (!report)
		return;
	free(report->results);
	free(report);
}

MEMHP_EXPORT size_t memhp_report_get_count(const struct memhp_report *report)
{
	return report->count;
}

MEMHP_EXPORT const struct memhp_result *memhp_report_get_result(const struct memhp_report *report,
								size_t index)
{
	return index < report->count ? &report->results[index] : NULL;
}

MEMHP_EXPORT uint64_t memhp_report_count_outcome(const struct memhp_report *report,
						 enum memhp_outcome outcome)
{
	uint64_t count = 0;
	for (size_t i = 0; i < report->count; i++) {
		if (report->results[i].outcome == outcome)
			count += report->results[i].count;
	}
	return count;
}

MEMHP_EXPORT bool memhp_report_is_complete(const struct memhp_report *report)
{
	return report->complete;
}

MEMHP_EXPORT bool memhp_report_was_interrupted(const struct memhp_report *report)
{
	return report->interrupted;
}

MEMHP_EXPORT uint64_t memhp_report_get_elapsed_ms(const struct memhp_report *report)
{
	return report->elapsed_ms;
}
