/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is news of blocks, from events and after some were lost. Prints TAP. */
#include <stdlib.h>

#include "blocks/blocks.h"
#include "monitor/known.h"
#include "unit.h"

static char told[512];

static void tell(enum memhp_event_kind kind, uint64_t block)
{
	size_t used = strlen(told);
	snprintf(told + used, sizeof(told) - used, "%s%s %" PRIu64, used ? ", " : "", memhp_event_name(kind),
		 block);
}

static void event(struct known *known, enum memhp_event_kind kind, uint64_t block)
{
	if (known_take(known, kind, block) > 0)
		tell(kind, block);
}

static void is_told(const char *what, const char *wanted)
{
	check(strcmp(told, wanted) == 0, what, told);
	told[0] = '\0';
}

/* Each letter is a block from 0 on: 1 online, 0 offline, g going offline, ? unread, - not there. */
static void look(struct known *known, const char *states)
{
	static struct memhp_block blocks[16];
	struct memhp_snapshot snapshot = { .block_size = 1 << 27, .blocks = blocks };
	struct known_news *news = NULL;
	size_t count = 0;

	for (uint64_t id = 0; states[id]; id++) {
		enum memhp_state state = states[id] == '1'   ? MEMHP_STATE_ONLINE
					 : states[id] == '0' ? MEMHP_STATE_OFFLINE
					 : states[id] == 'g' ? MEMHP_STATE_GOING_OFFLINE
							     : MEMHP_STATE_UNKNOWN;
		if (states[id] != '-')
			blocks[snapshot.count++] = (struct memhp_block){ .id = id, .state = (uint8_t)state };
	}
	if (known_update(known, &snapshot, &news, &count))
		tell(MEMHP_EVENT_COUNT, 0);
	for (size_t i = 0; i < count; i++)
		tell(news[i].kind, news[i].block);
	free(news);
}

static void events(void)
{
	struct known known = { 0 };

	look(&known, "1-0");
	is_told("at first all is new", "add 0, online 0, add 2");
	event(&known, MEMHP_EVENT_ADD, 0);
	event(&known, MEMHP_EVENT_ONLINE, 0);
	event(&known, MEMHP_EVENT_OFFLINE, 2);
	event(&known, MEMHP_EVENT_REMOVE, 1);
	event(&known, MEMHP_EVENT_ONLINE, 1);
	is_told("what is known is no news", "");
	event(&known, MEMHP_EVENT_ADD, 1);
	event(&known, MEMHP_EVENT_ONLINE, 1);
	event(&known, MEMHP_EVENT_OFFLINE, 1);
	event(&known, MEMHP_EVENT_REMOVE, 1);
	event(&known, MEMHP_EVENT_REMOVE, 1);
	event(&known, MEMHP_EVENT_ADD, 1);
	event(&known, MEMHP_EVENT_ONLINE, 1);
	is_told("a life, and another one", "add 1, online 1, offline 1, remove 1, add 1, online 1");
	event(&known, MEMHP_EVENT_OFFLINE, 0);
	event(&known, MEMHP_EVENT_ONLINE, 2);
	is_told("its neighbours are as they were", "offline 0, online 2");
	known_release(&known);
}

static void losses(void)
{
	struct known known = { 0 };

	look(&known, "110-0");
	told[0] = '\0';
	look(&known, "110-0");
	is_told("nothing is different", "");
	look(&known, "-g10?");
	is_told("each block that is different, as it is now", "offline 0, remove 0, online 2, add 3");
	event(&known, MEMHP_EVENT_ONLINE, 2);
	event(&known, MEMHP_EVENT_ADD, 3);
	is_told("events that come late are no news", "");
	event(&known, MEMHP_EVENT_OFFLINE, 1);
	event(&known, MEMHP_EVENT_ONLINE, 3);
	is_told("later ones are", "offline 1, online 3");
	look(&known, "");
	is_told("all is gone", "remove 1, offline 2, remove 2, offline 3, remove 3, remove 4");
	known_release(&known);
}

int main(void)
{
	events();
	losses();
	return finish();
}
