/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who else changes memory blocks: the kernel, its command line, and what user space is configured to do.
 * Files are read for what they say, not interpreted: a value that depends on the machine is NULL.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/sysfs.h"
#include "policy/actors.h"

#define AUTO_ONLINE MEMORY_DIR "/auto_online_blocks"
#define CMDLINE "proc/cmdline"

static void read_kernel(struct memhp_ctx *ctx, struct memhp_actors *actors)
{
	char value[64], text[96];

	if (sysfs_read(ctx, AUTO_ONLINE, value, sizeof(value)) || !value[0] || strcmp(value, "offline") == 0)
		return;
	snprintf(text, sizeof(text), "auto_online_blocks is %s", value);
	actors_add(actors, &(struct memhp_actor){
				   .kind = "kernel", .path = AUTO_ONLINE, .text = text, .value = value });
}

static void read_cmdline(struct memhp_ctx *ctx, struct memhp_actors *actors)
{
	char *text, *rest = NULL;

	if (sysfs_read_file(ctx, CMDLINE, &text))
		return;
	for (char *word = strtok_r(text, " \t\n", &rest); word; word = strtok_r(NULL, " \t\n", &rest)) {
		char name[64];
		if (strcmp(word, "--") == 0) /* what follows is init's */
			break;
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
		for (char *p = name; *p; p++) /* the kernel does not tell them apart */
			*p = *p == '-' ? '_' : *p;
		const char *value = strchr(word, '=');
		bool state = value && strcmp(name, "memhp_default_state") == 0;
		if (state || strcmp(name, "movable_node") == 0 || strncmp(name, "memory_hotplug.", 15) == 0)
			actors_add(actors, &(struct memhp_actor){ .kind = "command-line",
								  .path = CMDLINE,
								  .text = word,
								  .value = state ? value + 1 : NULL });
	}
	free(text);
}

MEMHP_EXPORT int memhp_actors_read(struct memhp_ctx *ctx, struct memhp_actors **actors)
{
	static const char *const udev_dirs[] = { "etc/udev/rules.d",	       "run/udev/rules.d",
						 "usr/local/lib/udev/rules.d", "usr/lib/udev/rules.d",
						 "lib/udev/rules.d",	       NULL };
	const struct actors_source udev = { udev_dirs, ".rules", true, actors_read_udev };

	*actors = NULL;
	struct memhp_actors *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	read_kernel(ctx, new);
	read_cmdline(ctx, new);
	actors_read_source(ctx, new, &udev);
	actors_read_units(ctx, new);
	actors_read_configuration(ctx, new);
	if (new->error) {
		int error = new->error;
		memhp_actors_free(new);
		return error;
	}
	*actors = new;
	return 0;
}
