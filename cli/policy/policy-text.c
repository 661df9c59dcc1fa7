/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the policy's values mean, in words, and who works against them. */
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "policy/policy.h"
#include "shell/actor.h"
#include "shell/macros.h"

/* What people may write for a key, and the first Linux that has it. */
static const struct {
	const char *values, *since;
} facts[MEMHP_POLICY_COUNT] = {
	[MEMHP_POLICY_AUTO_ONLINE] = { "offline, online, kernel or movable",
				       "4.7 (kernel and movable: 5.7), with CONFIG_MEMORY_HOTPLUG" },
	[MEMHP_POLICY_ONLINE_POLICY] = { "contig-zones or auto-movable", "5.15" },
	[MEMHP_POLICY_AUTO_MOVABLE_RATIO] = { "a whole number of percent from 0 to 4294967295, such as 301",
					      "5.15" },
	[MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE] = { "on or off", "5.15, with CONFIG_NUMA" },
	[MEMHP_POLICY_MEMMAP_ON_MEMORY] = { "on, off or force", "5.13, with CONFIG_MHP_MEMMAP_ON_MEMORY" },
	[MEMHP_POLICY_OFFLINE_MIGRATE_MAX_PASSES] = { "a whole number from 0 (no limit) to 4294967295",
						      NULL },
	[MEMHP_POLICY_MOVABLE_GIGANTIC_PAGES] = { "on or off", NULL },
};

const char *policy_key_word(size_t index, const char **path)
{
	for (int key = 0; key < MEMHP_POLICY_COUNT; key++) {
		/* memmap_on_memory has no run-time file to set */
		if (key == MEMHP_POLICY_MEMMAP_ON_MEMORY || index-- > 0)
			continue;
		*path = memhp_policy_path(key);
		return memhp_policy_name(key);
	}
	return NULL;
}

const char *policy_since(enum memhp_policy_key key)
{
	return facts[key].since;
}

const char *policy_choices(enum memhp_policy_key key)
{
	return facts[key].values;
}

bool policy_is_for_later(enum memhp_policy_key key)
{
	return key != MEMHP_POLICY_OFFLINE_MIGRATE_MAX_PASSES && key != MEMHP_POLICY_MOVABLE_GIGANTIC_PAGES;
}

/* In words, what @value means. */
const char *policy_effect(enum memhp_policy_key key, const char *value)
{
	static const struct {
		enum memhp_policy_key key;
		const char *value, *text;
	} texts[] = {
		{ MEMHP_POLICY_AUTO_ONLINE, "offline",
		  "memory added later stays offline until somebody brings it online" },
		{ MEMHP_POLICY_AUTO_ONLINE, "online",
		  "memory added later comes online at once, in the zone that online-policy chooses" },
		{ MEMHP_POLICY_AUTO_ONLINE, "online_kernel",
		  "memory added later comes online at once, in a kernel zone" },
		{ MEMHP_POLICY_AUTO_ONLINE, "online_movable",
		  "memory added later comes online at once, in zone Movable" },
		{ MEMHP_POLICY_ONLINE_POLICY, "contig-zones",
		  "a plain online of memory added later keeps zones contiguous; usually a kernel zone" },
		{ MEMHP_POLICY_ONLINE_POLICY, "auto-movable",
		  "a plain online of memory added later goes to Movable while auto-movable-ratio allows it" },
		{ MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE, "Y",
		  "with auto-movable, the ratio of each node counts too for memory added later" },
		{ MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE, "N",
		  "with auto-movable, only the ratio of the whole machine counts for memory added later" },
		{ MEMHP_POLICY_MEMMAP_ON_MEMORY, "Y",
		  "memory added later holds its own memmap where it fits" },
		{ MEMHP_POLICY_MEMMAP_ON_MEMORY, "force",
		  "memory added later holds its own memmap, even if that wastes some" },
		{ MEMHP_POLICY_MEMMAP_ON_MEMORY, "N",
		  "the memmap of memory added later is taken from other memory" },
		{ MEMHP_POLICY_OFFLINE_MIGRATE_MAX_PASSES, "0",
		  "an offline tries to move pages away for as long as it takes" },
		{ MEMHP_POLICY_MOVABLE_GIGANTIC_PAGES, "1",
		  "gigantic pages may be in Movable, where they can keep memory from going offline" },
		{ MEMHP_POLICY_MOVABLE_GIGANTIC_PAGES, "0", "no new gigantic pages in Movable" },
	};

	if (key == MEMHP_POLICY_AUTO_MOVABLE_RATIO)
		return "with auto-movable, the most Movable memory in percent of kernel memory, for memory "
		       "added later";
	if (key == MEMHP_POLICY_OFFLINE_MIGRATE_MAX_PASSES && strcmp(value, "0") != 0)
		return "an offline, also one under way, gives up after so many tries to move pages away";
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].key == key && strcmp(texts[i].value, value) == 0)
			return texts[i].text;
	return NULL;
}

/* "memory_hotplug.memmap_on_memory=on"; the kernel documents on and off for this one. */
void policy_parameter_format(enum memhp_policy_key key, const char *value, char *buffer, size_t size)
{
	if (key == MEMHP_POLICY_MEMMAP_ON_MEMORY && strcmp(value, "force") != 0)
		value = strcmp(value, "Y") == 0 ? "on" : "off";
	snprintf(buffer, size, "%s=%s", memhp_policy_parameter(key), value);
}

static bool is_parameter(const char *word)
{
	return strncmp(word, "memory_hotplug.", 15) == 0 || strncmp(word, "memory-hotplug.", 15) == 0;
}

enum memhp_policy_key policy_key_of(const struct memhp_actor *actor)
{
	for (int key = MEMHP_POLICY_ONLINE_POLICY; is_parameter(actor->text) && key < MEMHP_POLICY_COUNT;
	     key++) {
		const char *name = strchr(memhp_policy_parameter(key), '.') + 1;
		if (strncmp(actor->text + 15, name, strlen(name)) == 0 &&
		    actor->text[15 + strlen(name)] == '=')
			return key;
	}
	return MEMHP_POLICY_AUTO_ONLINE;
}

/* memory_hotplug.…= on the command line against the value in force. */
static bool parameter_conflict(const struct memhp_policy *policy, const struct memhp_actor *actor,
			       char *buffer, size_t size)
{
	enum memhp_policy_key key = policy_key_of(actor);
	const char *now = memhp_policy_get(policy, key), *value = strchr(actor->text, '=');
	char wanted[64];

	if (key == MEMHP_POLICY_AUTO_ONLINE || !now ||
	    memhp_policy_parse(key, value + 1, wanted, sizeof(wanted)) || strcmp(wanted, now) == 0)
		return false;
	snprintf(buffer, size, "%s is %s now: after a reboot %s holds again", memhp_policy_name(key),
		 memhp_policy_word(key, now), actor->text);
	return true;
}

/* A file that sets auto-online itself, when it is applied. */
static bool sets_auto_online(const struct memhp_actor *actor)
{
	return strcmp(actor->kind, "udev") != 0 && strstr(actor->text, "auto_online");
}

bool policy_conflict_format(const struct memhp_policy *policy, const struct memhp_actor *actor, char *buffer,
			    size_t size)
{
	const char *now = memhp_policy_get(policy, MEMHP_POLICY_AUTO_ONLINE);
	const char *value = actor->value ? actor_state(actor) : "a state that depends on the machine";

	if (is_parameter(actor->text))
		return parameter_conflict(policy, actor, buffer, size);
	if (!now || actor->runs || strcmp(actor->kind, "kernel") == 0 ||
	    strcmp(actor->text, "movable_node") == 0 || (actor->value && strcmp(actor->value, now) == 0))
		return false;
	const char *word = memhp_policy_word(MEMHP_POLICY_AUTO_ONLINE, now);
	if (strcmp(actor->kind, "command-line") == 0)
		snprintf(buffer, size, "auto-online is %s now: after a reboot %s holds again", word,
			 actor->text);
	else if (sets_auto_online(actor))
		snprintf(buffer, size, "auto-online is %s now, but becomes %s %s", word, value,
			 strcmp(actor->kind, "systemd") == 0 ? "when this runs" : "at the next boot");
	else if (strcmp(now, "offline") == 0)
		snprintf(buffer, size, "auto-online is offline, but this sets memory to %s", value);
	else if (strstr(actor->text, "ATTR{state}==\"offline\""))
		snprintf(
			buffer, size,
			"auto-online is %s: the kernel is first, and this finds nothing offline to set to %s",
			word, value);
	else
		snprintf(buffer, size,
			 "auto-online is %s: the kernel is first, and setting %s after it fails or comes too "
			 "late",
			 word, value);
	return true;
}
