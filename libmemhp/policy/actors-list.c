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

void actors_add(struct memhp_actors *actors, const struct memhp_actor *actor)
{
	struct memhp_actor *list = reallocarray(actors->list, actors->count + 1, sizeof(*list));
	if (!list) {
		actors->error = -ENOMEM;
		return;
	}
	actors->list = list;
	list[actors->count++] = (struct memhp_actor){
		.kind = actor->kind,
		.path = actors_copy(actors, actor->path),
		.line = actor->line,
		.text = actors_copy(actors, actor->text),
		.value = actors_copy(actors, actor->value),
		.runs = actors_copy(actors, actor->runs),
	};
}

static void free_actor(struct memhp_actor *actor)
{
	free((char *)actor->path);
	free((char *)actor->text);
	free((char *)actor->value);
	free((char *)actor->runs);
}

void actors_drop(struct memhp_actors *actors, size_t first, const char *start)
{
	size_t kept = first;

	for (size_t i = first; i < actors->count; i++) {
		const char *text = actors->list[i].text;
		if (text && strncmp(text, start, strlen(start)) == 0)
			free_actor(&actors->list[i]);
		else
			actors->list[kept++] = actors->list[i];
	}
	actors->count = kept;
}

MEMHP_EXPORT void memhp_actors_free(struct memhp_actors *actors)
{
	if (!actors)
		return;
	for (size_t i = 0; i < actors->count; i++)
		free_actor(&actors->list[i]);
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
