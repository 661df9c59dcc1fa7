/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/changing.h"
#include "shell/command.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/selection.h"
#include "watch/clock.h"
#include "watch/condition.h"
#include "watch/listen.h"
#include "watch/wait-report.h"

/* How often it looks where it cannot listen. */
#define POLL_MS 250
/* The node and the device of a block are known only shortly after its event. */
static const uint64_t looks_after_event_ms[] = { 0, 100, 1000 };

enum { KEY_PRESENT = KEY_COMMAND, KEY_ABSENT, KEY_SIZE, KEY_TIMEOUT = 't' };

static const struct opt opts[] = {
	{ KEY_STATE, "state", "STATE", "until all of it is online, offline or going-offline" },
	{ KEY_PRESENT, "present", NULL, "until all of it is there, in whatever state (the default)" },
	{ KEY_ABSENT, "absent", NULL, "until nothing of it is there" },
	{ KEY_SIZE, "size", "SIZE", "until so much of it is as wanted" },
	{ KEY_TIMEOUT, "timeout", "DURATION", "give up after this time (0, the default: never)" },
	OPT_END
};

struct wait {
	struct app *app;
	struct selection selection;
	struct condition condition;
	bool present;
	uint64_t timeout_ms;
	struct memhp_monitor *monitor; /* NULL: it polls */
	int signal_fd;
	struct wait_report report;
};

static int take_state(struct wait *wait, const char *arg)
{
	wait->condition.state = memhp_state_parse(arg);
	if (wait->condition.state == MEMHP_STATE_UNKNOWN)
		return app_usage(wait->app, "--state '%s': it is online, offline or going-offline", arg);
	return EXIT_OK;
}

static int take_option(struct wait *wait, int key, const char *arg)
{
	switch (key) {
	case KEY_STATE:
		return take_state(wait, arg);
	case KEY_PRESENT:
		wait->present = true;
		return EXIT_OK;
	case KEY_ABSENT:
		wait->condition.absent = true;
		return EXIT_OK;
	case KEY_SIZE:
		return option_size(wait->app, "size", arg, &wait->condition.size);
	case KEY_TIMEOUT:
		return option_duration(wait->app, "timeout", arg, &wait->timeout_ms);
	default:
		return selection_option(wait->app, &wait->selection, key, arg);
	}
}

static int check_options(struct wait *wait, int operands)
{
	const struct condition *condition = &wait->condition;

	if (operands == 0 && wait->selection.filter_count == 0 && !condition->size)
		return app_usage(wait->app, "name blocks, a filter or a size to wait for");
	if (wait->present + condition->absent + (condition->state != MEMHP_STATE_UNKNOWN) > 1)
		return app_usage(wait->app, "--state, --present and --absent exclude each other");
	if (condition->absent && condition->size)
		return app_usage(wait->app, "--size goes with --state or --present, not with --absent");
	return EXIT_OK;
}

/* The first time, operands are taken, too. */
static int look(struct wait *wait, int argc, char **argv)
{
	unsigned int want = memhp_request_get_want(wait->selection.request) | MEMHP_WANT_STATE;
	struct memhp_snapshot *snapshot;
	int exit = app_read(wait->app, want, &snapshot);

	if (exit != EXIT_OK)
		return exit;
	wait->report.block_size = memhp_snapshot_get_block_size(snapshot);
	if (argv)
		exit = selection_finish(wait->app, &wait->selection, snapshot, argc, argv);
	if (exit == EXIT_OK) {
		standing_release(&wait->report.standing);
		bool good = condition_judge(&wait->condition, &wait->selection, snapshot,
					    &wait->report.standing);
		exit = good ? EXIT_OK : app_no_memory(wait->app);
	}
	memhp_snapshot_free(snapshot);
	return exit;
}

/* True if something happened. What exactly is seen by looking. */
static int drain(struct wait *wait, bool *happened)
{
	struct memhp_event event;
	int error = -EAGAIN;

	*happened = false;
	while (wait->monitor && (error = memhp_monitor_next(wait->monitor, &event)) == 0)
		*happened = true;
	return error == -EAGAIN ? EXIT_OK
				: app_fail_errno(wait->app, error, "cannot follow the kernel's events");
}

/* Sleeps up to @until, or until something happens. True on a signal. */
static bool sleep_until(const struct wait *wait, uint64_t until)
{
	struct pollfd fds[] = {
		{ .fd = wait->signal_fd, .events = POLLIN },
		{ .fd = wait->monitor ? memhp_monitor_get_fd(wait->monitor) : -1, .events = POLLIN },
	};
	poll(fds, ARRAY_SIZE(fds), clock_left(until));
	return fds[0].revents != 0;
}

/* When to look, though nothing happens. */
static uint64_t next_look(const struct wait *wait, uint64_t event_ms, size_t looks)
{
	if (!wait->monitor)
		return clock_after(POLL_MS);
	return looks < ARRAY_SIZE(looks_after_event_ms) ? event_ms + looks_after_event_ms[looks] : NEVER;
}

/* Has looked once already. */
static int wait_on(struct wait *wait, uint64_t deadline)
{
	uint64_t event_ms = clock_ms();
	size_t looks = 1;
	int exit = EXIT_OK;

	while (exit == EXIT_OK && !wait->report.standing.holds && clock_ms() < deadline) {
		bool happened;
		uint64_t due = next_look(wait, event_ms, looks);
		wait->report.interrupted = sleep_until(wait, earlier(due, deadline));
		if (wait->report.interrupted)
			return EXIT_OK;
		exit = drain(wait, &happened);
		if (happened) {
			event_ms = clock_ms();
			looks = 0;
		}
		/* also when time is up: the last word is of now */
		if (exit == EXIT_OK && (happened || clock_ms() >= earlier(due, deadline))) {
			looks++;
			exit = look(wait, 0, NULL);
		}
	}
	return exit;
}

/* Listens before it looks: nothing falls between the two. */
static int start(struct wait *wait, int argc, char **argv)
{
	uint64_t begin = clock_ms(), deadline = clock_after(wait->timeout_ms);
	int error = memhp_monitor_new(wait->app->ctx, &wait->monitor);

	if (error == -ENOMEM)
		return app_no_memory(wait->app);
	wait->signal_fd = changing_signals();
	int exit = look(wait, argc, argv);
	if (exit == EXIT_OK && error && !wait->report.standing.holds) {
		wait->report.polled = listen_reason(error);
		wait_say_polled(wait->app, wait->report.polled);
	}
	if (exit == EXIT_OK)
		exit = wait_on(wait, deadline);
	wait->report.elapsed_ms = clock_ms() - begin;
	if (exit == EXIT_OK)
		exit = wait_print(wait->app, &wait->report);
	close(wait->signal_fd);
	return exit;
}

static int run_wait(struct wait *wait, int argc, char **argv)
{
	const char *arg;
	int key, exit;

	while ((key = option_next(wait->app, argc, argv, &arg)) != OPTION_END) {
		exit = key == OPTION_STOP ? option_exit(wait->app) : take_option(wait, key, arg);
		if (key == OPTION_STOP || exit != EXIT_OK)
			return exit;
	}
	exit = check_options(wait, argc - optind);
	if (exit == EXIT_OK)
		exit = app_open(wait->app);
	return exit == EXIT_OK ? start(wait, argc - optind, argv + optind) : exit;
}

static int run(struct app *app, int argc, char **argv)
{
	struct wait wait = { .app = app };
	int exit = selection_open(app, &wait.selection, MEMHP_ACTION_NONE);

	wait.selection.may_come = true;
	wait.report.condition = &wait.condition;
	if (exit == EXIT_OK)
		exit = run_wait(&wait, argc, argv);
	memhp_monitor_free(wait.monitor);
	standing_release(&wait.report.standing);
	selection_close(&wait.selection);
	return exit;
}

const struct cmd cmd_wait = {
	.name = "wait",
	.args = "[BLOCKS...]",
	.summary = "Wait until memory is there, gone, or in a state",
	.opts = opts,
	.takes_filters = true,
	.zone_filters = true,
	.own_state = true,
	.run = run,
};
