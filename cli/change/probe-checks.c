/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What would crash or confuse the kernel, or cost somebody their data, before anything is written. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "change/probe.h"
#include "shell/app.h"
#include "shell/device-range.h"
#include "shell/device-text.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/text.h"

int probe_no_interface(struct app *app)
{
	return app_fail(app, EXIT_UNSUPPORTED, "EOPNOTSUPP",
			"use --device; a kernel with CONFIG_ARCH_MEMORY_PROBE takes addresses",
			"this kernel has no probe interface");
}

/* First: without it no other address would do either. */
static int check_interface(const struct probe *probe)
{
	struct memhp_support support = { .size = sizeof(support) };
	int error = memhp_support_read(probe->app->ctx, &support);

	if (error == -ENOMEM)
		return app_no_memory(probe->app);
	return !error && support.probe == 0 ? probe_no_interface(probe->app) : EXIT_OK;
}

static int check_present(const struct probe *probe)
{
	uint64_t first = probe->address / probe->block_size, count = probe->bytes / probe->block_size;

	for (size_t i = 0; i < memhp_snapshot_get_count(probe->snapshot); i++) {
		uint64_t id = memhp_block_get_id(memhp_snapshot_get_block(probe->snapshot, i));
		if (id >= first && id - first < count)
			return app_fail(probe->app, EXIT_NOTHING, "EEXIST",
					"memhp list shows the blocks that there are",
					"0x%" PRIx64 ": there is memory already: block %" PRIu64,
					id * probe->block_size, id);
	}
	return EXIT_OK;
}

static int check_free(struct probe *probe)
{
	struct memhp_conflict conflict = { .size = sizeof(conflict) };
	int error = memhp_check_range(probe->app->ctx, probe->address, probe->bytes, &conflict);

	if (error == -ERANGE)
		return app_fail(probe->app, EXIT_NOTHING, "ERANGE", "--force=address passes this check",
				"0x%" PRIx64 ": beyond the %u bits of physical addresses of this processor",
				probe->address, conflict.bits);
	if (error == -ENXIO)
		return app_fail(probe->app, EXIT_NOTHING, "ENXIO", "--force=address passes this check",
				"0x%" PRIx64
				": the device tree (/proc/device-tree/memory@*) has no memory there",
				probe->address);
	if (error == -EEXIST)
		return app_fail(probe->app, EXIT_NOTHING, "EEXIST",
				"memory there would crash the kernel; --force=address passes this check",
				"0x%" PRIx64 ": not free: 0x%" PRIx64 "-0x%" PRIx64 " is %s (/proc/iomem)",
				probe->address, conflict.start, conflict.end, conflict.name);
	return error ? app_fail_errno(probe->app, error, "cannot check the address") : EXIT_OK;
}

int probe_check_address(struct probe *probe)
{
	uint64_t size = probe->block_size, down = probe->address / size * size;
	char unit[24];

	if (!probe->bytes)
		probe->bytes = size;
	size_format(size, unit, sizeof(unit));
	if (probe->address % size && down > UINT64_MAX - size)
		return app_usage(probe->app,
				 "0x%" PRIx64 ": not a multiple of the block size %s; nearest: 0x%" PRIx64,
				 probe->address, unit, down);
	if (probe->address % size)
		return app_usage(probe->app,
				 "0x%" PRIx64 ": not a multiple of the block size %s; nearest: 0x%" PRIx64
				 " and 0x%" PRIx64,
				 probe->address, unit, down, down + size);
	int exit = option_size_fits(probe->app, probe->size_text, size, "block size", &probe->bytes);
	if (exit != EXIT_OK)
		return exit;
	if (probe->bytes > UINT64_MAX - probe->address)
		return app_usage(probe->app, "0x%" PRIx64 " and --size %s: past the end of the address space",
				 probe->address, probe->size_text);
	probe->planned = probe->bytes;
	exit = check_interface(probe);
	if (exit == EXIT_OK)
		exit = check_present(probe);
	return exit == EXIT_OK && !probe->force_address ? check_free(probe) : exit;
}

static bool is_lmb(const struct memhp_device *device)
{
	const char *driver = memhp_device_get_driver(device);
	return driver && strcmp(driver, "pseries") == 0;
}

/* The bytes of free LMBs: of all for the pool, else of those in a row from the device on. */
static uint64_t free_lmbs(const struct probe *probe, uint64_t *unit)
{
	bool pool = memhp_device_get_size(probe->device) == 0, counts = pool;
	uint64_t free = 0, next = 0;

	for (size_t i = 0; i < memhp_snapshot_get_device_count(probe->snapshot); i++) {
		const struct memhp_device *device = memhp_snapshot_get_device(probe->snapshot, i);
		uint64_t start = memhp_device_get_start(device), size = memhp_device_get_size(device);
		if (!is_lmb(device) || !size)
			continue;
		*unit = size;
		if (!pool && (device == probe->device || (counts && start != next)))
			counts = device == probe->device;
		counts = pool || (counts && memhp_device_get_status(device) == MEMHP_DEVICE_ADDABLE);
		if (counts && memhp_device_get_status(device) == MEMHP_DEVICE_ADDABLE)
			free += size;
		next = start + size;
	}
	return free;
}

/* Without a size it is one LMB, and all of any other device. */
static uint64_t planned_bytes(const struct probe *probe)
{
	uint64_t unit = 0;

	if (probe->bytes || memhp_device_get_size(probe->device))
		return probe->bytes ? probe->bytes : memhp_device_get_size(probe->device);
	if (is_lmb(probe->device))
		free_lmbs(probe, &unit);
	return unit;
}

/* Of LMBs any number can be added at once; every other device is added as a whole. */
static int check_size(struct probe *probe)
{
	uint64_t unit = 1, free;
	char free_text[24];

	if (!is_lmb(probe->device))
		return app_usage(probe->app, "--size: %s is added as a whole", probe->device_name);
	free = free_lmbs(probe, &unit);
	size_format(free, free_text, sizeof(free_text));
	int exit = option_size_fits(probe->app, probe->size_text, unit, "LMB size", &probe->bytes);
	if (exit != EXIT_OK)
		return exit;
	if (probe->bytes > free)
		return app_fail(probe->app, EXIT_NOTHING, "ENOSPC", "memhp devices shows the free LMBs",
				"--size %s: only %s of LMBs are free there", probe->size_text, free_text);
	return EXIT_OK;
}

static int check_holders(struct probe *probe)
{
	struct memhp_holder *holders;
	size_t count, used = 0;
	char text[512] = "";
	int error = memhp_device_read_holders(probe->app->ctx, probe->device, &holders, &count);

	if (error)
		return app_fail_errno(probe->app, error, "cannot see who uses the device");
	for (size_t i = 0; i < count && used < sizeof(text); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s (pid %d%s)", i ? ", " : "",
					 holders[i].command, (int)holders[i].pid,
					 holders[i].mapped ? ", mapped" : "");
	free(holders);
	if (count == 0)
		return EXIT_OK;
	return app_fail(probe->app, EXIT_NOTHING, "EBUSY",
			"they would lose its data; end them first, or --force=in-use", "%s is in use by %s",
			probe->device_name, text);
}

int probe_check_device(struct probe *probe)
{
	const char *lmb = device_named(probe->device_name, probe->lmb_name, sizeof(probe->lmb_name));
	if (memhp_snapshot_find_device(probe->snapshot, lmb))
		probe->device_name = lmb;
	probe->device = memhp_snapshot_find_device(probe->snapshot, probe->device_name);
	size_t first, last;
	if (!probe->device && device_find_range(probe->snapshot, probe->device_name, &first, &last))
		return app_usage(probe->app, "%s: these are several devices, and probe takes one at a time",
				 probe->device_name);
	if (!probe->device)
		return device_absent(probe->app, probe->device_name);
	enum memhp_device_status status = memhp_device_get_status(probe->device);
	bool present = memhp_device_next_block(probe->snapshot, probe->device, NULL) != NULL;
	if (status == MEMHP_DEVICE_REMOVABLE || (present && status != MEMHP_DEVICE_HYPERVISOR))
		return app_fail(probe->app, EXIT_NOTHING, "EEXIST",
				"memhp online brings blocks online that are offline",
				"%s is system RAM already", probe->device_name);
	if (status != MEMHP_DEVICE_ADDABLE)
		return app_fail(probe->app, EXIT_UNSUPPORTED, "EOPNOTSUPP", device_hint(probe->device),
				"%s: its memory cannot be added from here: %s", probe->device_name,
				device_note(probe->device, probe->block_size));
	const char *driver = memhp_device_get_driver(probe->device);
	if (probe->memmap && (!driver || strcmp(driver, "sclp") != 0))
		return app_usage(probe->app, "--memmap-on-memory: %s is no s390 increment",
				 probe->device_name);
	int exit = probe->bytes ? check_size(probe) : EXIT_OK;
	probe->planned = planned_bytes(probe);
	return exit == EXIT_OK && !probe->force_in_use ? check_holders(probe) : exit;
}
