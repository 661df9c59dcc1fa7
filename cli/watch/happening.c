/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/text.h"
#include "watch/burst.h"
#include "watch/happening.h"

const char *time_text(uint64_t ms, char buffer[TIME_SIZE])
{
	time_t seconds = (time_t)(ms / 1000);
	char day[24], zone[8];
	struct tm local;

	localtime_r(&seconds, &local);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &local);
	strftime(zone, sizeof(zone), "%z", &local);
	snprintf(buffer, TIME_SIZE, "%s.%03u%s", day, (unsigned int)(ms % 1000), zone);
	return buffer;
}

const char *blocks_text(uint64_t first, uint64_t count, char buffer[BLOCKS_SIZE])
{
	buffer[0] = '\0';
	text_append(buffer, BLOCKS_SIZE, "%" PRIu64, first);
	if (count > 1)
		text_append(buffer, BLOCKS_SIZE, "-%" PRIu64, first + count - 1);
	return buffer;
}

/* What a closed pipe or a full disk did not take is seen at once, not at the end of hours. */
static int sent(int exit)
{
	return fflush(stdout) == 0 ? exit : EXIT_NOTHING;
}

static json_object *event_json(const struct app *app, const char *event, uint64_t time_ms)
{
	json_object *document = json_document(app);
	char text[TIME_SIZE];

	json_add_string(document, "event", event);
	if (time_ms) {
		json_add_string(document, "time", time_text(time_ms, text));
		json_add_u64(document, "time_ms", time_ms);
	}
	return document;
}

int ready_print(const struct app *app, uint64_t block_size)
{
	if (!app->json) {
		fputs("memhp monitor: ready; TIME ACTION RANGE SIZE BLOCKS ZONE NODE DEVICE DRIVER\n",
		      stderr);
		return EXIT_OK;
	}
	json_object *document = event_json(app, "ready", 0);
	json_add_u64(document, "block_size", block_size);
	return sent(json_finish(app, document, EXIT_OK));
}

int overflow_print(const struct app *app, uint64_t time_ms)
{
	const char *event = memhp_event_name(MEMHP_EVENT_OVERFLOW);
	char text[TIME_SIZE];

	if (app->json)
		return sent(json_finish(app, event_json(app, event, time_ms), EXIT_OK));
	printf("%s %s: events were lost; what is different now follows\n", time_text(time_ms, text), event);
	return sent(EXIT_OK);
}

static int print_json(const struct app *app, const struct happening *happening, uint64_t block_size)
{
	json_object *document = event_json(app, memhp_event_name(happening->kind), happening->time_ms);

	json_add_range(document, happening->first, happening->count, block_size);
	json_add_string(document, "zone", memhp_zone_name(happening->zone));
	json_add(document, "node", happening->node < 0 ? NULL : json_new_int(happening->node));
	json_add_string(document, "device", happening->device);
	json_add_string(document, "driver", happening->driver);
	return sent(json_finish(app, document, EXIT_OK));
}

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

int happening_print(const struct app *app, const struct happening *happening, uint64_t block_size)
{
	uint64_t start = happening->first * block_size, size = happening->count * block_size;
	char range[48], human[24], blocks[BLOCKS_SIZE], when[TIME_SIZE], node[12] = "-";

	if (app->json)
		return print_json(app, happening, block_size);
	snprintf(range, sizeof(range), "0x%016" PRIx64 "-0x%016" PRIx64, start, start + size - 1);
	size_format(size, human, sizeof(human));
	if (happening->node >= 0)
		snprintf(node, sizeof(node), "%d", happening->node);
	printf("%s %-7s %s %5s %7s %-7s %2s %s %s\n", time_text(happening->time_ms, when),
	       memhp_event_name(happening->kind), range, human,
	       blocks_text(happening->first, happening->count, blocks),
	       or_dash(memhp_zone_name(happening->zone)), node, or_dash(happening->device),
	       or_dash(happening->driver));
	return sent(EXIT_OK);
}
