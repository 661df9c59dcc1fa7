/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"
#include "shell/text.h"
#include "watch/happening.h"
#include "watch/wait-report.h"

#define MAX_SAID 4 /* hindrances in one message */

static const char polled_format[] = "cannot hear the kernel's events: %s; looks again and again instead";

void wait_say_polled(const struct app *app, const char *why)
{
	if (!app->json) /* the document has it */
		app_warn(app, polled_format, why);
}

static void append_hindrance(char *text, size_t size, const struct condition *condition,
			     const struct hindrance *hindrance)
{
	char blocks[BLOCKS_SIZE];
	const char *verb = hindrance->count > 1 ? "are" : "is", *state = memhp_state_name(hindrance->state);

	if (hindrance->device) {
		text_append(text, size, "device %s is %s", hindrance->device,
			    condition->absent ? "there" : "not there");
		return;
	}
	blocks_text(hindrance->first, hindrance->count, blocks);
	text_append(text, size, "block%s %s %s ", hindrance->count > 1 ? "s" : "", blocks, verb);
	if (condition->absent)
		text_append(text, size, "there");
	else if (!hindrance->exists)
		text_append(text, size, "not there");
	else
		text_append(text, size, "%s", state ? state : "in an unknown state");
}

/* "blocks 32-39 are offline, block 41 is not there" */
static void say_missing(const struct wait_report *report, char *text, size_t size)
{
	const struct standing *standing = &report->standing;
	char have[24], wanted[24];

	text[0] = '\0';
	if (report->condition->size) {
		size_format(standing->fulfilled * report->block_size, have, sizeof(have));
		size_format(report->condition->size, wanted, sizeof(wanted));
		text_append(text, size, "%s of %s", have, wanted);
	} else if (standing->count == 0) {
		text_append(text, size, "no memory block matches");
	}
	for (size_t i = 0; i < standing->count; i++) {
		if (i == MAX_SAID) {
			text_append(text, size, " and so on");
			return;
		}
		text_append(text, size, "%s", *text ? ", " : "");
		append_hindrance(text, size, report->condition, &standing->hindrances[i]);
	}
}

static json_object *amount_json(uint64_t blocks, uint64_t block_size)
{
	json_object *object = json_new_object();

	json_add_u64(object, "blocks", blocks);
	json_add_u64(object, "size", blocks * block_size);
	return object;
}

static json_object *missing_json(const struct wait_report *report)
{
	const struct standing *standing = &report->standing;
	json_object *list = json_new_array();

	for (size_t i = 0; i < standing->count; i++) {
		const struct hindrance *hindrance = &standing->hindrances[i];
		json_object *object = json_new_object();
		bool blocks = !hindrance->device;
		json_add_string(object, "device", hindrance->device);
		json_add(object, "first", blocks ? json_new_u64(hindrance->first) : NULL);
		json_add(object, "last",
			 blocks ? json_new_u64(hindrance->first + hindrance->count - 1) : NULL);
		json_add_string(object, "state", memhp_state_name(hindrance->state));
		json_add_bool(object, "present", hindrance->exists || (!blocks && report->condition->absent));
		json_append(list, object);
	}
	return list;
}

static int print_json(struct app *app, const struct wait_report *report, int exit)
{
	const struct condition *condition = report->condition;
	const struct standing *standing = &report->standing;
	json_object *document = json_document(app), *requested = json_new_object();
	json_object *warnings = json_new_array();
	char text[256];

	json_add_string(requested, "state", memhp_state_name(condition->state));
	json_add_bool(requested, "present", !condition->absent);
	json_add(requested, "size", condition->size ? json_new_u64(condition->size) : NULL);
	json_add(document, "requested", requested);
	json_add_bool(document, "held", standing->holds);
	json_add_bool(document, "interrupted", report->interrupted);
	json_add_bool(document, "listened", !report->polled);
	json_add_u64(document, "elapsed_ms", report->elapsed_ms);
	json_add(document, "selected", amount_json(standing->selected, report->block_size));
	json_add(document, "fulfilled", amount_json(standing->fulfilled, report->block_size));
	json_add(document, "missing", missing_json(report));
	snprintf(text, sizeof(text), polled_format, report->polled ? report->polled : "");
	if (report->polled)
		json_append(warnings, json_new_string(text));
	json_add(document, "warnings", warnings);
	return json_finish(app, document, exit);
}

int wait_print(struct app *app, const struct wait_report *report)
{
	int exit = report->standing.holds ? EXIT_OK : EXIT_NOTHING;
	char missing[512];

	if (app->json)
		return print_json(app, report, exit);
	if (exit == EXIT_OK)
		return exit;
	say_missing(report, missing, sizeof(missing));
	fprintf(stderr, "memhp wait: %s after %" PRIu64 ".%03" PRIu64 " s: %s\n",
		report->interrupted ? "interrupted" : "timed out", report->elapsed_ms / 1000,
		report->elapsed_ms % 1000, missing);
	return exit;
}
