/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>

#include "shell/actor.h"
#include "shell/json.h"
#include "shell/text.h"

void actor_place(const struct memhp_actor *actor, char *buffer, size_t size)
{
	snprintf(buffer, size, "/%s", actor->path);
	if (actor->line)
		text_append(buffer, size, ":%u", actor->line);
}

const char *actor_state(const struct memhp_actor *actor)
{
	return memhp_policy_word(MEMHP_POLICY_AUTO_ONLINE, actor->value);
}

bool actor_runs(const struct memhp_actor *actor, char *buffer, size_t size)
{
	if (actor->runs)
		snprintf(buffer, size, "runs %s, which may bring memory online", actor->runs);
	return actor->runs != NULL;
}

json_object *actor_json(const struct memhp_actor *actor)
{
	json_object *object = json_new_object();

	json_add_string(object, "kind", actor->kind);
	json_add_string(object, "path", actor->path);
	json_add(object, "line", actor->line ? json_new_u64(actor->line) : NULL);
	json_add_string(object, "text", actor->text);
	json_add_string(object, "value", actor->value);
	json_add_string(object, "runs", actor->runs);
	return object;
}
