/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "shell/selection.h"
#include "watch/burst.h"

bool burst_add(struct burst *burst, const struct memhp_event *event)
{
	if (burst->count == burst->capacity) {
		size_t capacity = burst->capacity ? burst->capacity * 2 : 64;
		struct memhp_event *events = reallocarray(burst->events, capacity, sizeof(*events));
		if (!events)
			return false;
		burst->events = events;
		burst->capacity = capacity;
	}
	burst->events[burst->count++] = *event;
	return true;
}

void burst_release(struct burst *burst)
{
	free(burst->events);
}

/* One event with its place in the order: how many events of the same block come before it. */
struct entry {
	size_t place, round;
	struct happening happening; /* of one block */
};

static int compare_numbers(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_block(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = compare_numbers(left->happening.first, right->happening.first);
	return order ? order : compare_numbers(left->place, right->place);
}

static int by_round(const void *a, const void *b)
{
	const struct entry *left = a, *right = b;
	int order = compare_numbers(left->round, right->round);

	if (!order)
		order = compare_numbers(left->happening.kind, right->happening.kind);
	return order ? order : by_block(a, b);
}

static void number_rounds(struct entry *entries, size_t count)
{
	qsort(entries, count, sizeof(*entries), by_block);
	for (size_t i = 1; i < count; i++) {
		if (entries[i].happening.first == entries[i - 1].happening.first)
			entries[i].round = entries[i - 1].round + 1;
	}
}

/* Only a block that is online has one: one that is going offline has none any more. */
static bool has_zone(const struct memhp_block *block)
{
	return memhp_block_get_zone(block) != MEMHP_ZONE_UNKNOWN;
}

/* The block as it was when it was online, or for an add or remove at all; NULL: it came and went unseen. */
static const struct memhp_block *see(struct memhp_snapshot *const views[VIEWS],
				     const struct memhp_event *event)
{
	bool comes = event->kind == MEMHP_EVENT_ADD || event->kind == MEMHP_EVENT_ONLINE;
	bool is_of_zone = event->kind == MEMHP_EVENT_ONLINE || event->kind == MEMHP_EVENT_OFFLINE;
	const struct memhp_block *best = NULL;

	for (size_t i = 0; i < VIEWS; i++) {
		const struct memhp_snapshot *view = views[comes ? i : (i + 1) % VIEWS];
		const struct memhp_block *block = view ? memhp_snapshot_find(view, event->block) : NULL;
		if (block && (!best || (is_of_zone && !has_zone(best) && has_zone(block))))
			best = block;
	}
	return best;
}

static void add_facts(struct happening *happening, const struct memhp_block *block)
{
	if (happening->kind == MEMHP_EVENT_ONLINE || happening->kind == MEMHP_EVENT_OFFLINE)
		happening->zone = memhp_block_get_zone(block);
	happening->node = memhp_block_get_node(block, 0);
	happening->device = memhp_block_get_device(block);
	happening->driver = memhp_block_get_driver(block);
}

/* Of an unseen block, no filter can be true. */
static bool is_wanted(const struct selection *selection, uint64_t id, const struct memhp_block *block)
{
	uint64_t first, last;

	if (block)
		return memhp_request_matches(selection->request, block);
	if (selection->filter_count)
		return false;
	for (size_t i = 0; memhp_request_get_blocks(selection->request, i, &first, &last); i++) {
		if (id >= first && id <= last)
			return true;
	}
	return memhp_request_is_empty(selection->request);
}

static size_t make_entries(const struct burst *burst, const struct selection *selection,
			   struct memhp_snapshot *const views[VIEWS], struct entry *entries)
{
	size_t count = 0;

	for (size_t i = 0; i < burst->count; i++) {
		const struct memhp_event *event = &burst->events[i];
		const struct memhp_block *block = see(views, event);
		if (!is_wanted(selection, event->block, block))
			continue;
		struct entry *entry = &entries[count++];
		*entry = (struct entry){ .place = i,
					 .happening = { .kind = event->kind,
							.first = event->block,
							.count = 1,
							.time_ms = event->time_ms,
							.node = -1 } };
		if (block)
			add_facts(&entry->happening, block);
	}
	return count;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_more_of(const struct happening *range, const struct happening *one)
{
	return range->kind == one->kind && range->first + range->count == one->first &&
	       range->zone == one->zone && range->node == one->node &&
	       same_text(range->device, one->device) && same_text(range->driver, one->driver);
}

static size_t merge(const struct entry *entries, size_t entry_count, struct happening *list)
{
	size_t count = 0;

	for (size_t i = 0; i < entry_count; i++) {
		const struct happening *one = &entries[i].happening;
		struct happening *last = count ? &list[count - 1] : NULL;
		if (!last || entries[i].round != entries[i - 1].round || !is_more_of(last, one)) {
			list[count++] = *one;
			continue;
		}
		last->count++;
		if (one->time_ms < last->time_ms)
			last->time_ms = one->time_ms;
	}
	return count;
}

bool burst_take(struct burst *burst, const struct selection *selection,
		struct memhp_snapshot *const views[VIEWS], struct happening **list, size_t *count)
{
	struct entry *entries = calloc(burst->count + 1, sizeof(*entries));

	*list = calloc(burst->count + 1, sizeof(**list));
	if (entries && *list) {
		size_t entry_count = make_entries(burst, selection, views, entries);
		number_rounds(entries, entry_count);
		qsort(entries, entry_count, sizeof(*entries), by_round);
		*count = merge(entries, entry_count, *list);
		burst->count = 0;
	}
	bool good = entries && *list;
	free(entries);
	return good;
}
