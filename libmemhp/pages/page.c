/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single pages, as /proc shows them. */
#include <errno.h>

#include "blocks/blocks.h"
#include "pages/pages.h"

void page_mark_holes(const struct iomem *iomem, uint64_t first_pfn, uint64_t *flags, size_t count)
{
	uint64_t size = memhp_page_size();

	for (size_t i = 0; iomem->count && i < count; i++) {
		uint64_t start = (first_pfn + i) * size;
		if (!flags[i] && iomem_system_ram(iomem, start, start + size) == 0)
			flags[i] = KPF_NOPAGE;
	}
}

/* What @flags say is said of a page that is there, unless its block is offline. */
static bool can_be_seen(struct memhp_ctx *ctx, const struct memhp_block *block, uint64_t flags)
{
	struct memhp_block now = *block;

	if (block_reread(ctx, &now) || now.state == MEMHP_STATE_UNKNOWN)
		return flags != 0;
	return now.state != MEMHP_STATE_OFFLINE;
}

int page_read_flags(struct memhp_ctx *ctx, const struct memhp_block *block, uint64_t pfn, uint64_t *flags)
{
	struct iomem iomem;
	int error = kpage_read(ctx, KPAGEFLAGS, pfn, KPF_NOPAGE, flags);

	if (error || (*flags && block && block->state == MEMHP_STATE_ONLINE))
		return error;
	if (!block || !can_be_seen(ctx, block, *flags)) {
		*flags = KPF_NOPAGE;
	} else if (!*flags && iomem_read(ctx, &iomem) == 0) {
		page_mark_holes(&iomem, pfn, flags, 1);
		iomem_release(&iomem);
	}
	return 0;
}

MEMHP_EXPORT int memhp_page_read(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot, uint64_t pfn,
				 struct memhp_page *page)
{
	uint64_t size = memhp_page_size(), count;

	if (page->size != sizeof(*page) || pfn > UINT64_MAX / size)
		return -EINVAL;
	ctx_start(ctx);
	*page = (struct memhp_page){ .size = sizeof(*page), .pfn = pfn, .address = pfn * size };
	page->block = memhp_snapshot_find(snapshot, page->address / snapshot->block_size);
	int error = page_read_flags(ctx, page->block, pfn, &page->flags);
	if (error)
		return error;
	bool unseen = page->flags & KPF_NOPAGE;
	page->mapcount = unseen || kpage_read(ctx, KPAGECOUNT, pfn, 0, &count) ? -1 : (int64_t)count;
	return 0;
}

int page_poisoned(uint64_t flags)
{
	return flags & KPF_NOPAGE ? -1 : (flags & KPF_HWPOISON) != 0;
}

MEMHP_EXPORT int memhp_page_is_poisoned(const struct memhp_page *page)
{
	return page_poisoned(page->flags);
}
