/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <sys/syscall.h>
#include <unistd.h>

#include "pages/pages.h"

/*
 * Pages wait in batches of each processor for their LRU list, and until Linux 5.13 an offline takes those for
 * unmovable. The kernel empties the batches before it moves pages from node to node
 * (do_pages_move() in mm/migrate.c), even if all are on their node already.
 */
void lru_drain(void)
{
	int own = 0, status = -1;
	void *page = (void *)((uintptr_t)&own & ~(uintptr_t)(memhp_page_size() - 1));

	if (syscall(SYS_move_pages, 0, 1UL, &page, NULL, &status, 0) == 0 && status >= 0) {
		own = status;
		syscall(SYS_move_pages, 0, 1UL, &page, &own, &status, 0);
	}
}
