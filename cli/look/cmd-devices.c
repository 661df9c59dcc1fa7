/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <getopt.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/device-range.h"
#include "shell/device-text.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/table.h"
#include "shell/text.h"

static const struct opt opts[] = { { 'a', "all", NULL,
				     "one line a device: do not merge those that are alike" },
				   { 'b', "bytes", NULL, "sizes in bytes" },
				   OPT_END };

/* What Linux has of a device. */
struct use {
	size_t blocks;
	uint64_t online, offline; /* bytes */
};

struct places {
	size_t first, last;
};

struct listing {
	struct app *app;
	struct memhp_snapshot *snapshot;
	bool all, bytes;
	struct places *shown; /* devices to show, by their places; none: all */
	int shown_count;
};

static struct use count_use(const struct listing *listing, const struct memhp_device *device)
{
	uint64_t size = memhp_snapshot_get_block_size(listing->snapshot);
	struct use use = { 0 };

	for (const struct memhp_block *block = NULL;
	     (block = memhp_device_next_block(listing->snapshot, device, block));) {
		use.blocks++;
		use.online += memhp_block_get_state(block) == MEMHP_STATE_ONLINE ? size : 0;
		use.offline += memhp_block_get_state(block) == MEMHP_STATE_OFFLINE ? size : 0;
	}
	return use;
}

static bool is_shown(const struct listing *listing, size_t place)
{
	for (int i = 0; i < listing->shown_count; i++) {
		if (place >= listing->shown[i].first && place <= listing->shown[i].last)
			return true;
	}
	return listing->shown_count == 0;
}

/* -1: not known. */
static int is_removable(const struct memhp_device *device)
{
	enum memhp_device_status status = memhp_device_get_status(device);
	return status == MEMHP_DEVICE_UNKNOWN ? -1 : status == MEMHP_DEVICE_REMOVABLE;
}

static json_object *device_json(const struct listing *listing, const struct memhp_device *device)
{
	json_object *object = json_new_object(), *blocks = json_new_array();
	uint64_t size = memhp_device_get_size(device),
		 block_size = memhp_snapshot_get_block_size(listing->snapshot);
	struct use use = count_use(listing, device);
	int node = memhp_device_get_node(device);

	for (const struct memhp_block *block = NULL;
	     (block = memhp_device_next_block(listing->snapshot, device, block));)
		json_append(blocks, json_new_u64(memhp_block_get_id(block)));
	json_add_string(object, "device", memhp_device_get_name(device));
	json_add_string(object, "driver", memhp_device_get_driver(device));
	json_add_string(object, "module",
			memhp_module_state_name(memhp_device_read_module(listing->app->ctx, device)));
	json_add(object, "start", size ? json_new_u64(memhp_device_get_start(device)) : NULL);
	json_add(object, "size", size ? json_new_u64(size) : NULL);
	json_add(object, "node", node < 0 ? NULL : json_new_int(node));
	json_add(object, "blocks", blocks);
	json_add_u64(object, "online", use.online);
	json_add_u64(object, "offline", use.offline);
	json_add(object, "removable", tristate_json(is_removable(device)));
	json_add_string(object, "status", memhp_device_status_name(memhp_device_get_status(device)));
	json_add_string(object, "note", device_note(device, block_size));
	return object;
}

static int print_json(const struct listing *listing)
{
	json_object *document = json_document(listing->app), *devices = json_new_array();

	for (size_t i = 0; i < memhp_snapshot_get_device_count(listing->snapshot); i++) {
		const struct memhp_device *device = memhp_snapshot_get_device(listing->snapshot, i);
		if (is_shown(listing, i))
			json_append(devices, device_json(listing, device));
	}
	json_add(document, "devices", devices);
	return json_finish(listing->app, document, EXIT_OK);
}

static const struct {
	const char *name;
	int flags;
} columns[] = {
	{ "DEVICE", 0 },
	{ "DRIVER", 0 },
	{ "MODULE", 0 },
	{ "RANGE", 0 },
	{ "SIZE", SCOLS_FL_RIGHT },
	{ "NODE", SCOLS_FL_RIGHT },
	{ "BLOCKS", SCOLS_FL_RIGHT },
	{ "ONLINE", SCOLS_FL_RIGHT },
	{ "OFFLINE", SCOLS_FL_RIGHT },
	{ "REMOVABLE", 0 },
	{ "NOTE", 0 },
};

static void size_text(const struct listing *listing, uint64_t size, char *text, size_t length)
{
	if (listing->bytes)
		snprintf(text, length, "%" PRIu64, size);
	else
		size_format(size, text, length);
}

/* All online, all offline, or no block at all: of anything else the sums do not say which device has what. */
static bool is_uniform(const struct listing *listing, const struct use *use)
{
	uint64_t all = use->blocks * memhp_snapshot_get_block_size(listing->snapshot);
	return use->online == all || use->offline == all;
}

static bool same_use(const struct listing *listing, const struct memhp_device *a,
		     const struct memhp_device *b)
{
	struct use left = count_use(listing, a), right = count_use(listing, b);

	return is_uniform(listing, &left) && is_uniform(listing, &right) && !left.online == !right.online &&
	       !left.offline == !right.offline;
}

/* Empty slots, and LMBs and increments that follow each other, come by the hundred: one line for those alike.
 */
static bool are_alike(const struct listing *listing, const struct memhp_device *a,
		      const struct memhp_device *b)
{
	const char *driver = memhp_device_get_driver(a), *other = memhp_device_get_driver(b);
	uint64_t size = memhp_device_get_size(a);

	if (!driver || !other || strcmp(driver, other) != 0 ||
	    memhp_device_get_status(a) != memhp_device_get_status(b) ||
	    memhp_device_get_node(a) != memhp_device_get_node(b) || !same_use(listing, a, b))
		return false;
	return size ? memhp_device_get_size(b) &&
			       memhp_device_get_start(a) + size == memhp_device_get_start(b)
		    : memhp_device_get_status(a) == MEMHP_DEVICE_EMPTY;
}

/* Adds @device to the sums of a line that begins with an earlier one. */
static void add_use(const struct listing *listing, struct use *use, const struct memhp_device *device)
{
	struct use more = count_use(listing, device);
	use->blocks += more.blocks;
	use->online += more.online;
	use->offline += more.offline;
}

static bool fill_line(const struct listing *listing, struct libscols_line *line,
		      const struct memhp_device *first, const struct memhp_device *last,
		      const struct use *use)
{
	uint64_t start = memhp_device_get_start(first);
	uint64_t size = memhp_device_get_start(last) + memhp_device_get_size(last) - start;
	int removable = is_removable(first);
	char name[160], range[48] = "", total[24] = "", node[16] = "", blocks[24], online[24], offline[24];

	snprintf(name, sizeof(name), first == last ? "%s" : "%s-%s", memhp_device_get_name(first),
		 memhp_device_get_name(last));
	if (size) {
		snprintf(range, sizeof(range), "0x%016" PRIx64 "-0x%016" PRIx64, start, start + size - 1);
		size_text(listing, size, total, sizeof(total));
	}
	if (memhp_device_get_node(first) >= 0)
		snprintf(node, sizeof(node), "%d", memhp_device_get_node(first));
	snprintf(blocks, sizeof(blocks), "%zu", use->blocks);
	size_text(listing, use->online, online, sizeof(online));
	size_text(listing, use->offline, offline, sizeof(offline));
	const char *cells[] = { name,
				memhp_device_get_driver(first),
				memhp_module_state_name(memhp_device_read_module(listing->app->ctx, first)),
				range,
				total,
				node,
				blocks,
				online,
				offline,
				removable < 0 ? NULL
				: removable   ? "yes"
					      : "no",
				device_note(first, memhp_snapshot_get_block_size(listing->snapshot)) };
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		if (scols_line_set_data(line, i, cells[i]))
			return false;
	}
	return true;
}

static bool fill_table(const struct listing *listing, struct libscols_table *table)
{
	size_t count = memhp_snapshot_get_device_count(listing->snapshot);

	for (size_t i = 0, next; i < count; i = next) {
		const struct memhp_device *first = memhp_snapshot_get_device(listing->snapshot, i),
					  *last = first;
		struct use use = count_use(listing, first);
		next = i + 1;
		if (!is_shown(listing, i))
			continue;
		for (; !listing->all && !listing->shown_count && next < count; next++) {
			const struct memhp_device *device = memhp_snapshot_get_device(listing->snapshot,
										      next);
			if (!are_alike(listing, last, device))
				break;
			add_use(listing, &use, device);
			last = device;
		}
		struct libscols_line *line = scols_table_new_line(table, NULL);
		if (!line || !fill_line(listing, line, first, last, &use))
			return false;
	}
	return true;
}

static int print_table(const struct listing *listing)
{
	struct libscols_table *table = scols_new_table();
	bool good = table != NULL;

	for (size_t i = 0; good && i < ARRAY_SIZE(columns); i++)
		good = scols_table_new_column(table, columns[i].name, 0, columns[i].flags) != NULL;
	good = good && fill_table(listing, table) && table_print(table);
	scols_unref_table(table);
	return good ? EXIT_OK : app_no_memory(listing->app);
}

/* Is a device shown that has a driver of which the module's state is not known? */
static bool lacks_module_state(const struct listing *listing)
{
	for (size_t i = 0; i < memhp_snapshot_get_device_count(listing->snapshot); i++) {
		const struct memhp_device *device = memhp_snapshot_get_device(listing->snapshot, i);
		if (is_shown(listing, i) && memhp_device_get_driver(device) &&
		    memhp_device_read_module(listing->app->ctx, device) == MEMHP_MODULE_UNKNOWN)
			return true;
	}
	return false;
}

static int find_names(struct listing *listing, int count, char **names)
{
	listing->shown = calloc((size_t)count + 1, sizeof(*listing->shown));
	if (!listing->shown)
		return app_no_memory(listing->app);
	for (; listing->shown_count < count; listing->shown_count++) {
		struct places *places = &listing->shown[listing->shown_count];
		char lmb[32];
		const char *name = names[listing->shown_count];
		if (!device_find_range(listing->snapshot, name, &places->first, &places->last) &&
		    !device_find_range(listing->snapshot, device_named(name, lmb, sizeof(lmb)),
				       &places->first, &places->last))
			return device_absent(listing->app, name);
	}
	return EXIT_OK;
}

static int run(struct app *app, int argc, char **argv)
{
	struct listing listing = { .app = app };
	const char *arg;
	int key;

	while ((key = option_next(app, argc, argv, &arg)) != OPTION_END) {
		if (key == OPTION_STOP)
			return option_exit(app);
		listing.all |= key == 'a';
		listing.bytes |= key == 'b';
	}
	int exit = app_open(app);
	if (exit == EXIT_OK)
		exit = app_read(app,
				MEMHP_WANT_STATE | MEMHP_WANT_NODES | MEMHP_WANT_DEVICE | MEMHP_WANT_CONFIG,
				&listing.snapshot);
	if (exit == EXIT_OK)
		exit = find_names(&listing, argc - optind, argv + optind);
	if (exit == EXIT_OK)
		exit = app->json ? print_json(&listing) : print_table(&listing);
	bool live = exit == EXIT_OK && memhp_ctx_is_live(app->ctx);
	if (exit == EXIT_OK && !app->json && !live && lacks_module_state(&listing))
		fputs("memhp devices: not the live system: where MODULE is empty, its state is not known\n",
		      stderr);
	else if (exit == EXIT_OK && !app->json && live && geteuid() != 0)
		fputs("memhp devices: without root, /proc/iomem hides its addresses: which blocks are of DAX "
		      "or "
		      "virtio-mem devices, or of another driver's memory, cannot be seen\n",
		      stderr);
	free(listing.shown);
	memhp_snapshot_free(listing.snapshot);
	return exit;
}

const struct cmd cmd_devices = {
	.name = "devices",
	.args = "[DEVICE...]",
	.summary = "List memory devices, their drivers and blocks",
	.opts = opts,
	.run = run,
};
