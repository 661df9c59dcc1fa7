/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_MAPPERS_H
#define MEMHP_MAPPERS_H

#include "private.h"

/*
 * As memhp_mappers_read(), but for a hint: all of it takes @limit_ms at most and ends with @enough
 * mappers. NULL: none found.
 */
struct memhp_mappers *mappers_find(struct memhp_ctx *ctx, uint64_t pfn, uint64_t limit_ms, size_t enough);

#endif
