/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One trace, in an instance of tracefs that leaves everybody else's tracing alone. Its name is always the
 * same, and it is the first thing that is made and the last that goes: where a memhp was killed, the next
 * one finds it, and all that belongs to it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/dl.h"
#include "base/sysfs.h"
#include "trace/blame.h"
#include "trace/keep.h"
#include "trace/ring.h"
#include "trace/symbol.h"
#include "trace/trace.h"

#define INSTANCE "memhp-trace"
/* An attempt that spins fills 1 MiB in half a second; of all processors together it shall not be much. */
#define CPU_KB 1024
#define ALL_KB 32768
#define WORKER_MS 2000
#define POLL_MS 20

struct memhp_trace {
	struct memhp_ctx *ctx;
	struct tracing tracing;
	struct probes probes;
	struct ring *ring;
	struct tree *tree;
	uint64_t lost;
};

/* Where libtracefs finds it mounted; NULL: nowhere. */
static const char *tracing_dir(struct memhp_ctx *ctx)
{
	static const char *const places[] = { "sys/kernel/tracing", "sys/kernel/debug/tracing" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char path[64];
		snprintf(path, sizeof(path), "%s/instances", places[i]);
		if (sysfs_exists(ctx, path))
			return places[i];
	}
	return NULL;
}

static int fail_at(struct memhp_ctx *ctx, int error, const char *file)
{
	const char *dir = tracing_dir(ctx);
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "sys/kernel/tracing", file);
	return ctx_fail(ctx, error, path);
}

static bool exists(struct memhp_ctx *ctx, const char *file)
{
	const char *dir = tracing_dir(ctx);
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "", file);
	return dir && sysfs_exists(ctx, path);
}

/* Probes stay for as long as somebody else has them on. */
static bool is_left(struct memhp_ctx *ctx)
{
	return ctx->live && (exists(ctx, "instances/" INSTANCE) || exists(ctx, "events/" PROBE_GROUP));
}

static int open_library(struct memhp_ctx *ctx, struct tracing *tracing)
{
	const struct dl_symbol symbols[] = {
		DL_SYMBOL(tracing, tracefs_instance_create),
		DL_SYMBOL(tracing, tracefs_instance_destroy),
		DL_SYMBOL(tracing, tracefs_instance_free),
		DL_SYMBOL(tracing, tracefs_instance_file_open),
		DL_SYMBOL(tracing, tracefs_instance_file_read),
		DL_SYMBOL(tracing, tracefs_instance_file_write),
		DL_SYMBOL(tracing, tracefs_instance_file_append),
	};
	return dl_open(ctx, "libtracefs.so.1", symbols, ARRAY_SIZE(symbols), &tracing->handle);
}

static void remove_instance(struct tracing *tracing)
{
	if (!tracing->instance)
		return;
	probes_disable(tracing);
	probes_remove(tracing);
	tracing->tracefs_instance_destroy(tracing->instance);
	tracing->tracefs_instance_free(tracing->instance);
	tracing->instance = NULL;
}

MEMHP_EXPORT int memhp_trace_clean(struct memhp_ctx *ctx, bool *cleaned)
{
	struct tracing tracing = { 0 };
	ctx_start(ctx);
	bool left = is_left(ctx);
	if (cleaned)
		*cleaned = left;
	if (!left)
		return 0;
	int error = open_library(ctx, &tracing);
	if (error)
		return error;
	tracing.instance = tracing.tracefs_instance_create(INSTANCE);
	remove_instance(&tracing);
	dl_close(tracing.handle);
	if (exists(ctx, "instances/" INSTANCE))
		return fail_at(ctx, -EBUSY, "instances/" INSTANCE);
	return is_left(ctx) ? fail_at(ctx, -EBUSY, "events/" PROBE_GROUP) : 0;
}

/* Times that can be told from ours, and buffers that take half a second of a spinning attempt. */
static int make_instance(struct memhp_ctx *ctx, struct tracing *tracing)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	long kb = cpus > ALL_KB / CPU_KB ? ALL_KB / cpus : CPU_KB;
	char size[24];

	snprintf(size, sizeof(size), "%ld", kb < 64 ? 64 : kb);
	tracing->instance = tracing->tracefs_instance_create(INSTANCE);
	if (!tracing->instance ||
	    tracing->tracefs_instance_file_write(tracing->instance, "trace_clock", "mono") < 0 ||
	    tracing->tracefs_instance_file_write(tracing->instance, "buffer_size_kb", size) < 0)
		return fail_at(ctx, -errno, "instances/" INSTANCE);
	return 0;
}

static int open_rings(struct memhp_trace *trace, bool keep)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	int *fds = calloc((size_t)cpus, sizeof(*fds));
	size_t count = 0;
	char path[64];

	if (!fds)
		return -ENOMEM;
	for (long cpu = 0; cpu < cpus; cpu++) {
		snprintf(path, sizeof(path), "per_cpu/cpu%ld/trace_pipe_raw", cpu);
		int fd = trace->tracing.tracefs_instance_file_open(trace->tracing.instance, path,
								   O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0)
			fds[count++] = fd;
	}
	int error = count ? ring_new(trace->ctx, fds, count, keep, &trace->ring)
			  : fail_at(trace->ctx, -errno, "instances/" INSTANCE "/per_cpu");
	free(fds);
	return error;
}

static int start(struct memhp_trace *trace, unsigned int actions, bool keep)
{
	trace->tree = tree_new();
	if (!trace->tree)
		return -ENOMEM;
	int error = open_library(trace->ctx, &trace->tracing);
	if (!error)
		error = make_instance(trace->ctx, &trace->tracing);
	if (error)
		return error;
	probes_define(trace->ctx, &trace->tracing, actions, &trace->probes);
	if (probes_enable(&trace->tracing, &trace->probes) < 0)
		return fail_at(trace->ctx, -errno, "instances/" INSTANCE "/events");
	return open_rings(trace, keep);
}

MEMHP_EXPORT int memhp_trace_new(struct memhp_ctx *ctx, unsigned int actions, bool keep,
				 struct memhp_trace **trace)
{
	*trace = NULL;
	ctx_start(ctx);
	if (!ctx->live)
		return -EOPNOTSUPP;
	/* Looked at first: where tracefs is not mounted, libtracefs would mount it, and leave it so. */
	if (!tracing_dir(ctx))
		return fail_at(ctx, geteuid() == 0 ? -EOPNOTSUPP : -EACCES, "instances");
	int error = memhp_trace_clean(ctx, NULL);
	if (error)
		return error;
	struct memhp_trace *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->ctx = ctx;
	error = start(new, actions, keep);
	if (error)
		memhp_trace_free(new);
	else
		*trace = new;
	return error;
}

MEMHP_EXPORT void memhp_trace_free(struct memhp_trace *trace)
{
	if (!trace)
		return;
	ring_free(trace->ring); /* the kernel keeps an instance whose files are open */
	remove_instance(&trace->tracing);
	dl_close(trace->tracing.handle);
	tree_free(trace->tree);
	free(trace);
}

MEMHP_EXPORT int memhp_trace_save(struct memhp_trace *trace, enum memhp_trace_format format, int fd)
{
	int copy = dup(fd);
	FILE *out = copy < 0 ? NULL : fdopen(copy, "w");

	if (!out) {
		int error = -errno;
		if (copy >= 0)
			close(copy);
		return error;
	}
	errno = EIO;
	int error = format == MEMHP_TRACE_JSON
			    ? keep_json(&trace->probes, trace->ring, out)
			    : keep_dat(trace->ctx, &trace->tracing, &trace->probes, trace->ring, out);
	if (ferror(out) && !error)
		error = -errno;
	return fclose(out) != 0 && !error ? -errno : error;
}

static void take_record(void *data, uint64_t ns, const void *record, size_t size)
{
	struct memhp_trace *trace = data;
	struct trace_event event;

	if (probes_parse(&trace->probes, record, size, ns, &event))
		tree_add(trace->tree, &event);
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void read_until(struct memhp_trace *trace, uint64_t until_ns)
{
	int error = ring_read(trace->ring, until_ns, take_record, trace, &trace->lost);

	if (error)
		ctx_log(trace->ctx, LOG_WARNING, "trace: cannot be read: %s", strerrorname_np(-error));
}

void trace_begin(struct memhp_trace *trace)
{
	if (!trace)
		return;
	read_until(trace, UINT64_MAX);
	tree_clear(trace->tree);
	trace->lost = 0;
}

/* What is newer than this look has not been read from every processor yet. */
void trace_follow(struct memhp_trace *trace)
{
	if (trace)
		read_until(trace, now_ns());
}

void trace_tick(void *trace)
{
	trace_follow(trace);
}

struct memhp_path *trace_end(struct memhp_trace *trace, pid_t pid)
{
	uint64_t notifier, deadline = deadline_after(WORKER_MS);

	if (!trace)
		return NULL;
	trace_follow(trace);
	/* A worker of the kernel's is not done yet when the blocks have gone. */
	while (!pid && tree_is_open(trace->tree) && now_ms() < deadline) {
		wait_abort(0, POLL_MS);
		trace_follow(trace);
	}
	read_until(trace, UINT64_MAX);
	struct memhp_path *path = tree_take(trace->tree, pid, &notifier);
	if (!path)
		return NULL;
	path->source = trace->probes.functions ? "kprobes" : "tracepoints";
	path->lost_events += trace->lost;
	path_blame(path);
	if (notifier)
		symbol_at(trace->ctx, notifier, path->notifier, sizeof(path->notifier));
	return path;
}
