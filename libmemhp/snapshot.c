/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sysfs.h"

#define MAX_THREADS 8
#define CHUNK 64 /* blocks that a thread takes at a time */

static int read_block_size(struct memhp_ctx *ctx, uint64_t *size)
{
	const char *path = MEMORY_DIR "/block_size_bytes";
	char text[32], *end;
	int error = sysfs_read(ctx->root_fd, path, text, sizeof(text));

	if (error == -ENOENT || error == -ENOTDIR) {
		ctx_fail(ctx, error, path);
		return -EOPNOTSUPP;
	}
	if (error)
		return ctx_fail(ctx, error, path);
	*size = strtoull(text, &end, 16);
	if (!*text || *end || *size == 0 || (*size & (*size - 1)))
		return ctx_fail(ctx, -EINVAL, path);
	return 0;
}

static int add_block(struct memhp_snapshot *snapshot, size_t *capacity, uint64_t id)
{
	if (snapshot->count == *capacity) {
		size_t more = *capacity ? *capacity * 2 : 256;
		struct memhp_block *blocks = reallocarray(snapshot->blocks, more, sizeof(*blocks));
		if (!blocks)
			return -ENOMEM;
		snapshot->blocks = blocks;
		*capacity = more;
	}
	snapshot->blocks[snapshot->count++] = (struct memhp_block){
		.id = id,
		.node = -1,
		.removable = -1,
		.configured = -1,
		.memmap_on_memory = -1,
	};
	return 0;
}

static int compare_blocks(const void *a, const void *b)
{
	const struct memhp_block *left = a, *right = b;
	return (left->id > right->id) - (left->id < right->id);
}

/* s390 lists what is not configured only below /sys/firmware/memory. */
static int list_blocks(struct memhp_ctx *ctx, const char *path, struct memhp_snapshot *snapshot)
{
	DIR *dir = sysfs_opendir(ctx->root_fd, path);
	if (!dir)
		return ctx_fail(ctx, -errno, path);
	size_t capacity = 0;
	int error = 0;
	struct dirent *entry;
	while (!error && (errno = 0, entry = readdir(dir))) {
		uint64_t id;
		if (sysfs_numbered(entry->d_name, "memory", &id))
			error = add_block(snapshot, &capacity, id);
	}
	if (!error && errno)
		error = ctx_fail(ctx, -errno, path);
	closedir(dir);
	if (snapshot->count)
		qsort(snapshot->blocks, snapshot->count, sizeof(*snapshot->blocks), compare_blocks);
	return error;
}

struct job {
	struct memhp_snapshot *snapshot;
	int dir_fd, config_fd;
	unsigned int want;
	atomic_size_t next;
};

static int read_config(int fd, uint64_t id, const char *name)
{
	char path[64], text[16];
	snprintf(path, sizeof(path), "memory%" PRIu64 "/%s", id, name);
	if (sysfs_read(fd, path, text, sizeof(text)))
		return -1;
	return strcmp(text, "1") == 0 ? 1 : strcmp(text, "0") == 0 ? 0 : -1;
}

/* A missing attribute is an old or odd kernel's; only a missing directory is a block that went. */
static bool has_vanished(int dir_fd, uint64_t id)
{
	char name[32];
	snprintf(name, sizeof(name), "memory%" PRIu64, id);
	return faccessat(dir_fd, name, F_OK, 0) != 0;
}

static void *read_chunks(void *data)
{
	struct job *job = data;
	size_t count = job->snapshot->count;

	for (;;) {
		size_t first = atomic_fetch_add(&job->next, CHUNK);
		if (first >= count)
			return NULL;
		size_t end = first + CHUNK < count ? first + CHUNK : count;
		for (size_t i = first; i < end; i++) {
			struct memhp_block *block = &job->snapshot->blocks[i];
			block->gone = block_read(job->dir_fd, job->want, block) == -ENOENT &&
				      job->config_fd < 0 && has_vanished(job->dir_fd, block->id);
			if (job->config_fd < 0)
				continue;
			block->configured = (int8_t)read_config(job->config_fd, block->id, "config");
			/* Memory that is not configured has no memoryN, and is certainly not in use. */
			if (block->configured == 0 && block->state == MEMHP_STATE_UNKNOWN)
				block->state = MEMHP_STATE_OFFLINE;
			block->memmap_on_memory =
				(int8_t)read_config(job->config_fd, block->id, "memmap_on_memory");
		}
	}
}

static void run_job(struct job *job)
{
	pthread_t threads[MAX_THREADS];
	int started = 0;
	cpu_set_t cpus;
	int wanted = sched_getaffinity(0, sizeof(cpus), &cpus) == 0 ? CPU_COUNT(&cpus) : 1;

	if (wanted > MAX_THREADS)
		wanted = MAX_THREADS;
	if (job->snapshot->count < 2 * CHUNK)
		wanted = 1;
	while (started < wanted - 1 && pthread_create(&threads[started], NULL, read_chunks, job) == 0)
		started++;
	read_chunks(job);
	while (started > 0)
		pthread_join(threads[--started], NULL);
}

static void drop_vanished(struct memhp_snapshot *snapshot)
{
	size_t kept = 0;
	for (size_t i = 0; i < snapshot->count; i++) {
		if (!snapshot->blocks[i].gone)
			snapshot->blocks[kept++] = snapshot->blocks[i];
	}
	snapshot->count = kept;
}

static int open_dir(struct memhp_ctx *ctx, const char *path)
{
	return openat(ctx->root_fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int read_blocks(struct memhp_ctx *ctx, unsigned int want, struct memhp_snapshot *snapshot)
{
	struct job job = { .snapshot = snapshot, .want = want, .config_fd = -1 };

	job.dir_fd = open_dir(ctx, MEMORY_DIR);
	if (job.dir_fd < 0)
		return ctx_fail(ctx, -errno, MEMORY_DIR);
	if (want & MEMHP_WANT_CONFIG)
		job.config_fd = open_dir(ctx, FIRMWARE_MEMORY_DIR);
	snapshot->has_config = job.config_fd >= 0;
	if (want & (MEMHP_WANT_STATE | MEMHP_WANT_ZONES | MEMHP_WANT_REMOVABLE | MEMHP_WANT_CONFIG))
		run_job(&job);
	close(job.dir_fd);
	if (job.config_fd >= 0)
		close(job.config_fd);
	drop_vanished(snapshot);
	return 0;
}

static int fill(struct memhp_ctx *ctx, unsigned int want, struct memhp_snapshot *snapshot)
{
	int error = read_block_size(ctx, &snapshot->block_size);
	if (error)
		return error;
	bool configurable = (want & MEMHP_WANT_CONFIG) && faccessat(ctx->root_fd, FIRMWARE_MEMORY_DIR, F_OK, 0) == 0;
	error = list_blocks(ctx, configurable ? FIRMWARE_MEMORY_DIR : MEMORY_DIR, snapshot);
	if (!error)
		error = read_blocks(ctx, want, snapshot);
	if (!error && (want & MEMHP_WANT_NODES))
		error = nodes_read(ctx, snapshot);
	if (!error && (want & MEMHP_WANT_DEVICE))
		error = devices_read(ctx, snapshot);
	return error;
}

MEMHP_EXPORT int memhp_snapshot_read(struct memhp_ctx *ctx, unsigned int want, struct memhp_snapshot **snapshot)
{
	ctx->error_path[0] = '\0';
	*snapshot = NULL;
	struct memhp_snapshot *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	int error = fill(ctx, want, new);
	if (error)
		memhp_snapshot_free(new);
	else
		*snapshot = new;
	return error;
}

MEMHP_EXPORT void memhp_snapshot_free(struct memhp_snapshot *snapshot)
{
	if (!snapshot)
		return;
	for (size_t i = 0; i < snapshot->count; i++)
		free(snapshot->blocks[i].nodes);
	free(snapshot->blocks);
	device_map_free(snapshot->devices);
	free(snapshot);
}

MEMHP_EXPORT uint64_t memhp_snapshot_get_block_size(const struct memhp_snapshot *snapshot)
{
	return snapshot->block_size;
}

MEMHP_EXPORT size_t memhp_snapshot_get_count(const struct memhp_snapshot *snapshot)
{
	return snapshot->count;
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_get_block(const struct memhp_snapshot *snapshot,
								 size_t index)
{
	return index < snapshot->count ? &snapshot->blocks[index] : NULL;
}

MEMHP_EXPORT const struct memhp_block *memhp_snapshot_find(const struct memhp_snapshot *snapshot, uint64_t id)
{
	struct memhp_block key = { .id = id };
	return snapshot->count ? bsearch(&key, snapshot->blocks, snapshot->count, sizeof(key), compare_blocks)
			       : NULL;
}

MEMHP_EXPORT bool memhp_snapshot_has_nodes(const struct memhp_snapshot *snapshot)
{
	return snapshot->has_nodes;
}

MEMHP_EXPORT bool memhp_snapshot_has_config(const struct memhp_snapshot *snapshot)
{
	return snapshot->has_config;
}
