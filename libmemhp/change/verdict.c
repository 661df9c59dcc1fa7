/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the errno of a write means for a report. */

#include <errno.h>

#include "change/verdict.h"

static bool is_denied(int error)
{
	return error == EACCES || error == EPERM || error == EROFS;
}

/* Why an open or write failed: a denied open says the same of the next one, so all stops. */
static struct verdict verdict_on_error(const struct write_result *write)
{
	struct verdict verdict = { MEMHP_OUTCOME_FAILED, MEMHP_REASON_KERNEL, write->error, false };
	int error = write->error;

	if (error == ENOENT || error == ENODEV)
		verdict.reason = MEMHP_REASON_VANISHED;
	else if (write->open_failed)
		verdict.reason = is_denied(error) ? MEMHP_REASON_PERMISSION : MEMHP_REASON_WRITER;
	verdict.stops = verdict.reason == MEMHP_REASON_PERMISSION || verdict.reason == MEMHP_REASON_WRITER;
	return verdict;
}

struct verdict write_verdict(const struct write_result *write)
{
	enum memhp_reason stuck = write->stuck ? MEMHP_REASON_STUCK : MEMHP_REASON_NONE;

	switch (write->end) {
	case WRITE_TIMED_OUT:
		return (struct verdict){ MEMHP_OUTCOME_TIMED_OUT, stuck ? stuck : MEMHP_REASON_TIMEOUT,
					 ETIMEDOUT, false };
	case WRITE_ABORTED:
		return (struct verdict){ MEMHP_OUTCOME_INTERRUPTED, stuck ? stuck : MEMHP_REASON_INTERRUPTED,
					 EINTR, true };
	default:
		return verdict_on_error(write);
	}
}

/* Each block goes right behind the one before: after a refusal, the others would leave a hole. */
struct verdict probe_verdict(int error)
{
	enum memhp_reason reason = is_denied(error) ? MEMHP_REASON_PERMISSION : MEMHP_REASON_KERNEL;

	return (struct verdict){ MEMHP_OUTCOME_FAILED, reason, error, true };
}
