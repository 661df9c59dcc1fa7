/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/device-text.h"
#include "shell/exit.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/operands.h"
#include "shell/text.h"

/* An end of a range, or a block alone. */
struct end {
	uint64_t value, block;
	bool is_address;
};

static int add_blocks(const struct operands *operands, uint64_t first, uint64_t last)
{
	return app_allocated(operands->app, memhp_request_add_blocks(operands->request, first, last));
}

static int absent(const struct operands *operands, const char *word)
{
	const struct memhp_snapshot *snapshot = operands->snapshot;
	size_t count = memhp_snapshot_get_count(snapshot);
	uint64_t last = count ? memhp_block_get_id(memhp_snapshot_get_block(snapshot, count - 1)) : 0;

	return app_fail(operands->app, EXIT_NOTHING, "ENODEV", "memhp list shows the blocks that there are",
			"%s: this machine has no such memory block (the highest is %" PRIu64 ")", word, last);
}

static int past_end(const struct operands *operands, const char *word)
{
	return app_usage(operands->app, "%s: past the end of the 64-bit address space", word);
}

/* The device that @word would be behind --device; its name there is in @name. Its start: 0 if not known. */
static bool find_device(const struct operands *operands, const char *word, char *name, size_t size,
			uint64_t *start)
{
	struct memhp_snapshot *snapshot = NULL;
	const struct memhp_device *device = NULL;

	if (memhp_snapshot_read(operands->app->ctx, MEMHP_WANT_DEVICE, &snapshot) == 0)
		device = memhp_snapshot_find_device(snapshot, device_named(word, name, size));
	if (device) {
		snprintf(name, size, "%s", memhp_device_get_name(device));
		*start = memhp_device_get_start(device);
	}
	memhp_snapshot_free(snapshot);
	return device;
}

static int not_a_block(const struct operands *operands, const char *word)
{
	char name[128];
	uint64_t start;

	if (find_device(operands, word, name, sizeof(name), &start))
		return app_usage(operands->app,
				 "%s: a memory device, not a block: --device %s means its blocks", word,
				 name);
	return app_usage(operands->app,
			 "'%s': not a block id, range of ids, address or address range "
			 "(32, memory32, 32-39, 0x100000000, 0x100000000-0x13fffffff)",
			 word);
}

/* An id with or without "memory", or an address. */
static bool parse_end(const char *word, uint64_t block_size, struct end *end)
{
	end->is_address = is_address(word);
	if (!end->is_address && strncmp(word, "memory", 6) == 0)
		word += 6;
	if (end->is_address ? !address_parse(word, &end->value) : !number_parse(word, 10, &end->value))
		return false;
	end->block = end->is_address ? end->value / block_size : end->value;
	return true;
}

static bool has_blocks(const struct memhp_snapshot *snapshot, uint64_t first, uint64_t last)
{
	for (size_t i = 0; i < memhp_snapshot_get_count(snapshot); i++) {
		uint64_t id = memhp_block_get_id(memhp_snapshot_get_block(snapshot, i));
		if (id >= first && id <= last)
			return true;
	}
	return false;
}

/* Says what is wrong with a range, and after @lead what is taken instead, where there is such memory. */
static int refuse_range(const struct operands *operands, const char *word, const char *wrong,
			const char *lead, const struct end *low, const struct end *high)
{
	uint64_t first = low->block < high->block ? low->block : high->block;
	uint64_t last = low->block < high->block ? high->block : low->block;
	uint64_t size = memhp_snapshot_get_block_size(operands->snapshot);

	if (!has_blocks(operands->snapshot, first, last))
		return app_usage(operands->app, "%s: %s", word, wrong);
	if (low->is_address && high->is_address)
		return app_usage(operands->app, "%s: %s; %s 0x%016" PRIx64 "-0x%016" PRIx64, word, wrong,
				 lead, first * size, last * size + size - 1);
	return app_usage(operands->app, "%s: %s; %s %" PRIu64 "-%" PRIu64, word, wrong, lead, first, last);
}

static int take_range(const struct operands *operands, const char *word, const char *dash)
{
	uint64_t size = memhp_snapshot_get_block_size(operands->snapshot), highest = UINT64_MAX / size;
	struct end low, high;
	char first[64] = "";

	if ((size_t)(dash - word) < sizeof(first))
		memcpy(first, word, (size_t)(dash - word));
	if (!parse_end(first, size, &low) || !parse_end(dash + 1, size, &high))
		return not_a_block(operands, word);
	if (low.block > highest || high.block > highest)
		return past_end(operands, word);
	if (low.is_address != high.is_address)
		return refuse_range(operands, word, "one end is a block id, the other an address",
				    "as ids it is", &low, &high);
	if (low.value > high.value)
		return refuse_range(operands, word, "the range ends before it starts",
				    "the other way round it is", &low, &high);
	if (low.is_address && (low.value % size || high.value % size != size - 1))
		return refuse_range(operands, word, "not on block boundaries",
				    "the blocks that it touches are", &low, &high);
	return add_blocks(operands, low.block, high.block);
}

/* Run by run, so that "all" names no hole. */
static int take_all(const struct operands *operands)
{
	const struct memhp_snapshot *snapshot = operands->snapshot;
	size_t count = memhp_snapshot_get_count(snapshot);
	int exit = EXIT_OK;

	for (size_t i = 0, next; exit == EXIT_OK && i < count; i = next) {
		uint64_t first = memhp_block_get_id(memhp_snapshot_get_block(snapshot, i)), last = first;
		for (next = i + 1; next < count; next++) {
			if (memhp_block_get_id(memhp_snapshot_get_block(snapshot, next)) != last + 1)
				break;
			last++;
		}
		exit = add_blocks(operands, first, last);
	}
	return exit;
}

/* Does @path, up to @length, end in a directory that has blocks: memory/, or that of a node? */
static bool is_blocks_directory(const char *path, size_t length)
{
	static const char *const patterns[] = { "devices/system/memory/", "*/devices/system/memory/",
						"devices/system/node/node+([0-9])/",
						"*/devices/system/node/node+([0-9])/" };
	char directory[256];

	if (length >= sizeof(directory))
		return false;
	snprintf(directory, sizeof(directory), "%.*s", (int)length, path);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		if (fnmatch(patterns[i], directory, FNM_EXTMATCH) == 0)
			return true;
	}
	return false;
}

/* "/sys/devices/system/memory/memory40/", wherever its sysfs is, or "memory40/" in that directory is
 * memory40; others are what they are. */
static bool strip_path(const char *path, char *name, size_t size)
{
	size_t end = strlen(path), start;

	while (end && path[end - 1] == '/')
		end--;
	for (start = end; start && path[start - 1] != '/'; start--)
		;
	if (!path[strcspn(path, "/")] || end - start >= size || (start && !is_blocks_directory(path, start)))
		return false;
	snprintf(name, size, "%.*s", (int)(end - start), path + start);
	return strncmp(name, "memory", strlen("memory")) == 0;
}

/* An address inside a block may be something else that looks like one: where memory changes, it must be
 * exact. */
static int not_a_start(const struct operands *operands, const char *word, const struct end *end)
{
	uint64_t start;
	char name[128];

	if (find_device(operands, word, name, sizeof(name), &start))
		return app_usage(operands->app,
				 "%s: not where a block starts, but the DRC index of the LMB at 0x%" PRIx64
				 ": --device %s means that",
				 word, start, name);
	if (!memhp_snapshot_find(operands->snapshot, end->block))
		return absent(operands, word);
	return app_usage(operands->app,
			 "%s: not where a block starts; it lies in memory%" PRIu64
			 ", which starts at 0x%" PRIx64,
			 word, end->block, end->block * memhp_snapshot_get_block_size(operands->snapshot));
}

int operand_take(const struct operands *operands, const char *word)
{
	uint64_t size = memhp_snapshot_get_block_size(operands->snapshot);
	struct end end;
	char name[32];

	if (strip_path(word, name, sizeof(name)))
		word = name;
	if (strcmp(word, "all") == 0)
		return operands->may_come ? EXIT_OK : take_all(operands);
	const char *dash = strchr(word, '-');
	if (dash && dash != word)
		return take_range(operands, word, dash);
	if (!parse_end(word, size, &end))
		return not_a_block(operands, word);
	if (end.is_address && end.value % size && operands->action != MEMHP_ACTION_NONE)
		return not_a_start(operands, word, &end);
	if (end.block > UINT64_MAX / size)
		return past_end(operands, word);
	if (!operands->may_come && !memhp_snapshot_find(operands->snapshot, end.block))
		return absent(operands, word);
	return add_blocks(operands, end.block, end.block);
}
