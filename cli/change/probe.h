/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_PROBE_H
#define MEMHP_CLI_PROBE_H

#include <memhp.h>

#include "change/following.h"

struct app;

/* One probe command at work: of a device if device_name is set, else of an address. */
struct probe {
	struct app *app;
	const char *device_name, *size_text;
	char lmb_name[32]; /* device_name, where its DRC index was given */
	uint64_t address, bytes, timeout_ms, wait_ms, block_size;
	uint64_t planned; /* bytes that are to come, as far as that is known; else 0 */
	bool online, keep_policy, memmap, force_address, force_in_use, dry_run;
	enum memhp_target target;
	struct memhp_snapshot *snapshot;
	const struct memhp_device *device;
	struct json_object *warnings; /* array of strings */
	struct following following;
};

/* probe-checks.c. Return an exit code. */
int probe_check_address(struct probe *probe);
int probe_check_device(struct probe *probe);
/* Says that no address can be probed. */
int probe_no_interface(struct app *app);

#endif
