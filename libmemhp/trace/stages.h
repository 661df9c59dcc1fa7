/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_TRACE_STAGES_H
#define MEMHP_TRACE_STAGES_H

#include "base/ctx.h"

enum stage_returns {
	STAGE_RETURNS_NOTHING,
	STAGE_RETURNS_ERRNO,	/* negative, or 0 */
	STAGE_RETURNS_NOTIFIED, /* of a notifier chain: include/linux/notifier.h */
	STAGE_RETURNS_PAGES,	/* that could not be moved, or a negative errno */
};

enum stage_flag {
	STAGE_ROOT = 1 << 0,	 /* where a path begins; the others count only below one */
	STAGE_LOOPS = 1 << 1,	 /* is called again and again: its calls are one */
	STAGE_SUFFIXED = 1 << 2, /* static in the kernel: .isra.0, .constprop.0 */
};

struct stage {
	const char *name;     /* the same on every kernel */
	const char *function; /* without what the compiler may put behind it */
	unsigned int actions; /* a set of enum memhp_trace_action that pass through it */
	enum stage_returns returns;
	unsigned int flags; /* a set of enum stage_flag */
};

extern const struct stage trace_stages[];
extern const size_t trace_stage_count;

/* How compilers name what they made of a static function; what they cut into parts is not the whole. */
extern const char *const stage_suffixes[];
extern const size_t stage_suffix_count;

#endif
