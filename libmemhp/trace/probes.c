/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Kprobe events (Documentation/trace/kprobetrace.rst) rather than the function graph: that works in an
 * instance of its own on kernels from about 6.11 on only, would else take everybody's trace, and does not
 * tell what functions return.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/probes.h"

#define DEFINITIONS "kprobe_events"
#define RETURNS "_returns"

/* What tracepoints alone tell, on a kernel without kprobe events. */
static const struct stage tracepoint_stages[] = {
	{ "migrate pages", "mm_migrate_pages", 0, STAGE_RETURNS_NOTHING, STAGE_ROOT | STAGE_LOOPS },
	{ "test that all is isolated", "test_pages_isolated", 0, STAGE_RETURNS_NOTHING,
	  STAGE_ROOT | STAGE_LOOPS },
};
static const struct trace_point without_functions[] = {
	{ &tracepoint_stages[0], "migrate:mm_migrate_pages" },
	{ &tracepoint_stages[1], "page_isolation:test_pages_isolated" },
};

static bool define(struct tracing *tracing, const char *text)
{
	return tracing->tracefs_instance_file_append(NULL, DEFINITIONS, text) >= 0;
}

static struct probe *add_probe(struct probes *probes, enum trace_event_kind kind, const char *system,
			       const char *event, const char *suffix)
{
	if (probes->count == MAX_PROBES)
		return NULL;
	struct probe *probe = &probes->probes[probes->count++];
	*probe = (struct probe){ .kind = kind, .system = system };
	snprintf(probe->event, sizeof(probe->event), "%s%s", event, suffix);
	return probe;
}

/* From a kernel with types of its own on, a function without a value may not be asked for one. */
static bool define_return(struct tracing *tracing, const struct stage *stage, const char *function)
{
	bool has_value = stage->returns != STAGE_RETURNS_NOTHING;
	char text[256];

	snprintf(text, sizeof(text), "r:" PROBE_GROUP "/%s" RETURNS " %s%s\n", stage->function, function,
		 has_value ? " value=$retval:u64" : "");
	return define(tracing, text);
}

static void define_stage(struct tracing *tracing, const struct stage *stage, struct probes *probes)
{
	struct trace_point *point = &probes->points[probes->point_count];
	size_t tries = stage->flags & STAGE_SUFFIXED ? stage_suffix_count : 1;
	char text[256];

	if (probes->point_count == ARRAY_SIZE(probes->points) || probes->count + 2 > MAX_PROBES)
		return;
	for (size_t i = 0; i < tries; i++) {
		snprintf(point->function, sizeof(point->function), "%s%s", stage->function,
			 stage_suffixes[i]);
		snprintf(text, sizeof(text), "p:" PROBE_GROUP "/%s %s\n", stage->function, point->function);
		if (!define(tracing, text))
			continue;
		point->stage = stage;
		probes->point_count++;
		add_probe(probes, TRACE_CALLED, PROBE_GROUP, stage->function, "")->point = point;
		if (define_return(tracing, stage, point->function))
			add_probe(probes, TRACE_RETURNED, PROBE_GROUP, stage->function, RETURNS)->point =
				point;
		return;
	}
}

void probes_define(struct memhp_ctx *ctx, struct tracing *tracing, unsigned int actions,
		   struct probes *probes)
{
	*probes = (struct probes){ 0 };
	for (size_t i = 0; i < trace_stage_count; i++) {
		if (trace_stages[i].actions & actions)
			define_stage(tracing, &trace_stages[i], probes);
	}
	probes->functions = probes->point_count > 0;
	ctx_log(ctx, LOG_DEBUG, "trace: probes at %zu functions", probes->point_count);
	struct probe *migrated = add_probe(probes, TRACE_MIGRATED, "migrate", "mm_migrate_pages", ""),
		     *tested = add_probe(probes, TRACE_TESTED, "page_isolation", "test_pages_isolated", "");
	if (probes->functions) {
		add_probe(probes, TRACE_NOTIFIED, "notifier", "notifier_run", "");
	} else {
		migrated->point = &without_functions[0];
		tested->point = &without_functions[1];
	}
}

/* "	field:unsigned long succeeded;	offset:8;	size:8;	signed:0;" */
static size_t offset_of(const char *format, const char *field)
{
	char name[32];
	unsigned int offset;

	snprintf(name, sizeof(name), " %s;", field);
	const char *at = strstr(format, name);
	return at && sscanf(at + strlen(name), " offset:%u;", &offset) == 1 ? offset : 0;
}

static void read_layout(struct probe *probe, const char *format)
{
	static const char *const fields[][2] = {
		[TRACE_RETURNED] = { "value", NULL },
		[TRACE_MIGRATED] = { "succeeded", "failed" },
		[TRACE_TESTED] = { "fin_pfn", "end_pfn" },
		[TRACE_NOTIFIED] = { "cb", NULL },
	};

	if (probe->kind == TRACE_CALLED)
		return;
	probe->value_offset = offset_of(format, fields[probe->kind][0]);
	if (fields[probe->kind][1])
		probe->second_offset = offset_of(format, fields[probe->kind][1]);
}

/* False: this kernel has no such event. */
static bool read_format(struct tracing *tracing, struct probe *probe)
{
	char path[160];

	snprintf(path, sizeof(path), "events/%s/%s/format", probe->system, probe->event);
	char *format = tracing->tracefs_instance_file_read(NULL, path, NULL);
	const char *id = format ? strstr(format, "ID: ") : NULL;
	probe->id = id ? (unsigned int)atoi(id + 4) : 0;
	if (probe->id)
		read_layout(probe, format);
	free(format);
	return probe->id != 0;
}

static bool enable(struct tracing *tracing, const char *system, const char *event)
{
	char path[160];

	snprintf(path, sizeof(path), "events/%s/%s%senable", system, event, *event ? "/" : "");
	return tracing->tracefs_instance_file_write(tracing->instance, path, "1") >= 0;
}

/* Those of functions all at once, which costs less. */
int probes_enable(struct tracing *tracing, struct probes *probes)
{
	bool good = !probes->functions || enable(tracing, PROBE_GROUP, "");
	size_t known = 0;

	for (size_t i = 0; good && i < probes->count; i++) {
		struct probe *probe = &probes->probes[i];
		if (!read_format(tracing, probe))
			continue;
		known++;
		if (strcmp(probe->system, PROBE_GROUP) != 0)
			good = enable(tracing, probe->system, probe->event);
	}
	if (good && known)
		return 0;
	if (good)
		errno = ENOENT;
	return -1;
}

void probes_disable(struct tracing *tracing)
{
	tracing->tracefs_instance_file_write(tracing->instance, "events/" PROBE_GROUP "/enable", "0");
}

void probes_remove(struct tracing *tracing)
{
	char *all = tracing->tracefs_instance_file_read(NULL, DEFINITIONS, NULL), *rest = all, *line;
	char name[128], text[160];

	while (rest && (line = strsep(&rest, "\n"))) {
		const char *group = strchr(line, ':');
		if (!group || sscanf(group, ":" PROBE_GROUP "/%127s", name) != 1)
			continue;
		snprintf(text, sizeof(text), "-:" PROBE_GROUP "/%s\n", name);
		define(tracing, text);
	}
	free(all);
}

static uint64_t number_at(const void *record, size_t size, size_t offset)
{
	unsigned long value = 0;

	if (offset && offset + sizeof(value) <= size)
		memcpy(&value, (const char *)record + offset, sizeof(value));
	return value;
}

bool probes_parse(const struct probes *probes, const void *record, size_t size, uint64_t ns,
		  struct trace_event *event)
{
	/* struct trace_entry of the kernel */
	struct {
		unsigned short type;
		unsigned char flags, preempt_count;
		int pid;
	} common;

	if (size < sizeof(common))
		return false;
	memcpy(&common, record, sizeof(common));
	for (size_t i = 0; i < probes->count; i++) {
		const struct probe *probe = &probes->probes[i];
		if (probe->id == 0 || probe->id != common.type)
			continue;
		*event = (struct trace_event){
			.ns = ns,
			.pid = common.pid,
			.kind = probe->kind,
			.point = probe->point,
			.value = number_at(record, size, probe->value_offset),
			.second = number_at(record, size, probe->second_offset),
		};
		return true;
	}
	return false;
}
