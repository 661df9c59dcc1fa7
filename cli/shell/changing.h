/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every command that changes something does around the change. */
#ifndef MEMHP_CLI_CHANGING_H
#define MEMHP_CLI_CHANGING_H

#include <stdint.h>

#include "shell/macros.h"

struct app;
struct memhp_lock;

/* From here on, a signal that asks to end makes the descriptor readable, and does nothing else. */
int changing_signals(void);
/* Takes the lock; reports who holds it. Returns an exit code. */
int changing_lock(struct app *app, uint64_t wait_ms, int abort_fd, struct memhp_lock **lock);
/* One line in the system log for whoever asks later who did it; never for a simulated tree. */
void changing_log(const struct app *app, const char *format, ...) PRINTF(2, 3);

#endif
