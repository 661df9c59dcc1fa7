/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* remove: which devices the blocks are, before the body that offline shares takes them offline. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "change/change-report.h"
#include "change/change.h"
#include "shell/command.h"
#include "shell/device-text.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/selection.h"

static const struct opt opts[] = { CHANGE_OPTS,
				   CHANGE_FORCE_OPT,
				   { KEY_WHOLE_DEVICE, "whole-device", NULL,
				     "also remove the other blocks of the devices named by a part" },
				   OPT_END };

static bool is_selected(const struct change *change, const struct memhp_block *block)
{
	return memhp_request_matches(change->selection.request, block);
}

/* How many blocks of @device are selected, and how many are not. */
static void count_blocks(const struct change *change, const struct memhp_device *device, size_t *in,
			 size_t *out)
{
	const struct memhp_block *block = NULL;

	*in = *out = 0;
	while ((block = memhp_device_next_block(change->snapshot, device, block)))
		++*(is_selected(change, block) ? in : out);
}

/* Ids of the device's blocks that are not selected: "34, 35 and 6 more". */
static void list_rest(const struct change *change, const struct memhp_device *device, size_t count,
		      char *text, size_t size)
{
	const struct memhp_block *block = NULL;
	const size_t shown = 8;
	size_t used = 0, listed = 0;

	while (listed < shown && used < size &&
	       (block = memhp_device_next_block(change->snapshot, device, block))) {
		if (!is_selected(change, block))
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
	return out && !change->whole_device ? refuse_part(change, device, out) : EXIT_OK;
}

/* Blocks that removing @device would count for a size; 0: it may not go. */
static size_t weight_of(const struct change *change, const struct memhp_device *device)
{
	size_t in, out;

	count_blocks(change, device, &in, &out);
	if (memhp_device_get_status(device) != MEMHP_DEVICE_REMOVABLE || (out && !change->whole_device))
		return 0;
	return in ? in + out : 0;
}

/*
 * Which devices have @wanted blocks together: by[n] is the device that completes a set of n, plus 1.
 * Later devices come first, so that they are preferred.
 */
static bool find_set(const struct change *change, size_t wanted, size_t *by)
{
	for (size_t i = memhp_snapshot_get_device_count(change->snapshot); i > 0 && !by[wanted]; i--) {
		size_t weight = weight_of(change, memhp_snapshot_get_device(change->snapshot, i - 1));
		for (size_t n = wanted; weight && n >= weight; n--) {
			if (!by[n] && (n == weight || by[n - weight]))
				by[n] = i;
		}
	}
	return by[wanted] != 0;
}

static void add_device(const struct change *change, struct memhp_request *request,
		       const struct memhp_device *device)
{
	const struct memhp_block *block = NULL;

	while ((block = memhp_device_next_block(change->snapshot, device, block)))
		memhp_request_add_blocks(request, memhp_block_get_id(block), memhp_block_get_id(block));
}

/* Would --whole-device find the set that is not there without? */
static bool needs_whole_device(const struct change *change, size_t wanted, size_t *by)
{
	struct change whole = *change;

	whole.whole_device = true;
	memset(by, 0, (wanted + 1) * sizeof(*by));
	return find_set(&whole, wanted, by);
}

static int select_size(struct change *change, struct memhp_request *request)
{
	size_t wanted = (size_t)(change->size / memhp_snapshot_get_block_size(change->snapshot));
	bool possible = wanted <= memhp_snapshot_get_count(change->snapshot);
	size_t *by = possible ? calloc(wanted + 1, sizeof(*by)) : NULL;

	if (possible && !by)
		return app_fail_errno(change->app, -ENOMEM, "cannot select");
	bool found = possible && find_set(change, wanted, by);
	bool needs_whole = possible && !found && needs_whole_device(change, wanted, by);
	while (found && wanted) {
		const struct memhp_device *device = memhp_snapshot_get_device(change->snapshot,
									      by[wanted] - 1);
		add_device(change, request, device);
		wanted -= weight_of(change, device);
	}
	free(by);
	if (found)
		return EXIT_OK;
	return app_fail(change->app, EXIT_NOTHING, "ENODEV",
			needs_whole ? "--whole-device takes devices of which only a part is selected, too"
				    : "memhp devices shows what there is",
			"--size %s: no set of whole devices that can be removed has this size among the "
			"selected blocks",
			change->size_text);
}

/* Replaces the selection by all blocks of the devices: of all that it touches, or as many as the size takes.
 */
static int select_devices(struct change *change)
{
	struct memhp_request *request;
	int exit = EXIT_OK, error = memhp_request_new(&request, MEMHP_ACTION_OFFLINE);

	if (error)
		return app_fail_errno(change->app, error, "cannot select");
	if (change->size)
		exit = select_size(change, request);
	for (size_t i = 0; !change->size && i < memhp_snapshot_get_device_count(change->snapshot); i++) {
		const struct memhp_device *device = memhp_snapshot_get_device(change->snapshot, i);
		if (weight_of(change, device))
			add_device(change, request, device);
	}
	memhp_request_free(change->selection.request);
	change->selection.request = request; /* without a size: all blocks of these devices */
	return exit;
}

static int prepare(struct change *change)
{
	int exit = EXIT_OK;

	for (size_t i = 0;
	     exit == EXIT_OK && !change->size && i < memhp_snapshot_get_device_count(change->snapshot); i++)
		exit = check_device(change, memhp_snapshot_get_device(change->snapshot, i));
	return exit == EXIT_OK && (change->whole_device || change->size) ? select_devices(change) : exit;
}

static int run(struct app *app, int argc, char **argv)
{
	static const struct change_kind kind = { false,		false,
						 &words_remove, MEMHP_WANT_DEVICE,
						 prepare,	memhp_plan_remove };
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
