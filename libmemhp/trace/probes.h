/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The places of the kernel that report to an instance of tracefs, and how to read what they say. */
#ifndef MEMHP_TRACE_PROBES_H
#define MEMHP_TRACE_PROBES_H

#include <tracefs.h>

#include "trace/tree.h"

/* libtracefs, opened when a trace is wanted. */
struct tracing {
	void *handle;
	struct tracefs_instance *instance;
	__typeof__(tracefs_instance_create) *tracefs_instance_create;
	__typeof__(tracefs_instance_destroy) *tracefs_instance_destroy;
	__typeof__(tracefs_instance_free) *tracefs_instance_free;
	__typeof__(tracefs_instance_file_open) *tracefs_instance_file_open;
	__typeof__(tracefs_instance_file_read) *tracefs_instance_file_read;
	__typeof__(tracefs_instance_file_write) *tracefs_instance_file_write;
	__typeof__(tracefs_instance_file_append) *tracefs_instance_file_append;
};

/* What a record of one event means. */
struct probe {
	unsigned int id; /* common_type */
	enum trace_event_kind kind;
	const char *system;
	char event[64];
	const struct trace_point *point;    /* NULL: a tracepoint, of which functions tell the place */
	size_t value_offset, second_offset; /* 0: it has none */
};

#define MAX_PROBES 96

struct probes {
	struct trace_point points[MAX_PROBES / 2];
	struct probe probes[MAX_PROBES];
	size_t point_count, count;
	bool functions; /* else tracepoints alone */
};

/* The group that its events have in tracefs. */
#define PROBE_GROUP "memhp"

/* Defines a probe at each function that the kernel has of those that @actions pass through, and finds the
 * tracepoints. */
void probes_define(struct memhp_ctx *ctx, struct tracing *tracing, unsigned int actions,
		   struct probes *probes);
/* Switches all of them on in the instance. -1 and errno. */
int probes_enable(struct tracing *tracing, struct probes *probes);
/* The probes at functions off, so that they can be removed; the tracepoints go with the instance. */
void probes_disable(struct tracing *tracing);
/* Takes away every probe of the group, of whoever left it. */
void probes_remove(struct tracing *tracing);
/* False: the record is of no event of ours. */
bool probes_parse(const struct probes *probes, const void *record, size_t size, uint64_t ns,
		  struct trace_event *event);

#endif
