/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/changing.h"
#include "shell/command.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/selection.h"
#include "shell/text.h"
#include "watch/burst.h"
#include "watch/clock.h"
#include "watch/happening.h"
#include "watch/hook.h"
#include "watch/listen.h"

/* A line waits until nothing came for so long, but never longer than the second. */
#define QUIET_MS 100
#define LONGEST_MS 1000
#define EXEC_TIMEOUT_MS 30000
#define WANT (MEMHP_WANT_STATE | MEMHP_WANT_ZONES | MEMHP_WANT_NODES | MEMHP_WANT_BLOCK_DEVICE)

enum { KEY_COUNT = KEY_COMMAND, KEY_FOR, KEY_EXEC, KEY_EXEC_TIMEOUT };

static const struct opt opts[] = {
	{ KEY_COUNT, "count", "N", "end after N lines" },
	{ KEY_FOR, "for", "DURATION", "end after this time" },
	{ KEY_EXEC, "exec", "COMMAND", "run COMMAND by the shell for each event, told in MEMHP_..." },
	{ KEY_EXEC_TIMEOUT, "exec-timeout", "DURATION", "kill a COMMAND that takes longer (30s; 0: never)" },
	OPT_END
};

struct watch {
	struct app *app;
	struct selection selection;
	uint64_t count, for_ms; /* 0: no limit */
	const char *command;
	uint64_t exec_ms;
	struct memhp_monitor *monitor;
	struct memhp_snapshot *views[VIEWS]; /* read when the last lines were written, or at the start */
	struct burst burst;
	struct hook hook;
	int signal_fd;
	uint64_t end;	       /* of --for */
	uint64_t due, overdue; /* when the burst becomes lines; NEVER: there is none */
	uint64_t printed;
	bool done; /* --count, --for, or a signal */
};

static int take_option(struct watch *watch, int key, const char *arg)
{
	switch (key) {
	case KEY_COUNT:
		if (!number_parse(arg, 10, &watch->count) || watch->count == 0)
			return app_usage(watch->app, "--count '%s': not a number of events", arg);
		return EXIT_OK;
	case KEY_FOR: {
		int exit = option_duration(watch->app, "for", arg, &watch->for_ms);
		if (exit == EXIT_OK && watch->for_ms == 0)
			return app_usage(watch->app, "--for '%s': no time at all", arg);
		return exit;
	}
	case KEY_EXEC:
		if (!*arg)
			return app_usage(watch->app, "--exec '': no command");
		watch->command = arg;
		return EXIT_OK;
	case KEY_EXEC_TIMEOUT:
		return option_duration(watch->app, "exec-timeout", arg, &watch->exec_ms);
	default:
		return selection_option(watch->app, &watch->selection, key, arg);
	}
}

static unsigned int wanted(const struct watch *watch)
{
	return WANT | memhp_request_get_want(watch->selection.request);
}

static int print_all(struct watch *watch, const struct happening *list, size_t count)
{
	uint64_t size = memhp_snapshot_get_block_size(watch->views[0]);
	int exit = EXIT_OK;

	for (size_t i = 0; exit == EXIT_OK && i < count && !watch->done; i++) {
		exit = happening_print(watch->app, &list[i], size);
		if (exit == EXIT_OK && !hook_add(&watch->hook, &list[i], size))
			exit = app_no_memory(watch->app);
		watch->done = ++watch->printed == watch->count;
	}
	return exit;
}

static int take_view(struct watch *watch)
{
	struct memhp_snapshot **views = watch->views, *now;
	int exit = app_read(watch->app, wanted(watch), &now);

	if (exit != EXIT_OK)
		return exit;
	memhp_snapshot_free(views[VIEWS - 1]);
	for (size_t i = VIEWS - 1; i > 0; i--)
		views[i] = views[i - 1];
	views[0] = now;
	return EXIT_OK;
}

/* The burst becomes lines. */
static int flush(struct watch *watch)
{
	struct happening *list;
	size_t count;

	watch->due = watch->overdue = NEVER;
	if (watch->burst.count == 0)
		return EXIT_OK;
	int exit = take_view(watch);
	if (exit != EXIT_OK)
		return exit;
	exit = burst_take(&watch->burst, &watch->selection, watch->views, &list, &count)
		       ? print_all(watch, list, count)
		       : app_no_memory(watch->app);
	free(list);
	return exit;
}

static int take_event(struct watch *watch, const struct memhp_event *event)
{
	if (event->kind == MEMHP_EVENT_DEVICE)
		return EXIT_OK;
	if (event->kind == MEMHP_EVENT_OVERFLOW) {
		int exit = flush(watch);
		return exit == EXIT_OK && !watch->done ? overflow_print(watch->app, event->time_ms) : exit;
	}
	if (!burst_add(&watch->burst, event))
		return app_no_memory(watch->app);
	watch->due = clock_after(QUIET_MS);
	if (watch->overdue == NEVER)
		watch->overdue = clock_after(LONGEST_MS);
	return EXIT_OK;
}

static int drain(struct watch *watch)
{
	struct memhp_event event;
	int exit = EXIT_OK, error = 0;

	/* Events that never stop must not keep lines from being written, nor memhp from ending. */
	while (exit == EXIT_OK && !watch->done && clock_ms() < earlier(watch->overdue, watch->end) &&
	       (error = memhp_monitor_next(watch->monitor, &event)) == 0)
		exit = take_event(watch, &event);
	if (error && error != -EAGAIN)
		return app_fail_errno(watch->app, error, "cannot follow the kernel's events");
	return exit;
}

/* Sleeps until something is to be done. True on a signal. */
static bool sleep_until(struct watch *watch, uint64_t when)
{
	struct pollfd fds[] = {
		{ .fd = watch->signal_fd, .events = POLLIN },
		{ .fd = watch->done ? -1 : memhp_monitor_get_fd(watch->monitor), .events = POLLIN },
		{ .fd = watch->hook.fd, .events = POLLIN },
	};
	poll(fds, ARRAY_SIZE(fds), clock_left(earlier(when, watch->hook.deadline)));
	return fds[0].revents != 0;
}

/* After --count or --for, the commands of the last events may still end. */
static int follow(struct watch *watch)
{
	int exit = EXIT_OK;

	watch->due = watch->overdue = NEVER;
	watch->end = clock_after(watch->for_ms);
	while (exit == EXIT_OK && (hook_step(&watch->hook) || !watch->done)) {
		uint64_t due = earlier(watch->due, watch->overdue);
		bool ends = sleep_until(watch, watch->done ? NEVER : earlier(due, watch->end));
		if (ends && watch->done)
			return EXIT_OK;
		if (watch->done)
			continue;
		bool last = ends || watch->end <= clock_ms();
		exit = drain(watch);
		due = earlier(watch->due, watch->overdue);
		if (exit == EXIT_OK && (last || due <= clock_ms()))
			exit = flush(watch);
		watch->done |= last;
	}
	return exit;
}

/* Signals are blocked before the command says that it is ready. */
static int start(struct watch *watch, int argc, char **argv)
{
	int error = memhp_monitor_new(watch->app->ctx, &watch->monitor);

	if (error)
		return listen_fail(watch->app, error);
	int exit = take_view(watch);
	if (exit == EXIT_OK)
		exit = selection_finish(watch->app, &watch->selection, watch->views[0], argc, argv);
	if (exit != EXIT_OK)
		return exit;
	watch->signal_fd = changing_signals();
	exit = ready_print(watch->app, memhp_snapshot_get_block_size(watch->views[0]));
	hook_open(&watch->hook, watch->app, watch->command, watch->exec_ms);
	if (exit == EXIT_OK)
		exit = follow(watch);
	hook_close(&watch->hook);
	close(watch->signal_fd);
	return exit;
}

static int run_monitor(struct watch *watch, int argc, char **argv)
{
	const char *arg;
	int key, exit;

	while ((key = option_next(watch->app, argc, argv, &arg)) != OPTION_END) {
		exit = key == OPTION_STOP ? option_exit(watch->app) : take_option(watch, key, arg);
		if (key == OPTION_STOP || exit != EXIT_OK)
			return exit;
	}
	exit = app_open(watch->app);
	return exit == EXIT_OK ? start(watch, argc - optind, argv + optind) : exit;
}

static int run(struct app *app, int argc, char **argv)
{
	struct watch watch = { .app = app, .exec_ms = EXEC_TIMEOUT_MS };
	int exit = selection_open(app, &watch.selection, MEMHP_ACTION_NONE);

	watch.selection.may_come = true;
	if (exit == EXIT_OK)
		exit = run_monitor(&watch, argc, argv);
	memhp_monitor_free(watch.monitor);
	for (size_t i = 0; i < VIEWS; i++)
		memhp_snapshot_free(watch.views[i]);
	burst_release(&watch.burst);
	selection_close(&watch.selection);
	return exit;
}

const struct cmd cmd_monitor = {
	.name = "monitor",
	.args = "[BLOCKS...]",
	.summary = "Show memory events as they happen",
	.opts = opts,
	.takes_filters = true,
	.zone_filters = true,
	.json_lines = true,
	.run = run,
};
