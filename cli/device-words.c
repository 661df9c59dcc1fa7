/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What devices' states mean, and what to do about memory that only others add and remove. */
#include <string.h>
#include <unistd.h>

#include "device-words.h"

const char *device_note(const struct memhp_device *device, uint64_t block_size)
{
	uint64_t edges = memhp_device_get_start(device) | memhp_device_get_size(device);

	switch (memhp_device_get_status(device)) {
	case MEMHP_DEVICE_ADDABLE:
		return memhp_device_get_driver(device) ? "not in use; memhp probe adds it"
						       : "without a driver; memhp probe loads it";
	case MEMHP_DEVICE_EMPTY:
		return "empty";
	case MEMHP_DEVICE_REFUSED:
		return block_size && edges % block_size
			       ? "refused by the kernel: its range is not a multiple of the block size"
			       : "refused by the kernel: it made no blocks of it; dmesg says why";
	case MEMHP_DEVICE_FIXED:
		return "firmware does not let it go";
	case MEMHP_DEVICE_HYPERVISOR:
		return "only the hypervisor adds and removes its memory";
	case MEMHP_DEVICE_BOOT:
		return "boot memory, or memory that no device claims";
	default:
		return NULL;
	}
}

/* By the driver, for those whose other end is a hypervisor's command. */
static const struct {
	const char *driver, *remove, *add;
} hypervisors[] = {
	{ "virtio_mem",
	  "on the host, ask for less: virsh update-memory-device DOMAIN --requested-size SIZE, or QEMU's "
	  "qom-set DEVICE requested-size BYTES",
	  "on the host, ask for more: virsh update-memory-device DOMAIN --requested-size SIZE, or QEMU's "
	  "qom-set DEVICE requested-size BYTES" },
	{ "hv_balloon",
	  "on the host, change the machine's dynamic memory: Set-VMMemory VM -MaximumBytes BYTES",
	  "on the host, change the machine's dynamic memory: Set-VMMemory VM -MaximumBytes BYTES" },
	{ "xen_balloon", "on the host: xl mem-set DOMAIN SIZE", "on the host: xl mem-set DOMAIN SIZE" },
};

static size_t find_hypervisor(const struct memhp_device *device)
{
	const char *driver = memhp_device_get_driver(device);
	size_t i = 0;
	while (i < ARRAY_SIZE(hypervisors) && (!driver || strcmp(driver, hypervisors[i].driver) != 0))
		i++;
	return i;
}

const char *device_remove_hint(const struct memhp_device *device)
{
	size_t i = find_hypervisor(device);

	if (i < ARRAY_SIZE(hypervisors))
		return hypervisors[i].remove;
	return memhp_device_get_status(device) == MEMHP_DEVICE_BOOT
		       ? "memhp offline takes it out of use; a hypervisor that has a DIMM or virtio-mem "
			 "device "
			 "there can take that away"
		       : "memhp offline takes its blocks out of use";
}

const char *device_add_hint(const struct memhp_device *device)
{
	size_t i = find_hypervisor(device);

	if (i < ARRAY_SIZE(hypervisors))
		return hypervisors[i].add;
	return memhp_device_get_status(device) == MEMHP_DEVICE_EMPTY
		       ? "put memory there: on the host of a QEMU machine, device_add pc-dimm or virsh "
			 "attach-device"
		       : NULL;
}

int device_absent(struct app *app, const char *name)
{
	return app_fail(app, EXIT_NOTHING, "ENODEV",
			geteuid() == 0 ? "memhp devices shows what there is"
				       : "without root, /proc/iomem hides devices",
			"%s: this machine has no such memory device", name);
}
