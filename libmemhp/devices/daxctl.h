/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Switching DAX devices, by libdaxctl, which loads the kernel's modules for it; only on the live system. */
#ifndef MEMHP_DEVICES_DAXCTL_H
#define MEMHP_DEVICES_DAXCTL_H

#include "base/ctx.h"

/* -ENOPKG: libdaxctl is not installed; -ENODEV: it knows no such device. */
int daxctl_enable_ram(struct memhp_ctx *ctx, const char *name);
/* Back to a character device. */
int daxctl_disable_ram(struct memhp_ctx *ctx, const char *name);

#endif
