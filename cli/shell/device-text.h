/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_DEVICE_TEXT_H
#define MEMHP_CLI_DEVICE_TEXT_H

#include <stdint.h>

struct app;
struct memhp_device;

/* What there is to say of a device that is not simply in use, or NULL; @block_size may be 0. */
const char *device_note(const struct memhp_device *device, uint64_t block_size);
/* What to do about memory that memhp neither adds nor removes there; NULL: nothing. */
const char *device_hint(const struct memhp_device *device);
/* Reports that there is no such device. Returns an exit code. */
int device_absent(struct app *app, const char *name);

#endif
