/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory that a driver added and manages: /proc/iomem has the word that the driver gave to
 * add_memory_driver_managed() (mm/memory_hotplug.c), "System RAM (NVIDIA)". None is boot memory, and what no
 * other file here knows is named after that word alone: the kernel shows no device of it.
 */
#include <errno.h>
#include <string.h>

#include "devices/driver.h"

#define PREFIX "System RAM ("

/* False: plain memory, or none. */
static bool word_of(const struct iomem_range *range, char *word, size_t size)
{
	size_t length = strlen(range->name);

	if (strncmp(range->name, PREFIX, strlen(PREFIX)) != 0 || length - strlen(PREFIX) >= size)
		return false;
	strcpy(word, range->name + strlen(PREFIX));
	length = strlen(word);
	if (length && word[length - 1] == ')')
		word[length - 1] = '\0';
	return *word != '\0';
}

/* Ranges in a row are one; of others no one range says where the memory is. */
static void widen(struct memhp_device *device, const struct iomem_range *range)
{
	bool first = device->first_index == SIZE_MAX;
	uint64_t size = range->end - range->start + 1;

	if (!first && (!device->size || device->start + device->size != range->start)) {
		device->start = device->size = 0;
		return;
	}
	device->start = first ? range->start : device->start;
	device->size += size;
}

/*
 * Only whole blocks are added: one that the range has a part of is the driver's, too. What a driver's own
 * file claimed by the same word stays there.
 */
static int claim(struct finder *finder, const struct iomem_range *range, const char *word)
{
	const struct memhp_snapshot *snapshot = finder->snapshot;
	uint64_t size = snapshot->block_size, last = range->end / size;
	struct memhp_device *device = NULL;

	for (size_t i = blocks_from(snapshot, range->start / size); i < snapshot->count; i++) {
		uint64_t id = snapshot->blocks[i].id;
		if (id > last)
			break;
		if (snapshot->blocks[i].device)
			continue;
		if (!device) {
			device = device_get(finder, &driver_managed, word, word);
			if (device && device->driver != &driver_managed) /* another one's name */
				device = device_add(finder, &driver_managed, word, word);
			if (!device)
				return -ENOMEM;
			device->status = MEMHP_DEVICE_MANAGED;
			widen(device, range);
		}
		device_claim(finder, device, id * size, id * size + size - 1);
	}
	return 0;
}

static int find(struct finder *finder)
{
	int error = 0;

	for (size_t i = 0; !error && i < finder->iomem.count; i++) {
		char word[sizeof(finder->iomem.ranges[i].name)];
		if (word_of(&finder->iomem.ranges[i], word, sizeof(word)))
			error = claim(finder, &finder->iomem.ranges[i], word);
	}
	return error;
}

const struct driver driver_managed = { .find = find };
