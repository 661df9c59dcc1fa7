/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What came of the pages, for the reports and for the system log. */
#include <errno.h>

#include <memhp.h>

#include "page/page.h"
#include "shell/outcome.h"

bool page_is_hole(const struct memhp_page *page)
{
	if (!page->block)
		return true;
	enum memhp_state state = memhp_block_get_state(page->block);
	return memhp_page_is_poisoned(page) < 0 &&
	       (state == MEMHP_STATE_ONLINE || state == MEMHP_STATE_GOING_OFFLINE);
}

/* An errno means another thing for each action. */
static const char *kernel_reason(enum memhp_page_action action, int error)
{
	if (error == EOPNOTSUPP)
		return action == MEMHP_PAGE_UNPOISON
			       ? "this kernel unpoisons nothing any more: it saw a true memory error; reboot"
			       : "it is switched off; sysctl vm.enable_soft_offline=1 switches it on";
	if (error == EPERM || error == EACCES)
		return "not permitted; it needs CAP_SYS_ADMIN";
	if (action == MEMHP_PAGE_UNPOISON)
		return "something still holds it; see dmesg, and try again";
	if (error == ENOMEM)
		return "there is no free memory to move it to";
	return action == MEMHP_PAGE_SOFT_OFFLINE
		       ? "it cannot be moved: the kernel's own, or pinned; see dmesg"
		       : "the kernel refused it; see dmesg";
}

const char *page_reason(const struct page_job *job, const struct page_entry *entry)
{
	const struct memhp_page_result *result = &entry->result;
	bool unpoison = job->verb->action == MEMHP_PAGE_UNPOISON;

	switch (result->reason) {
	case MEMHP_REASON_HOLE:
		return "there is no memory at this address";
	case MEMHP_REASON_OFFLINE:
		return "its block is not online: the kernel changes no page there";
	case MEMHP_REASON_RESERVED:
		return "reserved: the kernel's own, or no RAM; it would keep the page, and the mark for good";
	case MEMHP_REASON_VITAL_PROCESS:
		return "process 1, whose death panics the machine, or memhp itself maps it; soft-offline "
		       "kills "
		       "nobody";
	case MEMHP_REASON_UNSEEN_PROCESSES:
		return "who maps it cannot be seen (no root, or a container); try on the host";
	case MEMHP_REASON_NO_EFFECT:
		return unpoison ? "written without error, but the page is still poisoned"
				: "written without error, but the page is not poisoned; see dmesg";
	case MEMHP_REASON_STILL_USED:
		return "poisoned now, but maybe still in use: the kernel did not say that it let go; see "
		       "dmesg";
	case MEMHP_REASON_KERNEL:
		return kernel_reason(job->verb->action, result->error);
	case MEMHP_REASON_STOPPED:
		return "another page failed in a way that stops everything";
	default:
		return outcome_reason(result->reason, result->error);
	}
}

size_t page_count_outcome(const struct page_job *job, enum memhp_outcome outcome)
{
	size_t count = 0;
	for (size_t i = 0; i < job->count; i++)
		count += job->entries[i].result.outcome == outcome;
	return count;
}

size_t page_count_done(const struct page_job *job)
{
	size_t count = 0;

	for (size_t i = 0; i < job->count; i++) {
		const struct memhp_page_result *result = &job->entries[i].result;
		count += job->dry_run ? result->outcome == MEMHP_OUTCOME_NOT_TRIED &&
						result->reason == MEMHP_REASON_NONE
				      : result->outcome == MEMHP_OUTCOME_DONE;
	}
	return count;
}

/* Holes hold nothing up, but where there is nothing else, nothing of what was asked holds. */
bool page_is_complete(const struct page_job *job)
{
	size_t holds = page_count_done(job) + page_count_outcome(job, MEMHP_OUTCOME_ALREADY);

	return holds && holds + page_count_outcome(job, MEMHP_OUTCOME_ABSENT) == job->count;
}
