/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What provides memory: each device, which blocks are its own, and how its memory comes and goes. */
#ifndef MEMHP_DEVICES_H
#define MEMHP_DEVICES_H

#include "base/writer.h"
#include "blocks/blocks.h"

#define DEVICE_BOOT_NAME "boot" /* of memory that no device claims */

struct memhp_device {
	const struct driver *driver; /* NULL: boot memory */
	char *name, *driver_name;    /* driver_name NULL: nothing drives it */
	char *path;		     /* its directory below the system root, or NULL */
	uint64_t start, size;	     /* 0, 0: not known */
	int node;
	enum memhp_device_status status;
	size_t first_index, last_index; /* in the snapshot: between them lie all of its blocks */
	bool unread;			/* some of what is told of it could not be read */
	bool unit; /* one of many alike, each about a block: lists of blocks do not name it */
};

struct device_map {
	struct memhp_device **devices;
	size_t count;
};

/* devices.c: fills device of all blocks, and finds all devices, or only those that @of_blocks_only needs. */
int devices_read(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot, bool of_blocks_only);
void device_map_free(struct device_map *map);

/* False for memory that only the hypervisor or firmware adds and removes; @device NULL is boot memory. */
bool device_can_add(const struct memhp_device *device);
bool device_can_remove(const struct memhp_device *device);
/* Is @device's memory (NULL: of the probe interface) to hold the kernel's map of itself, if the kernel can?
 */
bool device_holds_memmap(struct memhp_ctx *ctx, const struct memhp_device *device,
			 const struct memhp_add_options *options);
/*
 * Asks the device's driver. Whether the blocks came or went is looked at by the caller: an eject, and
 * virtio_mem's adding, go on in the kernel.
 */
int device_add_memory(struct memhp_ctx *ctx, const struct memhp_device *device,
		      const struct memhp_add_options *options, const struct write_wait *wait);
int device_remove_memory(struct memhp_ctx *ctx, const struct memhp_device *device,
			 const struct write_wait *wait);

#endif
