/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CHANGE_VERDICT_H
#define MEMHP_CHANGE_VERDICT_H

#include "base/writer.h"

/* What a write that did not end well means for a report. */
struct verdict {
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;  /* positive errno */
	bool stops; /* nothing further should be tried */
};

/* Of the state of a block, or of a page. */
struct verdict write_verdict(const struct write_result *write);
/* Of the probe file; @error is a positive errno. */
struct verdict probe_verdict(int error);

#endif
