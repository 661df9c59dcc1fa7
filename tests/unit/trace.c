/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Calls and returns in, a tree out. A script of words stands for the kernel: "+offline_pages" is a call,
 * "-offline_pages=-16" what it returned, "moved=8/2" pages moved and left, "notifies=7" the callback at that
 * address, "pid=2" whose calls the following are.
 */
#include <stdio.h>
#include <stdlib.h>

#include "trace/blame.h"
#include "trace/trace.h"
#include "trace/tree.h"
#include "unit.h"

static const struct trace_point *point_of(const char *function)
{
	static struct trace_point points[64];

	for (size_t i = 0; i < trace_stage_count; i++) {
		if (strcmp(trace_stages[i].function, function) != 0)
			continue;
		points[i].stage = &trace_stages[i];
		snprintf(points[i].function, sizeof(points[i].function), "%s", function);
		return &points[i];
	}
	printf("Bail out! no stage %s\n", function);
	exit(1);
}

static struct trace_event event_of(const char *word)
{
	struct trace_event event = { 0 };
	char function[64] = "";
	long value = 0, second = 0;

	if (sscanf(word, "moved=%ld/%ld", &value, &second) == 2)
		event.kind = TRACE_MIGRATED;
	else if (sscanf(word, "notifies=%ld", &value) == 1)
		event.kind = TRACE_NOTIFIED;
	else if (sscanf(word, "found=%ld/%ld", &value, &second) == 2)
		event.kind = TRACE_TESTED;
	else if (sscanf(word, "%*[-]%63[^=]=%ld", function, &value) >= 1)
		event.kind = TRACE_RETURNED;
	else if (sscanf(word, "+%63s", function) == 1)
		event.kind = TRACE_CALLED;
	event.point = *function ? point_of(function) : NULL;
	event.value = (uint64_t)value & 0xffffffff; /* as an int leaves its register */
	event.second = (uint64_t)second;
	return event;
}

/* One call or return a microsecond. */
static void play(struct tree *tree, const char *script)
{
	static uint64_t us;
	static char words[65536];
	int pid = 1;

	snprintf(words, sizeof(words), "%s", script);
	for (char *word = strtok(words, " \n"); word; word = strtok(NULL, " \n")) {
		if (sscanf(word, "pid=%d", &pid) == 1)
			continue;
		struct trace_event event = event_of(word);
		event.pid = pid;
		event.ns = ++us * 1000;
		tree_add(tree, &event);
	}
}

static void print(FILE *out, const struct memhp_path *path, const struct memhp_stage *stage)
{
	for (; stage; stage = stage->next) {
		fprintf(out, "%s", stage->name);
		if (stage->calls != 1)
			fprintf(out, " x%" PRIu64, stage->calls);
		if (stage->error)
			fprintf(out, " error %d", stage->error);
		if (!stage->returned && stage->returns_errno)
			fputs(" open", out);
		if (stage->pages_moved || stage->pages_left)
			fprintf(out, " moved %" PRIu64 " left %" PRIu64, stage->pages_moved,
				stage->pages_left);
		if (stage->idle_calls)
			fprintf(out, " idle %" PRIu64, stage->idle_calls);
		if (stage->pfn != UINT64_MAX)
			fprintf(out, " found %" PRIu64, stage->pfn);
		if (stage == path->failed)
			fprintf(out, " FAILED(%s)", path->kernel_reason);
		if (stage->first) {
			fputs(" [", out);
			print(out, path, stage->first);
			fputs("]", out);
		}
		if (stage->next)
			fputs(", ", out);
	}
}

static void expect(const char *what, const char *script, const char *wanted)
{
	struct tree *tree = tree_new();
	char text[4096] = "nothing";
	uint64_t notifier;

	play(tree, script);
	struct memhp_path *path = tree_take(tree, 1, &notifier);
	if (path) {
		FILE *out = fmemopen(text, sizeof(text), "w");
		path_blame(path);
		print(out, path, path->stages);
		if (notifier)
			fprintf(out, " by %" PRIu64, notifier);
		fclose(out);
	}
	check(strcmp(text, wanted) == 0, what, text);
	path_free(path);
	tree_free(tree);
}

#define BEGIN "+memory_subsys_offline +offline_pages +walk_system_ram_range -walk_system_ram_range=0 "
#define ISOLATED "+start_isolate_page_range -start_isolate_page_range=0 +memory_notify -memory_notify=1 "
#define PASS(moved) "+do_migrate_range +migrate_pages " moved " -migrate_pages=0 -do_migrate_range "
#define TEST(result) "+test_pages_isolated -test_pages_isolated=" result " "
#define END(result) "-offline_pages=" result " -memory_subsys_offline=" result

static void test_loop(void)
{
	char script[32768] = BEGIN ISOLATED PASS("moved=100/3"), wanted[512];

	for (int i = 0; i < 200; i++)
		strcat(script, PASS("moved=0/3") TEST("-16"));
	strcat(script,
	       "+undo_isolate_page_range -undo_isolate_page_range +memory_notify -memory_notify=1 " END(
		       "-4"));
	snprintf(wanted, sizeof(wanted), "%s",
		 "take the block offline error 4 [take its pages offline error 4 [look for holes, isolate, "
		 "notify: going offline, migrate, one pass x201 idle 200 FAILED(signal backoff) [migrate "
		 "pages x201 moved 100 left 3], test that all is isolated x200 error 16, undo the isolation, "
		 "notify: offline cancelled]]");
	expect("a loop that spins is one stage, with what it moved and how long it moved nothing", script,
	       wanted);
}

static void test_many_blocks(void)
{
	char script[32768] = "+add_memory_resource +arch_add_memory -arch_add_memory=0 ";

	for (int i = 0; i < 64; i++)
		strcat(script, "+memory_subsys_online +online_pages +memory_notify -memory_notify=1 "
			       "+kswapd_run -kswapd_run +memory_notify -memory_notify=1 -online_pages=0 "
			       "-memory_subsys_online=0 ");
	strcat(script, "-add_memory_resource=0");
	expect("the blocks of memory that is added go one way", script,
	       "add memory [map it, bring the block online x64 [bring its pages online x64 [notify: going "
	       "online x64, start kswapd x64, notify: online x64]]]");
}

int main(void)
{
	expect("an offline that succeeds",
	       BEGIN ISOLATED TEST("0") "+__offline_isolated_pages -__offline_isolated_pages=7 "
					"+memory_notify -memory_notify=1 " END("0"),
	       "take the block offline [take its pages offline [look for holes, isolate, notify: going "
	       "offline, test that all is isolated, take the free pages out, notify: offline]]");
	test_loop();
	test_many_blocks();
	expect("holes", BEGIN END("-22"),
	       "take the block offline error 22 [take its pages offline error 22 [look for holes "
	       "FAILED(memory holes)]]");
	expect("several zones", "+memory_subsys_offline -memory_subsys_offline=-22",
	       "take the block offline error 22 FAILED()");
	expect("isolation",
	       BEGIN "+start_isolate_page_range +isolate_single_pageblock -isolate_single_pageblock=-16 "
		     "-start_isolate_page_range=-16 " END("-16"),
	       "take the block offline error 16 [take its pages offline error 16 [look for holes, isolate "
	       "error 16 FAILED(failure to isolate range) [isolate a pageblock at its edge error 16]]]");
	/* notifier_from_errno(-12) */
	expect("a notifier",
	       BEGIN "+start_isolate_page_range -start_isolate_page_range=0 +memory_notify notifies=5 "
		     "notifies=7 -memory_notify=32781 +memory_notify notifies=5 -memory_notify=1 " END("-12"),
	       "take the block offline error 12 [take its pages offline error 12 [look for holes, isolate, "
	       "notify: going offline error 12 FAILED(notifier failure), notify: offline cancelled]] by 7");
	expect("an online that a notifier refuses",
	       "+memory_subsys_online +online_pages +memory_notify -memory_notify=32781 "
	       "+memory_notify -memory_notify=1 -online_pages=-12 -memory_subsys_online=-12",
	       "bring the block online error 12 [bring its pages online error 12 [notify: going online error "
	       "12 FAILED(notifier failure), notify: online cancelled]]");
	expect("a test of isolation that names a page",
	       BEGIN ISOLATED "+test_pages_isolated found=70/96 -test_pages_isolated=-16 "
			      "+test_pages_isolated found=96/96 -test_pages_isolated=0 " END("0"),
	       "take the block offline [take its pages offline [look for holes, isolate, notify: going "
	       "offline, test that all is isolated x2 found 70]]");
	expect("a return that was lost", BEGIN "+start_isolate_page_range " END("0"),
	       "take the block offline [take its pages offline [look for holes, isolate x0 open]]");
	expect("a call that is still in the kernel", BEGIN "+start_isolate_page_range ",
	       "take the block offline open [take its pages offline open [look for holes, isolate open "
	       "FAILED()]]");
	expect("others' calls are not ours",
	       "pid=2 +walk_system_ram_range -walk_system_ram_range=0 +memory_subsys_offline pid=1 " BEGIN
		       END("0") " pid=2 -memory_subsys_offline=-16",
	       "take the block offline [take its pages offline [look for holes]]");
	expect("what belongs to no change",
	       "+migrate_pages moved=5/0 -migrate_pages=0 +build_all_zonelists -build_all_zonelists",
	       "nothing");
	return finish();
}
