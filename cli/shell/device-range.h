/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_DEVICE_RANGE_H
#define MEMHP_CLI_DEVICE_RANGE_H

#include <memhp.h>

/*
 * The devices that @name means, by their places: one, or, as devices shows those that are alike, the
 * "FIRST-LAST" of one driver. False: none.
 */
bool device_find_range(const struct memhp_snapshot *snapshot, const char *name, size_t *first, size_t *last);
/* Adds to @request each device of a "FIRST-LAST" (one has its filter already). True if any has a block. */
bool device_range_select(const struct memhp_snapshot *snapshot, const char *name,
			 struct memhp_request *request);

#endif
