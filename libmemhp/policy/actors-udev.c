/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules of udev(7) that change the state of memory blocks. Each rule is asked for which events of memory
 * blocks it may hold and for which it must; what ENV, PROGRAM and the like will say is not known here.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "policy/actors.h"

/*
 * A set of events has bit I for actions[I] of a memory block, and one for those of all other devices, which
 * shows what is meant for memory alone. After "remove" there is no block to bring online.
 */
static const char *const actions[] = { "add", "change", "online", "offline", "bind" };
#define OTHERS (1U << ARRAY_SIZE(actions))
#define ALL_EVENTS (2 * OTHERS - 1)

struct token {
	const char *key, *attr, *value; /* ATTR{state}=="offline"; attr is "" without braces */
	char op[4];
	int flags; /* of fnmatch: i"…" is for any case */
};

struct rule {
	unsigned int line;
	char *text;
	unsigned int may, must; /* events for which it may hold, for which it must */
	unsigned int arriving;	/* events for which a jump may have led here */
	bool attr, program;	/* it sets an attribute, runs a program, that changes the state to @value */
	const char *value;
	const char *runs; /* what it runs of which the effect is unknown */
	const char *jump, *label;
};

struct rules {
	struct rule *list;
	size_t count;
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
	p += strspn(p, " \t");
	token->flags = *p == 'i' ? FNM_CASEFOLD : 0;
	p += strspn(p, "ei"); /* e"…" has C escapes */
	if (key_end == token->key || !token->op[0] || *p != '"')
		return false;
	token->value = ++p;
	while (*p && *p != '"')
		p += *p == '\\' && p[1] ? 2 : 1;
	*rest = *p ? p + 1 : p;
	*p = *key_end = '\0';
	return true;
}

static bool is_key(const struct token *token, const char *key)
{
	return strcmp(token->key, key) == 0;
}

static bool is_one_of(const char *word, const char *const *words)
{
	while (*words && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

/* What a block has (drivers/base/memory.c), and its parent; other paths may lead to other devices. */
static bool may_have_attr(const char *name)
{
	static const char *const attrs[] = {
		"state",
		"online",
		"removable",
		"valid_zones",
		"phys_index",
		"phys_device",
		"uevent",
		"subsystem",
		"auto_online_blocks",
		"block_size_bytes",
		"probe",
		"soft_offline_page",
		"hard_offline_page",
		"crash_hotplug",
		NULL,
	};
	return strpbrk(name, "[.$%") || strncmp(name, "node", 4) == 0 || strncmp(name, "power/", 6) == 0 ||
	       is_one_of(name, attrs);
}

/* Does the pattern of @token match what a memory block has there? */
static enum truth token_hits(const struct token *token)
{
	/* What memory blocks do not have: a driver, a node in /dev, a name of an interface. */
	static const char *const empty[] = { "DRIVER",	"DRIVERS", "NAME",  "SYMLINK",	"DEVTYPE",
					     "DEVNAME", "MAJOR",   "MINOR", "MODALIAS", NULL };
	const char *key = is_key(token, "ENV") ? token->attr : token->key;
	bool parents = key[0] && key[strlen(key) - 1] == 'S';

	if (strcmp(key, "SUBSYSTEM") == 0 || strcmp(key, "SUBSYSTEMS") == 0)
		return match_word(token->value, "memory", token->flags);
	if (strcmp(key, "KERNEL") == 0)
		return match_block(token->value, "memory", "", token->flags);
	if (strcmp(key, "KERNELS") == 0 && match_word(token->value, "memory", token->flags))
		return YES;
	if (strcmp(key, "KERNELS") == 0)
		return match_block(token->value, "memory", "", token->flags);
	if (strcmp(key, "DEVPATH") == 0)
		return match_block(token->value, "/devices/system/memory/memory", "", token->flags);
	if (is_one_of(key, empty) && !parents)
		return match_word(token->value, "", token->flags);
	if (is_one_of(key, empty))
		return match_word(token->value, "", token->flags) ? MAYBE : NO;
	return MAYBE;
}

static void narrow(struct rule *rule, unsigned int events, enum truth truth)
{
	if (truth == NO)
		rule->may &= ~events;
	if (truth != YES)
		rule->must &= ~events;
}

static enum truth negate(enum truth truth)
{
	return truth == YES ? NO : truth == NO ? YES : MAYBE;
}

/* Narrows the events of @rule to those for which @token may hold, must hold. */
static void read_match(struct rule *rule, const struct token *token)
{
	static const char *const names[] = {
		"SUBSYSTEM", "SUBSYSTEMS", "KERNEL", "KERNELS", "DEVPATH", NULL
	};
	const char *key = is_key(token, "ENV") ? token->attr : token->key;
	bool negative = token->op[0] == '!';
	bool attr = is_key(token, "ATTR") || is_key(token, "ATTRS");

	if (strcmp(key, "ACTION") == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
			enum truth hit = match_word(token->value, actions[i], token->flags);
			narrow(rule, 1U << i, negative ? negate(hit) : hit);
		}
		narrow(rule, OTHERS, MAYBE);
		return;
	}
	enum truth truth = attr && !may_have_attr(token->attr) ? NO : token_hits(token);
	/* KERNEL=="*" does not make a rule one about memory */
	bool memory = is_one_of(key, names) && truth != NO && !match_word(token->value, "other", 0);
	narrow(rule, OTHERS, !memory ? MAYBE : negative ? YES : NO);
	/* An attribute that is missing does not differ either; a parent may. */
	if (negative && !(attr && truth == NO))
		truth = key[strlen(key) - 1] == 'S' ? MAYBE : negate(truth);
	narrow(rule, OTHERS - 1, truth);
}

/* ATTR{state}, ATTR{[memory/memory32]state}, ATTR{../auto_online_blocks} */
static bool is_state_attr(const char *attr)
{
	const char *name = attr + strlen(attr);

	while (name > attr && name[-1] != ']' && name[-1] != '/')
		name--;
	if (strcmp(name, "auto_online_blocks") == 0)
		return true;
	return (name == attr || strncmp(attr, "[memory/memory", 14) == 0) &&
	       (strcmp(name, "state") == 0 || strcmp(name, "online") == 0);
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

static bool is_program(const struct token *token)
{
	bool builtin = *token->attr && strcmp(token->attr, "program") != 0;

	if (is_key(token, "PROGRAM"))
		return true;
	if (is_key(token, "ENV")) /* systemd starts these units */
		return strcmp(token->attr, "SYSTEMD_WANTS") == 0;
	return (is_key(token, "RUN") || is_key(token, "IMPORT")) && !builtin && token->op[0] != '-';
}

static void read_assignment(struct rule *rule, const struct token *token)
{
	const char *value;

	if (is_key(token, "ATTR") && is_state_attr(token->attr)) {
		rule->attr = true;
		rule->value = attr_value(token);
	} else if (is_key(token, "GOTO")) {
		rule->jump = token->value;
	} else if (is_key(token, "LABEL")) {
		rule->label = token->value;
	} else if (is_program(token) && command_acts(token->value, true, &value)) {
		rule->program = true;
		rule->value = value;
	} else if (is_program(token) && *token->value && !rule->runs) {
		rule->runs = token->value;
	}
}

static void read_rule(struct rule *rule, char *rest)
{
	struct token token;

	rule->may = rule->must = ALL_EVENTS;
	while (next_token(&rest, &token)) {
		bool match = strcmp(token.op, "==") == 0 || strcmp(token.op, "!=") == 0;
		bool result = is_key(&token, "PROGRAM") || is_key(&token, "IMPORT"); /* "=" is a match, too */
		if (match || result)
			read_match(rule, &token);
		if (!match || result)
			read_assignment(rule, &token);
	}
}

static int read_rules(struct memhp_actors *actors, struct lines *lines, struct rules *rules)
{
	char *line;

	while ((line = actors_next_line(lines))) {
		struct rule *list = reallocarray(rules->list, rules->count + 1, sizeof(*list));
		if (!list)
			return -ENOMEM;
		rules->list = list;
		struct rule *rule = &list[rules->count++];
		*rule = (struct rule){ .line = lines->number, .text = actors_copy(actors, line) };
		read_rule(rule, line);
	}
	return 0;
}

/* The first one with the label after rule @i; udev ignores a jump to nowhere. */
static struct rule *find_target(const struct rules *rules, size_t i)
{
	const char *jump = rules->list[i].jump;

	for (size_t j = i + 1; jump && j < rules->count; j++)
		if (rules->list[j].label && strcmp(rules->list[j].label, jump) == 0)
			return &rules->list[j];
	return NULL;
}

/*
 * Does it act on memory for one of the events? A program that is run for others too, and only if something
 * is set, is that something's: systems have many of those.
 */
static bool is_actor(const struct rule *rule, unsigned int holds)
{
	unsigned int memory = holds & (OTHERS - 1);
	bool meant = !(holds & OTHERS) || (holds & rule->must & (OTHERS - 1));
	return memory && (rule->attr || (meant && (rule->program || rule->runs)));
}

void actors_read_udev(struct memhp_actors *actors, const char *path, struct lines *lines)
{
	struct rules rules = { 0 };
	int error = read_rules(actors, lines, &rules);
	unsigned int here = ALL_EVENTS; /* events for which the rule at hand may be reached */

	if (error)
		actors->error = error;
	for (size_t i = 0; i < rules.count; i++) {
		struct rule *rule = &rules.list[i];
		here |= rule->arriving;
		unsigned int holds = here & rule->may;
		if (is_actor(rule, holds))
			actors_add(actors, &(struct memhp_actor){
						   .kind = "udev",
						   .path = path,
						   .line = rule->line,
						   .text = rule->text,
						   .value = rule->value,
						   .runs = rule->attr || rule->program ? NULL : rule->runs });
		struct rule *target = holds ? find_target(&rules, i) : NULL;
		if (target) {
			target->arriving |= holds;
			here &= ~rule->must;
		}
	}
	for (size_t i = 0; i < rules.count; i++)
		free(rules.list[i].text);
	free(rules.list);
}
