/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <memhp.h>

#include "policy/policy.h"
#include "shell/actor.h"
#include "shell/json.h"

static json_object *actors_json(const struct memhp_policy *policy, const struct memhp_actors *actors)
{
	json_object *list = json_new_array();
	char conflict[512];

	for (size_t i = 0; i < memhp_actors_get_count(actors); i++) {
		const struct memhp_actor *actor = memhp_actors_get(actors, i);
		json_object *entry = actor_json(actor);
		bool is_conflict = policy_conflict_format(policy, actor, conflict, sizeof(conflict));
		json_add_string(entry, "conflict", is_conflict ? conflict : NULL);
		json_append(list, entry);
	}
	return list;
}

json_object *policy_document_new(const struct app *app, const struct memhp_policy *policy,
				 const struct memhp_actors *actors)
{
	json_object *document = json_document(app), *list = json_new_array();

	for (int i = 0; i < MEMHP_POLICY_COUNT; i++) {
		const char *value = memhp_policy_get(policy, i);
		json_object *entry = json_new_object();
		json_add_string(entry, "key", memhp_policy_name(i));
		json_add_string(entry, "value", value);
		json_add_string(entry, "effect", value ? policy_effect(i, value) : NULL);
		json_add_string(entry, "path", memhp_policy_path(i));
		json_add_string(entry, "parameter", memhp_policy_parameter(i));
		json_add_bool(entry, "writable", memhp_policy_is_writable(policy, i));
		json_append(list, entry);
	}
	json_add(document, "values", list);
	json_add(document, "actors", actors_json(policy, actors));
	return document;
}
