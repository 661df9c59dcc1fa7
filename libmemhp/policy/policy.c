/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* auto_online_blocks (drivers/base/memory.c), the parameters of mm/memory_hotplug.c, and a sysctl. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/names.h"
#include "base/sysfs.h"

#define PARAMETERS "sys/module/memory_hotplug/parameters/"
#define VALUE_SIZE 64

static const struct {
	const char *name, *path, *parameter;
} keys[MEMHP_POLICY_COUNT] = {
	[MEMHP_POLICY_AUTO_ONLINE] = { "auto-online", MEMORY_DIR "/auto_online_blocks",
				       "memhp_default_state" },
	[MEMHP_POLICY_ONLINE_POLICY] = { "online-policy", PARAMETERS "online_policy",
					 "memory_hotplug.online_policy" },
	[MEMHP_POLICY_AUTO_MOVABLE_RATIO] = { "auto-movable-ratio", PARAMETERS "auto_movable_ratio",
					      "memory_hotplug.auto_movable_ratio" },
	[MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE] = { "auto-movable-numa-aware",
						   PARAMETERS "auto_movable_numa_aware",
						   "memory_hotplug.auto_movable_numa_aware" },
	[MEMHP_POLICY_MEMMAP_ON_MEMORY] = { "memmap-on-memory", PARAMETERS "memmap_on_memory",
					    "memory_hotplug.memmap_on_memory" },
	[MEMHP_POLICY_OFFLINE_MIGRATE_MAX_PASSES] = { "offline-migrate-max-passes",
						      PARAMETERS "offline_migrate_max_passes",
						      "memory_hotplug.offline_migrate_max_passes" },
	[MEMHP_POLICY_MOVABLE_GIGANTIC_PAGES] = { "movable-gigantic-pages",
						  "proc/sys/vm/movable_gigantic_pages",
						  "sysctl.vm.movable_gigantic_pages" },
};

struct memhp_policy {
	struct {
		char value[VALUE_SIZE];
		bool present, writable;
	} keys[MEMHP_POLICY_COUNT];
};

static bool is_key(enum memhp_policy_key key)
{
	return (unsigned int)key < MEMHP_POLICY_COUNT;
}

MEMHP_EXPORT const char *memhp_policy_name(enum memhp_policy_key key)
{
	return is_key(key) ? keys[key].name : NULL;
}

MEMHP_EXPORT const char *memhp_policy_path(enum memhp_policy_key key)
{
	return is_key(key) ? keys[key].path : NULL;
}

MEMHP_EXPORT const char *memhp_policy_parameter(enum memhp_policy_key key)
{
	return is_key(key) ? keys[key].parameter : NULL;
}

/* By its mode, not by access(2): root may open anything, and sysfs refuses a 0444 file even so. */
static bool has_write_mode(struct memhp_ctx *ctx, enum memhp_policy_key key)
{
	struct stat st;
	return sysfs_stat(ctx, keys[key].path, &st) == 0 && (st.st_mode & 0222);
}

MEMHP_EXPORT int memhp_policy_read(struct memhp_ctx *ctx, struct memhp_policy **policy)
{
	*policy = NULL;
	struct memhp_policy *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	for (int key = 0; key < MEMHP_POLICY_COUNT; key++) {
		int error = sysfs_read(ctx, keys[key].path, new->keys[key].value, VALUE_SIZE);
		if (error && error != -ENOENT)
			ctx_log(ctx, LOG_WARNING, "%s: %s", keys[key].path, strerrordesc_np(-error));
		new->keys[key].present = !error &&new->keys[key].value[0];
		new->keys[key].writable = has_write_mode(ctx, key);
	}
	*policy = new;
	return 0;
}

MEMHP_EXPORT int memhp_policy_read_one(struct memhp_ctx *ctx, enum memhp_policy_key key, char *value,
				       size_t size)
{
	return is_key(key) ? sysfs_read(ctx, keys[key].path, value, size) : -EINVAL;
}

MEMHP_EXPORT void memhp_policy_free(struct memhp_policy *policy)
{
	free(policy);
}

MEMHP_EXPORT const char *memhp_policy_get(const struct memhp_policy *policy, enum memhp_policy_key key)
{
	return is_key(key) && policy->keys[key].present ? policy->keys[key].value : NULL;
}

MEMHP_EXPORT bool memhp_policy_is_writable(const struct memhp_policy *policy, enum memhp_policy_key key)
{
	return is_key(key) && policy->keys[key].writable;
}

struct word {
	const char *user, *kernel;
};

static const struct word online_words[] = {
	{ "offline", "offline" },
	{ "online", "online" },
	{ "kernel", "online_kernel" },
	{ "movable", "online_movable" },
	{ "online_kernel", "online_kernel" },
	{ "online_movable", "online_movable" },
	{ NULL, NULL },
};
static const struct word policy_words[] = {
	{ "contig-zones", "contig-zones" },
	{ "auto-movable", "auto-movable" },
	{ NULL, NULL },
};
#define SWITCH_WORDS(on, off)                                                                                \
	{ "on", on }, { "yes", on }, { "y", on }, { "true", on }, { "1", on }, { "off", off },               \
		{ "no", off }, { "n", off }, { "false", off },                                               \
	{                                                                                                    \
		"0", off                                                                                     \
	}
static const struct word switch_words[] = { SWITCH_WORDS("Y", "N"), { NULL, NULL } };
static const struct word memmap_words[] = { SWITCH_WORDS("Y", "N"), { "force", "force" }, { NULL, NULL } };
static const struct word sysctl_words[] = { SWITCH_WORDS("1", "0"), { NULL, NULL } };

static const char *find_word(const struct word *words, const char *word)
{
	for (; words->user; words++)
		if (name_is(words->user, word))
			return words->kernel;
	return NULL;
}

/* NULL for numbers. */
static const struct word *words_of(enum memhp_policy_key key)
{
	switch (key) {
	case MEMHP_POLICY_AUTO_ONLINE:
		return online_words;
	case MEMHP_POLICY_ONLINE_POLICY:
		return policy_words;
	case MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE:
		return switch_words;
	case MEMHP_POLICY_MEMMAP_ON_MEMORY:
		return memmap_words;
	case MEMHP_POLICY_MOVABLE_GIGANTIC_PAGES:
		return sysctl_words;
	default:
		return NULL;
	}
}

MEMHP_EXPORT const char *memhp_policy_word(enum memhp_policy_key key, const char *value)
{
	const struct word *word = value ? words_of(key) : NULL;

	while (word && word->user && strcmp(word->kernel, value) != 0)
		word++;
	return word && word->user ? word->user : value;
}

static int copy_value(const char *word, char *value, size_t size)
{
	if (!word || strlen(word) >= size)
		return -EINVAL;
	memcpy(value, word, strlen(word) + 1);
	return 0;
}

/* The kernel parses an unsigned int; leading zeros would make it octal there. */
static int parse_number(enum memhp_policy_key key, const char *word, char *value, size_t size)
{
	const char *unit = key == MEMHP_POLICY_AUTO_MOVABLE_RATIO ? "%" : "";
	size_t digits = strspn(word, "0123456789");
	if (digits == 0 || digits > 10 || (word[digits] && strcmp(word + digits, unit) != 0))
		return -EINVAL;
	unsigned long long number = strtoull(word, NULL, 10);
	if (number > UINT32_MAX)
		return -EINVAL;
	char text[24];
	snprintf(text, sizeof(text), "%llu", number);
	return copy_value(text, value, size);
}

MEMHP_EXPORT int memhp_policy_parse(enum memhp_policy_key key, const char *word, char *value, size_t size)
{
	const struct word *words = words_of(key);

	if (words)
		return copy_value(find_word(words, word), value, size);
	return is_key(key) ? parse_number(key, word, value, size) : -EINVAL;
}

MEMHP_EXPORT int memhp_policy_set(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value)
{
	char now[VALUE_SIZE];

	ctx_start(ctx);
	if (!is_key(key))
		return -EINVAL;
	const char *path = keys[key].path;
	int error = sysfs_read(ctx, path, now, sizeof(now));
	if (error == -ENOENT || error == -ENOTDIR)
		return ctx_fail(ctx, -EOPNOTSUPP, path);
	if (key == MEMHP_POLICY_MEMMAP_ON_MEMORY && !has_write_mode(ctx, key))
		return ctx_fail(ctx, -EOPNOTSUPP, path);
	error = sysfs_write(ctx, path, value);
	if (error)
		return ctx_fail(ctx, error, path);
	error = sysfs_read(ctx, path, now, sizeof(now));
	if (!error && strcmp(now, value) != 0)
		error = -EIO;
	return error ? ctx_fail(ctx, error, path) : 0;
}
