/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the pages of blocks, in parallel and without keeping them. Reading a page's flags costs about a
 * fiftieth of migrating it, so what is chosen by a survey is cheaper than what is tried blindly.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "base/threads.h"
#include "base/unread.h"
#include "outlook/outlook.h"

#define CHUNK 8192		/* pages that are read at a time */
#define SAMPLE_CHUNK 64		/* of a sample: what lies together is alike, so that many places tell more */
#define SAMPLES 8		/* chunks a block */
#define LARGEST_FOLIO (1 << 22) /* pages: 16 GiB of hugetlb on ppc64 */

struct job {
	struct memhp_survey *survey;
	const size_t *indexes; /* in the snapshot */
	size_t count;
	enum outlook_depth depth;
	uint32_t pages; /* of a block */
	int flags_fd, mapcounts_fd;
	atomic_size_t next;
	atomic_int error;
};

/* 1: ended early, since no other page can make it a "yes". @iomem is NULL for a block without holes. */
static int read_span(const struct job *job, const struct memhp_block *block, const struct iomem *iomem,
		     uint32_t from, uint32_t to)
{
	struct memhp_outlook *outlook = survey_outlook(job->survey, block);
	uint64_t first_pfn = block->id * job->pages;
	uint64_t flags[CHUNK], mapcounts[CHUNK], head = 0;

	while (from < to) {
		struct page_span span = { .offset = from, .flags = flags };
		span.pages = to - from < CHUNK ? to - from : CHUNK;
		int error = kpage_values(job->flags_fd, first_pfn + from, flags, span.pages,
					 KPF_NOPAGE | KPF_PAST_END);
		if (error)
			return error;
		if (iomem)
			page_mark_holes(iomem, first_pfn + from, flags, span.pages);
		if (!head && (flags[0] & KPF_COMPOUND_TAIL))
			head = kpage_head_of(job->flags_fd, first_pfn + from, LARGEST_FOLIO);
		span.head = head;
		/* what cannot be read counts as mapped: then the flags decide alone */
		if (job->mapcounts_fd >= 0 && page_kinds_need_mapcounts(&span) &&
		    unread_note(
			    job->survey->ctx, KPAGECOUNT,
			    kpage_values(job->mapcounts_fd, first_pfn + from, mapcounts, span.pages, 1)) == 0)
			span.mapcounts = mapcounts;
		page_kinds_count(&outlook->counts, &span);
		if (job->depth != OUTLOOK_READ && outlook_is_spoiled(outlook, block))
			return 1;
		head = page_span_open_head(&span);
		from += (uint32_t)span.pages;
	}
	return 0;
}

/* The distance between the chunks of a sample; small blocks are read whole at once. */
static uint32_t sample_stride(uint32_t pages)
{
	return pages > SAMPLES * SAMPLE_CHUNK ? pages / SAMPLES : 0;
}

/* What a sample took is left out when the rest is read; what was stopped somewhere begins anew. */
static int read_pages(const struct job *job, const struct memhp_block *block)
{
	struct memhp_outlook *outlook = survey_outlook(job->survey, block);
	uint32_t stride = sample_stride(job->pages), step = stride ? stride : job->pages;
	bool sampled = outlook->depth == OUTLOOK_SAMPLED, samples = job->depth == OUTLOOK_SAMPLED && stride;
	uint64_t size = job->survey->snapshot->block_size;
	const struct basis *basis = &job->survey->basis;
	const struct iomem *iomem = basis_has_holes(basis, block->id * size, size) > 0 ? &basis->iomem : NULL;
	int end = 0;

	if (outlook->depth == OUTLOOK_STOPPED)
		outlook->counts = (struct page_counts){ 0 };
	for (uint32_t at = 0; !end && at < job->pages; at += step)
		end = read_span(job, block, iomem, sampled ? at + SAMPLE_CHUNK : at,
				samples ? at + SAMPLE_CHUNK : at + step);
	if (end >= 0)
		outlook->depth = end ? OUTLOOK_STOPPED : samples ? OUTLOOK_SAMPLED : OUTLOOK_READ;
	return end < 0 ? end : 0;
}

static void judge(const struct memhp_survey *survey, const struct memhp_block *block,
		  struct memhp_outlook *outlook)
{
	uint64_t size = survey->snapshot->block_size;
	struct surroundings around = surroundings_of(&survey->basis, block, size,
						     outlook->counts.kinds[MEMHP_KIND_FREE].pages);
	outlook_judge(outlook, block, block->id * (size / memhp_page_size()), &around);
}

static void *read_blocks(void *data)
{
	struct job *job = data;
	const struct memhp_survey *survey = job->survey;

	for (;;) {
		size_t i = atomic_fetch_add(&job->next, 1);
		if (i >= job->count || atomic_load(&job->error))
			return NULL;
		const struct memhp_block *block = &survey->snapshot->blocks[job->indexes[i]];
		struct memhp_outlook *outlook = survey_outlook(survey, block);
		if (!outlook_can_see(block) || outlook->depth >= job->depth)
			continue;
		int error = read_pages(job, block);
		if (error)
			atomic_store(&job->error, error);
		judge(survey, block, outlook);
	}
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

int survey_read(struct memhp_survey *survey, const size_t *indexes, size_t count, enum outlook_depth depth)
{
	struct job job = { .survey = survey, .indexes = indexes, .count = count, .depth = depth };

	job.pages = (uint32_t)(survey->snapshot->block_size / memhp_page_size());
	if (survey->error)
		return survey->error;
	job.flags_fd = sysfs_open(survey->ctx, KPAGEFLAGS, O_RDONLY);
	if (job.flags_fd < 0)
		return survey->error = ctx_fail(survey->ctx, job.flags_fd, KPAGEFLAGS);
	if (survey->ctx->live && !survey->begun)
		lru_drain();
	survey->begun = true;
	job.mapcounts_fd = sysfs_open(survey->ctx, KPAGECOUNT, O_RDONLY);
	run_job(&job);
	close(job.flags_fd);
	if (job.mapcounts_fd >= 0)
		close(job.mapcounts_fd);
	survey->error = unread_note(survey->ctx, KPAGEFLAGS, job.error);
	return job.error ? ctx_fail(survey->ctx, job.error, KPAGEFLAGS) : 0;
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
