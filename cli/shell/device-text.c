/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How devices are named, what their states mean, and what to do about memory that only others add and remove.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/device-text.h"
#include "shell/exit.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/text.h"

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
	case MEMHP_DEVICE_MANAGED:
		return "only its driver adds and removes its memory";
	case MEMHP_DEVICE_BOOT:
		return "boot memory, or memory that no device claims";
	case MEMHP_DEVICE_UNKNOWN:
		return "not known: some of what tells could not be read";
	default:
		return NULL;
	}
}

static const char *hypervisor_hint(const char *driver)
{
	static const struct {
		const char *driver, *hint;
	} hypervisors[] = {
		{ "virtio_mem",
		  "on the host: virsh update-memory-device DOMAIN --requested-size SIZE, or QEMU's "
		  "qom-set DEVICE requested-size BYTES" },
		{ "hv_balloon", "on the host: Set-VMMemory VM -MaximumBytes BYTES" },
		{ "xen_balloon", "on the host: xl mem-set DOMAIN SIZE" },
	};
	for (size_t i = 0; driver && i < ARRAY_SIZE(hypervisors); i++) {
		if (strcmp(driver, hypervisors[i].driver) == 0)
			return hypervisors[i].hint;
	}
	return NULL;
}

const char *device_hint(const struct memhp_device *device)
{
	switch (memhp_device_get_status(device)) {
	case MEMHP_DEVICE_EMPTY:
		if (memhp_device_get_driver(device) && strcmp(memhp_device_get_driver(device), "acpi") != 0)
			return "daxctl-create-device(1) gives it memory of its region";
		return "put memory there: on the host of a QEMU machine, device_add pc-dimm or virsh "
		       "attach-device";
	case MEMHP_DEVICE_FIXED:
		return "memhp offline takes its blocks out of use";
	case MEMHP_DEVICE_MANAGED:
		return "the driver's own tools take it out; memhp offline only takes it out of use";
	case MEMHP_DEVICE_BOOT:
		return "memhp offline takes it out of use";
	case MEMHP_DEVICE_UNKNOWN:
		return "the warnings of memhp devices name the files";
	default:
		return hypervisor_hint(memhp_device_get_driver(device));
	}
}

const char *device_named(const char *word, char *buffer, size_t size)
{
	const char *digits = is_address(word) ? word + 2 : word;
	uint64_t index;

	if (strlen(digits) != 8 || !number_parse(digits, 16, &index))
		return word;
	snprintf(buffer, size, "lmb-%" PRIx64, index);
	return buffer;
}

int device_absent(struct app *app, const char *name)
{
	return app_fail(app, EXIT_NOTHING, "ENODEV",
			geteuid() == 0 ? "memhp devices shows what there is"
				       : "without root, /proc/iomem hides devices",
			"%s: this machine has no such memory device", name);
}
