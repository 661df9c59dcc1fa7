/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Times of the monotonic clock in milliseconds; NEVER is later than all. */
#ifndef MEMHP_CLI_WATCH_CLOCK_H
#define MEMHP_CLI_WATCH_CLOCK_H

#include <limits.h>
#include <stdint.h>
#include <time.h>

#define NEVER UINT64_MAX

static inline uint64_t clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* @limit_ms from now; 0 is no limit. */
static inline uint64_t clock_after(uint64_t limit_ms)
{
	return limit_ms ? clock_ms() + limit_ms : NEVER;
}

static inline uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* For poll(): until @when; -1 for ever. */
static inline int clock_left(uint64_t when)
{
	uint64_t now = clock_ms();

	if (when == NEVER)
		return -1;
	if (when <= now)
		return 0;
	return when - now > INT_MAX ? INT_MAX : (int)(when - now);
}

#endif
