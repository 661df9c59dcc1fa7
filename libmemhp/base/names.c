/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/names.h"

static const char *const zones[MEMHP_ZONE_COUNT] = {
	[MEMHP_ZONE_DMA] = "DMA",	  [MEMHP_ZONE_DMA32] = "DMA32",	    [MEMHP_ZONE_NORMAL] = "Normal",
	[MEMHP_ZONE_HIGHMEM] = "HighMem", [MEMHP_ZONE_MOVABLE] = "Movable", [MEMHP_ZONE_DEVICE] = "Device",
	[MEMHP_ZONE_NONE] = "none",
};

static const char *const states[MEMHP_STATE_COUNT] = {
	[MEMHP_STATE_ONLINE] = "online",
	[MEMHP_STATE_OFFLINE] = "offline",
	[MEMHP_STATE_GOING_OFFLINE] = "going-offline",
};

static const char *const events[MEMHP_EVENT_COUNT] = {
	[MEMHP_EVENT_ADD] = "add",	     [MEMHP_EVENT_ONLINE] = "online",
	[MEMHP_EVENT_OFFLINE] = "offline",   [MEMHP_EVENT_REMOVE] = "remove",
	[MEMHP_EVENT_OVERFLOW] = "overflow", [MEMHP_EVENT_DEVICE] = "device",
};

static const char *const targets[] = {
	[MEMHP_TARGET_DEFAULT] = "online",
	[MEMHP_TARGET_KERNEL] = "online_kernel",
	[MEMHP_TARGET_MOVABLE] = "online_movable",
};

static const char *const outcomes[MEMHP_OUTCOME_COUNT] = {
	[MEMHP_OUTCOME_DONE] = "done",
	[MEMHP_OUTCOME_ALREADY] = "already",
	[MEMHP_OUTCOME_ABSENT] = "absent",
	[MEMHP_OUTCOME_FAILED] = "failed",
	[MEMHP_OUTCOME_TIMED_OUT] = "timed-out",
	[MEMHP_OUTCOME_INTERRUPTED] = "interrupted",
	[MEMHP_OUTCOME_ROLLED_BACK] = "rolled-back",
	[MEMHP_OUTCOME_NOT_TRIED] = "not-tried",
};

static const char *const reasons[MEMHP_REASON_COUNT] = {
	[MEMHP_REASON_HOLE] = "hole",
	[MEMHP_REASON_NO_ZONE] = "no-zone",
	[MEMHP_REASON_UNMOVABLE] = "unmovable",
	[MEMHP_REASON_WRONG_ZONE] = "wrong-zone",
	[MEMHP_REASON_ZONE_REFUSED] = "zone-refused",
	[MEMHP_REASON_UNKNOWN_STATE] = "unknown-state",
	[MEMHP_REASON_GOING_OFFLINE] = "going-offline",
	[MEMHP_REASON_VANISHED] = "vanished",
	[MEMHP_REASON_WRITER] = "writer",
	[MEMHP_REASON_PERMISSION] = "permission",
	[MEMHP_REASON_KERNEL] = "kernel",
	[MEMHP_REASON_CHANGED_MEANWHILE] = "changed-meanwhile",
	[MEMHP_REASON_TIMEOUT] = "timeout",
	[MEMHP_REASON_TIMEOUTS_IN_ROW] = "timeouts-in-row",
	[MEMHP_REASON_INTERRUPTED] = "interrupted",
	[MEMHP_REASON_STOPPED] = "stopped",
	[MEMHP_REASON_STUCK] = "stuck",
	[MEMHP_REASON_NO_BLOCK] = "no-block",
	[MEMHP_REASON_NOT_REMOVED] = "not-removed",
	[MEMHP_REASON_NOT_OFFLINE] = "not-offline",
	[MEMHP_REASON_DEVICE] = "device",
	[MEMHP_REASON_DEVICE_STAYS] = "device-stays",
	[MEMHP_REASON_OFFLINE] = "offline",
	[MEMHP_REASON_RESERVED] = "reserved",
	[MEMHP_REASON_VITAL_PROCESS] = "vital-process",
	[MEMHP_REASON_UNSEEN_PROCESSES] = "unseen-processes",
	[MEMHP_REASON_NO_EFFECT] = "no-effect",
	[MEMHP_REASON_STILL_USED] = "still-used",
};

static const char *const kinds[MEMHP_KIND_COUNT] = {
	[MEMHP_KIND_FREE] = "free",
	[MEMHP_KIND_MOVABLE] = "movable",
	[MEMHP_KIND_HUGETLB] = "hugetlb",
	[MEMHP_KIND_HUGETLB_FREE] = "hugetlb-free",
	[MEMHP_KIND_PINNED] = "pinned",
	[MEMHP_KIND_SLAB] = "slab",
	[MEMHP_KIND_PAGE_TABLE] = "page-table",
	[MEMHP_KIND_RESERVED] = "reserved",
	[MEMHP_KIND_KERNEL] = "kernel",
	[MEMHP_KIND_BLANK] = "blank",
	[MEMHP_KIND_POISONED] = "poisoned",
	[MEMHP_KIND_OFFLINE] = "offline",
	[MEMHP_KIND_HOLE] = "hole",
};

static const char *const verdicts[MEMHP_VERDICT_COUNT] = {
	[MEMHP_VERDICT_YES] = "yes",
	[MEMHP_VERDICT_UNSURE] = "unsure",
	[MEMHP_VERDICT_NO] = "no",
};

static const char *const causes[MEMHP_CAUSE_COUNT] = {
	[MEMHP_CAUSE_NO_HOTREMOVE] = "no-hotremove",
	[MEMHP_CAUSE_HOLES] = "holes",
	[MEMHP_CAUSE_ZONES] = "several-zones",
	[MEMHP_CAUSE_RESERVED] = "reserved",
	[MEMHP_CAUSE_SLAB] = "slab",
	[MEMHP_CAUSE_PAGE_TABLE] = "page-table",
	[MEMHP_CAUSE_KERNEL] = "kernel",
	[MEMHP_CAUSE_HUGETLB_RESERVED] = "hugetlb-reserved",
	[MEMHP_CAUSE_PINNED] = "pinned",
	[MEMHP_CAUSE_HUGETLB_SPARE] = "hugetlb-spare",
	[MEMHP_CAUSE_NO_ROOM] = "no-room",
	[MEMHP_CAUSE_PER_CPU] = "per-cpu",
	[MEMHP_CAUSE_UNINITIALISED] = "uninitialised",
	[MEMHP_CAUSE_GIGANTIC] = "gigantic",
	[MEMHP_CAUSE_CMA] = "cma",
	[MEMHP_CAUSE_MEMMAP_ON_MEMORY] = "memmap-on-memory",
	[MEMHP_CAUSE_GOING_OFFLINE] = "going-offline",
	[MEMHP_CAUSE_UNREAD] = "unread",
	[MEMHP_CAUSE_POISONED] = "poisoned",
	[MEMHP_CAUSE_HUGETLB_POOL] = "hugetlb-pool",
	[MEMHP_CAUSE_MOVABLE] = "movable",
	[MEMHP_CAUSE_FREE] = "free",
};

static const char *const statuses[MEMHP_DEVICE_STATUS_COUNT] = {
	[MEMHP_DEVICE_REMOVABLE] = "removable", [MEMHP_DEVICE_ADDABLE] = "addable",
	[MEMHP_DEVICE_EMPTY] = "empty",		[MEMHP_DEVICE_REFUSED] = "refused",
	[MEMHP_DEVICE_FIXED] = "fixed",		[MEMHP_DEVICE_HYPERVISOR] = "hypervisor",
	[MEMHP_DEVICE_MANAGED] = "managed",	[MEMHP_DEVICE_BOOT] = "boot",
	[MEMHP_DEVICE_UNKNOWN] = "unknown",
};

static const char *const modules[MEMHP_MODULE_STATE_COUNT] = {
	[MEMHP_MODULE_BUILT_IN] = "built-in",
	[MEMHP_MODULE_LIVE] = "live",
	[MEMHP_MODULE_AVAILABLE] = "available",
	[MEMHP_MODULE_ABSENT] = "absent",
};

static char lower(char letter)
{
	return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

bool name_is(const char *name, const char *word)
{
	while (*name && lower(*name) == lower(*word)) {
		name++;
		word++;
	}
	return *name == *word;
}

static size_t find_word(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++) {
		if (words[i] && name_is(words[i], word))
			return i;
	}
	return 0;
}

MEMHP_EXPORT const char *memhp_zone_name(enum memhp_zone zone)
{
	return (unsigned int)zone < MEMHP_ZONE_COUNT ? zones[zone] : NULL;
}

MEMHP_EXPORT const char *memhp_state_name(enum memhp_state state)
{
	return (unsigned int)state < MEMHP_STATE_COUNT ? states[state] : NULL;
}

MEMHP_EXPORT const char *memhp_target_word(enum memhp_target target)
{
	return (unsigned int)target < ARRAY_SIZE(targets) ? targets[target] : NULL;
}

MEMHP_EXPORT const char *memhp_outcome_name(enum memhp_outcome outcome)
{
	return (unsigned int)outcome < MEMHP_OUTCOME_COUNT ? outcomes[outcome] : NULL;
}

MEMHP_EXPORT const char *memhp_reason_code(enum memhp_reason reason)
{
	return (unsigned int)reason < MEMHP_REASON_COUNT ? reasons[reason] : NULL;
}

MEMHP_EXPORT const char *memhp_kind_name(enum memhp_kind kind)
{
	return (unsigned int)kind < MEMHP_KIND_COUNT ? kinds[kind] : NULL;
}

MEMHP_EXPORT const char *memhp_verdict_name(enum memhp_verdict verdict)
{
	return (unsigned int)verdict < MEMHP_VERDICT_COUNT ? verdicts[verdict] : NULL;
}

MEMHP_EXPORT const char *memhp_cause_code(enum memhp_cause cause)
{
	return (unsigned int)cause < MEMHP_CAUSE_COUNT ? causes[cause] : NULL;
}

MEMHP_EXPORT const char *memhp_device_status_name(enum memhp_device_status status)
{
	return (unsigned int)status < MEMHP_DEVICE_STATUS_COUNT ? statuses[status] : NULL;
}

MEMHP_EXPORT const char *memhp_module_state_name(enum memhp_module_state state)
{
	return (unsigned int)state < MEMHP_MODULE_STATE_COUNT ? modules[state] : NULL;
}

MEMHP_EXPORT const char *memhp_event_name(enum memhp_event_kind kind)
{
	return (unsigned int)kind < MEMHP_EVENT_COUNT ? events[kind] : NULL;
}

MEMHP_EXPORT enum memhp_zone memhp_zone_parse(const char *word)
{
	return (enum memhp_zone)find_word(zones, MEMHP_ZONE_COUNT, word);
}

MEMHP_EXPORT enum memhp_state memhp_state_parse(const char *word)
{
	return (enum memhp_state)find_word(states, MEMHP_STATE_COUNT, word);
}

bool zone_is_kernel(enum memhp_zone zone)
{
	return zone >= MEMHP_ZONE_DMA && zone <= MEMHP_ZONE_HIGHMEM;
}
