/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_POLICY_ACTORS_H
#define MEMHP_POLICY_ACTORS_H

#include "memhp.h"

struct memhp_actors {
	struct memhp_actor *list;
	size_t count;
	int error; /* the first -ENOMEM; checked once, at the end */
};

/* Adds an actor; @kind is static, the other texts are copied. */
void actors_add(struct memhp_actors *actors, const char *kind, const char *path, unsigned int line,
		const char *text, const char *value);
/* NULL for NULL, and when out of memory, which memhp_actors_read() then reports. */
char *actors_copy(struct memhp_actors *actors, const char *text);

struct lines {
	char *rest;
	unsigned int number, next; /* of the line returned last, where it starts; of the last one read */
	bool joins;		   /* a backslash at the end continues a line */
};

/* The next line that is neither empty nor a comment; udev drops comments inside continued lines too. */
char *actors_next_line(struct lines *lines);

struct actors_source {
	const char *kind;
	const char *const *dirs; /* the first has precedence; ends with NULL */
	const char *suffix;
	bool joins;
	void (*read)(struct memhp_actors *actors, const char *path, struct lines *lines);
};

/* All files of its directories; one file. */
void actors_read_source(struct memhp_ctx *ctx, struct memhp_actors *actors,
			const struct actors_source *source);
void actors_read_file(struct memhp_ctx *ctx, struct memhp_actors *actors, const struct actors_source *source,
		      const char *path);

/* The rules of one file of udev(7). */
void actors_read_udev(struct memhp_actors *actors, const char *path, struct lines *lines);

#endif
