/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "base/threads.h"
#include "base/unread.h"
#include "devices/devices.h"

#define CHUNK 64 /* blocks that a thread takes at a time */

static int read_block_size(struct memhp_ctx *ctx, uint64_t *size)
{
	const char *path = MEMORY_DIR "/block_size_bytes";
	char text[32], *end;
	int error = sysfs_read(ctx, path, text, sizeof(text));

	if (error == -ENOENT || error == -ENOTDIR) {
		ctx_fail(ctx, error, path);
		return !sysfs_exists(ctx, MEMORY_DIR) && nodes_have_blocks(ctx) ? -ENODATA : -EOPNOTSUPP;
	}
	if (error)
		return ctx_fail(ctx, error, path);
	*size = strtoull(text, &end, 16);
	/* strtoull would take blanks, a sign and 0x, which the kernel never writes */
	if (text[strspn(text, "0123456789abcdefABCDEF")] || *end || *size == 0 || (*size & (*size - 1)))
		return ctx_fail(ctx, -EINVAL, path);
	return 0;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
	return (left > right) - (left < right);
}

static int read_ids(DIR *dir, uint64_t **ids, size_t *count)
{
	size_t capacity = 0;
	struct dirent *entry;

	while ((errno = 0, entry = readdir(dir))) {
		uint64_t id;
		if (!sysfs_numbered(entry->d_name, "memory", &id))
			continue;
		if (*count == capacity) {
			capacity = capacity ? capacity * 2 : 256;
			uint64_t *more = reallocarray(*ids, capacity, sizeof(*more));
			if (!more)
				return -ENOMEM;
			*ids = more;
		}
		(*ids)[(*count)++] = id;
	}
	return -errno;
}

/* Sorting the ids alone keeps the peak low: a million blocks are moved by no sort. */
static int make_blocks(struct memhp_snapshot *snapshot, uint64_t *ids, size_t count)
{
	qsort(ids, count, sizeof(*ids), compare_ids);
	snapshot->blocks = calloc(count, sizeof(*snapshot->blocks));
	if (!snapshot->blocks)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		snapshot->blocks[i] = (struct memhp_block){
			.id = ids[i],
			.node = -1,
			.removable = -1,
			.configured = -1,
			.memmap_on_memory = -1,
		};
	}
	snapshot->count = count;
	return 0;
}

/* s390 lists what is not configured only below /sys/firmware/memory. */
static int list_blocks(struct memhp_ctx *ctx, const char *path, struct memhp_snapshot *snapshot)
{
	DIR *dir = sysfs_opendir(ctx, path);
	if (!dir)
		return ctx_fail(ctx, -errno, path);
	uint64_t *ids = NULL;
	size_t count = 0;
	int error = read_ids(dir, &ids, &count);
	closedir(dir);
	if (error)
		ctx_fail(ctx, unread_note(ctx, path, error), path);
	else if (count)
		error = make_blocks(snapshot, ids, count);
	free(ids);
	return error;
}

struct job {
	const struct memhp_ctx *ctx;
	struct memhp_snapshot *snapshot;
	int dir_fd, config_fd;
	unsigned int want;
	bool removable_is_one; /* what one block says holds for all */
	atomic_int removable;  /* -1: not known yet */
	atomic_size_t next;
};

/*
 * Since Linux 5.7 it is CONFIG_MEMORY_HOTREMOVE (removable_show() in drivers/base/memory.c), and costs as
 * much to read as the state. What a copied tree came from is not known.
 */
static bool removable_is_one(const struct memhp_ctx *ctx)
{
	struct utsname kernel;
	unsigned int major, minor;

	return ctx->live && uname(&kernel) == 0 && sscanf(kernel.release, "%u.%u", &major, &minor) == 2 &&
	       (major > 5 || (major == 5 && minor >= 7));
}

static bool is_empty(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry = NULL;

	while (dir && (errno = 0, entry = readdir(dir)) && entry->d_name[0] == '.')
		;
	bool empty = dir && !entry && !errno;
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return empty;
}

/*
 * Old kernels lack attributes, and their blocks are listed; a block without a directory was removed, and its
 * files go first (kernfs_remove()). @error is block_read()'s: ENODEV while it is removed.
 */
static bool has_vanished(int dir_fd, uint64_t id, int error)
{
	char name[32];
	snprintf(name, sizeof(name), "memory%" PRIu64, id);
	return error == -ENODEV || faccessat(dir_fd, name, F_OK, 0) != 0 ||
	       (error == -ENOENT && is_empty(dir_fd, name));
}

static void read_block(struct job *job, struct memhp_block *block)
{
	int removable = atomic_load(&job->removable);
	unsigned int want = removable < 0 ? job->want : job->want & ~(unsigned int)MEMHP_WANT_REMOVABLE;

	int error = block_read(job->ctx, job->dir_fd, want, block);
	block->gone = block->unread && job->config_fd < 0 && has_vanished(job->dir_fd, block->id, error);
	if (removable >= 0)
		block->removable = (int8_t)removable;
	else if (job->removable_is_one && block->removable >= 0)
		atomic_store(&job->removable, block->removable);
	if (job->config_fd >= 0)
		block_read_config(job->ctx, job->config_fd, block);
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
		for (size_t i = first; i < end; i++)
			read_block(job, &job->snapshot->blocks[i]);
	}
}

static int thread_count(const struct job *job)
{
	bool reads = job->want & (MEMHP_WANT_STATE | MEMHP_WANT_ZONES | MEMHP_WANT_REMOVABLE);
	return reads && job->snapshot->count >= 2 * CHUNK ? threads_available() : 1;
}

/* Node links are listed meanwhile: they touch other fields of the blocks than the threads do. */
static int run_job(struct memhp_ctx *ctx, struct job *job)
{
	pthread_t threads[MAX_THREADS];
	int started = threads_start(thread_count(job) - 1, read_chunks, job, threads), error = 0;

	if (job->want & MEMHP_WANT_NODES)
		error = nodes_read(ctx, job->snapshot);
	read_chunks(job);
	threads_join(started, threads);
	return error;
}

static void drop_vanished(struct memhp_snapshot *snapshot)
{
	size_t kept = 0;
	for (size_t i = 0; i < snapshot->count; i++) {
		if (snapshot->blocks[i].gone)
			free(snapshot->blocks[i].nodes);
		else
			snapshot->blocks[kept++] = snapshot->blocks[i];
	}
	snapshot->count = kept;
}

static int read_blocks(struct memhp_ctx *ctx, unsigned int want, struct memhp_snapshot *snapshot)
{
	struct job job = { .ctx = ctx, .snapshot = snapshot, .want = want, .config_fd = -1, .removable = -1 };

	job.dir_fd = sysfs_open(ctx, MEMORY_DIR, O_RDONLY | O_DIRECTORY);
	if (job.dir_fd < 0)
		return ctx_fail(ctx, job.dir_fd, MEMORY_DIR);
	if (want & MEMHP_WANT_CONFIG)
		job.config_fd = sysfs_open(ctx, FIRMWARE_MEMORY_DIR, O_RDONLY | O_DIRECTORY);
	snapshot->has_config = job.config_fd >= 0;
	/* What is not configured has no such file. */
	job.removable_is_one = job.config_fd < 0 && removable_is_one(ctx);
	int error = run_job(ctx, &job);
	close(job.dir_fd);
	if (job.config_fd >= 0)
		close(job.config_fd);
	drop_vanished(snapshot);
	return error;
}

static int fill(struct memhp_ctx *ctx, unsigned int want, struct memhp_snapshot *snapshot)
{
	int error = read_block_size(ctx, &snapshot->block_size);
	if (error)
		return error;
	bool configurable = (want & MEMHP_WANT_CONFIG) && sysfs_exists(ctx, FIRMWARE_MEMORY_DIR);
	error = list_blocks(ctx, configurable ? FIRMWARE_MEMORY_DIR : MEMORY_DIR, snapshot);
	if (!error)
		error = read_blocks(ctx, want, snapshot);
	if (!error && (want & (MEMHP_WANT_DEVICE | MEMHP_WANT_BLOCK_DEVICE)))
		error = devices_read(ctx, snapshot, !(want & MEMHP_WANT_DEVICE));
	return error;
}

MEMHP_EXPORT int memhp_snapshot_read(struct memhp_ctx *ctx, unsigned int want,
				     struct memhp_snapshot **snapshot)
{
	ctx_start(ctx);
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
	free(snapshot->nodes);
	device_map_free(snapshot->devices);
	free(snapshot);
}
