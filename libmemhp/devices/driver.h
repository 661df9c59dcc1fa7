/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A driver is one file: it finds its devices, says which blocks are theirs, and adds and removes their
 * memory. It is named below, and drivers[] in devices.c lists it.
 */
#ifndef MEMHP_DEVICES_DRIVER_H
#define MEMHP_DEVICES_DRIVER_H

#include "devices/devices.h"

struct finder {
	struct memhp_ctx *ctx;
	struct memhp_snapshot *snapshot;
	struct iomem iomem;  /* empty where it cannot be read */
	bool of_blocks_only; /* devices without blocks are not asked for, nor what else devices tell */
};

struct driver {
	const char *module; /* its kernel module; NULL: always a part of the kernel */
	/* Makes its devices known, each with its status as far as it was read, and claims their blocks. */
	int (*find)(struct finder *finder);
	/* NULL where only the hypervisor or firmware adds or removes memory. */
	int (*add)(struct memhp_ctx *ctx, const struct memhp_device *device,
		   const struct memhp_add_options *options, const struct write_wait *wait);
	/* Does it ask the kernel to put the map of its memory there (MHP_MEMMAP_ON_MEMORY)? NULL: never. */
	bool (*holds_memmap)(struct memhp_ctx *ctx, const struct memhp_device *device,
			     const struct memhp_add_options *options);
	int (*remove)(struct memhp_ctx *ctx, const struct memhp_device *device,
		      const struct write_wait *wait);
};

extern const struct driver driver_acpi, driver_dax, driver_virtio_mem, driver_pseries, driver_sclp,
	driver_hv_balloon, driver_xen_balloon, driver_managed;

/* A new device, of a name that no other has; NULL: out of memory. */
struct memhp_device *device_add(struct finder *finder, const struct driver *driver, const char *name,
				const char *driver_name);
/* The device of that name, made if there is none yet; NULL: out of memory. */
struct memhp_device *device_get(struct finder *finder, const struct driver *driver, const char *name,
				const char *driver_name);
/* The same for a directory of /sys: @bus is "sys/bus/dax/devices", the driver is what its link names. */
struct memhp_device *device_get_bus(struct finder *finder, const struct driver *driver, const char *bus,
				    const char *name);
/* Calls @fn for each entry of the directory @bus, until one fails; none there is no failure. */
int device_each(struct finder *finder, const char *bus, int (*fn)(struct finder *finder, const char *name));
/* Blocks that lie in the range as a whole become the device's. */
void device_claim(struct finder *finder, struct memhp_device *device, uint64_t start, uint64_t end);
/* True if none of them has blocks, so that a driver which claims only such ranges need not look for devices.
 */
bool device_needs_none(const struct finder *finder, const char *resource);
/* Every /proc/iomem range named @resource belongs to the device that its parent names. */
int device_claim_resources(struct finder *finder, const struct driver *driver, const char *resource,
			   const char *driver_name);
/* A small attribute of the device's directory. -errno, and "", when it cannot be read. */
int device_read(struct memhp_ctx *ctx, const struct memhp_device *device, const char *attribute, char *buf,
		size_t size);
/* The same for find: what is there and cannot be read leaves the device's status unknown. */
void device_find(struct finder *finder, struct memhp_device *device, const char *attribute, char *buf,
		 size_t size);
/* For what else is found out of it: @error is that of reading. */
void device_note_error(struct memhp_device *device, int error);
int device_write(struct memhp_ctx *ctx, const struct memhp_device *device, const char *attribute,
		 const char *value, const struct write_wait *wait);
/* Loads the module that the device's modalias names. */
int device_load_module(struct memhp_ctx *ctx, const struct memhp_device *device,
		       const struct memhp_add_options *options, const struct write_wait *wait);

#endif
