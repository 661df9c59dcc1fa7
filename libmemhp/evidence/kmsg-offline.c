/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The lines of offline_pages() and do_migrate_range() in mm/memory_hotplug.c, and dump_page() in
 * mm/debug.c. Other dumps and other blocks' lines stand between them: only what is about the block
 * counts, and of several pages the last one, since the kernel tries again until it succeeds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/evidence.h"

static void failure_init(struct memhp_failure *failure)
{
	*failure = (struct memhp_failure){ .pfn = UINT64_MAX, .refcount = -1, .mapcount = -1 };
}

void kmsg_offline_start(struct kmsg_offline *log, uint64_t first_pfn, uint64_t pages,
			struct memhp_failure *failure)
{
	*log = (struct kmsg_offline){ .first_pfn = first_pfn, .pages = pages, .failure = failure };
	failure_init(failure);
}

static bool is_ours(const struct kmsg_offline *log, uint64_t pfn)
{
	return pfn >= log->first_pfn && pfn - log->first_pfn < log->pages;
}

/* What follows @word in @line, or NULL. */
static const char *after(const char *line, const char *word)
{
	const char *found = strstr(line, word);
	return found ? found + strlen(word) : NULL;
}

static const char *after_start(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0 ? line + strlen(word) : NULL;
}

/* As much of the word as fits, up to one of @ends. */
static void copy_word(char *to, size_t size, const char *from, const char *ends)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, ends), from);
}

/* "memory offlining [mem 0x138000000-0x13fffffff] failed due to memory holes", behind what prefixes
 * dynamic debug was told to print. */
static bool take_reason(struct kmsg_offline *log, const char *line)
{
	const char *range = after(line, "memory offlining [mem "), *reason = after(line, "] failed due to ");

	if (!range || !reason)
		return false;
	if (is_ours(log, strtoull(range, NULL, 16) / memhp_page_size()))
		copy_word(log->failure->kernel_reason, sizeof(log->failure->kernel_reason), reason, "\n");
	return true;
}

/* "migrating pfn 1413ee failed ret:64", then the dump */
static bool take_migration(struct kmsg_offline *log, const char *line)
{
	uint64_t pfn;
	int result;

	if (sscanf(line, "migrating pfn %" SCNx64 " failed ret:%d", &pfn, &result) != 2)
		return false;
	if (is_ours(log, pfn)) {
		log->failure->pfn = pfn;
		log->failure->migrate_result = result;
	}
	return true;
}

static int number_after(const char *line, const char *word)
{
	const char *number = after(line, word);
	return number ? (int)strtol(number, NULL, 10) : -1;
}

/* "page:PTR refcount:1 mapcount:0 mapping:… index:0x0 pfn:0x100001"; since 6.10 without the PTR */
static bool start_dump(struct kmsg_offline *log, const char *line)
{
	const char *pfn = after_start(line, "page:") ? after(line, " pfn:") : NULL;

	if (!pfn)
		return false;
	failure_init(&log->dump);
	log->dump.pfn = strtoull(pfn, NULL, 16);
	log->dump.refcount = number_after(line, " refcount:");
	/* The kernel keeps the type of a page in the same field: a large negative number is no count. */
	int mapcount = number_after(line, " mapcount:");
	log->dump.mapcount = mapcount < 0 ? 0 : mapcount;
	log->dumping = is_ours(log, log->dump.pfn);
	return true;
}

/* "flags: 0x57ffffc0000200(slab|node=1|zone=2)", also "anon flags:"; a CMA page's have " CMA" behind */
static void take_flags(struct memhp_failure *dump, const char *flags)
{
	static const char *const types[] = { "slab", "reserved" };
	const char *words = strchr(flags, '('), *end = words ? strchr(words, ')') : NULL;
	size_t length;

	for (const char *word = words; end && word < end; word += length) {
		length = strcspn(++word, "|)");
		for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
			if (strlen(types[i]) == length && strncmp(word, types[i], length) == 0)
				copy_word(dump->page_type, sizeof(dump->page_type), types[i], "");
		}
	}
	if (end && strcmp(end, ") CMA") == 0)
		copy_word(dump->page_type, sizeof(dump->page_type), "CMA", "");
}

/* "page_type: f5(slab)"; some kernels print "page_type: 0xffffffff()" for those that have none */
static void take_type(struct memhp_failure *dump, const char *type)
{
	const char *word = strchr(type, '(');

	if (word && word[1] != ')')
		copy_word(dump->page_type, sizeof(dump->page_type), word + 1, ")");
}

static void end_dump(struct kmsg_offline *log, const char *reason)
{
	static const char *const reasons[] = { "unmovable page", "migration failure", "isolation failed" };
	struct memhp_failure *failure = log->failure;

	log->dumping = false;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (strcmp(reason, reasons[i]) != 0)
			continue;
		copy_word(log->dump.page_reason, sizeof(log->dump.page_reason), reason, "");
		copy_word(log->dump.kernel_reason, sizeof(log->dump.kernel_reason), failure->kernel_reason,
			  "");
		log->dump.migrate_result = i == 1 ? failure->migrate_result : 0;
		*failure = log->dump;
	}
}

void kmsg_offline_line(void *data, const char *line)
{
	struct kmsg_offline *log = data;
	const char *rest;

	if (take_reason(log, line) || take_migration(log, line) || start_dump(log, line) || !log->dumping)
		return;
	if ((rest = after_start(line, "page dumped because: ")))
		end_dump(log, rest);
	else if ((rest = after_start(line, "page_type: ")))
		take_type(&log->dump, rest);
	else if ((rest = after_start(line, "aops:")))
		copy_word(log->dump.mapping, sizeof(log->dump.mapping), rest, " ");
	else if ((rest = after(line, "flags: ")))
		take_flags(&log->dump, rest);
}
