/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Choosing by page state without reading all of it: a sample of every candidate puts them in order, then only
 * those that would be chosen are read in full, until all chosen ones are known to go.
 */
#include <errno.h>
#include <stdlib.h>

#include "outlook/outlook.h"
#include "plan/plan.h"

struct choice {
	struct memhp_survey *survey;
	const struct memhp_request *request;
	size_t *indexes; /* room for all blocks of the snapshot */
};

static void add_unread(const struct choice *choice, const struct plan_entry *entry, enum outlook_depth depth,
		       size_t *count)
{
	if (survey_outlook(choice->survey, entry->block)->depth < depth)
		choice->indexes[(*count)++] = (size_t)(entry->block - choice->survey->snapshot->blocks);
}

/*
 * The first @least candidates to read up to @depth, or all that are chosen. Blocks that are going offline
 * come last, and are read like the others.
 */
static size_t list_unread(const struct choice *choice, const struct memhp_plan *plan, size_t least,
			  enum outlook_depth depth)
{
	size_t count = 0, chosen = plan_chosen(plan);

	for (size_t i = 0; i < plan->try_count && (i < chosen || (count && count < least)); i++)
		add_unread(choice, &plan->entries[i], depth, &count);
	return count;
}

static int sample(const struct choice *choice)
{
	struct memhp_plan *plan;
	int error = plan_make(choice->survey->snapshot, choice->request, NULL, &plan);
	size_t count = 0;

	if (error)
		return error;
	for (size_t i = 0; i < plan->try_count; i++)
		add_unread(choice, &plan->entries[i], OUTLOOK_SAMPLED, &count);
	memhp_plan_free(plan);
	return survey_read(choice->survey, choice->indexes, count, OUTLOOK_SAMPLED);
}

/*
 * What is chosen must be known to go; only if there is not enough of that, what may go is looked at to its
 * end. Each round reads twice as much at least, so that few are needed even where hardly a block can go.
 */
static int choose(const struct choice *choice, struct memhp_plan **plan)
{
	int unreadable = sample(choice);

	if (unreadable == -ENOMEM)
		return unreadable;
	for (size_t least = 1;; least *= 2) {
		enum outlook_depth depth = OUTLOOK_STOPPED;
		int error = plan_make(choice->survey->snapshot, choice->request, choice->survey, plan);
		if (error || unreadable)
			return error;
		size_t count = list_unread(choice, *plan, least, depth);
		if (count == 0) {
			depth = OUTLOOK_READ;
			count = list_unread(choice, *plan, 1, depth);
		}
		if (count == 0)
			return 0;
		memhp_plan_free(*plan);
		unreadable = survey_read(choice->survey, choice->indexes, count, depth);
	}
}

MEMHP_EXPORT int memhp_plan_new_surveyed(struct memhp_survey *survey, const struct memhp_request *request,
					 struct memhp_plan **plan)
{
	struct choice choice = { .survey = survey, .request = request };
	size_t count = survey->snapshot->count;

	*plan = NULL;
	if (request->action != MEMHP_ACTION_OFFLINE)
		return -EINVAL;
	ctx_start(survey->ctx);
	choice.indexes = calloc(count ? count : 1, sizeof(*choice.indexes));
	if (!choice.indexes)
		return -ENOMEM;
	int error = choose(&choice, plan);
	free(choice.indexes);
	return error;
}
