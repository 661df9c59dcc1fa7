/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_BASE_NAMES_H
#define MEMHP_BASE_NAMES_H

#include "base/ctx.h"

/* True for zones that the kernel may put unmovable allocations into (DMA … HighMem). */
bool zone_is_kernel(enum memhp_zone zone);

/* Is @word this name, in any case? Names are ASCII in every locale: in a Turkish one, strcasecmp() takes "I"
 * and "i" for two letters. */
bool name_is(const char *name, const char *word);

#endif
