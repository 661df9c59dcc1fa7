/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Taking single pages out of use: soft_offline_page and hard_offline_page of drivers/base/memory.c,
 * unpoison-pfn of mm/hwpoison-inject.c. Their errno differs from kernel to kernel, and says EBUSY of pages
 * that they did mark: what /proc/kpageflags says afterwards decides.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/module.h"
#include "base/sysfs.h"
#include "change/verdict.h"
#include "pages/pages.h"

#define UNPOISON_MODULE "hwpoison-inject"

static const char *const paths[] = {
	[MEMHP_PAGE_SOFT_OFFLINE] = MEMORY_DIR "/soft_offline_page",
	[MEMHP_PAGE_HARD_OFFLINE] = MEMORY_DIR "/hard_offline_page",
	[MEMHP_PAGE_UNPOISON] = "sys/kernel/debug/hwpoison/unpoison-pfn",
};

static int look_for(struct memhp_ctx *ctx, const char *path)
{
	int fd = sysfs_open(ctx, path, O_PATH);
	if (fd >= 0)
		close(fd);
	return fd < 0 ? fd : 0;
}

MEMHP_EXPORT int memhp_page_supports(struct memhp_ctx *ctx, enum memhp_page_action action, bool load)
{
	ctx_start(ctx);
	int error = look_for(ctx, paths[action]);
	if (error == -ENOENT && action == MEMHP_PAGE_UNPOISON && !load)
		error = module_state(ctx, UNPOISON_MODULE) == MEMHP_MODULE_AVAILABLE ? 0 : error;
	else if (error == -ENOENT && action == MEMHP_PAGE_UNPOISON && module_load(ctx, UNPOISON_MODULE) == 0)
		error = look_for(ctx, paths[action]);
	return error ? ctx_fail(ctx, error == -ENOENT ? -EOPNOTSUPP : error, paths[action]) : 0;
}

static bool settle(struct memhp_page_result *result, enum memhp_outcome outcome, enum memhp_reason reason,
		   int error)
{
	result->outcome = outcome;
	result->reason = reason;
	result->error = error;
	return false;
}

/* A hard offline kills who maps the page; that must be neither process 1 nor the one that reports it. */
static bool check_mappers(struct memhp_ctx *ctx, const struct memhp_page *page,
			  struct memhp_page_result *result)
{
	struct memhp_mappers *mappers = NULL;
	int error = memhp_mappers_read(ctx, page->pfn, &mappers);
	bool vital = false;

	if (error)
		return settle(result, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNSEEN_PROCESSES, -error);
	for (size_t i = 0; i < memhp_mappers_get_count(mappers); i++) {
		pid_t pid = memhp_mappers_get(mappers, i)->pid;
		vital |= pid == 1 || (ctx->live && pid == getpid());
	}
	memhp_mappers_free(mappers);
	return !vital || settle(result, MEMHP_OUTCOME_FAILED, MEMHP_REASON_VITAL_PROCESS, 0);
}

/* False, with the outcome set: nothing is to be written. */
static bool may_change(struct memhp_ctx *ctx, const struct memhp_page *page, enum memhp_page_action action,
		       struct memhp_page_result *result)
{
	uint64_t flags;

	if (!page->block)
		return settle(result, MEMHP_OUTCOME_ABSENT, MEMHP_REASON_HOLE, 0);
	if (memhp_block_get_state(page->block) != MEMHP_STATE_ONLINE)
		return settle(result, MEMHP_OUTCOME_FAILED, MEMHP_REASON_OFFLINE, 0);
	int error = page_read_flags(ctx, page->block, page->pfn, &flags);
	if (error)
		return settle(result, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNKNOWN_STATE, -error);
	result->poisoned = page_poisoned(flags);
	if (flags & KPF_NOPAGE)
		return settle(result, MEMHP_OUTCOME_ABSENT, MEMHP_REASON_HOLE, 0);
	if (result->poisoned == (action != MEMHP_PAGE_UNPOISON))
		return settle(result, MEMHP_OUTCOME_ALREADY, MEMHP_REASON_NONE, 0);
	if (action != MEMHP_PAGE_UNPOISON && (flags & KPF_RESERVED))
		return settle(result, MEMHP_OUTCOME_FAILED, MEMHP_REASON_RESERVED, 0);
	return action != MEMHP_PAGE_HARD_OFFLINE || check_mappers(ctx, page, result);
}

/*
 * What reads back decides. A hard offline that the kernel refuses leaves its mark on the page all the
 * same; a refused soft offline or unpoison that has its effect was somebody else's, an aborted one ours.
 */
static void judge(struct memhp_ctx *ctx, const struct memhp_page *page, enum memhp_page_action action,
		  const struct write_result *write, struct memhp_page_result *result)
{
	bool failed = write->end != WRITE_ENDED || write->error;
	struct verdict verdict = write_verdict(write);
	uint64_t flags;

	if (failed)
		settle(result, verdict.outcome, verdict.reason, verdict.error);
	int error = page_read_flags(ctx, page->block, page->pfn, &flags);
	if (error) {
		settle(result, MEMHP_OUTCOME_FAILED, MEMHP_REASON_UNKNOWN_STATE, -error);
		return;
	}
	result->poisoned = page_poisoned(flags);
	if (result->poisoned == (action != MEMHP_PAGE_UNPOISON)) {
		if (failed && action == MEMHP_PAGE_HARD_OFFLINE)
			result->reason = MEMHP_REASON_STILL_USED;
		else
			settle(result,
			       write->end == WRITE_ENDED && write->error ? MEMHP_OUTCOME_ALREADY
									 : MEMHP_OUTCOME_DONE,
			       MEMHP_REASON_NONE, 0);
	} else if (!failed) {
		settle(result, MEMHP_OUTCOME_FAILED, MEMHP_REASON_NO_EFFECT, 0);
	}
}

MEMHP_EXPORT int memhp_page_change(struct memhp_ctx *ctx, const struct memhp_page *page,
				   enum memhp_page_action action, const struct memhp_change_options *options,
				   struct memhp_page_result *result)
{
	if (page->size != sizeof(*page) || options->size != sizeof(*options) ||
	    result->size != sizeof(*result))
		return -EINVAL;
	ctx_start(ctx);
	*result = (struct memhp_page_result){ .size = sizeof(*result), .poisoned = -1 };
	if (!may_change(ctx, page, action, result))
		return 0;
	if (options->dry_run) {
		settle(result, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_NONE, 0);
		return 0;
	}
	if (wait_abort(options->abort_fd, 0)) {
		settle(result, MEMHP_OUTCOME_NOT_TRIED, MEMHP_REASON_INTERRUPTED, 0);
		return 0;
	}
	uint64_t start = now_ms();
	struct write_wait wait = {
		.deadline_ms = deadline_of(options->timeout_ms),
		.abort_fd = options->abort_fd,
	};
	struct write_result write;
	char word[24];
	/* the one takes a pfn, the others a physical address, which only 0x makes hexadecimal */
	if (action == MEMHP_PAGE_UNPOISON)
		snprintf(word, sizeof(word), "%" PRIu64, page->pfn);
	else
		snprintf(word, sizeof(word), "0x%" PRIx64, page->address);
	write_in_child(ctx, paths[action], word, &wait, &write);
	judge(ctx, page, action, &write, result);
	result->elapsed_ms = now_ms() - start;
	return 0;
}
