/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
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

struct variable {
	const char *name;
	char value[64];
};

struct hook_job {
	struct hook_job *next;
	struct variable variables[9];
	char *device, *driver;
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
	uint64_t start = happening->first * block_size, size = happening->count * block_size;
	const char *zone = memhp_zone_name(happening->zone);
	struct hook_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	*job = (struct hook_job){
		.variables = { { "MEMHP_ACTION" },
			       { "MEMHP_FIRST" },
			       { "MEMHP_LAST" },
			       { "MEMHP_START" },
			       { "MEMHP_END" },
			       { "MEMHP_SIZE" },
			       { "MEMHP_ZONE" },
			       { "MEMHP_NODE" },
			       { "MEMHP_TIME" } },
		.device = strdup(happening->device ? happening->device : ""),
		.driver = strdup(happening->driver ? happening->driver : ""),
	};
	struct variable *next = job->variables;
	const size_t room = sizeof(next->value);
	snprintf((next++)->value, room, "%s", memhp_event_name(happening->kind));
	snprintf((next++)->value, room, "%" PRIu64, happening->first);
	snprintf((next++)->value, room, "%" PRIu64, happening->first + happening->count - 1);
	snprintf((next++)->value, room, "0x%" PRIx64, start);
	snprintf((next++)->value, room, "0x%" PRIx64, start + size - 1);
	snprintf((next++)->value, room, "%" PRIu64, size);
	snprintf((next++)->value, room, "%s", zone ? zone : "");
	if (happening->node >= 0)
		snprintf(next->value, room, "%d", happening->node);
	time_text(happening->time_ms, (++next)->value);
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
	const struct variable *variables = hook->first->variables;
	app_warn(hook->app, "--exec '%s' (%s of %s-%s) %s", hook->command, variables[0].value,
		 variables[1].value, variables[2].value, what);
}

static bool set_environment(const struct hook_job *job)
{
	bool good = setenv("MEMHP_DEVICE", job->device, 1) == 0 &&
		    setenv("MEMHP_DRIVER", job->driver, 1) == 0;

	for (size_t i = 0; i < ARRAY_SIZE(job->variables); i++)
		good = good && setenv(job->variables[i].name, job->variables[i].value, 1) == 0;
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
