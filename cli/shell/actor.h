/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who else acts on memory, for people and in JSON. */
#ifndef MEMHP_CLI_ACTOR_H
#define MEMHP_CLI_ACTOR_H

#include <json-c/json.h>
#include <stddef.h>

#include <memhp.h>

/* "/etc/udev/rules.d/80-memory.rules:1" */
void actor_place(const struct memhp_actor *actor, char *buffer, size_t size);
/* The state that it brings memory into, as people write it; NULL if that depends on the machine. */
const char *actor_state(const struct memhp_actor *actor);
/* "runs PROGRAM, which may bring memory online"; false if it runs nothing of unknown effect. */
bool actor_runs(const struct memhp_actor *actor, char *buffer, size_t size);
json_object *actor_json(const struct memhp_actor *actor);

#endif
