/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_POLICY_H
#define MEMHP_CLI_POLICY_H

#include <json-c/json.h>

#include <memhp.h>

struct app;

/* policy-text.c. Keys that can be set at run time, and their files; NULL past the last. */
const char *policy_key_word(size_t index, const char **path);
/* What people may write, and the first Linux that has the key; NULL: no release had it. Static. */
const char *policy_choices(enum memhp_policy_key key);
const char *policy_since(enum memhp_policy_key key);
/* What @value (the kernel's word) means for memory added from now on; NULL for an unknown value. */
const char *policy_effect(enum memhp_policy_key key, const char *value);
/* Is it about memory that is added later alone? */
bool policy_is_for_later(enum memhp_policy_key key);
/* "memhp_default_state=online_movable", for the kernel command line. */
void policy_parameter_format(enum memhp_policy_key key, const char *value, char *buffer, size_t size);
/* Which key @actor sets. */
enum memhp_policy_key policy_key_of(const struct memhp_actor *actor);
/* Does @actor work against the policy in force? Writes how. */
bool policy_conflict_format(const struct memhp_policy *policy, const struct memhp_actor *actor, char *buffer,
			    size_t size);

/* policy-json.c: all of memhp.policy/1, but for the objects that `set` and `unpersist` add. */
json_object *policy_document_new(const struct app *app, const struct memhp_policy *policy,
				 const struct memhp_actors *actors);

#endif
