/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Logical memory blocks (LMBs) of pseries (arch/powerpc/platforms/pseries/hotplug-memory.c). The
 * device tree lists them all, the free ones too (arch/powerpc/mm/drmem.c; LoPAR, "Dynamic
 * Reconfiguration Memory"); /sys/kernel/dlpar adds and removes them.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sysfs.h"
#include "devices/driver.h"

#define DRCONF "proc/device-tree/ibm,dynamic-reconfiguration-memory"
#define DLPAR "sys/kernel/dlpar"
#define POOL "lmb"	      /* any free LMBs, whichever the kernel picks */
#define MAX_DEVICES (1 << 20) /* a table that claims more is broken */
#define ASSIGNED 0x8
#define RESERVED 0x80
#define INVALID_DRC 0x20

/* One entry of ibm,dynamic-memory-v2: @count LMBs in a row; version 1 has a count of 1. */
struct lmb_set {
	uint64_t base;
	uint32_t count, drc_index, flags;
};

struct cells {
	const uint8_t *at, *end;
};

static uint32_t take32(struct cells *cells)
{
	uint32_t value = 0;
	if (cells->end - cells->at < 4)
		cells->at = cells->end;
	else
		memcpy(&value, cells->at, 4), cells->at += 4;
	return be32toh(value);
}

static uint64_t take64(struct cells *cells)
{
	uint64_t high = take32(cells);
	return high << 32 | take32(cells);
}

static struct lmb_set take_set(struct cells *cells, bool v2)
{
	struct lmb_set set = { .count = 1 };
	if (v2)
		set.count = take32(cells);
	set.base = take64(cells);
	set.drc_index = take32(cells);
	if (!v2)
		take32(cells); /* reserved */
	take32(cells);	       /* associativity */
	set.flags = take32(cells);
	return set;
}

/* An LMB without an index is memory that the partition booted with, and out of DLPAR's reach. */
static int add_lmbs(struct finder *finder, const struct lmb_set *set, uint64_t lmb_size)
{
	if (set->flags & INVALID_DRC)
		return 0;
	uint64_t room = (UINT64_MAX - set->base) / lmb_size; /* up to the last address */
	for (uint32_t i = 0; i < set->count && i < room; i++) {
		char name[32];
		if (finder->snapshot->devices->count >= MAX_DEVICES)
			return 0;
		snprintf(name, sizeof(name), POOL "-%" PRIx32, set->drc_index + i);
		struct memhp_device *device = device_add(finder, &driver_pseries, name, "pseries");
		if (!device)
			return -ENOMEM;
		device->unit = true;
		device->start = set->base + i * lmb_size;
		device->size = lmb_size;
		if (set->flags & ASSIGNED)
			device_claim(finder, device, device->start, device->start + lmb_size - 1);
		device->status = set->flags & RESERVED	 ? MEMHP_DEVICE_FIXED
				 : set->flags & ASSIGNED ? MEMHP_DEVICE_REMOVABLE
							 : MEMHP_DEVICE_ADDABLE;
	}
	return 0;
}

static int add_sets(struct finder *finder, struct cells cells, bool v2, uint64_t lmb_size)
{
	struct memhp_device *pool = device_add(finder, &driver_pseries, POOL, "pseries");
	int error = pool ? 0 : -ENOMEM;

	if (pool)
		pool->status = MEMHP_DEVICE_ADDABLE;
	for (uint32_t left = take32(&cells); !error && left && cells.at < cells.end; left--) {
		struct lmb_set set = take_set(&cells, v2);
		error = add_lmbs(finder, &set, lmb_size);
	}
	return error;
}

static uint64_t read_lmb_size(struct memhp_ctx *ctx)
{
	size_t length;
	char *data;

	if (sysfs_read_data(ctx, DRCONF "/ibm,lmb-size", &data, &length))
		return 0;
	struct cells cells = { (uint8_t *)data, (uint8_t *)data + length };
	uint64_t size = take64(&cells);
	free(data);
	return size;
}

static int find(struct finder *finder)
{
	uint64_t lmb_size = read_lmb_size(finder->ctx);
	size_t length;
	char *data;
	bool v2 = true;

	if (!lmb_size)
		return 0;
	if (sysfs_read_data(finder->ctx, DRCONF "/ibm,dynamic-memory-v2", &data, &length)) {
		v2 = false;
		if (sysfs_read_data(finder->ctx, DRCONF "/ibm,dynamic-memory", &data, &length))
			return 0;
	}
	int error = add_sets(finder, (struct cells){ (uint8_t *)data, (uint8_t *)data + length }, v2,
			     lmb_size);
	free(data);
	return error;
}

static int request(struct memhp_ctx *ctx, const char *action, const struct memhp_device *device,
		   uint64_t size, const struct write_wait *wait)
{
	const char *index = strchr(device->name, '-');
	uint64_t lmb_size = read_lmb_size(ctx), count = lmb_size ? size / lmb_size : 0;
	char text[96];

	if (!index)
		snprintf(text, sizeof(text), "memory %s count %" PRIu64, action, count ? count : 1);
	else if (count > 1)
		snprintf(text, sizeof(text), "memory %s indexed-count %" PRIu64 " 0x%s", action, count,
			 index + 1);
	else
		snprintf(text, sizeof(text), "memory %s index 0x%s", action, index + 1);
	return write_waiting(ctx, DLPAR, text, wait);
}

static int add(struct memhp_ctx *ctx, const struct memhp_device *device,
	       const struct memhp_add_options *options, const struct write_wait *wait)
{
	return request(ctx, "add", device, options->bytes, wait);
}

static int drop(struct memhp_ctx *ctx, const struct memhp_device *device, const struct write_wait *wait)
{
	return request(ctx, "remove", device, device->size, wait);
}

/* dlpar_add_lmb(), since Linux 6.6; before, the kernel has no such parameter there. */
static bool holds_memmap(struct memhp_ctx *ctx, const struct memhp_device *device,
			 const struct memhp_add_options *options)
{
	(void)ctx, (void)device, (void)options;
	return true;
}

const struct driver driver_pseries = {
	.find = find, .add = add, .holds_memmap = holds_memmap, .remove = drop
};
