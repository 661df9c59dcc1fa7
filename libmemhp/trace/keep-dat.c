/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trace-cmd.dat.v6(5): what trace-cmd and kernelshark read. */
#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "trace/keep.h"

#define OPTION_DONE 0
#define OPTION_TRACECLOCK 4

static void put_u16(FILE *out, uint16_t value)
{
	fwrite(&value, sizeof(value), 1, out);
}

static void put_u32(FILE *out, uint32_t value)
{
	fwrite(&value, sizeof(value), 1, out);
}

static void put_u64(FILE *out, uint64_t value)
{
	fwrite(&value, sizeof(value), 1, out);
}

/* A file of tracefs with its length before it; one that cannot be read is empty. */
static void put_file(FILE *out, const struct tracing *tracing, const char *path)
{
	int size = 0;
	char *text = tracing->tracefs_instance_file_read(NULL, path, &size);

	put_u64(out, text ? (uint64_t)size : 0);
	if (text)
		fwrite(text, 1, (size_t)size, out);
	free(text);
}

static void put_head(FILE *out, const struct tracing *tracing)
{
	static const char magic[] = { 0x17, 0x08, 0x44, 't', 'r', 'a', 'c', 'i', 'n', 'g', '6', 0 };

	fwrite(magic, sizeof(magic), 1, out);
	putc(__BYTE_ORDER == __BIG_ENDIAN ? 1 : 0, out);
	putc(sizeof(long), out);
	put_u32(out, (uint32_t)memhp_page_size());
	fwrite("header_page", 12, 1, out);
	put_file(out, tracing, "events/header_page");
	fwrite("header_event", 13, 1, out);
	put_file(out, tracing, "events/header_event");
	put_u32(out, 0); /* formats of ftrace itself: there are none of its events */
}

static uint32_t count_enabled(const struct probes *probes, const char *system)
{
	uint32_t count = 0;

	for (size_t i = 0; i < probes->count; i++)
		count += probes->probes[i].id && strcmp(probes->probes[i].system, system) == 0;
	return count;
}

static void put_system(FILE *out, const struct tracing *tracing, const struct probes *probes,
		       const char *system)
{
	char path[160];

	fwrite(system, strlen(system) + 1, 1, out);
	put_u32(out, count_enabled(probes, system));
	for (size_t i = 0; i < probes->count; i++) {
		const struct probe *probe = &probes->probes[i];
		if (!probe->id || strcmp(probe->system, system) != 0)
			continue;
		snprintf(path, sizeof(path), "events/%s/%s/format", system, probe->event);
		put_file(out, tracing, path);
	}
}

static void put_systems(FILE *out, const struct tracing *tracing, const struct probes *probes)
{
	static const char *const systems[] = { PROBE_GROUP, "migrate", "page_isolation", "notifier" };
	uint32_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(systems); i++)
		count += count_enabled(probes, systems[i]) > 0;
	put_u32(out, count);
	for (size_t i = 0; i < ARRAY_SIZE(systems); i++) {
		if (count_enabled(probes, systems[i]))
			put_system(out, tracing, probes, systems[i]);
	}
}

static uint32_t count_cpus(const struct ring *ring)
{
	uint32_t count = 0;
	uint64_t length;

	while (ring_kept(ring, count, &length) >= 0)
		count++;
	return count;
}

/* The clock tells trace-cmd that times are nanoseconds. */
static void put_options(FILE *out)
{
	static const char clock[] = "[mono]";

	fwrite("options  ", 10, 1, out);
	put_u16(out, OPTION_TRACECLOCK);
	put_u32(out, sizeof(clock));
	fwrite(clock, sizeof(clock), 1, out);
	put_u16(out, OPTION_DONE);
}

static int put_data(FILE *out, const struct ring *ring, uint32_t cpu, uint64_t length)
{
	char buffer[4096];
	uint64_t at = 0;
	int fd = ring_kept(ring, cpu, &length);

	while (at < length) {
		ssize_t n = pread(fd, buffer, sizeof(buffer), (off_t)at);
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		fwrite(buffer, 1, (size_t)n, out);
		at += (uint64_t)n;
	}
	return 0;
}

static int put_cpus(FILE *out, const struct ring *ring, uint32_t cpus)
{
	uint64_t page = memhp_page_size(), offset, length;
	int error = 0;

	fwrite("flyrecord", 10, 1, out);
	offset = (uint64_t)ftello(out) + cpus * 2 * sizeof(uint64_t);
	uint64_t start = offset = (offset + page - 1) / page * page;
	for (uint32_t cpu = 0; cpu < cpus; cpu++) {
		ring_kept(ring, cpu, &length);
		put_u64(out, offset);
		put_u64(out, length);
		offset += length; /* whole pages */
	}
	while (!ferror(out) && (uint64_t)ftello(out) < start)
		putc(0, out);
	for (uint32_t cpu = 0; !error && cpu < cpus; cpu++)
		error = put_data(out, ring, cpu, length);
	return error;
}

/* For the addresses that events have: trace-cmd names the functions that they lie in. */
static void put_symbols(FILE *out, struct memhp_ctx *ctx)
{
	char *text = NULL;
	size_t length = 0;

	if (sysfs_read_data(ctx, "proc/kallsyms", &text, &length) || length > UINT32_MAX)
		length = 0;
	put_u32(out, (uint32_t)length);
	fwrite(text, 1, length, out);
	free(text);
}

int keep_dat(struct memhp_ctx *ctx, const struct tracing *tracing, const struct probes *probes,
	     struct ring *ring, FILE *out)
{
	uint32_t cpus = count_cpus(ring);
	int error = ring_check_kept(ring);

	if (error)
		return error;
	put_head(out, tracing);
	put_systems(out, tracing, probes);
	put_symbols(out, ctx);
	put_u32(out, 0); /* formats of trace_printk() */
	put_file(out, tracing, "saved_cmdlines");
	put_u32(out, cpus);
	put_options(out);
	return put_cpus(out, ring, cpus);
}
