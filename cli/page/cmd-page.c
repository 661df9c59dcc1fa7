/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* memhp page: single pages out of use, and back. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "page/page.h"
#include "shell/app.h"
#include "shell/changing.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/options.h"

#define DEFAULT_TIMEOUT_MS 30000

enum { KEY_FORCE = KEY_COMMAND, KEY_DRY_RUN, KEY_WAIT };

static const struct opt page_opts[] = {
	{ KEY_FORCE, "force", "WHAT", "kill: hard-offline may kill the processes that map the page" },
	{ KEY_DRY_RUN, "dry-run", NULL, "check everything and change nothing" },
	{ 't', "timeout", "DURATION", "limit for one page (default 30s, 0: none)" },
	{ KEY_WAIT, "wait", "DURATION", "wait this long for another memhp to end" },
	OPT_END
};

static const struct page_verb verbs[] = {
	{ "show", NULL, "flags, and who maps it", 0, false, true },
	{ "soft-offline", "soft-offlined", "move the content, kill nobody", MEMHP_PAGE_SOFT_OFFLINE, true,
	  true },
	{ "hard-offline", "hard-offlined", "at once; may kill", MEMHP_PAGE_HARD_OFFLINE, true, false },
	{ "unpoison", "unpoisoned", "take the mark away", MEMHP_PAGE_UNPOISON, true, false },
};

static bool is_hard(const struct page_job *job)
{
	return job->verb->changes && job->verb->action == MEMHP_PAGE_HARD_OFFLINE;
}

static int unsupported(const struct page_job *job)
{
	struct app *app = job->app;
	int error = memhp_page_supports(app->ctx, job->verb->action, !job->dry_run);
	const char *path = memhp_ctx_get_error_path(app->ctx);

	if (error != -EOPNOTSUPP)
		return error ? app_fail_errno(app, error, "cannot change pages") : EXIT_OK;
	if (job->verb->action == MEMHP_PAGE_UNPOISON)
		return app_fail(app, EXIT_UNSUPPORTED, "EOPNOTSUPP",
				"it needs the kernel module hwpoison-inject, and debugfs mounted on "
				"/sys/kernel/debug",
				"there is no %s", path);
	return app_fail(app, EXIT_UNSUPPORTED, "EOPNOTSUPP", "use a kernel built with CONFIG_MEMORY_FAILURE",
			"this kernel has no %s", path);
}

static int read_pages(struct page_job *job)
{
	struct app *app = job->app;
	int exit = app_read(app, MEMHP_WANT_STATE, &job->snapshot);

	for (size_t i = 0; exit == EXIT_OK && i < job->count; i++) {
		struct memhp_page *page = &job->entries[i].page;
		page->size = sizeof(*page);
		int error = memhp_page_read(app->ctx, job->snapshot, page->pfn, page);
		if (error)
			exit = app_fail_errno(app, error, "cannot read the page");
	}
	return exit;
}

/* Whoever maps a page that is named by itself; of each page of a range it would take too long. */
static void read_mappers(struct page_job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		struct page_entry *entry = &job->entries[i];
		if (page_is_named(job, entry->page.pfn) && entry->page.block)
			memhp_mappers_read(job->app->ctx, entry->page.pfn, &entry->mappers);
	}
}

static uint64_t read_corrupted(const struct page_job *job)
{
	struct memhp_system *system;

	if (memhp_system_read(job->app->ctx, &system))
		return 0;
	uint64_t corrupted = memhp_system_get_corrupted(system);
	memhp_system_free(system);
	return corrupted == UINT64_MAX ? 0 : corrupted; /* no kernel without it poisons pages */
}

static void change_page(const struct page_job *job, struct page_entry *entry, bool dry_run)
{
	struct memhp_change_options options = {
		.size = sizeof(options),
		.timeout_ms = job->timeout_ms,
		.abort_fd = job->abort_fd,
		.dry_run = dry_run,
	};
	entry->result.size = sizeof(entry->result);
	memhp_page_change(job->app->ctx, &entry->page, job->verb->action, &options, &entry->result);
}

/* Does it say of the next page that it need not be tried? */
static bool stops(const struct memhp_page_result *result)
{
	return result->reason == MEMHP_REASON_PERMISSION || result->reason == MEMHP_REASON_WRITER ||
	       result->error == EOPNOTSUPP;
}

static void stop_rest(struct page_job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		struct memhp_page_result *result = &job->entries[i].result;
		if (result->outcome == MEMHP_OUTCOME_NOT_TRIED && result->reason == MEMHP_REASON_NONE)
			result->reason = MEMHP_REASON_STOPPED;
	}
}

/* True if all pages that are named by themselves can be tried, or need not be. */
static bool check_pages(struct page_job *job)
{
	bool good = true;

	for (size_t i = 0; i < job->count; i++) {
		struct page_entry *entry = &job->entries[i];
		change_page(job, entry, true);
		if (entry->result.outcome == MEMHP_OUTCOME_FAILED ||
		    entry->result.outcome == MEMHP_OUTCOME_ABSENT)
			good &= !page_is_named(job, entry->page.pfn);
	}
	return good;
}

static void change_pages(struct page_job *job)
{
	bool stopped = false;

	for (size_t i = 0; i < job->count && !stopped; i++) {
		struct page_entry *entry = &job->entries[i];
		if (entry->result.outcome == MEMHP_OUTCOME_NOT_TRIED)
			change_page(job, entry, false);
		stopped = stops(&entry->result);
	}
}

static void log_change(const struct page_job *job)
{
	const struct page_entry *first = &job->entries[0];

	if (job->count == 1)
		changing_log(job->app, "%s 0x%" PRIx64 ": %s", job->verb->name, first->page.address,
			     memhp_outcome_name(first->result.outcome));
	else
		changing_log(job->app, "%s of %zu pages from 0x%" PRIx64 " on: %zu done, %zu failed",
			     job->verb->name, job->count, first->page.address,
			     page_count_outcome(job, MEMHP_OUTCOME_DONE),
			     page_count_outcome(job, MEMHP_OUTCOME_FAILED));
}

/* Out before anything happens to them, or to us. */
static void show_mappers(struct page_job *job)
{
	read_mappers(job);
	if (job->app->json || !job->entries[0].mappers)
		return;
	printf("0x%016" PRIx64 ":\n", job->entries[0].page.address);
	page_print_mappers(&job->entries[0]);
	fflush(stdout);
}

/* Nothing is written before all is checked and, of a hard offline, it was said who maps the page. */
static int change(struct page_job *job)
{
	int exit = read_pages(job);

	if (exit != EXIT_OK)
		return exit;
	if (is_hard(job))
		show_mappers(job);
	job->corrupted_before = read_corrupted(job);
	bool good = check_pages(job);
	if (good && !job->dry_run)
		change_pages(job);
	if (!good || !job->dry_run)
		stop_rest(job);
	job->corrupted_after = read_corrupted(job);
	if (!job->dry_run)
		log_change(job);
	return page_report(job);
}

static int run_change(struct page_job *job)
{
	struct memhp_lock *lock = NULL;
	int exit = unsupported(job);

	job->abort_fd = job->dry_run ? 0 : changing_signals();
	if (exit == EXIT_OK && !job->dry_run)
		exit = changing_lock(job->app, job->wait_ms, job->abort_fd, &lock);
	if (exit == EXIT_OK)
		exit = change(job);
	memhp_lock_free(lock);
	return exit;
}

/* A page that is named by itself has to be there; of a range, one of its pages. */
static int check_holes(const struct page_job *job)
{
	const struct memhp_page *hole = NULL;
	bool any = false;

	for (size_t i = 0; i < job->count; i++) {
		const struct memhp_page *page = &job->entries[i].page;
		bool named = page_is_named(job, page->pfn);
		any |= !page_is_hole(page);
		if (page_is_hole(page) && (!hole || (named && !page_is_named(job, hole->pfn))))
			hole = page;
	}
	if (!hole || (any && !page_is_named(job, hole->pfn)))
		return EXIT_OK;
	return app_fail(job->app, EXIT_NOTHING, "ENODEV", "memhp list shows the memory that there is",
			"0x%" PRIx64 ": there is no memory at this address", hole->address);
}

static int run_show(struct page_job *job)
{
	int exit = read_pages(job);

	if (exit == EXIT_OK)
		exit = check_holes(job);
	if (exit != EXIT_OK)
		return exit;
	read_mappers(job);
	if (job->app->json)
		return page_show_json(job);
	page_show(job);
	return EXIT_OK;
}

/* What can be judged without looking at the system. */
static int check_options(const struct page_job *job)
{
	struct app *app = job->app;

	if (!job->verb->changes && job->change_option)
		return app_usage(app, "--%s goes with what changes something, not with show",
				 job->change_option);
	if (job->force_kill && !is_hard(job))
		return app_usage(app, "--force=kill goes with hard-offline: nothing else kills");
	if (is_hard(job) && job->count > 1)
		return app_usage(app, "hard-offline takes one page at a time");
	if (is_hard(job) && !job->force_kill && !job->dry_run)
		return app_usage(app, "hard-offline may kill the processes that map the page: --dry-run "
				      "shows them, --force=kill says that this is meant");
	return EXIT_OK;
}

static int run_words(struct page_job *job, int argc, char **argv)
{
	struct app *app = job->app;

	for (size_t i = 0; argc > 0 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[0], verbs[i].name) == 0)
			job->verb = &verbs[i];
	}
	if (!job->verb)
		return app_usage(app, "%s%sit is page show, soft-offline, hard-offline or unpoison",
				 argc ? argv[0] : "", argc ? ": " : "");
	if (argc == 1)
		return app_usage(app, "%s: which pages? name some, by address or pfn:N", job->verb->name);
	int exit = page_operands_parse(job, argc - 1, argv + 1);
	if (exit == EXIT_OK)
		exit = check_options(job);
	if (exit == EXIT_OK)
		exit = app_open(app);
	if (exit != EXIT_OK)
		return exit;
	return job->verb->changes ? run_change(job) : run_show(job);
}

static int take_option(struct page_job *job, int key, const char *arg)
{
	switch (key) {
	case KEY_FORCE:
		if (strcmp(arg, "kill") != 0)
			return app_usage(job->app, "--force=%s: it is kill", arg);
		job->force_kill = true;
		job->change_option = "force";
		return EXIT_OK;
	case KEY_DRY_RUN:
		job->dry_run = true;
		job->change_option = "dry-run";
		return EXIT_OK;
	case KEY_WAIT:
		job->change_option = "wait";
		return option_duration(job->app, "wait", arg, &job->wait_ms);
	case 't':
		job->change_option = "timeout";
		return option_duration(job->app, "timeout", arg, &job->timeout_ms);
	default:
		return option_exit(job->app);
	}
}

static int run(struct app *app, int argc, char **argv)
{
	struct page_job job = { .app = app, .timeout_ms = DEFAULT_TIMEOUT_MS };
	const char *arg;
	int key, exit = EXIT_OK;

	while ((key = option_next(app, argc, argv, &arg)) != OPTION_END) {
		exit = take_option(&job, key, arg);
		if (key == OPTION_STOP || exit != EXIT_OK)
			return exit;
	}
	exit = run_words(&job, argc - optind, argv + optind);
	for (size_t i = 0; i < job.count; i++)
		memhp_mappers_free(job.entries[i].mappers);
	free(job.entries);
	free(job.ranges);
	memhp_snapshot_free(job.snapshot);
	return exit;
}

static const char *verb_word(size_t index, const char **help)
{
	if (index >= ARRAY_SIZE(verbs))
		return NULL;
	*help = verbs[index].help;
	return verbs[index].name;
}

const struct cmd cmd_page = {
	.name = "page",
	.args = "show|soft-offline|hard-offline|unpoison ADDRESS...",
	.summary = "Show single pages, take them out of use, and back",
	.opts = page_opts,
	.words = { "page-verbs", NULL, verb_word },
	.run = run,
};
