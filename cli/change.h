/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CHANGE_H
#define MEMHP_CHANGE_H

#include "cmd.h"

/* One online or offline command at work. */
struct change {
	struct app *app;
	bool online, rezone, dry_run, keep_going, progress;
	bool force_memory, force_unmovable;
	enum memhp_target target;
	uint64_t size, timeout_ms, wait_ms;
	int abort_fd;
	struct selection selection;
	struct memhp_snapshot *snapshot;
	struct memhp_plan *plan;
	json_object *warnings;
};

/* change-warnings.c; @system may be NULL where it cannot be read. */
void change_warn(struct change *change, const struct memhp_system *system);

#endif
