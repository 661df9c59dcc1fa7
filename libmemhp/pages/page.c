/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single pages, as /proc shows them. */
#include <errno.h>

#include "blocks/blocks.h"
#include "pages/pages.h"

MEMHP_EXPORT int memhp_page_read(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot, uint64_t pfn,
				 struct memhp_page *page)
{
	uint64_t size = memhp_page_size(), count;

	if (page->size != sizeof(*page) || pfn > UINT64_MAX / size)
		return -EINVAL;
	ctx_start(ctx);
	*page = (struct memhp_page){ .size = sizeof(*page), .pfn = pfn, .address = pfn * size };
	page->block = memhp_snapshot_find(snapshot, page->address / snapshot->block_size);
	int error = kpage_read(ctx, KPAGEFLAGS, pfn, KPF_NOPAGE, &page->flags);
	if (error)
		return error;
	page->mapcount = kpage_read(ctx, KPAGECOUNT, pfn, 0, &count) ? -1 : (int64_t)count;
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
