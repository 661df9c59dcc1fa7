/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_DEVICE_WORDS_H
#define MEMHP_DEVICE_WORDS_H

#include "cmd.h"

/* What there is to say of a device that is not simply in use, or NULL; @block_size may be 0. */
const char *device_note(const struct memhp_device *device, uint64_t block_size);
/* How its memory is taken away where memhp cannot; NULL: not at all. */
const char *device_remove_hint(const struct memhp_device *device);
/* How memory is added to it where memhp cannot. */
const char *device_add_hint(const struct memhp_device *device);
/* Reports that there is no such device. Returns an exit code. */
int device_absent(struct app *app, const char *name);

#endif
