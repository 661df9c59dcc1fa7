/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why a block did not go offline, from what the kernel said and the page that held it: one sentence, one
 * step. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "change/change-report.h"
#include "shell/json.h"
#include "shell/macros.h"

static const struct {
	const char *kernel_reason, *text;
} kernel_texts[] = {
	{ "memory holes",
	  "it has holes, addresses without memory, and can never go offline; leave it online" },
	{ "multizone range", "it spans several zones and can never go offline; leave it online" },
	{ "failure to dissolve huge pages",
	  "its free huge pages are promised to processes and cannot leave the pool; "
	  "enlarge the pool (vm.nr_hugepages) and try again" },
	{ "notifier failure",
	  "a part of the kernel vetoed it (boot memory, crash kernel, a driver); try another "
	  "block" },
	{ "node notifier failure",
	  "a part of the kernel does not let the node's last memory go; try a block of "
	  "another node" },
};

static bool has_flag(const struct memhp_failure *failure, const char *name)
{
	for (unsigned int bit = 0; bit < 64; bit++) {
		const char *flag = memhp_page_flag_name(bit);
		if ((failure->flags >> bit & 1) && flag && strcmp(flag, name) == 0)
			return true;
	}
	return false;
}

/*
 * The kernel's word of the attempt itself, or what /proc/kpageflags says after it: but a page that was
 * being migrated may have come free since, and have another use now.
 */
static bool is_type(const struct memhp_failure *failure, const char *type, const char *flag)
{
	if (*failure->page_type || strcmp(failure->page_reason, "migration failure") == 0)
		return strcmp(failure->page_type, type) == 0;
	return has_flag(failure, flag);
}

/* What can never be moved, whatever the kernel tried. NULL: it is no such page. */
static const char *fixed_text(const struct memhp_failure *failure)
{
	if (is_type(failure, "slab", "slab"))
		return "(slab) is the kernel's own and cannot be moved; try another block";
	if (is_type(failure, "table", "pgtable"))
		return "(page table) holds a process's page table and cannot be moved; try another block";
	if (is_type(failure, "reserved", "reserved"))
		return "(reserved) is boot memory or the memory map and never moves; try another block";
	if (strcmp(failure->page_type, "CMA") == 0)
		return "lies in a contiguous memory area (CMA) that is kept for devices; try another block";
	if (strcmp(failure->page_reason, "unmovable page") == 0)
		return "is the kernel's own and cannot be moved; try another block";
	return NULL;
}

#define NAMES_SHOWN 3

static void add_processes(FILE *out, const struct memhp_mappers *mappers)
{
	size_t count = memhp_mappers_get_count(mappers);

	for (size_t i = 0; i < count && i < NAMES_SHOWN; i++) {
		const struct memhp_mapper *mapper = memhp_mappers_get(mappers, i);
		fprintf(out, "%s%s(%d)", i ? ", " : " by ", mapper->command, (int)mapper->pid);
	}
	if (count > NAMES_SHOWN)
		fputs(" and others", out);
}

static void add_counts(FILE *out, const struct memhp_failure *failure)
{
	if (failure->refcount >= 0)
		fprintf(out, "refcount %d, ", failure->refcount);
	if (failure->mapcount == 1)
		fputs("mapped once", out);
	else if (failure->mapcount > 1)
		fprintf(out, "mapped %d times", failure->mapcount);
	else
		fputs(failure->mapcount < 0 ? "by whom is not known" : "not mapped", out);
	if (failure->mappers)
		add_processes(out, failure->mappers);
}

/* Process 1 ends only with the machine. */
static bool may_end(const struct memhp_mappers *mappers)
{
	for (size_t i = 0; i < memhp_mappers_get_count(mappers); i++) {
		if (memhp_mappers_get(mappers, i)->pid == 1)
			return false;
	}
	return true;
}

/* "page pfn:0x1413ee stays pinned (refcount 3, mapped once by pin(231)); end that process …" */
static void pinned_text(FILE *out, const struct memhp_failure *failure)
{
	fprintf(out, "page pfn:0x%" PRIx64 " stays pinned (", failure->pfn);
	add_counts(out, failure);
	if (failure->mappers)
		fputs(may_end(failure->mappers) ? "); end that process or try another block"
						: "); try another block",
		      out);
	else if (failure->mapcount != 0)
		fputs("); end what maps it or try another block", out);
	else
		fputs(") by a pipe, a device or another user in the kernel; end what uses it or try another "
		      "block",
		      out);
}

static void moving_text(FILE *out, const struct memhp_failure *failure)
{
	if (strcmp(failure->mapping, "def_blk_aops") == 0)
		fprintf(out,
			"page pfn:0x%" PRIx64
			" is a file system's metadata buffer, held by its journal; fsfreeze -f "
			"and -u that file system, drop caches, and try again",
			failure->pfn);
	else if (failure->migrate_result == -ENOMEM && has_flag(failure, "huge"))
		fprintf(out,
			"huge page pfn:0x%" PRIx64 " finds no free one to move to; enlarge the pool "
			"(vm.nr_hugepages) and try again",
			failure->pfn);
	else if (failure->migrate_result == -ENOMEM)
		fprintf(out,
			"page pfn:0x%" PRIx64
			" finds no free memory to move to on another node; free some there and "
			"try again",
			failure->pfn);
	else
		pinned_text(out, failure);
}

static const char *kernel_text(const struct memhp_failure *failure)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernel_texts); i++) {
		if (strcmp(failure->kernel_reason, kernel_texts[i].kernel_reason) == 0)
			return kernel_texts[i].text;
	}
	return NULL;
}

const char *failure_reason(const struct memhp_failure *failure, char *buffer, size_t size)
{
	const char *text = kernel_text(failure);

	if (*failure->notifier) {
		snprintf(buffer, size, "the kernel's %s vetoed it; try another block", failure->notifier);
		return buffer;
	}
	if (text || failure->pfn == UINT64_MAX)
		return text;
	text = fixed_text(failure);
	FILE *out = fmemopen(buffer, size, "w");
	if (!out)
		return NULL;
	if (text)
		fprintf(out, "page pfn:0x%" PRIx64 " %s", failure->pfn, text);
	else
		moving_text(out, failure);
	fclose(out);
	return buffer;
}

json_object *failure_json(const struct memhp_failure *failure)
{
	bool has_page = failure && failure->pfn != UINT64_MAX;
	json_object *object;

	if (!failure)
		return NULL;
	object = json_new_object();
	json_add_string(object, "kernel_reason", *failure->kernel_reason ? failure->kernel_reason : NULL);
	json_add_string(object, "notifier", *failure->notifier ? failure->notifier : NULL);
	json_add(object, "pfn", has_page ? json_new_u64(failure->pfn) : NULL);
	json_add(object, "address", has_page ? json_new_u64(failure->pfn * memhp_page_size()) : NULL);
	json_add_string(object, "page_reason", *failure->page_reason ? failure->page_reason : NULL);
	json_add_string(object, "page_type", *failure->page_type ? failure->page_type : NULL);
	json_add_string(object, "mapping", *failure->mapping ? failure->mapping : NULL);
	json_add(object, "flags", page_flags_json(failure->flags));
	json_add(object, "refcount", failure->refcount < 0 ? NULL : json_new_int(failure->refcount));
	json_add(object, "mapcount", failure->mapcount < 0 ? NULL : json_new_int(failure->mapcount));
	json_add(object, "ret", failure->migrate_result ? json_new_int(failure->migrate_result) : NULL);
	json_add(object, "processes", failure->mappers ? mappers_json(failure->mappers) : json_new_array());
	return object;
}
