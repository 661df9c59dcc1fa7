/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_KPAGE_H
#define MEMHP_KPAGE_H

#include "sysfs.h"

#define KPAGEFLAGS "proc/kpageflags"
#define KPAGECOUNT "proc/kpagecount"

/* Bits of include/uapi/linux/kernel-page-flags.h and include/linux/kernel-page-flags.h. */
#define KPF_BUDDY (1ULL << 10)
#define KPF_HWPOISON (1ULL << 19)
#define KPF_NOPAGE (1ULL << 20)
#define KPF_OFFLINE (1ULL << 23) /* balloon, unplugged virtio-mem: nothing to move */
#define KPF_RESERVED (1ULL << 32)

/* How many of @pages have @value in the bits of @mask; @fd is of kpageflags. -errno: cannot be read. */
int64_t kpage_count(int fd, uint64_t first_pfn, uint64_t pages, uint64_t mask, uint64_t value);
/* One entry of @path; @past_end for a page behind the last. */
int kpage_read(struct memhp_ctx *ctx, const char *path, uint64_t pfn, uint64_t past_end, uint64_t *value);

#endif
