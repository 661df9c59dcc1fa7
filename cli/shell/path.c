/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdio.h>

#include <memhp.h>

#include "shell/json.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/path.h"
#include "shell/table.h"

enum { COLUMN_STAGE, COLUMN_FUNCTION, COLUMN_CALLS, COLUMN_TIME, COLUMN_RESULT };

static const struct {
	const char *title;
	int flags;
} columns[] = {
	[COLUMN_STAGE] = { "STAGE", SCOLS_FL_TREE },   [COLUMN_FUNCTION] = { "FUNCTION", 0 },
	[COLUMN_CALLS] = { "CALLS", SCOLS_FL_RIGHT },  [COLUMN_TIME] = { "TIME", SCOLS_FL_RIGHT },
	[COLUMN_RESULT] = { "RESULT", SCOLS_FL_WRAP },
};

static struct libscols_table *new_table(void)
{
	struct libscols_table *table = scols_new_table();

	for (size_t i = 0; table && i < ARRAY_SIZE(columns); i++) {
		if (scols_table_new_column(table, columns[i].title, 0, columns[i].flags))
			continue;
		scols_unref_table(table);
		table = NULL;
	}
	return table;
}

/* "ok", an errno, or NULL where there is none. */
static const char *result_name(const struct memhp_stage *stage)
{
	if (!stage->returns_errno || !stage->returned)
		return NULL;
	return stage->error ? errno_name(stage->error) : "ok";
}

static void add_pages(FILE *out, const struct memhp_stage *stage)
{
	if (stage->pages_moved)
		fprintf(out, "; %" PRIu64 " pages moved", stage->pages_moved);
	if (stage->pages_left)
		fprintf(out, "; %" PRIu64 " stay", stage->pages_left);
	if (stage->idle_calls)
		fprintf(out, "; none moved in the last %" PRIu64, stage->idle_calls);
	if (stage->pfn != UINT64_MAX)
		fprintf(out, "; pfn:0x%" PRIx64 " was not isolated", stage->pfn);
}

/* "EBUSY; failed here: failure to isolate range" */
static void result_text(const struct memhp_path *path, const struct memhp_stage *stage, char *text,
			size_t size)
{
	const char *name = result_name(stage);
	FILE *out = fmemopen(text, size, "w");

	if (!out)
		return;
	fputs(name ? name : stage->returned ? "" : "did not return", out);
	add_pages(out, stage);
	if (stage == path->failed)
		fprintf(out, "; failed here%s%s%s%s", *path->kernel_reason ? ": " : "", path->kernel_reason,
			*path->notifier ? ", by " : "", path->notifier);
	fclose(out);
}

static bool add_line(struct libscols_table *table, const struct memhp_path *path,
		     const struct memhp_stage *stage, struct libscols_line *parent)
{
	struct libscols_line *line = scols_table_new_line(table, parent);
	char calls[24], time[24], result[256] = "";

	snprintf(calls, sizeof(calls), "%" PRIu64, stage->calls);
	snprintf(time, sizeof(time), "%.1f ms", (double)stage->elapsed_us / 1000);
	result_text(path, stage, result, sizeof(result));
	const char *text = result[0] == ';' ? result + 2 : result;
	if (!line || scols_line_set_data(line, COLUMN_STAGE, stage->name) ||
	    scols_line_set_data(line, COLUMN_FUNCTION, stage->function) ||
	    scols_line_set_data(line, COLUMN_CALLS, calls) || scols_line_set_data(line, COLUMN_TIME, time) ||
	    scols_line_set_data(line, COLUMN_RESULT, text))
		return false;
	for (const struct memhp_stage *child = stage->first; child; child = child->next) {
		if (!add_line(table, path, child, line))
			return false;
	}
	return true;
}

void path_print(const struct memhp_path *path)
{
	struct libscols_table *table = new_table();
	bool good = table != NULL;

	for (const struct memhp_stage *stage = path->stages; good && stage; stage = stage->next)
		good = add_line(table, path, stage, NULL);
	if (!good || !table_print(table))
		puts("(it cannot be shown: out of memory)");
	scols_unref_table(table);
	if (path->lost_events)
		printf("%" PRIu64
		       " events were overwritten before they could be read: the counts are too low\n",
		       path->lost_events);
}

static json_object *stages_json(const struct memhp_stage *stage)
{
	json_object *list = json_new_array();

	for (; stage; stage = stage->next) {
		json_object *object = json_new_object();
		json_add_string(object, "stage", stage->name);
		json_add_string(object, "function", stage->function);
		json_add_u64(object, "calls", stage->calls);
		json_add_u64(object, "elapsed_us", stage->elapsed_us);
		json_add_string(object, "result", result_name(stage));
		json_add_bool(object, "returned", stage->returned);
		json_add_u64(object, "pages_moved", stage->pages_moved);
		json_add_u64(object, "pages_left", stage->pages_left);
		json_add_u64(object, "idle_calls", stage->idle_calls);
		json_add(object, "pfn", stage->pfn == UINT64_MAX ? NULL : json_new_u64(stage->pfn));
		json_add(object, "stages", stages_json(stage->first));
		json_append(list, object);
	}
	return list;
}

json_object *path_json(const struct memhp_path *path)
{
	json_object *object;

	if (!path)
		return NULL;
	object = json_new_object();
	json_add_string(object, "source", path->source);
	json_add_string(object, "failed", path->failed ? path->failed->name : NULL);
	json_add_string(object, "kernel_reason",
			path->kernel_reason && *path->kernel_reason ? path->kernel_reason : NULL);
	json_add_string(object, "notifier", *path->notifier ? path->notifier : NULL);
	json_add_u64(object, "lost_events", path->lost_events);
	json_add(object, "stages", stages_json(path->stages));
	return object;
}
