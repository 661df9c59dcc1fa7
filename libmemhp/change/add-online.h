/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CHANGE_ADD_ONLINE_H
#define MEMHP_CHANGE_ADD_ONLINE_H

#include "change/report.h"

/*
 * Brings the blocks that @report says are done online, as @options want it; @snapshot has them. Their results
 * become those of that. Errors: ENOMEM.
 */
int add_bring_online(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
		     const struct memhp_add_options *options, struct memhp_report *report);

#endif
