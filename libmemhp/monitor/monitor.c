/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "monitor/known.h"
#include "monitor/uevents.h"

struct memhp_monitor {
	struct memhp_ctx *ctx;
	struct uevents *uevents;
	struct known known;
	bool lost;		 /* events, and what came before them is still to be read */
	struct known_news *news; /* by re-reading, still to be told from next_news on */
	size_t news_count, next_news;
};

static int look(struct memhp_monitor *monitor, struct known_news **news, size_t *count)
{
	struct memhp_snapshot *snapshot;
	int error = memhp_snapshot_read(monitor->ctx, MEMHP_WANT_STATE, &snapshot);

	if (error)
		return error;
	error = known_update(&monitor->known, snapshot, news, count);
	memhp_snapshot_free(snapshot);
	return error;
}

/* Listening comes first: what happens while it looks is told, unless it was seen. */
MEMHP_EXPORT int memhp_monitor_new(struct memhp_ctx *ctx, struct memhp_monitor **monitor)
{
	ctx_start(ctx);
	*monitor = NULL;
	if (!ctx->live)
		return -EOPNOTSUPP;
	struct memhp_monitor *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->ctx = ctx;
	int error = uevents_open(ctx, &new->uevents);
	if (!error)
		error = look(new, NULL, NULL);
	if (error)
		memhp_monitor_free(new);
	else
		*monitor = new;
	return error;
}

MEMHP_EXPORT void memhp_monitor_free(struct memhp_monitor *monitor)
{
	if (!monitor)
		return;
	uevents_close(monitor->uevents);
	known_release(&monitor->known);
	free(monitor->news);
	free(monitor);
}

MEMHP_EXPORT int memhp_monitor_get_fd(const struct memhp_monitor *monitor)
{
	return uevents_get_fd(monitor->uevents);
}

static int hand_out(enum memhp_event_kind kind, uint64_t block, struct memhp_event *event)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	*event = (struct memhp_event){ kind, block,
				       (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 };
	return 0;
}

/* Only once the socket is empty: what still stood in it is older than what is seen now. */
static int catch_up(struct memhp_monitor *monitor, struct memhp_event *event)
{
	free(monitor->news);
	monitor->news = NULL;
	monitor->news_count = monitor->next_news = 0;
	int error = look(monitor, &monitor->news, &monitor->news_count);
	if (error)
		return error;
	monitor->lost = false;
	return hand_out(MEMHP_EVENT_OVERFLOW, 0, event);
}

MEMHP_EXPORT int memhp_monitor_next(struct memhp_monitor *monitor, struct memhp_event *event)
{
	enum memhp_event_kind kind;
	uint64_t block = 0;
	int error, news = 0;

	ctx_start(monitor->ctx);
	if (monitor->next_news < monitor->news_count) {
		const struct known_news *next = &monitor->news[monitor->next_news++];
		return hand_out(next->kind, next->block, event);
	}
	do {
		error = uevents_next(monitor->uevents, &kind, &block);
		monitor->lost |= error == -ENOBUFS;
		if (!error && kind != MEMHP_EVENT_DEVICE)
			news = known_take(&monitor->known, kind, block);
	} while (error == -ENOBUFS || (!error && kind != MEMHP_EVENT_DEVICE && !news));
	if (error == -EAGAIN && monitor->lost)
		return catch_up(monitor, event);
	if (error || news < 0)
		return error ? error : news;
	return hand_out(kind, block, event);
}
