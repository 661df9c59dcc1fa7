/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The errno of an offline says little; more is in the kernel's log, in a tracepoint while an attempt
 * loops, and in /proc. All of it is optional: what cannot be had is left out, and no failure of it
 * becomes one of the offline's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "change/watch.h"
#include "evidence/evidence.h"
#include "pages/pages.h"

#define MAPPERS_LIMIT_MS 1000
#define MAPPERS_ENOUGH 16
/* A trace costs more time than several offlines that go well: only what hangs for so long gets one. */
#define TRACE_AFTER_MS 1000

struct watch {
	struct memhp_ctx *ctx;
	struct dyndbg dyndbg;
	int mark; /* of the log, where the attempt began; -1: none */
	uint64_t trace_at_ms;
	struct isolation_trace *trace; /* NULL: not yet, or not at all */
	bool traced;		       /* it was begun, or tried to */
	bool read;		       /* what the log says of the attempt, into failure */
	struct memhp_failure failure;
};

static struct watch *watch_start(struct memhp_ctx *ctx)
{
	struct watch *watch = ctx->live ? calloc(1, sizeof(*watch)) : NULL;

	if (!watch)
		return NULL;
	watch->ctx = ctx;
	watch->mark = -1;
	dyndbg_start(ctx, &watch->dyndbg);
	return watch;
}

void watch_attempt(struct memhp_ctx *ctx, struct watch **watch)
{
	if (!*watch)
		*watch = watch_start(ctx);
	if (!*watch)
		return;
	kmsg_unmark((*watch)->mark);
	(*watch)->mark = kmsg_mark(ctx);
	(*watch)->read = false;
	(*watch)->trace_at_ms = deadline_after(TRACE_AFTER_MS);
	isolation_trace_read((*watch)->trace, 0, 0);
}

void watch_tick(struct watch *watch)
{
	if (!watch || watch->traced || now_ms() < watch->trace_at_ms)
		return;
	watch->traced = true;
	/* To begin a trace takes no lock that the attempt holds: it would wait here until the attempt ends.
	 */
	watch->trace = isolation_trace_start(watch->ctx);
}

/* The page is most likely still what it was when it stood in the way. */
static void look_at_page(struct watch *watch, struct memhp_failure *failure)
{
	struct memhp_ctx *ctx = watch->ctx;
	uint64_t count;

	kpage_read(ctx, KPAGEFLAGS, failure->pfn, 0, &failure->flags);
	if (failure->mapcount < 0 && kpage_read(ctx, KPAGECOUNT, failure->pfn, 0, &count) == 0)
		failure->mapcount = (int)count;
	if (failure->mapcount > 0) {
		size_t most = (size_t)failure->mapcount;
		failure->mappers = mappers_find(ctx, failure->pfn, MAPPERS_LIMIT_MS,
						most < MAPPERS_ENOUGH ? most : MAPPERS_ENOUGH);
	}
}

/* Failures that are not the kernel's own have said all there is. */
static bool is_open(enum memhp_reason reason)
{
	return reason == MEMHP_REASON_KERNEL || reason == MEMHP_REASON_TIMEOUT ||
	       reason == MEMHP_REASON_STUCK;
}

/* What the log was not asked for, or does not tell. */
static void add_from_path(struct memhp_failure *failure, const struct memhp_path *path)
{
	if (!path || !path->failed)
		return;
	if (!*failure->kernel_reason)
		snprintf(failure->kernel_reason, sizeof(failure->kernel_reason), "%s", path->kernel_reason);
	memcpy(failure->notifier, path->notifier, sizeof(failure->notifier));
}

static void read_log(struct watch *watch, uint64_t first_pfn, uint64_t pages)
{
	struct kmsg_offline log;

	if (watch->read)
		return;
	kmsg_offline_start(&log, first_pfn, pages, &watch->failure);
	kmsg_read_since(watch->mark, kmsg_offline_line, &log);
	watch->mark = -1;
	watch->read = true;
}

bool watch_page_moves_now(struct watch *watch, uint64_t first_pfn, uint64_t pages)
{
	uint64_t flags;

	if (!watch)
		return false;
	read_log(watch, first_pfn, pages);
	if (watch->failure.pfn == UINT64_MAX || strcmp(watch->failure.page_reason, "unmovable page") != 0)
		return false;
	lru_drain();
	return kpage_read(watch->ctx, KPAGEFLAGS, watch->failure.pfn, 0, &flags) == 0 &&
	       (flags & (KPF_LRU | KPF_BUDDY));
}

void watch_failed(struct watch *watch, struct memhp_report *report, uint64_t block_size)
{
	const struct memhp_result *result = &report->results[report->count - 1];
	uint64_t pages = block_size / memhp_page_size(), first_pfn = result->block * pages;

	if (!watch || !is_open(result->reason))
		return;
	read_log(watch, first_pfn, pages);
	struct memhp_failure failure = watch->failure;
	uint64_t in_use = isolation_trace_read(watch->trace, first_pfn, pages);
	if (failure.pfn == UINT64_MAX)
		failure.pfn = in_use;
	add_from_path(&failure, memhp_report_get_path(report, report->count - 1));
	if (failure.pfn != UINT64_MAX)
		look_at_page(watch, &failure);
	if (*failure.kernel_reason || failure.pfn != UINT64_MAX)
		report_add_failure(report, &failure);
}

void watch_stop(struct watch *watch)
{
	if (!watch)
		return;
	kmsg_unmark(watch->mark);
	isolation_trace_stop(watch->trace);
	dyndbg_stop(watch->ctx, &watch->dyndbg);
	free(watch);
}
