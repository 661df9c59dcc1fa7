/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "outlook/page-reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/unread.h"

/* Pages that are read at a time: few, since the room for them is in the memory that is looked at. */
#define CHUNK 2048
#define SAMPLE_CHUNK 64		/* of a sample: what lies together is alike, so that many places tell more */
#define SAMPLES 8		/* chunks a block */
#define LARGEST_FOLIO (1 << 22) /* pages: 16 GiB of hugetlb on ppc64 */

struct page_scratch {
	uint64_t flags[CHUNK], mapcounts[CHUNK];
	struct tally slab, pinned;
	char room[];
};

/* One reading of one block. */
struct reading {
	const struct page_reader *reader;
	struct page_scratch *scratch;
	const struct memhp_block *block;
	struct memhp_outlook *outlook;
	const struct iomem *iomem; /* NULL: the block has no holes */
	enum outlook_depth depth;
	bool again;
	size_t still; /* suspects of the first look that are held again */
};

/* Written to, so that no page of it comes to life in the memory that is looked at. */
struct page_scratch *page_scratch_new(const struct page_reader *reader)
{
	size_t size = sizeof(struct page_scratch) + (reader->map ? page_map_room(reader->map, CHUNK) : 0);
	struct page_scratch *scratch = malloc(size);

	if (scratch)
		memset(scratch, 1, size);
	return scratch;
}

void page_scratch_free(struct page_scratch *scratch)
{
	free(scratch);
}

/* The first look notes where held pages are, the second one which of these are held still. */
static int note_suspects(struct reading *reading, uint32_t from, const uint64_t *flags, size_t pages)
{
	struct memhp_outlook *outlook = reading->outlook;

	for (size_t i = 0; i < pages; i++) {
		if (!(flags[i] & (KPF_HELD | KPF_KERNEL)))
			continue;
		uint32_t offset = from + (uint32_t)i;
		if (reading->again) {
			for (size_t j = 0; j < outlook->suspects->count; j++)
				reading->still += outlook->suspects->offsets[j] == offset;
			continue;
		}
		if (!outlook->suspects)
			outlook->suspects = calloc(1, sizeof(*outlook->suspects));
		if (!outlook->suspects)
			return -ENOMEM;
		if (outlook->suspects->count < ARRAY_SIZE(outlook->suspects->offsets))
			outlook->suspects->offsets[outlook->suspects->count++] = offset;
	}
	return 0;
}

static void count_holders(struct reading *reading, size_t pages)
{
	struct page_scratch *scratch = reading->scratch;

	for (size_t i = 0, length; i < pages; i += length) {
		uint64_t flags = scratch->flags[i];
		length = 1;
		if (!(flags & (KPF_SLAB | KPF_HELD)) || (flags & KPF_COMPOUND_TAIL))
			continue;
		while (i + length < pages && (scratch->flags[i + length] & KPF_COMPOUND_TAIL))
			length++;
		uint64_t key = page_map_holder(reading->reader->map, scratch->room, i, flags);
		tally_add(flags & KPF_SLAB ? &scratch->slab : &scratch->pinned, key, (uint32_t)length);
	}
}

static int read_struct_pages(struct reading *reading, uint64_t first_pfn, struct page_span *span,
			     uint64_t *head)
{
	const struct page_reader *reader = reading->reader;
	struct page_scratch *scratch = reading->scratch;
	int error = page_map_flags(reader->map, first_pfn + span->offset, scratch->flags, span->pages,
				   scratch->room);

	if (!error && reading->depth != OUTLOOK_SAMPLED)
		error = note_suspects(reading, span->offset, scratch->flags, span->pages);
	if (!error && reading->depth != OUTLOOK_SAMPLED)
		count_holders(reading, span->pages);
	if (!error && !*head && (scratch->flags[0] & KPF_COMPOUND_TAIL))
		*head = page_map_head_of(reader->map, first_pfn + span->offset, LARGEST_FOLIO);
	span->exact = true;
	return error;
}

static int read_flags(const struct reading *reading, uint64_t first_pfn, struct page_span *span,
		      uint64_t *head)
{
	const struct page_reader *reader = reading->reader;
	struct page_scratch *scratch = reading->scratch;
	uint64_t pfn = first_pfn + span->offset;
	int error = kpage_values(reader->flags_fd, pfn, scratch->flags, span->pages,
				 KPF_NOPAGE | KPF_PAST_END);

	if (error)
		return error;
	if (!*head && (scratch->flags[0] & KPF_COMPOUND_TAIL))
		*head = kpage_head_of(reader->flags_fd, pfn, LARGEST_FOLIO);
	/* what cannot be read counts as mapped: then the flags decide alone */
	if (reader->mapcounts_fd >= 0 && page_kinds_need_mapcounts(span) &&
	    unread_note(reader->ctx, KPAGECOUNT,
			kpage_values(reader->mapcounts_fd, pfn, scratch->mapcounts, span->pages, 1)) == 0)
		span->mapcounts = scratch->mapcounts;
	return 0;
}

/* 1: ended early, since no other page can make it a "yes". */
static int read_span(struct reading *reading, uint32_t from, uint32_t to)
{
	uint64_t first_pfn = reading->block->id * reading->reader->pages, head = 0;

	while (from < to) {
		struct page_span span = { .offset = from, .flags = reading->scratch->flags };
		span.pages = to - from < CHUNK ? to - from : CHUNK;
		int error = reading->reader->map ? read_struct_pages(reading, first_pfn, &span, &head)
						 : read_flags(reading, first_pfn, &span, &head);
		if (error)
			return error;
		if (reading->iomem)
			page_mark_holes(reading->iomem, first_pfn + from, reading->scratch->flags,
					span.pages);
		span.head = head;
		page_kinds_count(&reading->outlook->counts, &span);
		if (reading->depth != OUTLOOK_READ && outlook_is_spoiled(reading->outlook, reading->block))
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

static struct reading begin(const struct page_reader *reader, struct page_scratch *scratch,
			    const struct memhp_block *block, struct memhp_outlook *outlook,
			    enum outlook_depth depth)
{
	uint64_t size = reader->pages * memhp_page_size();
	bool holes = basis_has_holes(reader->basis, block->id * size, size) > 0;

	scratch->slab.count = scratch->pinned.count = 0;
	return (struct reading){
		.reader = reader,
		.scratch = scratch,
		.block = block,
		.outlook = outlook,
		.iomem = holes ? &reader->basis->iomem : NULL,
		.depth = depth,
	};
}

static void keep_holders(const struct reading *reading)
{
	tally_most(&reading->scratch->slab, reading->outlook->slab_caches);
	tally_most(&reading->scratch->pinned, reading->outlook->holders);
}

/*
 * What a sample took is left out when the rest is read; what was stopped somewhere begins anew, and so does
 * what suspects are noted of.
 */
int page_reader_read(const struct page_reader *reader, struct page_scratch *scratch,
		     const struct memhp_block *block, struct memhp_outlook *outlook, enum outlook_depth depth)
{
	struct reading reading = begin(reader, scratch, block, outlook, depth);
	uint32_t stride = sample_stride(reader->pages), step = stride ? stride : reader->pages;
	bool sampled = outlook->depth == OUTLOOK_SAMPLED && !reader->map,
	     samples = depth == OUTLOOK_SAMPLED && stride;
	int end = 0;

	if (!sampled)
		outlook->counts = (struct page_counts){ 0 };
	outlook->counts.exact = reader->map != NULL;
	if (reader->map)
		outlook->counts.pageblocks_known = page_map_pageblocks(reader->map, block->id * reader->pages,
								       reader->pages,
								       &outlook->counts.pageblocks) == 0;
	for (uint32_t at = 0; !end && at < reader->pages; at += step)
		end = read_span(&reading, sampled ? at + SAMPLE_CHUNK : at,
				samples ? at + SAMPLE_CHUNK : at + step);
	if (end == 0 && depth != OUTLOOK_SAMPLED)
		keep_holders(&reading);
	if (end >= 0)
		outlook->depth = end ? OUTLOOK_STOPPED : samples ? OUTLOOK_SAMPLED : OUTLOOK_READ;
	return end < 0 ? end : 0;
}

static void release(struct page_counts *counts, enum memhp_kind kind)
{
	counts->kinds[MEMHP_KIND_MOVABLE].pages += counts->kinds[kind].pages;
	counts->kinds[kind].pages = 0;
}

int page_reader_look_again(const struct page_reader *reader, struct page_scratch *scratch,
			   const struct memhp_block *block, struct memhp_outlook *outlook)
{
	struct reading reading = begin(reader, scratch, block, outlook, OUTLOOK_READ);
	struct page_counts before = outlook->counts;

	outlook->counts = (struct page_counts){ .exact = true,
						.pageblocks = before.pageblocks,
						.pageblocks_known = before.pageblocks_known };
	reading.again = true;
	int error = read_span(&reading, 0, reader->pages);
	if (error)
		outlook->counts = before;
	else
		keep_holders(&reading);
	if (!error && reading.still == 0) {
		release(&outlook->counts, MEMHP_KIND_PINNED);
		release(&outlook->counts, MEMHP_KIND_KERNEL);
	}
	return error;
}
