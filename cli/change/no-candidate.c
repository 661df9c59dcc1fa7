/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why nothing is left to choose a size from. */
#include <inttypes.h>
#include <stdio.h>

#include <memhp.h>

#include "change/change-report.h"
#include "change/change.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/text.h"

struct tally {
	size_t selected;
	size_t already;	   /* in the wanted state */
	size_t wrong_zone; /* of these, online in another zone than the wanted one */
};

static struct tally count(const struct change *change)
{
	enum memhp_state wanted = change->kind->online ? MEMHP_STATE_ONLINE : MEMHP_STATE_OFFLINE;
	struct tally tally = { 0 };

	for (size_t i = 0; i < memhp_snapshot_get_count(change->snapshot); i++) {
		const struct memhp_block *block = memhp_snapshot_get_block(change->snapshot, i);
		if (!memhp_request_matches(change->selection.request, block))
			continue;
		bool already = memhp_block_get_state(block) == wanted;
		tally.selected++;
		tally.already += already;
		tally.wrong_zone += already && change->kind->online &&
				    !memhp_target_fits(change->target, memhp_block_get_zone(block));
	}
	return tally;
}

static int all_already(struct change *change, const struct tally *tally)
{
	uint64_t block_size = memhp_snapshot_get_block_size(change->snapshot);
	char size[24], elsewhere[96] = "";

	size_format(tally->already * block_size, size, sizeof(size));
	if (tally->wrong_zone)
		snprintf(elsewhere, sizeof(elsewhere), ", %zu of them in another zone than the wanted one",
			 tally->wrong_zone);
	return app_fail(
		change->app, EXIT_NOTHING, "ENODEV",
		tally->wrong_zone      ? "--rezone takes such blocks offline and back online"
		: change->kind->online ? "memhp list --state offline shows what is offline elsewhere"
				       : "memhp list --state online shows what is online elsewhere",
		"--size %s: nothing is left to choose: all of the selection, %zu block%s (%s), is %s%s",
		change->size_text, tally->already, tally->already == 1 ? "" : "s", size,
		change->kind->words->already, elsewhere);
}

int change_no_candidate(struct change *change)
{
	size_t excluded = memhp_plan_get_excluded_count(change->plan);
	struct tally tally = count(change);

	if (tally.selected == 0)
		return app_fail(change->app, EXIT_NOTHING, "ENODEV",
				"memhp list shows the blocks that there are", "no memory block matches");
	if (tally.already == tally.selected)
		return all_already(change, &tally);
	if (excluded)
		return app_fail(change->app, EXIT_NOTHING, "EBUSY",
				"memhp explain shows why; --force=unmovable tries them all the same",
				"no block that is selected can be %s: %zu hold%s pages that cannot be moved, "
				"or can never go",
				change->kind->words->done, excluded, excluded == 1 ? "s" : "");
	return app_fail(change->app, EXIT_NOTHING, "ENODEV",
			change->kind->online ? "memhp list --state offline shows their valid zones"
					     : "memhp explain shows why",
			"no block that is selected can be %s: %zu offer%s no such zone, or can never go",
			change->kind->words->done, tally.selected - tally.already,
			tally.selected - tally.already == 1 ? "s" : "");
}
