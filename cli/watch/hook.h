/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --exec: a command for each happening, one at a time, while events go on to be read. */
#ifndef MEMHP_CLI_HOOK_H
#define MEMHP_CLI_HOOK_H

#include <memhp.h>
#include <sys/types.h>

struct app;
struct happening;
struct hook_job;

struct hook {
	const struct app *app;
	const char *command; /* NULL: none */
	uint64_t limit_ms;
	struct hook_job *first, *last; /* those to come, and the one that runs */
	pid_t pid;		       /* 0: none runs */
	int fd;			       /* readable when it has ended; -1: none runs */
	uint64_t deadline;	       /* NEVER: none runs, or it may run for ever */
};

void hook_open(struct hook *hook, const struct app *app, const char *command, uint64_t limit_ms);
/* False when out of memory. */
bool hook_add(struct hook *hook, const struct happening *happening, uint64_t block_size);
/* Looks after the command that runs, and starts the next one. True while there is one. */
bool hook_step(struct hook *hook);
/* Kills what still runs, and says what was not run. */
void hook_close(struct hook *hook);

#endif
