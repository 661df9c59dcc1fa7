/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a path failed. Errors of loops are passed over: migration and the test of isolation fail and are
 * tried again, until something else ends the loop.
 */
#include <errno.h>
#include <string.h>

#include "trace/blame.h"
#include "trace/trace.h"

static bool is(const struct memhp_stage *stage, const char *function)
{
	return trace_is_function(stage->function, function);
}

static const struct memhp_stage *find(const struct memhp_stage *stages, const char *function)
{
	for (; stages; stages = stages->next) {
		if (is(stages, function))
			return stages;
	}
	return NULL;
}

static bool is_tried_again(const struct memhp_stage *stage)
{
	return is(stage, "do_migrate_range") || is(stage, "test_pages_isolated") ||
	       is(stage, "migrate_pages");
}

/* The kernel's words for it in mm/memory_hotplug.c, which it logs for debugging only. */
static const char *words_of(const struct memhp_stage *stage, int error)
{
	static const struct {
		const char *function, *words;
	} known[] = {
		{ "walk_system_ram_range", "memory holes" },
		{ "test_pages_in_a_zone", "multizone range" },
		{ "start_isolate_page_range", "failure to isolate range" },
		{ "memory_notify", "notifier failure" },
		{ "node_notify", "node notifier failure" },
		{ "dissolve_free_huge_pages", "failure to dissolve huge pages" },
		{ "dissolve_free_hugetlb_folios", "failure to dissolve huge pages" },
	};

	if (is(stage, "do_migrate_range"))
		return error == EINTR ? "signal backoff" : "unmovable page";
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (is(stage, known[i].function))
			return known[i].words;
	}
	return "";
}

static const struct memhp_stage *blame(const struct memhp_stage *stage)
{
	for (const struct memhp_stage *child = stage->first; child; child = child->next) {
		if (child->returned && child->error && !is_tried_again(child))
			return is(child, "start_isolate_page_range") ? child : blame(child);
	}
	for (const struct memhp_stage *child = stage->first; child && !stage->returned; child = child->next) {
		if (child->returns_errno && !child->returned)
			return blame(child);
	}
	if (!is(stage, "offline_pages"))
		return stage;
	const struct memhp_stage *pass = find(stage->first, "do_migrate_range");
	/* Checks that end it by what comes right after them and needs no call: a look at what they found. */
	const struct memhp_stage *walk = find(stage->first, "walk_system_ram_range");
	const struct memhp_stage *zone = find(stage->first, "test_pages_in_a_zone"),
				 *last = zone ? zone : walk;
	bool ended_there = last && !last->next && stage->returned;
	return pass ? pass : ended_there ? last : stage;
}

void path_blame(struct memhp_path *path)
{
	for (const struct memhp_stage *root = path->stages; root; root = root->next) {
		if (root->returned && !root->error)
			continue;
		path->failed = blame(root);
		path->kernel_reason = root->returned ? words_of(path->failed, root->error) : "";
	}
}
