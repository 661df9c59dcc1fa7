/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The page that a line of the trace names. */
#include "evidence/evidence.h"
#include "unit.h"

static void expect(const char *what, const char *line, uint64_t wanted)
{
	uint64_t got = isolation_trace_parse(line, 0x140000, 0x8000);
	char text[24];

	snprintf(text, sizeof(text), "%" PRIx64, got);
	check(got == wanted, what, text);
}

int main(void)
{
	expect("a page that is still in use",
	       "           memhp-191     [000] d..1.    13.154502: test_pages_isolated: start_pfn=0x140000 "
	       "end_pfn=0x148000 fin_pfn=0x140201 ret=fail\n",
	       0x140201);
	expect("a test that went well",
	       "           memhp-191     [000] d..1.    13.154502: test_pages_isolated: start_pfn=0x140000 "
	       "end_pfn=0x148000 fin_pfn=0x148000 ret=success\n",
	       UINT64_MAX);
	expect("another block's",
	       "           memhp-191     [000] d..1.    13.154502: test_pages_isolated: start_pfn=0x138000 "
	       "end_pfn=0x140000 fin_pfn=0x138001 ret=fail\n",
	       UINT64_MAX);
	expect("another line", "CPU:1 [LOST 12 EVENTS]\n", UINT64_MAX);
	return finish();
}
