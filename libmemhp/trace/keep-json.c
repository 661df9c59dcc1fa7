/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Function names and numbers alone are written: there is nothing that JSON would have to escape. */
#include <inttypes.h>

#include "trace/keep.h"

struct json {
	const struct probes *probes;
	FILE *out;
	const char *comma;
};

static void put_event(struct json *json, const struct trace_event *event, char phase, const char *name)
{
	fprintf(json->out, "%s{\"name\":\"%s\",\"ph\":\"%c\",\"pid\":%d,\"tid\":%d,\"ts\":%" PRIu64 ".%03u",
		json->comma, name, phase, event->pid, event->pid, event->ns / 1000,
		(unsigned int)(event->ns % 1000));
	json->comma = ",\n";
}

static void put_record(void *data, uint64_t ns, const void *record, size_t size)
{
	struct json *json = data;
	struct trace_event event;

	if (!probes_parse(json->probes, record, size, ns, &event))
		return;
	switch (event.kind) {
	case TRACE_CALLED:
		put_event(json, &event, 'B', event.point->function);
		break;
	case TRACE_RETURNED:
		put_event(json, &event, 'E', event.point->function);
		if (event.point->stage->returns != STAGE_RETURNS_NOTHING)
			fprintf(json->out, ",\"args\":{\"value\":%" PRId32 "}",
				(int32_t)(uint32_t)event.value);
		break;
	case TRACE_MIGRATED:
		put_event(json, &event, 'i', "mm_migrate_pages");
		fprintf(json->out, ",\"args\":{\"succeeded\":%" PRIu64 ",\"failed\":%" PRIu64 "}",
			event.value, event.second);
		break;
	case TRACE_TESTED:
		put_event(json, &event, 'i', "test_pages_isolated");
		fprintf(json->out, ",\"args\":{\"fin_pfn\":%" PRIu64 ",\"end_pfn\":%" PRIu64 "}", event.value,
			event.second);
		break;
	case TRACE_NOTIFIED:
		put_event(json, &event, 'i', "notifier_run");
		break;
	}
	putc('}', json->out);
}

int keep_json(const struct probes *probes, struct ring *ring, FILE *out)
{
	struct json json = { probes, out, "" };

	fputs("[\n", out);
	int error = ring_replay(ring, put_record, &json);
	fputs("\n]\n", out);
	return error;
}
