/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes map a page: /proc/PID/pagemap has a u64 a page (fs/proc/task_mmu.c, pagemap.rst).
 * Address spaces may be terabytes that hold nothing, so the search ends somewhere; only that of
 * process 1 is always searched to its end.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sysfs.h"
#include "pages/pages.h"

/* PROC_PID_INIT_INO of include/linux/proc_ns.h */
#define FIRST_PID_NAMESPACE 0xEFFFFFFCU
#define PAGEMAP_PFN ((1ULL << 55) - 1)
#define PAGEMAP_PRESENT (1ULL << 63)
#define MAX_MAPPERS 64
#define LIMIT_MS 10000

struct memhp_mappers {
	struct memhp_mapper list[MAX_MAPPERS];
	size_t count;
	bool complete;
};

struct search {
	struct memhp_ctx *ctx;
	uint64_t pfn, page_size;
	uint64_t deadline_ms; /* 0: none */
	size_t enough;	      /* mappers, and the search ends */
	struct memhp_mappers *mappers;
};

/* 1: found, at *@address; 0: not; -errno. A range that ends while it is read has no more entries. */
static int search_range(const struct search *search, int fd, uint64_t start, uint64_t end, uint64_t *address)
{
	uint64_t entries[4096];

	while (start < end) {
		uint64_t left = (end - start) / search->page_size;
		size_t wanted = left < ARRAY_SIZE(entries) ? (size_t)left : ARRAY_SIZE(entries);
		ssize_t n = pread(fd, entries, wanted * sizeof(*entries),
				  (off_t)(start / search->page_size * sizeof(*entries)));
		if (n < 0)
			return -errno;
		size_t got = (size_t)n / sizeof(*entries);
		if (got == 0)
			return 0;
		for (size_t i = 0; i < got; i++) {
			if (!(entries[i] & PAGEMAP_PRESENT) || (entries[i] & PAGEMAP_PFN) != search->pfn)
				continue;
			*address = start + i * search->page_size;
			return 1;
		}
		if (search->deadline_ms && now_ms() >= search->deadline_ms)
			return -ETIME;
		start += got * search->page_size;
	}
	return 0;
}

static int search_maps(const struct search *search, int fd, char *maps, uint64_t *address)
{
	char *rest = NULL;
	int found = 0;

	for (char *line = strtok_r(maps, "\n", &rest); line && !found; line = strtok_r(NULL, "\n", &rest)) {
		uint64_t start, end;
		if (sscanf(line, "%" SCNx64 "-%" SCNx64, &start, &end) == 2)
			found = search_range(search, fd, start, end, address);
	}
	return found;
}

static void add_mapper(const struct search *search, pid_t pid, uint64_t address)
{
	struct memhp_mappers *mappers = search->mappers;
	char path[48];

	if (mappers->count == MAX_MAPPERS) {
		mappers->complete = false;
		return;
	}
	struct memhp_mapper *mapper = &mappers->list[mappers->count++];
	*mapper = (struct memhp_mapper){ .pid = pid, .address = address };
	snprintf(path, sizeof(path), "proc/%d/comm", (int)pid);
	sysfs_read(search->ctx, path, mapper->command, sizeof(mapper->command));
}

/* 0, or -errno: whether it maps the page is not known. */
static int search_process(const struct search *search, pid_t pid)
{
	char path[48], *maps;
	uint64_t address = 0;

	snprintf(path, sizeof(path), "proc/%d/maps", (int)pid);
	int found = sysfs_read_file(search->ctx, path, &maps);
	if (found < 0)
		return ctx_fail(search->ctx, found, path);
	snprintf(path, sizeof(path), "proc/%d/pagemap", (int)pid);
	int fd = *maps ? sysfs_open(search->ctx, path, O_RDONLY) : -ENOENT; /* kernel threads map nothing */
	if (fd >= 0) {
		found = search_maps(search, fd, maps, &address);
		close(fd);
	} else if (*maps) {
		found = ctx_fail(search->ctx, fd, path);
	}
	free(maps);
	if (found > 0)
		add_mapper(search, pid, address);
	return found < 0 ? found : 0;
}

/* All processes from @first on. */
static int search_from(struct search *search, uint64_t first)
{
	DIR *dir = sysfs_opendir(search->ctx, "proc");
	struct dirent *entry;
	uint64_t pid;

	if (!dir)
		return ctx_fail(search->ctx, -errno, "proc");
	while (search->mappers->count < search->enough && (entry = sysfs_readdir(search->ctx, dir, "proc"))) {
		if (!sysfs_numbered(entry->d_name, "", &pid) || pid < first)
			continue;
		int error = search_process(search, (pid_t)pid);
		if (error && error != -ENOENT && error != -ESRCH) /* else it ended meanwhile */
			search->mappers->complete = false;
	}
	closedir(dir);
	return 0;
}

/* In a container /proc shows another process 1 than the one whose death is the machine's. */
static bool sees_all_processes(struct memhp_ctx *ctx)
{
	struct stat namespace;

	return !ctx->live || (sysfs_stat(ctx, "proc/self/ns/pid", &namespace) == 0 &&
			      namespace.st_ino == FIRST_PID_NAMESPACE);
}

static struct memhp_mappers *mappers_new(void)
{
	struct memhp_mappers *mappers = calloc(1, sizeof(*mappers));

	if (mappers)
		mappers->complete = true;
	return mappers;
}

MEMHP_EXPORT int memhp_mappers_read(struct memhp_ctx *ctx, uint64_t pfn, struct memhp_mappers **mappers)
{
	ctx_start(ctx);
	*mappers = NULL;
	if (!sees_all_processes(ctx))
		return -EPERM;
	*mappers = mappers_new();
	if (!*mappers)
		return -ENOMEM;
	struct search search = { ctx, pfn, memhp_page_size(), 0, SIZE_MAX, *mappers };
	int error = search_process(&search, 1);
	search.deadline_ms = deadline_after(LIMIT_MS);
	if (!error)
		error = search_from(&search, 2);
	if (error) {
		memhp_mappers_free(*mappers);
		*mappers = NULL;
	}
	return error;
}

struct memhp_mappers *mappers_find(struct memhp_ctx *ctx, uint64_t pfn, uint64_t limit_ms, size_t enough)
{
	struct memhp_mappers *mappers = mappers_new();
	struct search search = { ctx, pfn, memhp_page_size(), deadline_after(limit_ms), enough, mappers };

	if (mappers && search_from(&search, 1) == 0 && mappers->count > 0)
		return mappers;
	memhp_mappers_free(mappers);
	return NULL;
}

MEMHP_EXPORT void memhp_mappers_free(struct memhp_mappers *mappers)
{
	free(mappers);
}

MEMHP_EXPORT size_t memhp_mappers_get_count(const struct memhp_mappers *mappers)
{
	return mappers->count;
}

MEMHP_EXPORT const struct memhp_mapper *memhp_mappers_get(const struct memhp_mappers *mappers, size_t index)
{
	return index < mappers->count ? &mappers->list[index] : NULL;
}

MEMHP_EXPORT bool memhp_mappers_is_complete(const struct memhp_mappers *mappers)
{
	return mappers->complete;
}
