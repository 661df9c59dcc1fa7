/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_INFO_H
#define MEMHP_CLI_INFO_H

#include <stdbool.h>
#include <stdint.h>

#include <memhp.h>

#include "shell/follow-up.h"

struct app;

struct info {
	struct memhp_snapshot *snapshot;
	struct memhp_system *system; /* NULL: unreadable */
	struct memhp_policy *policy;
	struct memhp_actors *actors;
	struct follow_up follow; /* if memory changes */
	enum memhp_page_source page_source;
	int no_kcore; /* errno, why it is not kcore; 0: it is */
};

struct info_totals {
	uint64_t by_state[MEMHP_STATE_COUNT]; /* blocks */
};

/* info-facts.c. The blocks of a node, or of all for -1. */
struct info_totals info_count(const struct info *info, int node);
/* The drivers that provide blocks here, each once; returns how many. */
#define MAX_DRIVERS 32 /* eight, and words of /proc/iomem */
size_t info_drivers(const struct info *info, const char *drivers[MAX_DRIVERS]);

/* Why explain does not know pages by /proc/kcore, NULL: it does. */
const char *info_no_kcore(const struct info *info);

/* info-json.c */
int info_json(const struct app *app, const struct info *info);
/* info-text.c */
int info_text(struct app *app, const struct info *info);

#endif
