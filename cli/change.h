/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CHANGE_H
#define MEMHP_CHANGE_H

#include "changing.h"

/* One online or offline command at work. */
struct change {
	struct app *app;
	bool online, rezone, dry_run, keep_going, progress, progress_escapes;
	bool force_memory, force_unmovable;
	enum memhp_target target;
	uint64_t size, timeout_ms, wait_ms;
	const char *size_text; /* as given */
	int abort_fd;
	struct selection selection;
	struct memhp_snapshot *snapshot;
	struct memhp_plan *plan;
	json_object *warnings;
};

/* change-warnings.c; @system may be NULL where it cannot be read. */
void change_warn(struct change *change, const struct memhp_system *system);

/* progress.c: on standard error while it lasts, if that is a terminal; and the log line at the end. */
void progress_start(struct change *change);
void progress_show(void *data, const struct memhp_progress *progress);
void progress_end(const struct change *change);
void change_log(const struct change *change, const struct memhp_report *report);

#endif
