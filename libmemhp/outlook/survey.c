/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the pages of blocks, in parallel and without keeping them. Reading a page's flags costs about a
 * fiftieth of migrating it, so what is chosen by a survey is cheaper than what is tried blindly.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sysfs.h"
#include "base/threads.h"
#include "base/unread.h"
#include "kcore/kcore.h"
#include "outlook/outlook.h"
#include "outlook/page-reader.h"

/* What holds a page for a moment, as reading and writing do, is gone after that. */
#define SECOND_LOOK_MS 150
#define FEW_PAGES 64

struct job {
	struct memhp_survey *survey;
	const size_t *indexes; /* in the snapshot */
	size_t count;
	enum outlook_depth depth;
	bool again;
	struct page_reader reader;
	atomic_size_t next;
	atomic_int error;
};

static void judge(const struct memhp_survey *survey, const struct memhp_block *block,
		  struct memhp_outlook *outlook)
{
	uint64_t size = survey->snapshot->block_size;
	struct surroundings around = surroundings_of(&survey->basis, block, size,
						     outlook->counts.kinds[MEMHP_KIND_FREE].pages);
	outlook_judge(outlook, block, block->id * (size / memhp_page_size()), &around);
}

static int read_block(const struct job *job, struct page_scratch *scratch, const struct memhp_block *block)
{
	struct memhp_outlook *outlook = survey_outlook(job->survey, block);

	if (!outlook_can_see(block) || (!job->again && outlook->depth >= job->depth))
		return 0;
	int error = job->again ? page_reader_look_again(&job->reader, scratch, block, outlook)
			       : page_reader_read(&job->reader, scratch, block, outlook, job->depth);
	judge(job->survey, block, outlook);
	return error;
}

static void *read_blocks(void *data)
{
	struct job *job = data;
	struct page_scratch *scratch = page_scratch_new(&job->reader);

	if (!scratch)
		atomic_store(&job->error, -ENOMEM);
	while (scratch && !atomic_load(&job->error)) {
		size_t i = atomic_fetch_add(&job->next, 1);
		if (i >= job->count)
			break;
		int error = read_block(job, scratch, &job->survey->snapshot->blocks[job->indexes[i]]);
		if (error)
			atomic_store(&job->error, error);
	}
	page_scratch_free(scratch);
	return NULL;
}

struct memhp_outlook *survey_outlook(const struct memhp_survey *survey, const struct memhp_block *block)
{
	return &survey->outlooks[block - survey->snapshot->blocks];
}

static void run_job(struct job *job)
{
	pthread_t threads[MAX_THREADS];
	int wanted = job->count < MAX_THREADS ? (int)job->count : MAX_THREADS, most = threads_available();
	int started = threads_start((wanted < most ? wanted : most) - 1, read_blocks, job, threads);

	read_blocks(job);
	threads_join(started, threads);
}

/* Is the block a "no" for pages alone that may be held for a moment only? */
static bool needs_second_look(const struct memhp_outlook *outlook)
{
	const struct memhp_finding *first = &outlook->findings[0];

	return outlook->suspects && outlook->suspects->count && outlook->finding_count &&
	       (first->cause == MEMHP_CAUSE_PINNED ||
		(first->cause == MEMHP_CAUSE_KERNEL && first->pages <= FEW_PAGES));
}

static int look_again(struct job *job)
{
	size_t *indexes = calloc(job->count ? job->count : 1, sizeof(*indexes)), count = 0;

	if (!indexes)
		return -ENOMEM;
	for (size_t i = 0; i < job->count; i++) {
		if (needs_second_look(&job->survey->outlooks[job->indexes[i]]))
			indexes[count++] = job->indexes[i];
	}
	if (count) {
		struct job second = *job;
		wait_abort(0, SECOND_LOOK_MS);
		second.indexes = indexes;
		second.count = count;
		second.next = 0;
		second.again = true;
		run_job(&second);
		job->error = second.error;
	}
	free(indexes);
	return 0;
}

static void forget_suspects(const struct job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		struct memhp_outlook *outlook = &job->survey->outlooks[job->indexes[i]];
		free(outlook->suspects);
		outlook->suspects = NULL;
	}
}

/* By struct page if that can be read, else by flags and map counts. */
static int open_source(struct job *job)
{
	struct memhp_survey *survey = job->survey;
	struct page_reader *reader = &job->reader;

	*reader = (struct page_reader){
		.ctx = survey->ctx, .basis = &survey->basis, .flags_fd = -1, .mapcounts_fd = -1
	};
	reader->pages = (uint32_t)(survey->snapshot->block_size / memhp_page_size());
	if (!survey->begun)
		survey->map_error = page_map_open(survey->ctx, &survey->map);
	reader->map = survey->map;
	if (survey->map_error == -ENOMEM || reader->map)
		return survey->map ? 0 : -ENOMEM;
	reader->flags_fd = sysfs_open(survey->ctx, KPAGEFLAGS, O_RDONLY);
	if (reader->flags_fd < 0)
		return ctx_fail(survey->ctx, reader->flags_fd, KPAGEFLAGS);
	reader->mapcounts_fd = sysfs_open(survey->ctx, KPAGECOUNT, O_RDONLY);
	return 0;
}

static void close_source(struct page_reader *reader)
{
	if (reader->flags_fd >= 0)
		close(reader->flags_fd);
	if (reader->mapcounts_fd >= 0)
		close(reader->mapcounts_fd);
}

int survey_read(struct memhp_survey *survey, const size_t *indexes, size_t count, enum outlook_depth depth)
{
	struct job job = { .survey = survey, .indexes = indexes, .count = count, .depth = depth };
	const char *path;

	if (survey->error)
		return survey->error;
	int error = open_source(&job);
	if (!error && survey->ctx->live && !survey->begun)
		lru_drain();
	survey->begun = true;
	path = job.reader.map ? KCORE : KPAGEFLAGS;
	if (!error) {
		run_job(&job);
		if (!job.error && survey->ctx->live)
			error = look_again(&job);
		error = error ? error : unread_note(survey->ctx, path, job.error);
	}
	forget_suspects(&job);
	close_source(&job.reader);
	survey->error = error;
	return error && error != -ENOMEM ? ctx_fail(survey->ctx, error, path) : error;
}

MEMHP_EXPORT int memhp_page_source_read(struct memhp_ctx *ctx, enum memhp_page_source *source, int *reason)
{
	struct page_map *map;
	int fd = -1;

	ctx_start(ctx);
	*source = MEMHP_PAGE_SOURCE_NONE;
	int error = page_map_open(ctx, &map);
	page_map_close(map);
	if (error == -ENOMEM)
		return error;
	*reason = -error;
	if (!error)
		*source = MEMHP_PAGE_SOURCE_KCORE;
	else if ((fd = sysfs_open(ctx, KPAGEFLAGS, O_RDONLY)) >= 0)
		*source = MEMHP_PAGE_SOURCE_FLAGS;
	if (fd >= 0)
		close(fd);
	return 0;
}

MEMHP_EXPORT int memhp_survey_new(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
				  struct memhp_survey **survey)
{
	*survey = NULL;
	ctx_start(ctx);
	struct memhp_survey *new = calloc(1, sizeof(*new));
	if (new)
		new->outlooks = calloc(snapshot->count ? snapshot->count : 1, sizeof(*new->outlooks));
	int error = new &&new->outlooks ? basis_read(ctx, &new->basis) : -ENOMEM;
	if (error) {
		if (new)
			free(new->outlooks);
		free(new);
		return error;
	}
	new->ctx = ctx;
	new->snapshot = snapshot;
	for (size_t i = 0; i < snapshot->count; i++)
		judge(new, &snapshot->blocks[i], &new->outlooks[i]);
	*survey = new;
	return 0;
}

MEMHP_EXPORT void memhp_survey_free(struct memhp_survey *survey)
{
	if (!survey)
		return;
	page_map_close(survey->map);
	basis_release(&survey->basis);
	free(survey->outlooks);
	free(survey);
}

MEMHP_EXPORT int memhp_survey_read(struct memhp_survey *survey, const struct memhp_request *request)
{
	const struct memhp_snapshot *snapshot = survey->snapshot;
	size_t *indexes = calloc(snapshot->count ? snapshot->count : 1, sizeof(*indexes)), count = 0;

	if (!indexes)
		return -ENOMEM;
	ctx_start(survey->ctx);
	for (size_t i = 0; i < snapshot->count; i++) {
		if (memhp_request_matches(request, &snapshot->blocks[i]))
			indexes[count++] = i;
	}
	int error = survey_read(survey, indexes, count, OUTLOOK_READ);
	free(indexes);
	return error;
}

MEMHP_EXPORT const struct memhp_outlook *memhp_survey_get(const struct memhp_survey *survey,
							  const struct memhp_block *block)
{
	return survey_outlook(survey, block);
}

/* What sysfs knows of it beside. */
static void add_to_holder(struct memhp_ctx *ctx, struct memhp_page_holder *holder)
{
	char path[96], text[16];

	if (holder->kind == MEMHP_PAGE_HOLDER_BLOCK_DEVICE) {
		snprintf(path, sizeof(path), "sys/dev/block/%u:%u", major(holder->device),
			 minor(holder->device));
		sysfs_read_link(ctx, path, holder->name, sizeof(holder->name));
	} else if (holder->kind == MEMHP_PAGE_HOLDER_SLAB_CACHE && !strchr(holder->name, '/')) {
		snprintf(path, sizeof(path), "sys/kernel/slab/%s/reclaim_account", holder->name);
		if (sysfs_read(ctx, path, text, sizeof(text)) == 0)
			holder->reclaimable = strcmp(text, "1") == 0;
	}
}

MEMHP_EXPORT bool memhp_survey_get_holder(const struct memhp_survey *survey,
					  const struct memhp_outlook *outlook, enum memhp_cause cause,
					  size_t index, struct memhp_page_holder *holder)
{
	bool slab = cause == MEMHP_CAUSE_SLAB;
	const struct held_by *list = slab			   ? outlook->slab_caches
				     : cause == MEMHP_CAUSE_PINNED ? outlook->holders
								   : NULL;

	if (!list || index >= HOLDERS_KEPT || !list[index].pages || !survey->map ||
	    !page_map_name_holder(survey->map, list[index].key, slab, holder))
		return false;
	holder->pages = list[index].pages;
	add_to_holder(survey->ctx, holder);
	return true;
}
