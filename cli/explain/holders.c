/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "explain/holders.h"
#include "shell/json.h"
#include "shell/macros.h"
#include "shell/outlook.h"
#include "shell/surveyed.h"

static bool same_holder(const struct memhp_page_holder *a, const struct memhp_page_holder *b)
{
	return a->kind == b->kind && a->device == b->device && a->inode == b->inode &&
	       strcmp(a->name, b->name) == 0;
}

#define HOLDERS_TOLD 3

/* Of blocks that are shown together each tells its three; more than all these names are not told apart. */
static size_t find_holders(const struct surveyed *surveyed, const struct judged *judged, size_t count,
			   enum memhp_cause cause, struct memhp_page_holder holders[HOLDERS_TOLD])
{
	struct memhp_page_holder found[32], holder;
	size_t known = 0, told = 0;

	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0;
		     memhp_survey_get_holder(surveyed->survey, judged[i].outlook, cause, j, &holder); j++) {
			size_t k = 0;
			while (k < known && !same_holder(&found[k], &holder))
				k++;
			if (k < known)
				found[k].pages += holder.pages;
			else if (known < ARRAY_SIZE(found))
				found[known++] = holder;
		}
	}
	for (; told < HOLDERS_TOLD && told < known; told++) {
		size_t most = told;
		for (size_t k = told + 1; k < known; k++)
			most = found[k].pages > found[most].pages ? k : most;
		holders[told] = found[most];
		found[most] = found[told];
	}
	return told;
}

static const char *kind_name(enum memhp_page_holder_kind kind)
{
	static const char *const names[] = {
		[MEMHP_PAGE_HOLDER_SLAB_CACHE] = "slab-cache",
		[MEMHP_PAGE_HOLDER_FILE] = "file",
		[MEMHP_PAGE_HOLDER_BLOCK_DEVICE] = "block-device",
		[MEMHP_PAGE_HOLDER_PINNED] = "pinned-memory",
		[MEMHP_PAGE_HOLDER_REFERENCED] = "referenced-memory",
	};
	return names[kind];
}

/* "52 in dentry", "12 of the file with inode 7 on tmpfs (0:24)" */
static const char *holder_text(const struct memhp_page_holder *holder, char *buffer, size_t size)
{
	unsigned int major = major(holder->device), minor = minor(holder->device);
	int length = snprintf(buffer, size, "%" PRIu64 " ", holder->pages);
	char *rest = buffer + length;
	size_t left = size - (size_t)length;

	switch (holder->kind) {
	case MEMHP_PAGE_HOLDER_SLAB_CACHE:
		snprintf(rest, left, "%s", holder->name);
		break;
	case MEMHP_PAGE_HOLDER_FILE:
		snprintf(rest, left, "of the file with inode %" PRIu64 " on %s (device %u:%u)", holder->inode,
			 holder->name, major, minor);
		break;
	case MEMHP_PAGE_HOLDER_BLOCK_DEVICE:
		snprintf(rest, left, "of a file system's metadata on %s (device %u:%u)",
			 *holder->name ? holder->name : "a device", major, minor);
		break;
	case MEMHP_PAGE_HOLDER_PINNED:
		snprintf(rest, left, "of processes' memory, pinned for a device or io_uring");
		break;
	default:
		snprintf(rest, left, "of processes' memory, referred to by a pipe or the like");
	}
	return buffer;
}

void holders_print(const struct surveyed *surveyed, const struct judged *judged, size_t count,
		   enum memhp_cause cause)
{
	struct memhp_page_holder holders[HOLDERS_TOLD];
	size_t told = find_holders(surveyed, judged, count, cause, holders);
	char text[160];

	for (size_t i = 0; i < told; i++)
		printf("%s%s%s", i ? ", " : "        most: ", holder_text(&holders[i], text, sizeof(text)),
		       i + 1 == told ? "\n" : "");
}

const char *holders_next(const struct surveyed *surveyed, const struct judged *judged, size_t count,
			 enum memhp_cause cause)
{
	static const char *const pinned[] = {
		[MEMHP_PAGE_HOLDER_FILE] =
			"choose another block, or end the process that reads or writes that file "
			"through a pipe or a device",
		[MEMHP_PAGE_HOLDER_BLOCK_DEVICE] =
			"freeze and thaw that file system (fsfreeze), which lets its metadata go, "
			"and look again",
		[MEMHP_PAGE_HOLDER_PINNED] =
			"choose another block, or end the process that pinned it (VmPin in "
			"/proc/PID/status)",
		[MEMHP_PAGE_HOLDER_REFERENCED] =
			"choose another block, or end the process that gave it away; "
			"memhp page show tells who maps a page",
	};
	struct memhp_page_holder holders[HOLDERS_TOLD];
	size_t told = find_holders(surveyed, judged, count, cause, holders);
	bool may_shrink = told == 0;

	if (told && cause == MEMHP_CAUSE_PINNED)
		return pinned[holders[0].kind];
	for (size_t i = 0; i < told; i++)
		may_shrink |= holders[i].reclaimable != 0;
	return cause == MEMHP_CAUSE_SLAB && !may_shrink ? "choose another block" : finding_next(cause);
}

static json_object *holder_json(const struct memhp_page_holder *holder)
{
	json_object *object = json_new_object();
	char text[160], device[32];

	snprintf(device, sizeof(device), "%u:%u", major(holder->device), minor(holder->device));
	json_add_string(object, "kind", kind_name(holder->kind));
	json_add_string(object, "name", *holder->name ? holder->name : NULL);
	json_add_string(object, "device", holder->device ? device : NULL);
	json_add(object, "inode", holder->inode ? json_new_u64(holder->inode) : NULL);
	json_add_u64(object, "pages", holder->pages);
	json_add(object, "reclaimable", tristate_json(holder->reclaimable));
	json_add_string(object, "text", holder_text(holder, text, sizeof(text)));
	return object;
}

json_object *holders_json(const struct surveyed *surveyed, const struct memhp_outlook *outlook,
			  enum memhp_cause cause)
{
	struct memhp_page_holder holder;
	json_object *list = json_new_array();

	for (size_t i = 0; memhp_survey_get_holder(surveyed->survey, outlook, cause, i, &holder); i++)
		json_append(list, holder_json(&holder));
	return list;
}
