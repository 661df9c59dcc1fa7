/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <poll.h>
#include <time.h>

#include "base/clock.h"

uint64_t now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t deadline_after(uint64_t ms)
{
	uint64_t now = now_ms();
	return ms > UINT64_MAX - now ? UINT64_MAX : now + ms;
}

uint64_t deadline_of(uint64_t limit_ms)
{
	return limit_ms ? deadline_after(limit_ms) : 0;
}

bool wait_abort(int abort_fd, uint64_t ms)
{
	struct pollfd fd = { .fd = abort_fd > 0 ? abort_fd : -1, .events = POLLIN };
	return poll(&fd, 1, (int)ms) > 0;
}
