/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How an attempt came out, as far as it is the same for blocks and pages. */
#include <errno.h>

#include <memhp.h>

#include "shell/outcome.h"

const char *outcome_color(enum memhp_outcome outcome)
{
	switch (outcome) {
	case MEMHP_OUTCOME_DONE:
	case MEMHP_OUTCOME_ALREADY:
		return "\033[32m";
	case MEMHP_OUTCOME_FAILED:
	case MEMHP_OUTCOME_TIMED_OUT:
		return "\033[31m";
	default:
		return "\033[33m";
	}
}

const char *outcome_reason(enum memhp_reason reason, int error)
{
	switch (reason) {
	case MEMHP_REASON_NONE:
		return NULL;
	case MEMHP_REASON_UNKNOWN_STATE:
		return "its state cannot be read";
	case MEMHP_REASON_VANISHED:
		return "it is gone: removed meanwhile";
	case MEMHP_REASON_WRITER:
		return "the process that writes the state could not be started";
	case MEMHP_REASON_PERMISSION:
		return error == EROFS ? "/sys is mounted read-only (a container?); use the host"
				      : "not permitted; try as root";
	case MEMHP_REASON_TIMEOUT:
		return "not done within the time limit and aborted; a page is probably pinned";
	case MEMHP_REASON_INTERRUPTED:
		return "stopped by a signal";
	case MEMHP_REASON_STUCK:
		return "aborted, but the kernel has not ended the attempt yet; look again later";
	default:
		return "unknown";
	}
}
