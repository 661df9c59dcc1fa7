/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_METRICS_H
#define MEMHP_CLI_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <memhp.h>

struct app;

struct metrics_facts {
	struct memhp_snapshot *snapshot;
	struct memhp_system *system; /* NULL: unreadable */
	struct memhp_policy *policy;
	struct memhp_survey *survey; /* NULL: not asked for */
	struct memhp_support support;
	size_t unread; /* files */
};

/* What all samples of a name have in common. All are gauges: the text format of Prometheus has no other type
 * that fits, and OpenMetrics takes these, too. */
struct metrics_family {
	const char *name; /* ends with the unit */
	const char *unit; /* NULL: a plain number, or none */
	const char *help;
};

struct metrics_label {
	const char *name;
	const char *value; /* NULL: not known, or not of this family; the label is left out */
};

/* Where samples go; those of a family come one after the other. */
struct metrics_writer {
	void (*sample)(void *data, const struct metrics_family *family, const struct metrics_label *labels,
		       size_t label_count, double value);
	void *data;
};

/* families.c. False when out of memory. */
bool metrics_families(const struct metrics_facts *facts, const struct metrics_writer *writer);

/* cells.c: blocks that have the same labels. What is not set is not known, or does not count. */
struct metrics_cell {
	int node;
	enum memhp_zone zone;
	enum memhp_state state;
	const char *device, *driver;
	enum memhp_verdict verdict;
	enum memhp_cause cause;
	uint64_t blocks;
};
struct metrics_cells {
	struct metrics_cell *list;
	size_t count;
};
/* Fills in what counts; false for a block that does not. */
typedef bool (*metrics_cell_fn)(const struct metrics_facts *facts, const struct memhp_block *block,
				struct metrics_cell *cell);
/* False when out of memory. Free the list with free(). */
bool metrics_cells_count(const struct metrics_facts *facts, metrics_cell_fn fill,
			 struct metrics_cells *cells);

/* openmetrics.c: to @path, or standard output for NULL. Returns an exit code. */
int metrics_text(struct app *app, const struct metrics_facts *facts, const char *path);
/* metrics-json.c */
int metrics_json(struct app *app, const struct metrics_facts *facts);

#endif
