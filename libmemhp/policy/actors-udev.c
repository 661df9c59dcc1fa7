/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules of udev(7) that change the state of memory blocks. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "policy/actors.h"

struct token {
	const char *key, *attr, *value; /* ATTR{state}=="offline"; attr is "" without braces */
	char op[4];
};

/* Cuts the next KEY{attr}OP"value" off @rest; false at the end or at what is no token. */
static bool next_token(char **rest, struct token *token)
{
	char *p = *rest + strspn(*rest, " \t,");
	token->key = p;
	token->attr = "";
	p += strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
	char *key_end = p;
	if (*p == '{') {
		char *close = strchr(p, '}');
		if (!close)
			return false;
		token->attr = p + 1;
		*close = '\0';
		p = close + 1;
	}
	p += strspn(p, " \t");
	char *op = p;
	p += strspn(p, "=!+-:");
	snprintf(token->op, sizeof(token->op), "%.*s", (int)(p - op), op);
	p += strspn(p, " \te"); /* e"…" has C escapes */
	if (key_end == token->key || !token->op[0] || *p != '"')
		return false;
	token->value = ++p;
	while (*p && *p != '"')
		p += *p == '\\' && p[1] ? 2 : 1;
	*rest = *p ? p + 1 : p;
	*p = *key_end = '\0';
	return true;
}

/* Does one of the |-separated patterns match one of the NULL-terminated @words? */
static bool matches(const char *patterns, const char *const *words)
{
	char pattern[128];

	while (*patterns) {
		size_t length = strcspn(patterns, "|");
		snprintf(pattern, sizeof(pattern), "%.*s", (int)length, patterns);
		for (size_t i = 0; words[i]; i++)
			if (fnmatch(pattern, words[i], 0) == 0)
				return true;
		patterns += length + (patterns[length] == '|');
	}
	return false;
}

/* What a program run for a memory block does to its state; false: nothing that can be seen. */
static bool run_value(const char *command, const char **value)
{
	bool memhp = strstr(command, "memhp"), chmem = strstr(command, "chmem");
	bool online = strstr(command, "online"), offline = strstr(command, "offline");

	if (!memhp && !chmem && !strstr(command, "state") && !strstr(command, "/online"))
		return false;
	*value = online && !offline ? "online" : offline && !online ? "offline" : NULL;
	if (strstr(command, "online_movable") || (memhp && online && strstr(command, "movable")))
		*value = "online_movable";
	else if (strstr(command, "online_kernel") || (memhp && online && strstr(command, "kernel")))
		*value = "online_kernel";
	return online || offline || chmem;
}

static const char *attr_value(const struct token *token)
{
	static const char *const words[] = { "online", "online_kernel", "online_movable", "offline" };

	if (!token->value[0])
		return NULL;
	if (strcmp(token->attr, "online") == 0)
		return strchr("1yY", token->value[0])	? "online"
		       : strchr("0nN", token->value[0]) ? "offline"
							: NULL;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(token->value, words[i]) == 0)
			return words[i];
	return NULL; /* $env{…}: depends on other rules */
}

struct rule {
	bool memory, other; /* it names memory blocks; it excludes them */
	bool acts;
	const char *value;
	const char *jump, *label;
	bool jump_unless_memory;
};

static void read_match(struct rule *rule, const struct token *token)
{
	static const char *const subsystem[] = { "memory", NULL }, *const kernel[] = { "memory32", NULL };
	static const char *const devpath[] = { "/devices/system/memory/memory32", NULL };
	static const char *const actions[] = { "add", "online", "offline", "change", "bind", NULL };
	bool equal = strcmp(token->op, "==") == 0, hit;

	if (strcmp(token->key, "SUBSYSTEM") == 0 || strcmp(token->key, "SUBSYSTEMS") == 0)
		hit = matches(token->value, subsystem);
	else if (strcmp(token->key, "KERNEL") == 0)
		hit = matches(token->value, kernel);
	else if (strcmp(token->key, "DEVPATH") == 0)
		hit = matches(token->value, devpath);
	else if (strcmp(token->key, "ACTION") == 0) {
		rule->other |= equal && !matches(token->value, actions);
		return;
	} else
		return;
	/* KERNEL=="*" does not make a rule one about memory */
	rule->memory |= equal && hit && token->value[0] != '*';
	rule->other |= equal != hit;
	rule->jump_unless_memory |= !equal && hit;
}

static void read_assignment(struct rule *rule, const struct token *token)
{
	bool attr = strcmp(token->key, "ATTR") == 0 && strcmp(token->op, "=") == 0;

	if (attr && (strcmp(token->attr, "state") == 0 || strcmp(token->attr, "online") == 0)) {
		rule->acts = true;
		rule->value = attr_value(token);
	} else if (strcmp(token->key, "RUN") == 0 || strcmp(token->key, "PROGRAM") == 0) {
		rule->acts |= run_value(token->value, &rule->value);
	} else if (strcmp(token->key, "GOTO") == 0) {
		rule->jump = token->value;
	} else if (strcmp(token->key, "LABEL") == 0) {
		rule->label = token->value;
	}
}

void actors_read_udev(struct memhp_actors *actors, const char *path, struct lines *lines)
{
	char end[64] =
		""; /* the label up to which all rules are about memory (as in RHEL's 40-redhat.rules) */
	char *line;

	while ((line = actors_next_line(lines))) {
		struct rule rule = { 0 };
		struct token token;
		char *text = actors_copy(actors, line), *rest = line;
		while (next_token(&rest, &token)) {
			bool match = strcmp(token.op, "==") == 0 || strcmp(token.op, "!=") == 0;
			if (match)
				read_match(&rule, &token);
			if (!match || strcmp(token.key, "PROGRAM") == 0)
				read_assignment(&rule, &token);
		}
		if (rule.label && strcmp(rule.label, end) == 0)
			end[0] = '\0';
		if (rule.acts && !rule.other && (rule.memory || end[0]))
			actors_add(actors, "udev", path, lines->number, text, rule.value);
		if (rule.jump && rule.jump_unless_memory)
			snprintf(end, sizeof(end), "%s", rule.jump);
		free(text);
	}
}
