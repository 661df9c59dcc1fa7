/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "policy/actors.h"

char *actors_copy(struct memhp_actors *actors, const char *text)
{
	char *new = text ? strdup(text) : NULL;
	if (text && !new)
		actors->error = -ENOMEM;
	return new;
}

void actors_add(struct memhp_actors *actors, const char *kind, const char *path, unsigned int line,
		const char *text, const char *value)
{
	struct memhp_actor *list = reallocarray(actors->list, actors->count + 1, sizeof(*list));
	if (!list) {
		actors->error = -ENOMEM;
		return;
	}
	actors->list = list;
	list[actors->count++] = (struct memhp_actor){
		.kind = kind, /* static */
		.path = actors_copy(actors, path),
		.line = line,
		.text = actors_copy(actors, text),
		.value = actors_copy(actors, value),
	};
}

MEMHP_EXPORT void memhp_actors_free(struct memhp_actors *actors)
{
	if (!actors)
		return;
	for (size_t i = 0; i < actors->count; i++) {
		free((char *)actors->list[i].path);
		free((char *)actors->list[i].text);
		free((char *)actors->list[i].value);
	}
	free(actors->list);
	free(actors);
}

MEMHP_EXPORT size_t memhp_actors_get_count(const struct memhp_actors *actors)
{
	return actors->count;
}

MEMHP_EXPORT const struct memhp_actor *memhp_actors_get(const struct memhp_actors *actors, size_t index)
{
	return index < actors->count ? &actors->list[index] : NULL;
}
