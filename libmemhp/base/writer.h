/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writes that may not end, made by a child process that can be killed. */
#ifndef MEMHP_BASE_WRITER_H
#define MEMHP_BASE_WRITER_H

#include "base/ctx.h"

enum write_end { WRITE_ENDED, WRITE_TIMED_OUT, WRITE_ABORTED };

struct write_result {
	enum write_end end;
	pid_t pid;	  /* of the child, 0: there was none */
	int error;	  /* positive errno of open or write, 0: done */
	bool open_failed; /* the error is open()'s: nothing reached the kernel */
	bool stuck;	  /* killed, but has not left the kernel within the grace period */
};

struct write_wait {
	uint64_t deadline_ms;	  /* on the monotonic clock, 0: none */
	int abort_fd;		  /* 0: none */
	void (*tick)(void *data); /* now and then while it lasts; NULL: not */
	void *data;
};

/* Writes @word to the file @path; whatever comes of it is in @result. */
void write_in_child(struct memhp_ctx *ctx, const char *path, const char *word, const struct write_wait *wait,
		    struct write_result *result);
/* The same as -errno, of one that is no block's: -ETIMEDOUT or -EINTR if it was aborted. */
int write_waiting(struct memhp_ctx *ctx, const char *path, const char *word, const struct write_wait *wait);

#endif
