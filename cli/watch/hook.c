/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "watch/burst.h"
#include "watch/clock.h"
#include "watch/happening.h"
#include "watch/hook.h"

extern char **environ;

struct hook_job {
	struct hook_job *next;
	struct happening happening; /* with texts of its own */
	char *device, *driver;	    /* these */
	uint64_t block_size;
};

void hook_open(struct hook *hook, const struct app *app, const char *command, uint64_t limit_ms)
{
	*hook = (struct hook){
		.app = app, .command = command, .limit_ms = limit_ms, .fd = -1, .deadline = NEVER
	};
}

static void free_job(struct hook_job *job)
{
	if (!job)
		return;
	free(job->device);
	free(job->driver);
	free(job);
}

static struct hook_job *new_job(const struct happening *happening, uint64_t block_size)
{
	struct hook_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->happening = *happening;
	job->block_size = block_size;
	job->happening.device = job->device = strdup(happening->device ? happening->device : "");
	job->happening.driver = job->driver = strdup(happening->driver ? happening->driver : "");
	if (job->device && job->driver)
		return job;
	free_job(job);
	return NULL;
}

bool hook_add(struct hook *hook, const struct happening *happening, uint64_t block_size)
{
	struct hook_job *job;

	if (!hook->command)
		return true;
	job = new_job(happening, block_size);
	if (!job)
		return false;
	if (hook->last)
		hook->last->next = job;
	else
		hook->first = job;
	hook->last = job;
	return true;
}

/* The first one is done with. */
static void drop_first(struct hook *hook)
{
	struct hook_job *job = hook->first;

	hook->first = job->next;
	if (!hook->first)
		hook->last = NULL;
	free_job(job);
}

static void warn(const struct hook *hook, const char *what)
{
	const struct happening *happening = &hook->first->happening;
	char blocks[BLOCKS_SIZE];

	app_warn(hook->app, "--exec '%s' (%s of %s) %s", hook->command, memhp_event_name(happening->kind),
		 blocks_text(happening->first, happening->count, blocks), what);
}

PRINTF(3, 4) static void set(bool *good, const char *name, const char *format, ...)
{
	char *value = NULL;
	va_list args;

	va_start(args, format);
	int length = vasprintf(&value, format, args);
	va_end(args);
	*good = *good && length >= 0 && setenv(name, value, 1) == 0;
	if (length >= 0)
		free(value);
}

static bool set_environment(const struct hook_job *job)
{
	const struct happening *happening = &job->happening;
	uint64_t start = happening->first * job->block_size, size = happening->count * job->block_size;
	const char *zone = memhp_zone_name(happening->zone);
	char when[TIME_SIZE];
	bool good = true;

	set(&good, "MEMHP_ACTION", "%s", memhp_event_name(happening->kind));
	set(&good, "MEMHP_TIME", "%s", time_text(happening->time_ms, when));
	set(&good, "MEMHP_FIRST", "%" PRIu64, happening->first);
	set(&good, "MEMHP_LAST", "%" PRIu64, happening->first + happening->count - 1);
	set(&good, "MEMHP_START", "0x%" PRIx64, start);
	set(&good, "MEMHP_END", "0x%" PRIx64, start + size - 1);
	set(&good, "MEMHP_SIZE", "%" PRIu64, size);
	set(&good, "MEMHP_ZONE", "%s", zone ? zone : "");
	if (happening->node >= 0)
		set(&good, "MEMHP_NODE", "%d", happening->node);
	else
		set(&good, "MEMHP_NODE", "%s", "");
	set(&good, "MEMHP_DEVICE", "%s", happening->device);
	set(&good, "MEMHP_DRIVER", "%s", happening->driver);
	return good;
}

/*
 * A process group of its own, so that what it starts is killed with it, and without the signals that memhp
 * blocks for itself. Nothing else may stand between documents.
 */
static int spawn(struct hook *hook)
{
	char shell[] = "/bin/sh", flag[] = "-c", *argv[] = { shell, flag, (char *)hook->command, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, pipe;

	sigemptyset(&none);
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes,
				 POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &pipe);
	int error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!error && hook->app->json)
		error = posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
	if (!error)
		error = set_environment(hook->first) ? 0 : ENOMEM;
	if (!error)
		error = posix_spawn(&hook->pid, shell, &actions, &attributes, argv, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

static void start_next(struct hook *hook)
{
	char what[128];

	while (hook->first && !hook->pid) {
		int error = spawn(hook);
		if (!error) {
			hook->fd = pidfd_open(hook->pid, 0);
			hook->deadline = clock_after(hook->limit_ms);
			return;
		}
		hook->pid = 0;
		snprintf(what, sizeof(what), "cannot be started: %s (%s)", strerror(error),
			 errno_name(error));
		warn(hook, what);
		drop_first(hook);
	}
}

static void say_end(const struct hook *hook, int status, bool killed)
{
	char what[128];

	if (killed)
		snprintf(what, sizeof(what), "did not end within %" PRIu64 ".%03" PRIu64 " s, and was killed",
			 hook->limit_ms / 1000, hook->limit_ms % 1000);
	else if (WIFSIGNALED(status))
		snprintf(what, sizeof(what), "was killed by signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(what, sizeof(what), "ended with status %d", WEXITSTATUS(status));
	if (killed || status)
		warn(hook, what);
}

/* Ends what runs, if it has ended or @kill_it. */
static void reap(struct hook *hook, bool kill_it, bool say)
{
	int status = 0;

	if (kill_it)
		kill(-hook->pid, SIGKILL);
	if (waitpid(hook->pid, &status, kill_it ? 0 : WNOHANG) == 0)
		return;
	if (say)
		say_end(hook, status, kill_it);
	if (hook->fd >= 0)
		close(hook->fd);
	hook->fd = -1;
	hook->pid = 0;
	hook->deadline = NEVER;
	drop_first(hook);
}

bool hook_step(struct hook *hook)
{
	if (hook->pid)
		reap(hook, false, true);
	if (hook->pid && hook->deadline <= clock_ms())
		reap(hook, true, true);
	start_next(hook);
	return hook->pid != 0;
}

void hook_close(struct hook *hook)
{
	size_t left = 0;

	if (hook->pid) {
		warn(hook, "was still running, and was killed");
		reap(hook, true, false);
	}
	for (; hook->first; left++)
		drop_first(hook);
	if (left)
		app_warn(hook->app, "--exec '%s' was not run for %zu more events", hook->command, left);
}
