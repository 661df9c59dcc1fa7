/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What devices prints of several that are alike names all of them: "PNP0C80:00-PNP0C80:07". */
#include <string.h>

#include "shell/device-range.h"

/* The place of the device whose name is the first @length characters of @name. */
static bool find_place(const struct memhp_snapshot *snapshot, const char *name, size_t length, size_t *place)
{
	for (*place = 0; *place < memhp_snapshot_get_device_count(snapshot); ++*place) {
		const char *found = memhp_device_get_name(memhp_snapshot_get_device(snapshot, *place));
		if (strncmp(found, name, length) == 0 && !found[length])
			return true;
	}
	return false;
}

static bool same_driver(const struct memhp_snapshot *snapshot, size_t a, size_t b)
{
	const char *left = memhp_device_get_driver(memhp_snapshot_get_device(snapshot, a));
	const char *right = memhp_device_get_driver(memhp_snapshot_get_device(snapshot, b));
	return left && right && strcmp(left, right) == 0;
}

bool device_find_range(const struct memhp_snapshot *snapshot, const char *name, size_t *first, size_t *last)
{
	if (find_place(snapshot, name, strlen(name), first)) {
		*last = *first;
		return true;
	}
	for (const char *dash = strchr(name, '-'); dash; dash = strchr(dash + 1, '-')) {
		if (find_place(snapshot, name, (size_t)(dash - name), first) &&
		    find_place(snapshot, dash + 1, strlen(dash + 1), last) && *first <= *last &&
		    same_driver(snapshot, *first, *last))
			return true;
	}
	return false;
}

bool device_range_select(const struct memhp_snapshot *snapshot, const char *name,
			 struct memhp_request *request)
{
	size_t first, last;

	if (!device_find_range(snapshot, name, &first, &last))
		return false;
	for (bool range = first < last; first <= last; first++) {
		const struct memhp_device *device = memhp_snapshot_get_device(snapshot, first);
		if (range && memhp_request_add_device(request, memhp_device_get_name(device)))
			return false;
	}
	return true;
}
