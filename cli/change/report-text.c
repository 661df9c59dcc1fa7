/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reasons and outcomes in words that an administrator can act on. */
#include <errno.h>
#include <stdio.h>

#include <memhp.h>

#include "change/change-report.h"
#include "shell/outcome.h"

static const char *online_error(int error)
{
	switch (error) {
	case EBUSY:
		return "something holds it; try again";
	case EINVAL:
		return "the kernel does not take it in this zone or state";
	default:
		return NULL;
	}
}

static const char *offline_error(int error)
{
	switch (error) {
	case EBUSY:
		return "it holds pages that cannot be moved; try another block";
	case EINVAL:
		return "it has holes or spans zones and can never go offline";
	default:
		return NULL;
	}
}

static const char *probe_error(int error)
{
	switch (error) {
	case EEXIST:
		return "there is memory at this address already";
	case EINVAL:
		return "the kernel takes no memory at this address; is there any?";
	default:
		return NULL;
	}
}

static const char *any_error(int error)
{
	switch (error) {
	case ENOMEM:
		return "not enough free memory for it; free some and try again";
	case EPERM:
		return "a part of the kernel vetoed it (boot memory, crash kernel); try another block";
	case EINTR:
		return "the attempt was interrupted; try again";
	case EHWPOISON:
		return "it has a page with a hardware error and cannot come online";
	default:
		return "the kernel refused it; its log (dmesg) may say more";
	}
}

const struct report_words words_online = { "would go online", "would go offline and back online",
					   "brought online", "already online", online_error };
const struct report_words words_offline = { "would go offline", "would go offline", "brought offline",
					    "already offline", offline_error };
const struct report_words words_remove = { "would be removed", "would go offline and be removed", "removed",
					   "already removed", offline_error };
const struct report_words words_probe = { "would be added", NULL, "added", "already there", probe_error };
const struct report_words words_probe_online = { "would be added and go online", NULL,
						 "added and brought online", "already there", online_error };

static const char *wrong_zone(const struct memhp_result *result, char *buffer, size_t size)
{
	const char *zone = memhp_zone_name(result->zone);
	snprintf(buffer, size,
		 "it is online in zone %s; memhp online --rezone takes it offline and, if the kernel then "
		 "offers "
		 "the wanted zone, back online there",
		 zone ? zone : "unknown");
	return buffer;
}

static const char *kernel_reason(const struct memhp_result *result, const struct report_words *words)
{
	const char *special = words->kernel_reason(result->error);
	return special ? special : any_error(result->error);
}

static const char *device_reason(const struct memhp_result *result, char *buffer, size_t size)
{
	const char *why = result->error == ENOPKG ? "a library or module that removes it is not installed"
			  : result->error == EOPNOTSUPP
				  ? "only the live system's drivers remove it"
				  : "its device could not be removed; the kernel's log (dmesg) may say more";
	snprintf(buffer, size, "%s%s", why,
		 result->outcome == MEMHP_OUTCOME_ROLLED_BACK ? "; it is back in its zone" : "");
	return buffer;
}

static const char *reason_of(const struct report_context *context, const struct memhp_result *result,
			     char *buffer, size_t size)
{
	switch (result->reason) {
	case MEMHP_REASON_HOLE:
		return "no such block: a hole in the address space";
	case MEMHP_REASON_NO_ZONE:
		return "it spans zones or nodes and can never go offline";
	case MEMHP_REASON_WRONG_ZONE:
		return wrong_zone(result, buffer, size);
	case MEMHP_REASON_ZONE_REFUSED:
		return context->target == MEMHP_TARGET_MOVABLE ? "its valid zones lack Movable; memhp list "
								 "--valid-zone Movable shows those that "
								 "offer it"
							       : "its valid zones lack a kernel zone; memhp "
								 "list --valid-zone DMA,DMA32,Normal "
								 "shows those that offer one";
	case MEMHP_REASON_GOING_OFFLINE:
		return "somebody else is taking it offline; wait, or end that attempt";
	case MEMHP_REASON_KERNEL:
		return kernel_reason(result, context->words);
	case MEMHP_REASON_CHANGED_MEANWHILE:
		return "written without error, but another state or zone reads back: somebody else changed "
		       "it";
	case MEMHP_REASON_TIMEOUTS_IN_ROW:
		return "three blocks in a row of its zone and node timed out; --keep-going tries on";
	case MEMHP_REASON_STOPPED:
		return "an earlier block failed in a way that stops everything";
	case MEMHP_REASON_NO_BLOCK:
		return "added without error, but no block came; the kernel's log (dmesg) may say more";
	case MEMHP_REASON_NOT_REMOVED:
		return "its device stays: another of its blocks did not go offline";
	case MEMHP_REASON_NOT_OFFLINE:
		return "somebody brought it online before its device was removed; look who (memhp policy), "
		       "and "
		       "try again";
	case MEMHP_REASON_DEVICE:
		return device_reason(result, buffer, size);
	case MEMHP_REASON_DEVICE_STAYS:
		return "its removal was asked for, but it is still there, and may yet go; look again later";
	default:
		return outcome_reason(result->reason, result->error);
	}
}

const char *report_reason(const struct report_context *context, size_t index, char *buffer, size_t size)
{
	const struct memhp_result *result = memhp_report_get_result(context->report, index);
	const struct memhp_failure *failure = memhp_report_get_failure(context->report, index);
	const struct memhp_outlook *expected = report_expected(context, index);
	const char *known = NULL;

	if (expected)
		return choice_text(memhp_outlook_get_finding(expected, 0), memhp_outlook_has_pages(expected),
				   buffer, size);
	/* what was found out about the attempt says more than its errno */
	if (failure && (result->reason == MEMHP_REASON_KERNEL || result->reason == MEMHP_REASON_TIMEOUT))
		known = failure_reason(failure, buffer, size);
	return known ? known : reason_of(context, result, buffer, size);
}
