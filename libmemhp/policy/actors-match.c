/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which patterns match memory blocks, also those that are yet to come, and which commands change them. */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "base/sysfs.h"
#include "policy/actors.h"

#define PATTERN_SIZE 256

/* Cuts the next of |-separated @patterns off; false at the end. "" is one pattern, too. */
static bool next_pattern(const char **patterns, char *pattern)
{
	if (!*patterns)
		return false;
	size_t length = strcspn(*patterns, "|");
	snprintf(pattern, PATTERN_SIZE, "%.*s", (int)length, *patterns);
	*patterns = (*patterns)[length] ? *patterns + length + 1 : NULL;
	return true;
}

enum truth match_word(const char *patterns, const char *word, int fnmatch_flags)
{
	char pattern[PATTERN_SIZE];

	while (next_pattern(&patterns, pattern))
		if (fnmatch(pattern, word, fnmatch_flags) == 0)
			return YES;
	return NO;
}

/* Digits, and sets with one, become "0": the pattern then matches zeros if it matches any number. */
static void widen(const char *pattern, char *wide)
{
	while (*pattern) {
		char set[PATTERN_SIZE];
		const char *end = *pattern == '[' && pattern[1] ? strchr(pattern + 2, ']') : NULL;
		size_t length = end ? (size_t)(end - pattern) + 1 : 1;
		bool digit = isdigit((unsigned char)*pattern);
		snprintf(set, sizeof(set), "%.*s", (int)length, pattern);
		for (char number[] = "0"; end && !digit && *number <= '9'; (*number)++)
			digit = fnmatch(set, number, 0) == 0;
		wide = digit ? strcpy(wide, "0") + 1 : stpcpy(wide, set);
		pattern += length;
	}
	*wide = '\0';
}

static enum truth match_numbers(const char *pattern, const char *prefix, const char *suffix, int flags)
{
	static const char *const numbers[] = { "0", "7", "12", "32", "40", "256", "4095", "65536" };
	char wide[PATTERN_SIZE], word[PATTERN_SIZE];
	size_t hits = 0;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		snprintf(word, sizeof(word), "%s%s%s", prefix, numbers[i], suffix);
		hits += fnmatch(pattern, word, flags) == 0;
	}
	if (hits)
		return hits == ARRAY_SIZE(numbers) ? YES : MAYBE;
	widen(pattern, wide);
	for (int digits = 1; digits <= 8; digits++) {
		snprintf(word, sizeof(word), "%s%.*s%s", prefix, digits, "00000000", suffix);
		if (fnmatch(wide, word, flags) == 0)
			return MAYBE;
	}
	return NO;
}

enum truth match_block(const char *patterns, const char *prefix, const char *suffix, int fnmatch_flags)
{
	char pattern[PATTERN_SIZE];
	enum truth best = NO;

	while (best != YES && next_pattern(&patterns, pattern)) {
		enum truth truth = match_numbers(pattern, prefix, suffix, fnmatch_flags);
		best = truth > best ? truth : best;
	}
	return best;
}

bool match_state_file(const char *pattern)
{
	return fnmatch(pattern, "/" MEMORY_DIR "/auto_online_blocks", 0) == 0 ||
	       match_block(pattern, "/" MEMORY_DIR "/memory", "/state", 0) ||
	       match_block(pattern, "/" MEMORY_DIR "/memory", "/online", 0);
}

/* Is @word in @text, with nothing beside it that belongs to a word, a path or a name? */
static bool has_word(const char *text, const char *word)
{
	static const char edges[] = " \t'\"=;|&<>()\\`";
	size_t length = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || strchr(edges, at[-1])) && strchr(edges, at[length]))
			return true;
	return false;
}

/* The one state that the words of @command name. */
static const char *command_value(const char *command, bool memhp)
{
	static const struct {
		const char *word, *value;
	} words[] = {
		{ "online", "online" },
		{ "online_kernel", "online_kernel" },
		{ "online_movable", "online_movable" },
		{ "offline", "offline" },
	};
	const char *value = NULL;

	if (memhp && has_word(command, "movable"))
		return "online_movable";
	if (memhp && has_word(command, "kernel"))
		return "online_kernel";
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!has_word(command, words[i].word))
			continue;
		if (value)
			return NULL;
		value = words[i].value;
	}
	return value;
}

/* daxctl brings memory online, and to Movable, unless told otherwise: daxctl-reconfigure-device(1). */
static bool daxctl_acts(const char *command, const char **value)
{
	bool no_movable = strstr(command, "--no-movable") || strstr(command, "--movable=false");
	bool no_online = strstr(command, "--no-online") || has_word(command, "-N");
	bool online = has_word(command, "online-memory") || (has_word(command, "reconfigure-device") &&
							     strstr(command, "system-ram") && !no_online);
	bool offline = has_word(command, "offline-memory");

	*value = offline ? "offline" : no_movable ? "online_kernel" : "online_movable";
	return strstr(command, "daxctl") && (online || offline);
}

bool command_acts(const char *command, bool of_block, const char **value)
{
	bool memhp = strstr(command, "memhp") &&
		     (has_word(command, "online") || has_word(command, "offline") ||
		      has_word(command, "auto-online") || strstr(command, "--online"));
	bool writes = strchr(command, '>') || has_word(command, "tee") || strstr(command, "of=");
	bool blocks = of_block || strstr(command, "system/memory");
	bool online_file = blocks && strstr(command, "/online");
	bool file = strstr(command, "auto_online_blocks") || online_file ||
		    (blocks && strstr(command, "state"));

	*value = command_value(command, memhp);
	if (memhp || (file && writes)) {
		if (online_file && !*value)
			*value = has_word(command, "1")	  ? "online"
				 : has_word(command, "0") ? "offline"
							  : NULL;
		return true;
	}
	if (strstr(command, "chmem")) {
		bool enable = has_word(command, "-e") || strstr(command, "--enable");
		bool disable = has_word(command, "-d") || strstr(command, "--disable");
		*value = enable ? "online" : disable ? "offline" : NULL;
		return enable || disable;
	}
	return daxctl_acts(command, value);
}
