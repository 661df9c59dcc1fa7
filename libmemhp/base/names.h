/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_BASE_NAMES_H
#define MEMHP_BASE_NAMES_H

#include "base/ctx.h"

/* True for zones that the kernel may put unmovable allocations into (DMA … HighMem). */
bool zone_is_kernel(enum memhp_zone zone);

#endif
