/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Milliseconds of the monotonic clock, and waiting that the caller's abort_fd ends. */
#ifndef MEMHP_BASE_CLOCK_H
#define MEMHP_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

uint64_t now_ms(void);
/* The time @ms from now; a sum past the end of time is that end. */
uint64_t deadline_after(uint64_t ms);
/* The same of a time limit, where 0 means none for both. */
uint64_t deadline_of(uint64_t limit_ms);
/* Sleeps up to @ms; true if @abort_fd (0: none) became readable. */
bool wait_abort(int abort_fd, uint64_t ms);

#endif
