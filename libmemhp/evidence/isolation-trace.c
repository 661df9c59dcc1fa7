/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tracefs.h>
#include <unistd.h>

#include "base/dl.h"
#include "base/sysfs.h"
#include "evidence/evidence.h"

/* Always the same name: so the instance of a memhp that was killed is found again, and removed. */
#define INSTANCE "memhp"
/* For each processor. An attempt that loops writes the same lines again and again: the last ones do. */
#define BUFFER_KB "16"
/* The attempt may write faster than we read. */
#define MAX_LINES 10000

struct isolation_trace {
	void *handle;
	struct tracefs_instance *instance;
	FILE *pipe;
	__typeof__(tracefs_instance_create) *tracefs_instance_create;
	__typeof__(tracefs_instance_destroy) *tracefs_instance_destroy;
	__typeof__(tracefs_instance_free) *tracefs_instance_free;
	__typeof__(tracefs_instance_file_open) *tracefs_instance_file_open;
	__typeof__(tracefs_instance_file_write) *tracefs_instance_file_write;
	__typeof__(tracefs_event_enable) *tracefs_event_enable;
	__typeof__(tracefs_event_disable) *tracefs_event_disable;
};

static bool open_library(struct memhp_ctx *ctx, struct isolation_trace *trace)
{
	const struct dl_symbol symbols[] = {
		DL_SYMBOL(trace, tracefs_instance_create),     DL_SYMBOL(trace, tracefs_instance_destroy),
		DL_SYMBOL(trace, tracefs_instance_free),       DL_SYMBOL(trace, tracefs_instance_file_open),
		DL_SYMBOL(trace, tracefs_instance_file_write), DL_SYMBOL(trace, tracefs_event_enable),
		DL_SYMBOL(trace, tracefs_event_disable),
	};
	return dl_open(ctx, "libtracefs.so.1", symbols, ARRAY_SIZE(symbols), &trace->handle) == 0;
}

/* The buffer is made small first: switching an event on allocates it, 1.4 MB for each processor. */
static bool open_instance(struct isolation_trace *trace)
{
	int fd;

	trace->instance = trace->tracefs_instance_create(INSTANCE);
	if (!trace->instance ||
	    trace->tracefs_instance_file_write(trace->instance, "buffer_size_kb", BUFFER_KB) < 0 ||
	    trace->tracefs_event_enable(trace->instance, "page_isolation", "test_pages_isolated") < 0)
		return false;
	fd = trace->tracefs_instance_file_open(trace->instance, "trace_pipe", O_RDONLY | O_NONBLOCK);
	trace->pipe = fd < 0 ? NULL : fdopen(fd, "r");
	return trace->pipe != NULL;
}

struct isolation_trace *isolation_trace_start(struct memhp_ctx *ctx)
{
	struct isolation_trace *trace;

	/* Looked at first: where tracefs is not mounted, libtracefs would mount it, and leave it so. */
	if (!sysfs_exists(ctx, "sys/kernel/tracing/instances") &&
	    !sysfs_exists(ctx, "sys/kernel/debug/tracing/instances"))
		return NULL;
	trace = calloc(1, sizeof(*trace));
	if (!trace)
		return NULL;
	bool good = open_library(ctx, trace) && open_instance(trace);
	ctx_log(ctx, LOG_DEBUG, "trace of page isolation: %s", good ? "on" : "cannot be had");
	if (good)
		return trace;
	isolation_trace_stop(trace);
	return NULL;
}

uint64_t isolation_trace_parse(const char *line, uint64_t first_pfn, uint64_t pages)
{
	const char *event = strstr(line, "test_pages_isolated: ");
	uint64_t start, end, found;
	char result[16];

	if (!event ||
	    sscanf(event,
		   "test_pages_isolated: start_pfn=%" SCNx64 " end_pfn=%" SCNx64 " fin_pfn=%" SCNx64
		   " ret=%15s",
		   &start, &end, &found, result) != 4 ||
	    strcmp(result, "fail") != 0)
		return UINT64_MAX;
	return found >= first_pfn && found - first_pfn < pages ? found : UINT64_MAX;
}

uint64_t isolation_trace_read(struct isolation_trace *trace, uint64_t first_pfn, uint64_t pages)
{
	uint64_t last = UINT64_MAX;
	char line[512];

	if (!trace)
		return UINT64_MAX;
	clearerr(trace->pipe); /* an empty pipe reads as its end, and would stay so */
	for (int i = 0; i < MAX_LINES && fgets(line, sizeof(line), trace->pipe); i++) {
		uint64_t pfn = isolation_trace_parse(line, first_pfn, pages);
		if (pfn != UINT64_MAX)
			last = pfn;
	}
	return last;
}

void isolation_trace_stop(struct isolation_trace *trace)
{
	if (!trace)
		return;
	if (trace->pipe)
		fclose(trace->pipe);
	if (trace->instance) {
		/* Refused while somebody has a file of it open: then it is switched off at least. */
		if (trace->tracefs_instance_destroy(trace->instance) < 0)
			trace->tracefs_event_disable(trace->instance, NULL, NULL);
		trace->tracefs_instance_free(trace->instance);
	}
	dl_close(trace->handle);
	free(trace);
}
