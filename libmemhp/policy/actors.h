/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_POLICY_ACTORS_H
#define MEMHP_POLICY_ACTORS_H

#include "memhp.h"

struct memhp_actors {
	struct memhp_actor *list;
	size_t count;
	size_t unit; /* where those of the unit at hand begin */
	int error;   /* the first -ENOMEM; checked once, at the end */
};

/* ---- actors-list.c: what was found ---- */

/* Adds an actor; @actor's kind is static, the other texts are copied. */
void actors_add(struct memhp_actors *actors, const struct memhp_actor *actor);
/* Takes back those from @first on of which the text begins with @start. */
void actors_drop(struct memhp_actors *actors, size_t first, const char *start);
/* NULL for NULL, and when out of memory, which memhp_actors_read() then reports. */
char *actors_copy(struct memhp_actors *actors, const char *text);

/* ---- actors-files.c: where it is written ---- */

struct lines {
	char *rest;
	unsigned int number, next; /* of the line returned last, where it starts; of the last one read */
	bool joins;		   /* a backslash at the end continues a line */
};

/* The next line that is neither empty nor a comment; comments inside continued lines go, too. */
char *actors_next_line(struct lines *lines);

struct actors_source {
	const char *const *dirs; /* the first has precedence; ends with NULL */
	const char *suffix;
	bool joins;
	void (*read)(struct memhp_actors *actors, const char *path, struct lines *lines);
};

struct actors_file {
	char *path;
	const char *name; /* the last part of it */
};

struct actors_files {
	struct actors_file *list; /* in the order of names */
	size_t count;
};

/*
 * What the directories @dirs, each with "/@below" if that is not NULL, have with the suffix; of those that
 * have the same name, the first. Free it also after -ENOMEM.
 */
int actors_collect(struct memhp_ctx *ctx, const char *const *dirs, const char *below, const char *suffix,
		   struct actors_files *files);
void actors_files_free(struct actors_files *files);
/* All files of its directories; one file: is there something in it? */
void actors_read_source(struct memhp_ctx *ctx, struct memhp_actors *actors,
			const struct actors_source *source);
bool actors_read_file(struct memhp_ctx *ctx, struct memhp_actors *actors, const struct actors_source *source,
		      const char *path);

/* ---- actors-match.c: what patterns match, and what commands do ---- */

enum truth { NO, MAYBE, YES };

/* Do |-separated @patterns match @word? */
enum truth match_word(const char *patterns, const char *word, int fnmatch_flags);
/* Do they match @prefix, the number of a block, and @suffix: for all blocks, for some, for none? */
enum truth match_block(const char *patterns, const char *prefix, const char *suffix, int fnmatch_flags);
/* May @pattern, absolute, match the file that onlines memory, or the state of blocks? */
bool match_state_file(const char *pattern);

/*
 * Does @command visibly change the state of memory? @value is that state, NULL if it depends. An event
 * of a memory block (@of_block) says by itself which block is meant.
 */
bool command_acts(const char *command, bool of_block, const char **value);

/* ---- the readers of each kind of file ---- */

void actors_read_udev(struct memhp_actors *actors, const char *path, struct lines *lines);
void actors_read_units(struct memhp_ctx *ctx, struct memhp_actors *actors);
void actors_read_configuration(struct memhp_ctx *ctx, struct memhp_actors *actors);

#endif
