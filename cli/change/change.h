/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_CHANGE_H
#define MEMHP_CLI_CHANGE_H

#include <json-c/json.h>

#include <memhp.h>

#include "change/following.h"
#include "shell/command.h"
#include "shell/macros.h"
#include "shell/selection.h"

struct app;
struct change;
struct report_words;

/* What online, offline and remove do not share. */
struct change_kind {
	bool online;
	bool by_pages; /* with a size, choose by what the blocks' pages are */
	const struct report_words *words;
	unsigned int want;		       /* of the snapshot, beyond what the request needs */
	int (*prepare)(struct change *change); /* once the blocks are selected; NULL, or an exit code */
	int (*run)(struct memhp_ctx *ctx, const struct memhp_plan *plan,
		   const struct memhp_change_options *options, struct memhp_report **report);
};

/* One such command at work. */
struct change {
	struct app *app;
	const struct change_kind *kind;
	bool rezone, dry_run, keep_going, whole_device, progress, progress_escapes;
	bool force_memory, force_unmovable;
	enum memhp_target target;
	uint64_t size, timeout_ms, wait_ms;
	const char *size_text; /* as given */
	int abort_fd;
	struct selection selection;
	struct memhp_snapshot *snapshot;
	struct memhp_survey *survey; /* NULL: chosen without one */
	struct memhp_plan *plan;
	json_object *warnings;
	struct following following;
};

/* cmd-change.c: options, lock, plan, checks, the work itself, and the report. */
int change_main(struct app *app, int argc, char **argv, const struct change_kind *kind);

/* Keys and rows of the options that all of them take. */
enum {
	KEY_SIZE = KEY_COMMAND,
	KEY_REZONE,
	KEY_DRY_RUN,
	KEY_FORCE,
	KEY_TIMEOUT,
	KEY_KEEP_GOING,
	KEY_WAIT,
	KEY_TARGET,
	KEY_WHOLE_DEVICE,
	KEY_TRACE
};
#define CHANGE_OPTS                                                                                          \
	{ KEY_SIZE, "size", "SIZE", "choose this much among the candidates (4G; bare: bytes)" },             \
		{ KEY_DRY_RUN, "dry-run", NULL, "show the plan and change nothing" },                        \
		{ 't', "timeout", "DURATION", "limit for one block (default 30s, 0: none)" }, FOLLOWING_OPT, \
		{ KEY_KEEP_GOING, "keep-going", NULL, "go on after three timed-out blocks in a row" },       \
	{                                                                                                    \
		KEY_WAIT, "wait", "DURATION", "wait this long for another memhp to end"                      \
	}
#define CHANGE_FORCE_OPT                                                                                     \
	{                                                                                                    \
		KEY_FORCE, "force", "[=WHAT]",                                                               \
			"memory: pass the memory check (the default WHAT); unmovable: try blocks known not " \
			"to go"                                                                              \
	}

/* no-candidate.c: says why nothing can be chosen for a size. Returns an exit code. */
int change_no_candidate(struct change *change);

/* memory-check.c: refuses an offline that would leave too little; warns. Returns an exit code. */
int change_check_memory(struct change *change);

/* warnings.c; @system may be NULL where it cannot be read. */
int change_warn(struct change *change, const struct memhp_system *system);

/* progress.c: on standard error while it lasts, if that is a terminal; and the log line at the end. */
void progress_start(struct change *change);
void progress_show(void *data, const struct memhp_progress *progress);
void progress_end(const struct change *change);
void change_log(const struct change *change, const struct memhp_report *report);

#endif
