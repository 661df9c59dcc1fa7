/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "shell/app.h"
#include "shell/follow-up.h"
#include "shell/json.h"
#include "shell/macros.h"
#include "shell/text.h"

/* They size themselves by the memory that there is when they start: the kubelet what it offers to pods,
 * databases their buffers. */
static const char *const unaware[] = { "kubelet", "postgres", "mysqld", "mariadbd", "mongod", "db2sysc" };

bool follow_up_read(struct app *app, bool resized, struct follow_up *follow)
{
	*follow = (struct follow_up){ .support = { .size = sizeof(follow->support) }, .changed = true };
	if (memhp_support_read(app->ctx, &follow->support))
		return false;
	return !resized ||
	       memhp_processes_find(app->ctx, unaware, ARRAY_SIZE(unaware), &follow->processes) != -ENOMEM;
}

bool kdump_matters(const struct memhp_support *support)
{
	return support->kdump_reload < 0 ? support->crash_error != ENOENT
					 : support->crash_loaded == 1 || support->fadump == 1;
}

static const char *unknown_file(const struct memhp_support *support)
{
	if (support->fadump)
		return support->fadump < 0 ? "/sys/kernel/fadump/registered"
					   : "/sys/kernel/fadump/hotplug_ready";
	return support->crash_loaded < 0 ? "/sys/kernel/kexec_crash_loaded"
					 : "/sys/devices/system/memory/crash_hotplug";
}

static const char *unknown_reason(const struct memhp_support *support, char *buffer, size_t size)
{
	const char *file = unknown_file(support);

	if (support->crash_error == ENOENT)
		snprintf(buffer, size, "this tree has no %s, which says whether a crash kernel is loaded",
			 file);
	else if (support->crash_error == EINVAL)
		snprintf(buffer, size, "%s is neither 0 nor 1", file);
	else
		snprintf(buffer, size, "%s: %s", file, strerror(support->crash_error));
	return buffer;
}

const char *kdump_reason(const struct memhp_support *support, char *buffer, size_t size)
{
	if (support->kdump_reload < 0)
		return unknown_reason(support, buffer, size);
	if (support->fadump)
		return support->kdump_reload
			       ? "this kernel does not update the list of memory of fadump (hotplug_ready is "
				 "not 1)"
			       : "fadump makes its list of memory after the crash (hotplug_ready)";
	if (!support->crash_loaded)
		return "no crash kernel is loaded";
	return support->kdump_reload ? "this kernel does not update the crash kernel's list of memory "
				       "(crash_hotplug is not 1)"
				     : "the kernel updates the crash kernel's list of memory itself "
				       "(crash_hotplug)";
}

static const char *kdump_text(const struct memhp_support *support, char *buffer, size_t size)
{
	char reason[160];

	snprintf(buffer, size, "%s: %s",
		 support->kdump_reload < 0 ? "it is not known whether kdump must be reloaded"
		 : support->kdump_reload   ? "reload kdump, unless a udev rule does"
					   : "kdump needs no reload",
		 kdump_reason(support, reason, sizeof(reason)));
	return buffer;
}

const char *unaware_text(const struct follow_up *follow, char *buffer, size_t size)
{
	buffer[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(unaware); i++) {
		if (follow->processes >> i & 1)
			text_append(buffer, size, "%s%s", *buffer ? ", " : "", unaware[i]);
	}
	return buffer;
}

static const char *restart_text(const struct follow_up *follow, char *buffer, size_t size)
{
	char names[128];

	snprintf(buffer, size, "restart or configure anew what does not notice the new size by itself: %s",
		 unaware_text(follow, names, sizeof(names)));
	return buffer;
}

void follow_up_print(const struct follow_up *follow)
{
	char text[320];

	if (follow->changed && kdump_matters(&follow->support))
		printf("%s%s\n", follow->support.kdump_reload > 0 ? "next: " : "",
		       kdump_text(&follow->support, text, sizeof(text)));
	if (follow->processes)
		printf("next: %s\n", restart_text(follow, text, sizeof(text)));
}

static json_object *entry_json(const char *code, int needed, const char *text, uint64_t processes)
{
	json_object *object = json_new_object(), *list = json_new_array();

	for (size_t i = 0; i < ARRAY_SIZE(unaware); i++) {
		if (processes >> i & 1)
			json_append(list, json_new_string(unaware[i]));
	}
	json_add_string(object, "code", code);
	json_add(object, "needed", tristate_json(needed));
	json_add_string(object, "text", text);
	json_add(object, "processes", list);
	return object;
}

json_object *follow_up_json(const struct follow_up *follow)
{
	json_object *list = json_new_array();
	char text[320];

	if (follow->changed)
		json_append(list, entry_json("kdump-reload", follow->support.kdump_reload,
					     kdump_text(&follow->support, text, sizeof(text)), 0));
	if (follow->processes)
		json_append(list, entry_json("restart", 1, restart_text(follow, text, sizeof(text)),
					     follow->processes));
	return list;
}
