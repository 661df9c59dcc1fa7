/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "trace/trace.h"
#include "trace/tree.h"

#define MAX_DEPTH 12	/* deeper than any path through the stages */
#define MAX_CHILDREN 48 /* more than any stage has where calls of loops are one */
#define MAX_TASKS 64

/* NOTIFY_STOP_MASK and NOTIFY_OK of include/linux/notifier.h */
#define NOTIFY_STOP 0x8000
#define NOTIFY_OK 1

struct node {
	struct memhp_stage public; /* first, so that one is the other */
	const struct stage *stage;
	size_t children;
};

struct frame {
	struct node *node;
	uint64_t start_ns, moved;
	struct node *last; /* the child that was called last in this call */
	unsigned int notified;
	bool taken_out, refused; /* its pages are offline; a notifier said no */
};

struct task {
	pid_t pid;
	struct node roots; /* their parent */
	struct frame frames[MAX_DEPTH];
	size_t depth;
	uint64_t callback, refused_by; /* addresses */
};

struct tree {
	struct task tasks[MAX_TASKS];
	size_t count;
	uint64_t dropped; /* calls that had no place */
};

struct tree *tree_new(void)
{
	return calloc(1, sizeof(struct tree));
}

static void free_stages(const struct memhp_stage *stage)
{
	while (stage) {
		const struct memhp_stage *next = stage->next;
		free_stages(stage->first);
		free((void *)stage);
		stage = next;
	}
}

void path_free(struct memhp_path *path)
{
	if (path)
		free_stages(path->stages);
	free(path);
}

void tree_clear(struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		free_stages(tree->tasks[i].roots.public.first);
	memset(tree, 0, sizeof(*tree));
}

void tree_free(struct tree *tree)
{
	if (tree)
		tree_clear(tree);
	free(tree);
}

static struct task *find_task(struct tree *tree, pid_t pid)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->tasks[i].pid == pid)
			return &tree->tasks[i];
	}
	return NULL;
}

static struct task *add_task(struct tree *tree, pid_t pid)
{
	if (tree->count == MAX_TASKS)
		return NULL;
	struct task *task = &tree->tasks[tree->count++];
	*task = (struct task){ .pid = pid };
	return task;
}

/*
 * The kernel does not tell which of its messages it is that goes to the listeners, but its place does:
 * offline_pages() and online_pages() in mm/memory_hotplug.c, memory_block_online() in drivers/base/memory.c.
 */
static const char *notify_name(const struct stage *stage, const struct frame *parent)
{
	bool node = strcmp(stage->function, "node_notify") == 0;

	if (!parent || !parent->node)
		return stage->name;
	const char *function = parent->node->stage->function;
	bool first = parent->notified == 0;
	if (strcmp(function, "offline_pages") == 0)
		return parent->taken_out ? (node ? "notify of the node: removed" : "notify: offline")
		       : first		 ? (node ? "notify of the node: removing" : "notify: going offline")
		       : node		 ? stage->name
					 : "notify: offline cancelled";
	if (strcmp(function, "online_pages") == 0)
		return parent->refused ? (node ? "notify of the node: cancelled" : "notify: online cancelled")
		       : node	       ? "notify of the node: added"
		       : first	       ? "notify: going online"
				       : "notify: online";
	return stage->name;
}

/* A chain's last word: notifier_to_errno(). */
static int64_t notified_result(int64_t value)
{
	return value & NOTIFY_STOP ? NOTIFY_OK - (value & ~NOTIFY_STOP) : 0;
}

static bool is_same(const struct node *node, const struct stage *stage, const char *name)
{
	return node->stage == stage && strcmp(node->public.name, name) == 0;
}

static struct node *next_of(const struct node *node)
{
	return (struct node *)node->public.next;
}

/* A second call of @parent goes the same way as the first: what it calls is looked for from there on. */
static struct node *find_child(const struct node *parent, const struct node *after, const struct stage *stage,
			       const char *name)
{
	struct node *first = (struct node *)parent->public.first;

	for (struct node *node = after ? next_of(after) : first; node; node = next_of(node)) {
		if (is_same(node, stage, name))
			return node;
	}
	for (struct node *node = first; node && (stage->flags & STAGE_LOOPS); node = next_of(node)) {
		if (is_same(node, stage, name))
			return node;
	}
	return NULL;
}

static struct node *add_child(struct node *parent, struct node *after, const struct trace_point *point,
			      const char *name)
{
	struct node *node = parent->children < MAX_CHILDREN ? calloc(1, sizeof(*node)) : NULL;

	if (!node)
		return NULL;
	node->stage = point->stage;
	node->public.name = name;
	node->public.pfn = UINT64_MAX;
	node->public.returns_errno = point->stage->returns != STAGE_RETURNS_NOTHING;
	strcpy(node->public.function, point->function);
	const struct memhp_stage **link = after ? &after->public.next : &parent->public.first;
	node->public.next = *link;
	*link = &node->public;
	parent->children++;
	return node;
}

static void called(struct tree *tree, struct task *task, const struct trace_event *event)
{
	const struct stage *stage = event->point->stage;

	if ((!task || task->depth == 0) && !(stage->flags & STAGE_ROOT))
		return;
	if (!task)
		task = add_task(tree, event->pid);
	if (!task || task->depth == MAX_DEPTH) {
		tree->dropped++;
		return;
	}
	struct frame *parent = task->depth ? &task->frames[task->depth - 1] : NULL;
	struct node *above = parent ? parent->node : &task->roots;
	const char *name = stage->name;
	struct node *last = parent ? parent->last : NULL;

	if (!above)
		return;
	if (stage->returns == STAGE_RETURNS_NOTIFIED)
		name = notify_name(stage, parent);
	if (!parent) /* roots follow each other */
		for (last = (struct node *)above->public.first; last && next_of(last); last = next_of(last))
			;
	struct node *node = find_child(above, last, stage, name);
	if (!node)
		node = add_child(above, last, event->point, name);
	tree->dropped += !node;
	if (parent && node) {
		parent->last = node;
		parent->notified += stage->returns == STAGE_RETURNS_NOTIFIED && *stage->function == 'm';
		parent->taken_out |= strcmp(stage->function, "__offline_isolated_pages") == 0;
	}
	task->callback = 0;
	task->frames[task->depth++] = (struct frame){ .node = node, .start_ns = event->ns };
}

static void note_result(struct task *task, const struct frame *frame, struct frame *parent, int64_t value)
{
	struct memhp_stage *stage = &frame->node->public;
	int64_t result = value;

	stage->returned = true;
	switch (frame->node->stage->returns) {
	case STAGE_RETURNS_NOTHING:
		return;
	case STAGE_RETURNS_NOTIFIED:
		result = notified_result(value);
		if (!result)
			break;
		task->refused_by = task->callback;
		if (parent)
			parent->refused = true;
		break;
	case STAGE_RETURNS_PAGES:
		if (result > 0)
			stage->pages_left = (uint64_t)result;
		break;
	case STAGE_RETURNS_ERRNO:
		/* test_pages_isolated() and others fail again and again in a loop: the last word counts */
		break;
	}
	stage->error = result < 0 ? (int)-result : 0;
}

/* Calls whose return was lost end with that of their caller. */
static void returned(struct task *task, const struct trace_event *event)
{
	size_t depth = task->depth;

	while (depth &&
	       (!task->frames[depth - 1].node || task->frames[depth - 1].node->stage != event->point->stage))
		depth--;
	if (depth == 0)
		return;
	struct frame *frame = &task->frames[depth - 1], *parent = depth > 1 ? frame - 1 : NULL;
	struct memhp_stage *stage = &frame->node->public;
	stage->calls++;
	stage->elapsed_us += (event->ns - frame->start_ns) / 1000;
	/* int, in a register of 64 bits */
	note_result(task, frame, parent, (int32_t)(uint32_t)event->value);
	if (strcmp(frame->node->stage->function, "do_migrate_range") == 0)
		stage->idle_calls = frame->moved ? 0 : stage->idle_calls + 1;
	if (parent)
		parent->moved += frame->moved;
	task->depth = depth - 1;
}

static void migrated(struct task *task, const struct trace_event *event)
{
	struct frame *frame = &task->frames[task->depth - 1];

	if (!frame->node)
		return;
	frame->node->public.pages_moved += event->value;
	frame->node->public.pages_left = event->second;
	frame->moved += event->value;
}

/* What a tracepoint tells of the call that it lies in. */
static void noted(struct task *task, const struct trace_event *event)
{
	struct node *node = task->frames[task->depth - 1].node;

	if (event->kind == TRACE_MIGRATED)
		migrated(task, event);
	else if (event->kind == TRACE_TESTED && node && event->value < event->second)
		node->public.pfn = event->value;
	else if (event->kind == TRACE_NOTIFIED)
		task->callback = event->value;
}

void tree_add(struct tree *tree, const struct trace_event *event)
{
	/* A tracepoint with a place of its own is call and return at once. */
	bool call = event->point && event->kind == TRACE_CALLED;
	bool back = event->point && event->kind == TRACE_RETURNED;
	bool place = event->point && !call && !back;

	if (call || place)
		called(tree, find_task(tree, event->pid), event);
	struct task *task = find_task(tree, event->pid);
	if (call || !task || task->depth == 0)
		return;
	if (!back)
		noted(task, event);
	if (back || place)
		returned(task, event);
}

bool tree_is_open(const struct tree *tree)
{
	for (size_t i = 0; i < tree->count; i++) {
		if (tree->tasks[i].depth)
			return true;
	}
	return false;
}

/* What was called and did not return: the kernel is in there still, or its word was lost. */
static void close_open_calls(struct task *task)
{
	for (; task->depth; task->depth--) {
		struct node *node = task->frames[task->depth - 1].node;
		if (!node)
			continue;
		node->public.calls++;
		node->public.returned = false;
	}
}

static void append(const struct memhp_stage **list, const struct memhp_stage *stages)
{
	while (*list)
		list = (const struct memhp_stage **)&(*list)->next;
	*list = stages;
}

void path_append(struct memhp_path *path, struct memhp_path *more)
{
	append(&path->stages, more->stages);
	if (more->failed) {
		path->failed = more->failed;
		path->kernel_reason = more->kernel_reason;
		strcpy(path->notifier, more->notifier);
	}
	path->lost_events += more->lost_events;
	free(more);
}

struct memhp_path *tree_take(struct tree *tree, pid_t pid, uint64_t *notifier)
{
	struct memhp_path *path = calloc(1, sizeof(*path));

	*notifier = 0;
	for (size_t i = 0; path && i < tree->count; i++) {
		struct task *task = &tree->tasks[i];
		if (pid && task->pid != pid)
			continue;
		close_open_calls(task);
		append(&path->stages, task->roots.public.first);
		task->roots.public.first = NULL;
		if (task->refused_by)
			*notifier = task->refused_by;
	}
	if (path)
		path->lost_events = tree->dropped;
	tree_clear(tree);
	if (path && path->stages)
		return path;
	free(path);
	return NULL;
}
