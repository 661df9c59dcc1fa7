// SPDX-License-Identifier: LGPL-2.1-or-later
/* ksm: memory of many processes, in a part of which the kernel has merged pages of equal content. */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "load.h"

/*
 * A third of the memory is for the kernel to merge, and of each content there are three pages there. It
 * merges what it has seen unchanged before and then found again, so not in the first rounds.
 */
enum { MERGED = 3, ALIKE = 3, ROUNDS = 3, SECONDS_MAX = 150 };

#define KSM "/sys/kernel/mm/ksm/"

static void hold_alike(struct load *load, uint64_t size)
{
	uint64_t contents = load->bytes / PAGE / MERGED / ALIKE;

	prefer_some_node(load);
	char *start = map(size, 0);
	if (pick(load, MERGED)) {
		touch(start, size, PAGE);
		return;
	}
	for (uint64_t at = 0; at < size; at += PAGE)
		*(uint64_t *)(start + at) = 1 + pick(load, contents);
	if (madvise(start, size, MADV_MERGEABLE))
		fail("MADV_MERGEABLE");
}

static uint64_t number_in(const char *path)
{
	unsigned long long number = 0;
	FILE *file = fopen(path, "re");

	if (!file || fscanf(file, "%llu", &number) != 1)
		fail(path);
	fclose(file);
	return number;
}

/* It stops with all merged: what it goes on to do would move pages during the attempts. */
static void merge(void)
{
	uint64_t end = number_in(KSM "full_scans") + ROUNDS;

	set_number(KSM "pages_to_scan", 10000);
	set_number(KSM "sleep_millisecs", 1);
	set_number(KSM "run", 1);
	for (int i = 0; i < SECONDS_MAX && number_in(KSM "full_scans") < end; i++)
		sleep(1);
	set_number(KSM "run", 0);
	if (!number_in(KSM "pages_sharing"))
		skip("the kernel merged no pages");
}

static void *make_ksm(struct load *load)
{
	if (access(KSM "run", F_OK))
		skip("the kernel has no KSM");
	struct holders *holders = scatter_holders(load, hold_alike);
	merge();
	return holders;
}

const struct kind ksm_kind = { "ksm", make_ksm, replace_some_holder };
