/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_DEVICE_TEXT_H
#define MEMHP_CLI_DEVICE_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct app;
struct memhp_device;

/* What there is to say of a device that is not simply in use, or NULL; @block_size may be 0. */
const char *device_note(const struct memhp_device *device, uint64_t block_size);
/* What to do about memory that memhp neither adds nor removes there; NULL: nothing. */
const char *device_hint(const struct memhp_device *device);
/* The DRC index of an LMB, as drmgr has it, with or without 0x, is "lmb-80000001"; others are what they are.
 */
const char *device_named(const char *word, char *buffer, size_t size);
/* Reports that there is no such device. Returns an exit code. */
int device_absent(struct app *app, const char *name);

#endif
