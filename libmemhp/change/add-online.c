/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was added, brought online. */
#include "change/add-online.h"

/* The new blocks' results become those of bringing them online: only then is all of it done. */
static void take_over(struct memhp_report *report, const struct memhp_report *online)
{
	for (size_t i = 0; i < online->count; i++) {
		const struct memhp_result *result = &online->results[i];
		for (size_t j = 0; j < report->count; j++) {
			struct memhp_result *mine = &report->results[j];
			if (mine->block != result->block || mine->outcome != MEMHP_OUTCOME_DONE)
				continue;
			*mine = *result;
			if (mine->outcome == MEMHP_OUTCOME_ALREADY)
				mine->outcome = MEMHP_OUTCOME_DONE;
		}
	}
	report->interrupted |= online->interrupted;
}

int add_bring_online(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
		     const struct memhp_add_options *options, struct memhp_report *report)
{
	struct memhp_change_options change = {
		.size = sizeof(change),
		.timeout_ms = options->timeout_ms,
		.abort_fd = options->abort_fd,
		.trace = options->trace,
	};
	struct memhp_request *request;
	struct memhp_plan *plan = NULL;
	struct memhp_report *online = NULL;
	int error = memhp_request_new(&request, MEMHP_ACTION_ONLINE);

	if (error)
		return error;
	memhp_request_set_target(request, options->target);
	for (size_t i = 0; i < report->count; i++) {
		const struct memhp_result *result = &report->results[i];
		if (result->outcome == MEMHP_OUTCOME_DONE)
			memhp_request_add_blocks(request, result->block, result->block);
	}
	if (!memhp_request_is_empty(request)) {
		error = memhp_plan_new(snapshot, request, &plan);
		if (!error)
			error = memhp_plan_run(ctx, plan, &change, &online);
		if (!error)
			take_over(report, online);
	}
	memhp_report_free(online);
	memhp_plan_free(plan);
	memhp_request_free(request);
	return error;
}
