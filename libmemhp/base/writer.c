/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writing a file whose write may not end. That of a block's state may spin in the kernel for ever (a
 * pinned page) or wait for the hotplug lock that such a write holds. A handled signal ends the first
 * but not the second, and any stray signal ends the first with EINTR. So a child does nothing but
 * this one write, and killing it is the only way to abort.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sysfs.h"
#include "base/writer.h"

#define GRACE_MS 5000 /* a killed writer was seen to leave the kernel within 80 ms */
#define EINTR_PAUSE_MS 20
#define TICK_MS 500

/* What the child sends home. */
struct message {
	int error;
	bool open_failed;
};

/*
 * Else a child that the kernel does not let go would keep open what it inherited: the caller's standard
 * output, whose reader waits for its end, the lock, a library user's sockets.
 */
static void close_others(int keep, int keep_too)
{
	unsigned int low = (unsigned int)(keep < keep_too ? keep : keep_too);
	unsigned int high = (unsigned int)(keep < keep_too ? keep_too : keep);

	if (low > 0)
		syscall(SYS_close_range, 0U, low - 1, 0U);
	if (high > low + 1)
		syscall(SYS_close_range, low + 1, high - 1, 0U);
	syscall(SYS_close_range, high + 1, ~0U, 0U);
}

/*
 * Runs in the child. A write that SIGSTOP or strace ended with EINTR is made again: only our own abort, a
 * SIGKILL, may end it. A parent that died before the prctl would leave a writer that nobody ends, so
 * @parent is checked after it.
 */
static void __attribute__((noreturn))
child_main(struct memhp_ctx *ctx, const char *path, const char *word, int pipe_fd, pid_t parent)
{
	close_others(ctx->root_fd, pipe_fd);
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);

	char line[96];
	snprintf(line, sizeof(line), "%s\n", word);
	struct message message = { 0 };
	for (;;) {
		int fd = sysfs_open_write(ctx, path);
		if (fd < 0) {
			message = (struct message){ -fd, true };
			break;
		}
		size_t length = strlen(line);
		ssize_t n = write(fd, line, length);
		message.error = n < 0 ? errno : (size_t)n == length ? 0 : EIO;
		close(fd);
		if (message.error != EINTR)
			break;
		poll(NULL, 0, EINTR_PAUSE_MS);
	}
	ssize_t sent = write(pipe_fd, &message, sizeof(message));
	_exit(sent == sizeof(message) ? 0 : 1);
}

static pid_t start_child(int *pidfd)
{
	struct clone_args args = {
		.flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND,
		.pidfd = (uintptr_t)pidfd,
		.exit_signal = 0, /* the caller's SIGCHLD handler and wait() must not see it */
	};
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static bool exited_within(int pidfd, uint64_t ms)
{
	struct pollfd fd = { .fd = pidfd, .events = POLLIN };
	uint64_t end = now_ms() + ms;
	for (;;) {
		uint64_t now = now_ms();
		int n = poll(&fd, 1, now < end ? (int)(end - now) : 0);
		if (n >= 0 || errno != EINTR)
			return n > 0;
	}
}

static enum write_end wait_child(int pidfd, const struct write_wait *wait)
{
	struct pollfd fds[2] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = wait->abort_fd > 0 ? wait->abort_fd : -1, .events = POLLIN },
	};
	for (;;) {
		uint64_t now = now_ms(), left = TICK_MS;
		if (wait->deadline_ms && now >= wait->deadline_ms)
			return WRITE_TIMED_OUT;
		if (wait->deadline_ms && wait->deadline_ms - now < left)
			left = wait->deadline_ms - now;
		int n = poll(fds, 2, (int)left);
		if (n > 0)
			return fds[0].revents ? WRITE_ENDED : WRITE_ABORTED;
		if (wait->tick)
			wait->tick(wait->data);
	}
}

/* The child may have finished between the decision to kill it and the kill: its word counts. */
static void collect(int pidfd, int pipe_fd, struct write_result *result)
{
	struct message message;

	if (result->end != WRITE_ENDED) {
		syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
		result->stuck = !exited_within(pidfd, GRACE_MS);
	}
	if (!result->stuck) {
		siginfo_t info;
		while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | __WALL) < 0 && errno == EINTR)
			;
	}
	if (!result->stuck && read(pipe_fd, &message, sizeof(message)) == sizeof(message)) {
		result->end = WRITE_ENDED;
		result->error = message.error;
		result->open_failed = message.open_failed;
	} else if (result->end == WRITE_ENDED) {
		result->error = EINTR; /* somebody else killed the child */
	}
}

/* A child that could not be started is in @result, too. */
static void run_child(struct memhp_ctx *ctx, const char *path, const char *word,
		      const struct write_wait *wait, const int *pipe_fds, struct write_result *result)
{
	int pidfd = -1;
	pid_t parent = getpid();
	pid_t child = start_child(&pidfd);

	if (child == 0)
		child_main(ctx, path, word, pipe_fds[1], parent);
	int error = child < 0 ? errno : 0;
	close(pipe_fds[1]);
	if (error) {
		*result = (struct write_result){ .error = error, .open_failed = true };
		return;
	}
	result->pid = child;
	result->end = wait_child(pidfd, wait);
	collect(pidfd, pipe_fds[0], result);
	close(pidfd);
	ctx_log(ctx, LOG_INFO, "/%s: wrote %s: %s", path, word,
		result->end != WRITE_ENDED ? "aborted"
		: result->error		   ? strerrorname_np(result->error)
					   : "ok");
}

void write_in_child(struct memhp_ctx *ctx, const char *path, const char *word, const struct write_wait *wait,
		    struct write_result *result)
{
	int pipe_fds[2];

	*result = (struct write_result){ 0 };
	if (pipe2(pipe_fds, O_CLOEXEC) < 0) {
		*result = (struct write_result){ .error = errno, .open_failed = true };
		return;
	}
	run_child(ctx, path, word, wait, pipe_fds, result);
	close(pipe_fds[0]);
}

int write_waiting(struct memhp_ctx *ctx, const char *path, const char *word, const struct write_wait *wait)
{
	struct write_result result;

	write_in_child(ctx, path, word, wait, &result);
	int error = result.end == WRITE_TIMED_OUT ? -ETIMEDOUT
		    : result.end == WRITE_ABORTED ? -EINTR
						  : -result.error;
	return error ? ctx_fail(ctx, error, path) : 0;
}
