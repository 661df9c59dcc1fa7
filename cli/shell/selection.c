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
#include "shell/device-range.h"
#include "shell/device-text.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/operands.h"
#include "shell/selection.h"
#include "shell/text.h"

int selection_open(struct app *app, struct selection *selection, enum memhp_action action)
{
	*selection = (struct selection){ .action = action };
	int error = memhp_request_new(&selection->request, action);
	return error ? app_no_memory(app) : EXIT_OK;
}

void selection_close(struct selection *selection)
{
	memhp_request_free(selection->request);
}

/* Calls @take for each word of a comma list; an empty word is an error like any bad word. */
static int for_words(struct app *app, struct selection *selection, const char *list,
		     int (*take)(struct app *, struct selection *, const char *, const void *),
		     const void *data)
{
	char *copy = strdup(list), *rest = copy, *word;
	int exit = app_allocated(app, copy ? 0 : -ENOMEM);
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
	return app_allocated(app, error);
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
		return app_allocated(app, key == KEY_DEVICE
						  ? memhp_request_add_device(
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

static int take_operand(struct app *app, struct selection *selection, const char *word, const void *data)
{
	const struct operands operands = { app, data, selection->request, selection->action,
					   selection->may_come };
	return operand_take(&operands, word);
}

struct existence {
	const struct memhp_snapshot *snapshot;
	int key;
};

static bool is_driver(const char *name, const char *word)
{
	return name && strcmp(name, word) == 0;
}

/* With memory or without, as in the next. */
static bool has_driver(const struct memhp_snapshot *snapshot, const char *word)
{
	bool found = false;

	for (size_t i = 0; !found && i < memhp_snapshot_get_device_count(snapshot); i++)
		found = is_driver(memhp_device_get_driver(memhp_snapshot_get_device(snapshot, i)), word);
	for (size_t i = 0; !found && i < memhp_snapshot_get_count(snapshot); i++)
		found = is_driver(memhp_block_get_driver(memhp_snapshot_get_block(snapshot, i)), word);
	return found;
}

static bool has_node_of(const struct memhp_snapshot *snapshot, const char *word)
{
	uint64_t first = 0, last = 0;
	bool found = false;

	parse_nodes(word, &first, &last);
	for (size_t i = 0; !found && i < memhp_snapshot_get_node_count(snapshot); i++) {
		int node = memhp_snapshot_get_node(snapshot, i);
		found = node >= (int)first && node <= (int)last;
	}
	return found;
}

static int check_word(struct app *app, struct selection *selection, const char *word, const void *data)
{
	const struct existence *existence = data;
	const char *name = existence->key == KEY_NODE	  ? "node"
			   : existence->key == KEY_DEVICE ? "device"
							  : "driver";

	const struct memhp_snapshot *snapshot = existence->snapshot;
	char buffer[32];

	if (existence->key == KEY_NODE ? has_node_of(snapshot, word)
	    : existence->key == KEY_DEVICE
		    ? device_range_select(snapshot, device_named(word, buffer, sizeof(buffer)),
					  selection->request)
		    : has_driver(snapshot, word))
		return EXIT_OK;
	if (selection->may_come)
		return EXIT_OK;
	return app_fail(app, EXIT_NOTHING, "ENODEV",
			existence->key == KEY_NODE ? "memhp info shows the nodes"
			: geteuid() != 0 ? "without root, /proc/iomem hides which device has which memory"
					 : "memhp devices shows the devices and their drivers",
			existence->key == KEY_NODE ? "--%s %s: this machine has no such node"
						   : "--%s %s: this machine has no such memory device",
			name, word);
}

int selection_finish(struct app *app, struct selection *selection, const struct memhp_snapshot *snapshot,
		     int argc, char **argv)
{
	int exit = EXIT_OK;
	for (int i = 0; exit == EXIT_OK && i < argc; i++)
		exit = for_words(app, selection, argv[i], take_operand, snapshot);
	for (size_t i = 0; exit == EXIT_OK && i < selection->filter_count; i++) {
		struct existence existence = { snapshot, selection->filters[i].key };
		if (existence.key == KEY_NODE || existence.key == KEY_DEVICE || existence.key == KEY_DRIVER)
			exit = for_words(app, selection, selection->filters[i].arg, check_word, &existence);
	}
	return exit;
}
