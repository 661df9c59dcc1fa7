/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* remove: which devices the blocks are, before the body that offline shares takes them offline. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "device-words.h"

static const struct opt opts[] = { CHANGE_OPTS,
				   CHANGE_FORCE_OPT,
				   { KEY_WHOLE_DEVICE, "whole-device", NULL,
				     "also remove the other blocks of the devices named by a part" },
				   OPT_END };

static const struct memhp_device *device_of(const struct change *change, const struct memhp_block *block)
{
	return memhp_snapshot_get_block_device(change->snapshot, block);
}

static bool is_selected(const struct change *change, const struct memhp_block *block)
{
	return memhp_request_matches(change->selection.request, block);
}

/* How many blocks of @device are selected, and how many are not. */
static void count_blocks(const struct change *change, const struct memhp_device *device, size_t *in,
			 size_t *out)
{
	*in = *out = 0;
	for (size_t i = 0; i < memhp_snapshot_get_count(change->snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(change->snapshot, i);
		if (device_of(change, block) == device)
			++*(is_selected(change, block) ? in : out);
	}
}

/* Ids of the device's blocks that are not selected: "34, 35 and 6 more". */
static void list_rest(const struct change *change, const struct memhp_device *device, size_t count,
		      char *text, size_t size)
{
	const size_t shown = 8;
	size_t used = 0, listed = 0;

	for (size_t i = 0; i < memhp_snapshot_get_count(change->snapshot) && listed < shown; i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(change->snapshot, i);
		if (device_of(change, block) == device && !is_selected(change, block) && used < size)
			used += (size_t)snprintf(text + used, size - used, "%s%" PRIu64, listed++ ? ", " : "",
						 memhp_block_get_id(block));
	}
	if (count > shown && used < size)
		snprintf(text + used, size - used, " and %zu more", count - shown);
}

static int refuse_part(struct change *change, const struct memhp_device *device, size_t rest)
{
	char blocks[256] = "";
	list_rest(change, device, rest, blocks, sizeof(blocks));
	return app_fail(change->app, EXIT_USAGE, "usage",
			"--whole-device removes them as well; memhp offline takes blocks offline only",
			"%s is removed as a whole; it also has block%s %s", memhp_device_get_name(device),
			rest == 1 ? "" : "s", blocks);
}

static int check_device(struct change *change, const struct memhp_device *device)
{
	size_t in, out;

	count_blocks(change, device, &in, &out);
	if (in == 0)
		return EXIT_OK;
	if (memhp_device_get_status(device) != MEMHP_DEVICE_REMOVABLE)
		return app_fail(change->app, EXIT_UNSUPPORTED, "EOPNOTSUPP", device_hint(device),
				"%s cannot be removed from here: %s", memhp_device_get_name(device),
				device_note(device, 0));
	return out && !change->whole_device && !change->size ? refuse_part(change, device, out) : EXIT_OK;
}

/* Replaces the selection by all blocks of the devices that it touches, up to the size if there is one. */
static int select_devices(struct change *change)
{
	uint64_t block_size = memhp_snapshot_get_block_size(change->snapshot), left = change->size;
	struct memhp_request *request;
	int error = memhp_request_new(&request, MEMHP_ACTION_OFFLINE);

	if (error)
		return app_fail_errno(change->app, error, "cannot select");
	for (size_t i = memhp_snapshot_get_device_count(change->snapshot); i > 0; i--) {
		const struct memhp_device *device = memhp_snapshot_get_device(change->snapshot, i - 1);
		size_t in, out;
		count_blocks(change, device, &in, &out);
		uint64_t size = (in + out) * block_size;
		if (in == 0 || (change->size && (size > left || (out && !change->whole_device))))
			continue;
		left -= change->size ? size : 0;
		for (size_t j = 0; j < memhp_snapshot_get_count(change->snapshot); j++) {
			const struct memhp_block *block = memhp_snapshot_get_block(change->snapshot, j);
			uint64_t id = memhp_block_get_id(block);
			if (device_of(change, block) == device)
				memhp_request_add_blocks(request, id, id);
		}
	}
	memhp_request_free(change->selection.request);
	change->selection.request = request; /* without a size: all blocks of these devices */
	if (change->size == 0 || left == 0)
		return EXIT_OK;
	return app_fail(change->app, EXIT_NOTHING, "ENODEV", "memhp devices shows what there is",
			"--size %s: no set of whole devices among the selected blocks has this size",
			change->size_text);
}

static int prepare(struct change *change)
{
	int exit = EXIT_OK;

	for (size_t i = 0; exit == EXIT_OK && i < memhp_snapshot_get_device_count(change->snapshot); i++) {
		const struct memhp_device *device = memhp_snapshot_get_device(change->snapshot, i);
		if (!change->size || memhp_device_get_status(device) == MEMHP_DEVICE_REMOVABLE)
			exit = check_device(change, device);
	}
	return exit == EXIT_OK && (change->whole_device || change->size) ? select_devices(change) : exit;
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct change_kind kind = { false, &words_remove, MEMHP_WANT_DEVICE, prepare,
						 memhp_plan_remove };
	return change_main(app, argc, argv, &kind);
}

const struct cmd cmd_remove = {
	.name = "remove",
	.args = "[BLOCKS...]",
	.summary = "Take memory blocks offline and out of Linux",
	.opts = opts,
	.takes_filters = true,
	.zone_filters = true,
	.run = run,
};
