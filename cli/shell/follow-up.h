/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must follow once memory has changed. */
#ifndef MEMHP_CLI_FOLLOW_UP_H
#define MEMHP_CLI_FOLLOW_UP_H

#include <stdbool.h>
#include <stdint.h>

#include <json-c/json.h>

#include <memhp.h>

struct app;

struct follow_up {
	struct memhp_support support;
	bool changed;	    /* else nothing has to follow */
	uint64_t processes; /* of those that run here, a bit for each that is known */
};

/* @resized: there is more memory online than before, or less. False when out of memory. */
bool follow_up_read(struct app *app, bool resized, struct follow_up *follow);
/* Whether kdump must be reloaded is not known (-1), and this machine is not just a copy that lacks the file;
 * or it is, and there is a crash kernel. */
bool kdump_matters(const struct memhp_support *support);
/* Why it must be, or not, or is not known; returns @buffer. */
const char *kdump_reason(const struct memhp_support *support, char *buffer, size_t size);
/* "kubelet, postgres"; returns @buffer. "": none runs here. */
const char *unaware_text(const struct follow_up *follow, char *buffer, size_t size);
/* A line each on standard output; an array. */
void follow_up_print(const struct follow_up *follow);
json_object *follow_up_json(const struct follow_up *follow);

#endif
