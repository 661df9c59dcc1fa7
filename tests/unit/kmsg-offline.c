/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is made of the kernel's log, from lines that kernels have printed. */
#include "evidence/evidence.h"
#include "unit.h"

/* What is known of the 32768 pages from @first_pfn on after @lines, as one line of text. */
static void expect(const char *what, uint64_t first_pfn, const char *const *lines, const char *wanted)
{
	struct memhp_failure failure;
	struct kmsg_offline log;
	char got[256];

	kmsg_offline_start(&log, first_pfn, 32768, &failure);
	for (; *lines; lines++)
		kmsg_offline_line(&log, *lines);
	int length = snprintf(got, sizeof(got), "%s|", failure.kernel_reason);
	if (failure.pfn != UINT64_MAX)
		snprintf(got + length, sizeof(got) - (size_t)length, "%" PRIx64 " %s|%s|%s|%d %d %d",
			 failure.pfn, failure.page_reason, failure.page_type, failure.mapping,
			 failure.refcount, failure.mapcount, failure.migrate_result);
	check(strcmp(got, wanted) == 0, what, got);
}

#define LINES (const char *const[])

static void test_reasons(void)
{
	expect("no line", 0x140000, LINES{ NULL }, "|");
	expect("the reason of the block", 0xb8000,
	       LINES{ "memory offlining [mem 0xb8000000-0xbfffffff] failed due to memory holes", NULL },
	       "memory holes|");
	expect("the reason of another block", 0xb8000,
	       LINES{ "memory offlining [mem 0xb0000000-0xb7ffffff] failed due to memory holes", NULL }, "|");
	expect("a reason behind prefixes of dynamic debug", 0x150000,
	       LINES{ "[214] memory_hotplug:offline_pages:1964: memory offlining [mem "
		      "0x150000000-0x157ffffff] failed due to notifier failure",
		      NULL },
	       "notifier failure|");
}

static void test_unmovable(void)
{
	expect("5.10: slab", 0x100000,
	       LINES{ "page:000000009c39db90 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 "
		      "pfn:0x100000",
		      "flags: 0x57ffffc0000200(slab)",
		      "raw: 0057ffffc0000200 dead000000000100 dead000000000122 ffff8d2740041a00",
		      "raw: 0000000000000000 0000000080200020 00000001ffffffff 0000000000000000",
		      "page dumped because: unmovable page",
		      "memory offlining [mem 0x100000000-0x107ffffff] failed due to failure to isolate range",
		      NULL },
	       "failure to isolate range|100000 unmovable page|slab||1 0 0");
	expect("6.1: slab", 0x140000,
	       LINES{ "page:00000000e46ae939 refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 "
		      "pfn:0x140000",
		      "flags: 0x57ffffc0000200(slab|node=1|zone=2|lastcpupid=0x1fffff)",
		      "raw: 0057ffffc0000200 0000000000000000 dead000000000122 ff1c798180018e00",
		      "raw: 0000000000000000 0000000000150015 00000001ffffffff 0000000000000000",
		      "page dumped because: unmovable page",
		      "memory offlining [mem 0x140000000-0x147ffffff] failed due to failure to isolate range",
		      NULL },
	       "failure to isolate range|140000 unmovable page|slab||1 0 0");
	expect("6.1: a page table", 0x140000,
	       LINES{ "page:00000000e46ae939 refcount:1 mapcount:-512 mapping:0000000000000000 index:0x0 "
		      "pfn:0x140000",
		      "flags: 0x57ffffc0000000(node=1|zone=2|lastcpupid=0x1fffff)",
		      "raw: 0057ffffc0000000 0000000000000000 dead000000000122 0000000000000000",
		      "raw: 0000000000000000 0000000000000000 00000001fffffdff 0000000000000000",
		      "page dumped because: unmovable page", NULL },
	       "|140000 unmovable page|||1 0 0");
	expect("6.12: slab", 0x100000,
	       LINES{ "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x100001",
		      "head: order:1 mapcount:0 entire_mapcount:0 nr_pages_mapped:0 pincount:0",
		      "flags: 0x57ffffc0000000(node=1|zone=2|lastcpupid=0x1fffff)", "page_type: f5(slab)",
		      "page dumped because: unmovable page", NULL },
	       "|100001 unmovable page|slab||1 0 0");
	expect("no page type, in words", 0x100000,
	       LINES{ "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x100001",
		      "flags: 0x57ffffc0000000(node=1|zone=2|lastcpupid=0x1fffff)", "page_type: 0xffffffff()",
		      "page dumped because: unmovable page", NULL },
	       "|100001 unmovable page|||1 0 0");
	expect("reserved, and contiguous memory", 0x100000,
	       LINES{ "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x100001",
		      "flags: 0x57ffffc0002000(reserved|node=1|zone=2)",
		      "page dumped because: unmovable page", NULL },
	       "|100001 unmovable page|reserved||1 0 0");
	expect("contiguous memory", 0x100000,
	       LINES{ "page: refcount:1 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x100001",
		      "flags: 0x57ffffc0002000(node=1|zone=2) CMA", "page dumped because: unmovable page",
		      NULL },
	       "|100001 unmovable page|CMA||1 0 0");
}

static void test_pinned(void)
{
	expect("6.1: a pinned page", 0x150000,
	       LINES{ "migrating pfn 150000 failed ret:1",
		      "page:00000000867368a2 refcount:3 mapcount:1 mapping:0000000000000000 "
		      "index:0x7f774c68e pfn:0x150000",
		      "memcg:ff1c798101149000",
		      "anon flags: 0x5fffffc00a000e(referenced|uptodate|dirty|mappedtodisk|swapbacked|node=1|"
		      "zone=3|lastcpupid=0x1fffff)",
		      "raw: 005fffffc00a000e ff6c2ada40eb7b40 ff6c2ada40eb7b40 ff1c798104018c31",
		      "raw: 00000007f774c68e 0000000000000000 0000000300000000 ff1c798101149000",
		      "page dumped because: migration failure",
		      "memory offlining [mem 0x150000000-0x157ffffff] failed due to signal backoff", NULL },
	       "signal backoff|150000 migration failure|||3 1 1");
	expect("a metadata buffer of a file system", 0x140000,
	       LINES{ "migrating pfn 1413ee failed ret:64",
		      "page:00000000867368a2 refcount:4 mapcount:0 mapping:00000000dd0f9b4f index:0x20 "
		      "pfn:0x1413ee",
		      "aops:def_blk_aops ino:fe00000 dentry name(?):\"\"",
		      "flags: 0x57ffffc0002026(referenced|uptodate|active|private|node=1|zone=2)",
		      "page dumped because: migration failure", NULL },
	       "|1413ee migration failure||def_blk_aops|4 0 64");
	expect("no room", 0x140000, LINES{ "migrating pfn 1413ee failed ret:-12", NULL },
	       "|1413ee |||-1 -1 -12");
	expect("the last page counts, and no other block's", 0x140000,
	       LINES{ "migrating pfn 1413ee failed ret:2",
		      "page: refcount:3 mapcount:1 mapping:0000000000000000 index:0x0 pfn:0x1413ee",
		      "page dumped because: migration failure", "migrating pfn 1413ef failed ret:1",
		      "page: refcount:2 mapcount:0 mapping:0000000000000000 index:0x0 pfn:0x1413ef",
		      "page dumped because: migration failure", "migrating pfn 148000 failed ret:5",
		      "page: refcount:9 mapcount:9 mapping:0000000000000000 index:0x0 pfn:0x148000",
		      "page dumped because: migration failure", NULL },
	       "|1413ef migration failure|||2 0 1");
	expect("a page dumped for another reason", 0x140000,
	       LINES{ "page: refcount:3 mapcount:1 mapping:0000000000000000 index:0x0 pfn:0x1413ee",
		      "page dumped because: hwpoison: unhandlable page", NULL },
	       "|");
	expect("a page that could not be isolated", 0x140000,
	       LINES{ "failed to isolate pfn 1413ee",
		      "page: refcount:3 mapcount:1 mapping:0000000000000000 index:0x0 pfn:0x1413ee",
		      "page dumped because: isolation failed", NULL },
	       "|1413ee isolation failed|||3 1 0");
}

static void test_broken(void)
{
	expect("lines cut short", 0x140000,
	       LINES{ "page:", "page: pfn:0x140001", "flags: 0x0(",
		      "flags: ", "page_type: ", "page_type: f5(",
		      "aops:", "page dumped because: unmovable page", "migrating pfn", NULL },
	       "|140001 unmovable page|||-1 0 0");
}

int main(void)
{
	test_reasons();
	test_unmovable();
	test_pinned();
	test_broken();
	return finish();
}
