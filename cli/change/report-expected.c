/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a dry run expects of the blocks that would be tried. */
#include <memhp.h>

#include "change/change-report.h"

const struct memhp_outlook *report_expected(const struct report_context *context, size_t index)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, index);
	const struct memhp_outlook *outlook = NULL;

	if (context->dry_run && result->outcome == MEMHP_OUTCOME_NOT_TRIED)
		outlook = plan_outlook(context, result);
	return outlook && memhp_outlook_get_finding_count(outlook) ? outlook : NULL;
}

bool report_expects_failure(const struct report_context *context, size_t index)
{
	const struct memhp_outlook *expected = report_expected(context, index);

	return expected && !context->forced && memhp_outlook_get_verdict(expected) == MEMHP_VERDICT_NO;
}

uint64_t report_count_expected_failures(const struct report_context *context)
{
	uint64_t count = 0;

	for (size_t i = 0; i < memhp_report_get_count(context->report); i++)
		count += report_expects_failure(context, i);
	return count;
}

uint64_t report_count_doubtful(const struct report_context *context)
{
	uint64_t count = 0;

	for (size_t i = 0; i < memhp_report_get_count(context->report); i++) {
		const struct memhp_outlook *expected = report_expected(context, i);
		count += expected && memhp_outlook_get_verdict(expected) != MEMHP_VERDICT_YES &&
			 !report_expects_failure(context, i);
	}
	return count;
}

const char *report_write(const struct report_context *context, size_t index, size_t number)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, index);
	const struct memhp_block *block = context->plan
						  ? memhp_snapshot_find(context->snapshot, result->block)
						  : NULL;

	if (!block || !context->dry_run || result->outcome != MEMHP_OUTCOME_NOT_TRIED)
		return NULL;
	return memhp_plan_get_write(context->plan, block, number);
}
