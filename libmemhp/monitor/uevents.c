/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libudev.h>
#include <linux/nsfs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dl.h"
#include "base/sysfs.h"
#include "monitor/uevents.h"

/* As udevd has: 100,000 events and more. Only root gets it; others get what net.core.rmem_max allows. */
#define BUFFER_SIZE (128 << 20)
/* PROC_USER_INIT_INO in include/linux/proc_ns.h: of the first user namespace, always. */
#define FIRST_USER_NAMESPACE 0xEFFFFFFDU

struct uevents {
	void *handle;
	struct udev *udev;
	struct udev_monitor *monitor;
	__typeof__(udev_new) *udev_new;
	__typeof__(udev_unref) *udev_unref;
	__typeof__(udev_monitor_new_from_netlink) *udev_monitor_new_from_netlink;
	__typeof__(udev_monitor_unref) *udev_monitor_unref;
	__typeof__(udev_monitor_filter_add_match_subsystem_devtype)
		*udev_monitor_filter_add_match_subsystem_devtype;
	__typeof__(udev_monitor_set_receive_buffer_size) *udev_monitor_set_receive_buffer_size;
	__typeof__(udev_monitor_enable_receiving) *udev_monitor_enable_receiving;
	__typeof__(udev_monitor_get_fd) *udev_monitor_get_fd;
	__typeof__(udev_monitor_receive_device) *udev_monitor_receive_device;
	__typeof__(udev_device_get_action) *udev_device_get_action;
	__typeof__(udev_device_get_subsystem) *udev_device_get_subsystem;
	__typeof__(udev_device_get_sysname) *udev_device_get_sysname;
	__typeof__(udev_device_unref) *udev_device_unref;
};

static int open_library(struct memhp_ctx *ctx, struct uevents *uevents)
{
	const struct dl_symbol symbols[] = {
		DL_SYMBOL(uevents, udev_new),
		DL_SYMBOL(uevents, udev_unref),
		DL_SYMBOL(uevents, udev_monitor_new_from_netlink),
		DL_SYMBOL(uevents, udev_monitor_unref),
		DL_SYMBOL(uevents, udev_monitor_filter_add_match_subsystem_devtype),
		DL_SYMBOL(uevents, udev_monitor_set_receive_buffer_size),
		DL_SYMBOL(uevents, udev_monitor_enable_receiving),
		DL_SYMBOL(uevents, udev_monitor_get_fd),
		DL_SYMBOL(uevents, udev_monitor_receive_device),
		DL_SYMBOL(uevents, udev_device_get_action),
		DL_SYMBOL(uevents, udev_device_get_subsystem),
		DL_SYMBOL(uevents, udev_device_get_sysname),
		DL_SYMBOL(uevents, udev_device_unref),
	};
	return dl_open(ctx, "libudev.so.1", symbols, ARRAY_SIZE(symbols), &uevents->handle);
}

/*
 * The kernel sends events to network namespaces of the first user namespace alone (uevent_net_init() in
 * lib/kobject_uevent.c), and libudev believes only a sender who is root here. Elsewhere nothing would ever
 * come, without an error.
 */
static bool hears_nothing(void)
{
	int net = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int owner = net < 0 ? -1 : ioctl(net, NS_GET_USERNS);
	bool above = net >= 0 && owner < 0 && errno == EPERM; /* it belongs to one that holds ours */
	struct stat status;

	bool other = owner >= 0 && fstat(owner, &status) == 0 && status.st_ino != FIRST_USER_NAMESPACE;
	if (owner >= 0)
		close(owner);
	if (net >= 0)
		close(net);
	return above || other;
}

/* What says that a device with memory came or went: there may be no block of it yet, or none any more. */
static const char *const subsystems[] = { "memory", "acpi", "dax", "virtio" };

static int listen_to_kernel(struct uevents *uevents)
{
	errno = 0;
	uevents->udev = uevents->udev_new();
	if (uevents->udev)
		uevents->monitor = uevents->udev_monitor_new_from_netlink(uevents->udev, "kernel");
	if (!uevents->monitor)
		return errno ? -errno : -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(subsystems); i++) {
		int error = uevents->udev_monitor_filter_add_match_subsystem_devtype(uevents->monitor,
										     subsystems[i], NULL);
		if (error < 0)
			return error;
	}
	uevents->udev_monitor_set_receive_buffer_size(uevents->monitor, BUFFER_SIZE);
	return uevents->udev_monitor_enable_receiving(uevents->monitor);
}

int uevents_open(struct memhp_ctx *ctx, struct uevents **result)
{
	struct uevents *uevents = calloc(1, sizeof(*uevents));
	if (!uevents)
		return -ENOMEM;
	int error = open_library(ctx, uevents);
	if (!error)
		error = hears_nothing() ? -ENONET : listen_to_kernel(uevents);
	if (error < 0)
		uevents_close(uevents);
	else
		*result = uevents;
	return error < 0 ? error : 0;
}

void uevents_close(struct uevents *uevents)
{
	if (!uevents)
		return;
	if (uevents->monitor)
		uevents->udev_monitor_unref(uevents->monitor);
	if (uevents->udev)
		uevents->udev_unref(uevents->udev);
	dl_close(uevents->handle);
	free(uevents);
}

int uevents_get_fd(const struct uevents *uevents)
{
	return uevents->udev_monitor_get_fd(uevents->monitor);
}

static bool is_block(const struct uevents *uevents, struct udev_device *device, uint64_t *block)
{
	const char *subsystem = uevents->udev_device_get_subsystem(device);
	const char *name = uevents->udev_device_get_sysname(device);

	return subsystem && strcmp(subsystem, "memory") == 0 && name && sysfs_numbered(name, "memory", block);
}

/* False for a block's "change", which nothing but udevadm trigger makes. */
static bool understand(const struct uevents *uevents, struct udev_device *device, enum memhp_event_kind *kind,
		       uint64_t *block)
{
	static const enum memhp_event_kind kinds[] = { MEMHP_EVENT_ADD, MEMHP_EVENT_ONLINE,
						       MEMHP_EVENT_OFFLINE, MEMHP_EVENT_REMOVE };
	const char *action = uevents->udev_device_get_action(device);

	if (!is_block(uevents, device, block)) {
		*kind = MEMHP_EVENT_DEVICE;
		return true;
	}
	for (size_t i = 0; action && i < ARRAY_SIZE(kinds); i++) {
		*kind = kinds[i];
		if (strcmp(action, memhp_event_name(*kind)) == 0)
			return true;
	}
	return false;
}

int uevents_next(struct uevents *uevents, enum memhp_event_kind *kind, uint64_t *block)
{
	struct udev_device *device;

	while ((errno = 0, device = uevents->udev_monitor_receive_device(uevents->monitor))) {
		bool understood = understand(uevents, device, kind, block);
		uevents->udev_device_unref(device);
		if (understood)
			return 0;
	}
	return errno && errno != EINTR ? -errno : -EAGAIN;
}
