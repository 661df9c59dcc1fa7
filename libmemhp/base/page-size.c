/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <unistd.h>

#include "base/ctx.h"

MEMHP_EXPORT uint64_t memhp_page_size(void)
{
	return (uint64_t)sysconf(_SC_PAGESIZE);
}
