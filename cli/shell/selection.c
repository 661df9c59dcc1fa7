/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/selection.h"
#include "shell/text.h"

int selection_open(struct app *app, struct selection *selection, enum memhp_action action)
{
	*selection = (struct selection){ .action = action };
	int error = memhp_request_new(&selection->request, action);
	return error ? app_fail(app, EXIT_NOTHING, errno_name(-error), NULL, "out of memory") : EXIT_OK;
}

void selection_close(struct selection *selection)
{
	memhp_request_free(selection->request);
}

static int added(struct app *app, int error)
{
	return error ? app_fail(app, EXIT_NOTHING, errno_name(-error), NULL, "out of memory") : EXIT_OK;
}

/* Calls @take for each word of a comma list; an empty word is an error like any bad word. */
static int for_words(struct app *app, struct selection *selection, const char *list,
		     int (*take)(struct app *, struct selection *, const char *, const void *),
		     const void *data)
{
	char *copy = strdup(list), *rest = copy, *word;
	int exit = added(app, copy ? 0 : -ENOMEM);
	if (strstr(list, ",,") || *list == ',' || (*list && list[strlen(list) - 1] == ',')) {
		free(copy);
		return app_usage(app, "'%s': a word of the list is missing", list);
	}
	while (exit == EXIT_OK && (word = strsep(&rest, ",")))
		exit = take(app, selection, word, data);
	free(copy);
	return exit;
}

/* "2" or "2-3" */
static bool parse_nodes(const char *word, uint64_t *first, uint64_t *last)
{
	char copy[48];
	if (strlen(word) >= sizeof(copy))
		return false;
	strcpy(copy, word);
	char *dash = strchr(copy, '-');
	if (dash)
		*dash = '\0';
	if (!number_parse(copy, 10, first))
		return false;
	*last = *first;
	return (!dash || number_parse(dash + 1, 10, last)) && *first <= *last && *last < 65536;
}

static int take_node(struct app *app, struct selection *selection, const char *word, const void *data)
{
	(void)data;
	uint64_t first, last;
	if (!parse_nodes(word, &first, &last))
		return app_usage(app, "--node '%s': not a node number or range like 0,2-3", word);
	int error = 0;
	for (uint64_t node = first; !error && node <= last; node++)
		error = memhp_request_add_node(selection->request, (int)node);
	return added(app, error);
}

/* The DRC index of an LMB, as drmgr has it, with or without 0x: "lmb-80000001". Others are what they are. */
static const char *device_named(const char *word, char *buffer, size_t size)
{
	const char *digits = strncasecmp(word, "0x", 2) == 0 ? word + 2 : word;
	uint64_t index;

	if (strlen(digits) != 8 || !number_parse(digits, 16, &index))
		return word;
	snprintf(buffer, size, "lmb-%" PRIx64, index);
	return buffer;
}

static int take_word(struct app *app, struct selection *selection, const char *word, const void *data)
{
	int key = *(const int *)data;
	struct memhp_request *request = selection->request;
	char name[32];

	switch (key) {
	case KEY_STATE:
		if (memhp_request_add_state(request, memhp_state_parse(word)))
			return app_usage(app, "--state '%s': it is online, offline or going-offline", word);
		return EXIT_OK;
	case KEY_ZONE:
	case KEY_VALID_ZONE: {
		enum memhp_zone zone = memhp_zone_parse(word);
		if (key == KEY_ZONE ? memhp_request_add_zone(request, zone)
				    : memhp_request_add_valid_zone(request, zone))
			return app_usage(app,
					 "--%szone '%s': zones are DMA, DMA32, Normal, HighMem, Movable, "
					 "Device and none",
					 key == KEY_ZONE ? "" : "valid-", word);
		return EXIT_OK;
	}
	default:
		if (!*word)
			return app_usage(app, "--%s: a name is empty",
					 key == KEY_DEVICE ? "device" : "driver");
		return added(app, key == KEY_DEVICE ? memhp_request_add_device(
							      request, device_named(word, name, sizeof(name)))
						    : memhp_request_add_driver(request, word));
	}
}

int selection_option(struct app *app, struct selection *selection, int key, const char *arg)
{
	if (key < KEY_NODE || key > KEY_DRIVER)
		return SELECTION_OTHER;
	if (selection->filter_count == MAX_FILTERS)
		return app_usage(app, "more than %d filters; use comma lists", MAX_FILTERS);
	selection->filters[selection->filter_count].key = key;
	selection->filters[selection->filter_count++].arg = arg;
	return for_words(app, selection, arg, key == KEY_NODE ? take_node : take_word, &key);
}

static int absent(struct app *app, const struct memhp_snapshot *snapshot, const char *word)
{
	size_t count = memhp_snapshot_get_count(snapshot);
	uint64_t last = count ? memhp_block_get_id(memhp_snapshot_get_block(snapshot, count - 1)) : 0;
	return app_fail(app, EXIT_NOTHING, "ENODEV", "memhp list shows the blocks that there are",
			"%s: this machine has no such memory block (the highest is %" PRIu64 ")", word, last);
}

/* An id with or without "memory", or an address; *is_address tells which. */
static bool parse_end(const char *word, uint64_t *value, bool *is_address)
{
	*is_address = word[0] == '0' && (word[1] == 'x' || word[1] == 'X');
	if (*is_address)
		return number_parse(word + 2, 16, value);
	if (strncmp(word, "memory", 6) == 0)
		word += 6;
	return number_parse(word, 10, value);
}

static int take_addresses(struct app *app, struct memhp_request *request, const char *word, uint64_t start,
			  uint64_t end, uint64_t size)
{
	if (start > end)
		return app_usage(app, "%s: the range ends before it starts", word);
	if (start % size || end % size != size - 1) {
		uint64_t first = start / size * size, last = end / size * size + size - 1;
		return app_usage(app,
				 "%s: not on block boundaries; the blocks that it touches are "
				 "0x%016" PRIx64 "-0x%016" PRIx64,
				 word, first, last);
	}
	return added(app, memhp_request_add_blocks(request, start / size, end / size));
}

static int take_range(struct app *app, struct memhp_request *request, const char *word, char *low, char *high,
		      uint64_t size)
{
	uint64_t first, last;
	bool first_address, last_address;

	if (!parse_end(low, &first, &first_address) || !parse_end(high, &last, &last_address))
		return app_usage(app,
				 "'%s': not a block id, range of ids or address range (32, 32-39, 0x…-0x…)",
				 word);
	if (first_address != last_address)
		return app_usage(app,
				 "%s: one end is a block id, the other an address; as ids it is "
				 "%" PRIu64 "-%" PRIu64,
				 word, first_address ? first / size : first,
				 last_address ? last / size : last);
	if (first_address)
		return take_addresses(app, request, word, first, last, size);
	if (first > last)
		return app_usage(app,
				 "%s: the range ends before it starts; did you mean %" PRIu64 "-%" PRIu64 "?",
				 word, last, first);
	if (last > UINT64_MAX / size)
		return app_usage(app, "%s: past the end of the 64-bit address space", word);
	return added(app, memhp_request_add_blocks(request, first, last));
}

/* Run by run, so that "all" names no hole. */
static int take_all(struct app *app, struct memhp_request *request, const struct memhp_snapshot *snapshot)
{
	int error = 0;
	size_t count = memhp_snapshot_get_count(snapshot);
	for (size_t i = 0, next; !error && i < count; i = next) {
		uint64_t first = memhp_block_get_id(memhp_snapshot_get_block(snapshot, i)), last = first;
		for (next = i + 1; next < count; next++) {
			if (memhp_block_get_id(memhp_snapshot_get_block(snapshot, next)) != last + 1)
				break;
			last++;
		}
		error = memhp_request_add_blocks(request, first, last);
	}
	return added(app, error);
}

/* "/sys/devices/system/memory/memory40/" is memory40, wherever its sysfs is; others are what they are. */
static bool strip_path(const char *path, char *name, size_t size)
{
	static const char directory[] = "devices/system/memory/";
	const char *found = strstr(path, directory);

	if (!found || (found > path && found[-1] != '/'))
		return false;
	found += strlen(directory);
	size_t length = strcspn(found, "/");
	if (length >= size || found[length + strspn(found + length, "/")])
		return false;
	snprintf(name, size, "%.*s", (int)length, found);
	return strncmp(name, "memory", strlen("memory")) == 0;
}

/* An address inside a block may be something else that looks like one: where memory changes, it must be
 * exact. */
static int not_a_start(struct app *app, const char *word, uint64_t block, uint64_t size)
{
	struct memhp_snapshot *snapshot = NULL;
	const struct memhp_device *lmb = NULL;
	char name[32];

	if (memhp_snapshot_read(app->ctx, MEMHP_WANT_DEVICE, &snapshot) == 0)
		lmb = memhp_snapshot_find_device(snapshot, device_named(word, name, sizeof(name)));
	uint64_t start = lmb ? memhp_device_get_start(lmb) : 0;
	memhp_snapshot_free(snapshot);
	if (lmb)
		return app_usage(app,
				 "%s: not where a block starts, but the DRC index of the LMB at 0x%" PRIx64
				 ": --device %s means that",
				 word, start, name);
	return app_usage(
		app, "%s: not where a block starts; it lies in memory%" PRIu64 ", which starts at 0x%" PRIx64,
		word, block, block * size);
}

static int take_block(struct app *app, struct selection *selection, const char *word, const void *data)
{
	const struct memhp_snapshot *snapshot = data;
	char name[32];
	uint64_t size = memhp_snapshot_get_block_size(snapshot), value;
	bool is_address;

	if (strip_path(word, name, sizeof(name)))
		word = name;
	if (strcmp(word, "all") == 0)
		return take_all(app, selection->request, snapshot);
	const char *dash = strchr(word, '-');
	if (dash && dash != word) {
		char low[64] = "", high[64] = "";
		if ((size_t)(dash - word) < sizeof(low) && strlen(dash + 1) < sizeof(high)) {
			memcpy(low, word, (size_t)(dash - word));
			strcpy(high, dash + 1);
		}
		return take_range(app, selection->request, word, low, high, size);
	}
	if (!parse_end(word, &value, &is_address))
		return app_usage(app,
				 "'%s': not a block id, range of ids, address or address range "
				 "(32, memory32, 32-39, 0x100000000)",
				 word);
	if (is_address && value % size && selection->action != MEMHP_ACTION_NONE)
		return not_a_start(app, word, value / size, size);
	if (is_address)
		value /= size;
	if (!memhp_snapshot_find(snapshot, value))
		return absent(app, snapshot, word);
	return added(app, memhp_request_add_blocks(selection->request, value, value));
}

struct existence {
	const struct memhp_snapshot *snapshot;
	int key;
};

static bool block_has(const struct existence *existence, const struct memhp_block *block, const char *word)
{
	if (existence->key == KEY_NODE) {
		uint64_t first = 0, last = 0;
		parse_nodes(word, &first, &last);
		for (size_t i = 0; i < memhp_block_get_node_count(block); i++) {
			int node = memhp_block_get_node(block, i);
			if (node >= (int)first && node <= (int)last)
				return true;
		}
		return false;
	}
	char buffer[32];
	const char *name = memhp_block_get_driver(block);
	if (existence->key == KEY_DEVICE) {
		word = device_named(word, buffer, sizeof(buffer));
		name = memhp_device_get_name(memhp_snapshot_get_block_device(existence->snapshot, block));
	}
	return name && strcmp(name, word) == 0;
}

static int check_word(struct app *app, struct selection *selection, const char *word, const void *data)
{
	(void)selection;
	const struct existence *existence = data;
	const char *name = existence->key == KEY_NODE	  ? "node"
			   : existence->key == KEY_DEVICE ? "device"
							  : "driver";

	/* A node without memory exists all the same. */
	uint64_t node = 0, last = 0;
	if (existence->key == KEY_NODE && parse_nodes(word, &node, &last)) {
		for (; node <= last; node++) {
			if (memhp_snapshot_has_node(existence->snapshot, (int)node))
				return EXIT_OK;
		}
	}
	for (size_t i = 0; i < memhp_snapshot_get_count(existence->snapshot); i++) {
		if (block_has(existence, memhp_snapshot_get_block(existence->snapshot, i), word))
			return EXIT_OK;
	}
	return app_fail(app, EXIT_NOTHING, "ENODEV",
			geteuid() != 0 ? "without root, /proc/iomem hides which device has which memory"
			: existence->key == KEY_NODE ? "memhp list -o RANGE,NODES shows the nodes"
						     : "memhp devices shows the devices and their drivers",
			existence->key == KEY_NODE ? "--%s %s: this machine has no such node"
						   : "--%s %s: no memory block belongs to it",
			name, word);
}

int selection_finish(struct app *app, struct selection *selection, const struct memhp_snapshot *snapshot,
		     int argc, char **argv)
{
	int exit = EXIT_OK;
	for (int i = 0; exit == EXIT_OK && i < argc; i++)
		exit = for_words(app, selection, argv[i], take_block, snapshot);
	for (size_t i = 0; exit == EXIT_OK && i < selection->filter_count; i++) {
		struct existence existence = { snapshot, selection->filters[i].key };
		if (existence.key == KEY_NODE || existence.key == KEY_DEVICE || existence.key == KEY_DRIVER)
			exit = for_words(app, selection, selection->filters[i].arg, check_word, &existence);
	}
	return exit;
}
