/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds out why an offline failed. */
#ifndef MEMHP_CHANGE_WATCH_H
#define MEMHP_CHANGE_WATCH_H

#include "change/report.h"

struct watch;

/*
 * Before a write of "offline"; before the first of a run *@watch is NULL, and stays so where nothing can
 * be found out: not the live system.
 */
void watch_attempt(struct memhp_ctx *ctx, struct watch **watch);
/* Now and then while it lasts. */
void watch_tick(struct watch *watch);
/*
 * After the kernel refused it: was that for a page that it can migrate by now? A page on its way to the LRU
 * lists, in a batch of another processor, is unmovable to kernels before 5.14.
 */
bool watch_page_moves_now(struct watch *watch, uint64_t first_pfn, uint64_t pages);
/* After it failed: adds what is known to the last result of @report, if its reason leaves that open. */
void watch_failed(struct watch *watch, struct memhp_report *report, uint64_t block_size);
/* Leaves the kernel's debugging and tracing as it was. */
void watch_stop(struct watch *watch);

#endif
