/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kernel modules, by libkmod; only on the live system. */
#ifndef MEMHP_BASE_MODULE_H
#define MEMHP_BASE_MODULE_H

#include "base/ctx.h"

#define MODULES_DIR "lib/modules" /* what a failure to load one is about */

enum memhp_module_state module_state(struct memhp_ctx *ctx, const char *name);
/*
 * Loads what @alias, a name or a modalias, stands for, with what that needs. -ENOPKG: libkmod or the
 * module is not installed; -EPERM: blacklisted, or as the kernel's refusals.
 */
int module_load(struct memhp_ctx *ctx, const char *alias);

#endif
