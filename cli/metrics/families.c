/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is told, by which names. A label has few values: none names a block. */
#include <stdio.h>
#include <stdlib.h>

#include "metrics/metrics.h"
#include "shell/macros.h"
#include "shell/text.h"

static void add_labelled(const struct metrics_writer *writer, const struct metrics_family *family,
			 const struct metrics_label *labels, size_t count, double value)
{
	writer->sample(writer->data, family, labels, count, value);
}

static void add(const struct metrics_writer *writer, const struct metrics_family *family, double value)
{
	add_labelled(writer, family, NULL, 0, value);
}

static void add_block_size(const struct metrics_facts *facts, const struct metrics_writer *writer)
{
	static const struct metrics_family family = { "memhp_block_size_bytes", "bytes",
						      "Size of a memory block." };
	add(writer, &family, (double)memhp_snapshot_get_block_size(facts->snapshot));
}

/* Of a state that no block is in there are 0, unless there are blocks of which it is not known. */
static void add_blocks(const struct metrics_facts *facts, const struct metrics_writer *writer)
{
	static const struct metrics_family family = { "memhp_blocks", NULL, "Memory blocks by state." };
	uint64_t blocks[MEMHP_STATE_COUNT] = { 0 };

	for (size_t i = 0; i < memhp_snapshot_get_count(facts->snapshot); i++)
		blocks[memhp_block_get_state(memhp_snapshot_get_block(facts->snapshot, i))]++;
	for (int state = 0; state < MEMHP_STATE_COUNT; state++) {
		struct metrics_label label = { "state", memhp_state_name((enum memhp_state)state) };
		if (blocks[state] || (label.value && !blocks[MEMHP_STATE_UNKNOWN]))
			add_labelled(writer, &family, &label, 1, (double)blocks[state]);
	}
}

static void add_cells(const struct metrics_facts *facts, const struct metrics_writer *writer,
		      const struct metrics_family *family, const struct metrics_cells *cells)
{
	double block_size = (double)memhp_snapshot_get_block_size(facts->snapshot);
	char node[16];

	for (size_t i = 0; i < cells->count; i++) {
		const struct metrics_cell *cell = &cells->list[i];
		bool judged = cell->verdict != MEMHP_VERDICT_UNKNOWN;
		const struct metrics_label labels[] = {
			{ "node", cell->node < 0 ? NULL : node },
			{ "zone", memhp_zone_name(cell->zone) },
			{ "state", memhp_state_name(cell->state) },
			{ "device", cell->device },
			{ "driver", cell->driver },
			{ "verdict", judged ? memhp_verdict_name(cell->verdict) : NULL },
			{ "cause", memhp_cause_code(cell->cause) },
		};
		snprintf(node, sizeof(node), "%d", cell->node);
		add_labelled(writer, family, labels, ARRAY_SIZE(labels), (double)cell->blocks * block_size);
	}
}

static bool count_and_add(const struct metrics_facts *facts, const struct metrics_writer *writer,
			  const struct metrics_family *family, metrics_cell_fn fill)
{
	struct metrics_cells cells;

	if (!metrics_cells_count(facts, fill, &cells))
		return false;
	add_cells(facts, writer, family, &cells);
	free(cells.list);
	return true;
}

static bool memory_cell(const struct metrics_facts *facts, const struct memhp_block *block,
			struct metrics_cell *cell)
{
	(void)facts;
	cell->node = memhp_block_get_node(block, 0);
	cell->zone = memhp_block_get_zone(block);
	cell->state = memhp_block_get_state(block);
	cell->device = memhp_block_get_device(block);
	cell->driver = memhp_block_get_driver(block);
	return true;
}

/* Memory that is offline has no verdict. */
static bool verdict_cell(const struct metrics_facts *facts, const struct memhp_block *block,
			 struct metrics_cell *cell)
{
	cell->node = memhp_block_get_node(block, 0);
	cell->verdict = memhp_outlook_get_verdict(memhp_survey_get(facts->survey, block));
	return cell->verdict != MEMHP_VERDICT_UNKNOWN;
}

/* A block counts once, for the finding that decides. */
static bool held_cell(const struct metrics_facts *facts, const struct memhp_block *block,
		      struct metrics_cell *cell)
{
	const struct memhp_outlook *outlook = memhp_survey_get(facts->survey, block);

	verdict_cell(facts, block, cell);
	if (cell->verdict != MEMHP_VERDICT_NO && cell->verdict != MEMHP_VERDICT_UNSURE)
		return false;
	cell->cause = memhp_outlook_get_finding(outlook, 0)->cause;
	return true;
}

static bool add_memory(const struct metrics_facts *facts, const struct metrics_writer *writer)
{
	static const struct metrics_family memory = {
		"memhp_memory_bytes", "bytes",
		"Memory by node, zone that it is online in, state, and the device and driver that provide it."
	};
	static const struct metrics_family offlineable = { "memhp_offlineable_bytes", "bytes",
							   "Online memory by whether it can go offline." };
	static const struct metrics_family held = {
		"memhp_held_bytes", "bytes",
		"Online memory that does not or may not go offline, by what decides that."
	};

	return count_and_add(facts, writer, &memory, memory_cell) &&
	       (!facts->survey || (count_and_add(facts, writer, &offlineable, verdict_cell) &&
				   count_and_add(facts, writer, &held, held_cell)));
}

static void add_system(const struct metrics_facts *facts, const struct metrics_writer *writer)
{
	static const struct metrics_family poisoned = { "memhp_poisoned_pages", "pages",
							"Pages taken out of use for memory errors." };
	static const struct metrics_family ratio = {
		"memhp_movable_kernel_ratio", "ratio",
		"Memory of zone Movable and CMA, divided by that of the kernel zones."
	};
	uint64_t movable, kernel;

	if (!facts->system)
		return;
	uint64_t corrupted = memhp_system_get_corrupted(facts->system);
	if (corrupted != UINT64_MAX)
		add(writer, &poisoned, (double)corrupted / (double)memhp_page_size());
	memhp_system_get_ratio(facts->system, &movable, &kernel);
	if (kernel)
		add(writer, &ratio, (double)movable / (double)kernel);
}

static void add_policy(const struct metrics_facts *facts, const struct metrics_writer *writer)
{
	static const struct metrics_family family = {
		"memhp_policy_info", NULL, "Policy for memory that arrives later, in the kernel's words."
	};
	struct metrics_label labels[MEMHP_POLICY_COUNT];
	char names[MEMHP_POLICY_COUNT][48];
	bool known = false;

	for (int i = 0; i < MEMHP_POLICY_COUNT; i++) {
		enum memhp_policy_key key = (enum memhp_policy_key)i;
		labels[i].name = underscored(memhp_policy_name(key), names[i], sizeof(names[i]));
		labels[i].value = memhp_policy_get(facts->policy, key);
		known |= labels[i].value != NULL;
	}
	if (known)
		add_labelled(writer, &family, labels, ARRAY_SIZE(labels), 1);
}

static void add_kdump(const struct metrics_facts *facts, const struct metrics_writer *writer)
{
	static const struct metrics_family family = {
		"memhp_kdump_reload_due", NULL,
		"Whether the crash kernel must be loaded again after memory has changed (1) or not (0)."
	};

	if (facts->support.kdump_reload >= 0)
		add(writer, &family, facts->support.kdump_reload);
}

static void add_self(const struct metrics_facts *facts, const struct metrics_writer *writer)
{
	static const struct metrics_family build = { "memhp_build_info", NULL, "The version of memhp." };
	static const struct metrics_family unread = {
		"memhp_unread_files", "files",
		"Files that could not be read: what they would tell is not here."
	};
	const struct metrics_label version = { "version", memhp_version() };

	add_labelled(writer, &build, &version, 1, 1);
	add(writer, &unread, (double)facts->unread);
}

bool metrics_families(const struct metrics_facts *facts, const struct metrics_writer *writer)
{
	add_block_size(facts, writer);
	add_blocks(facts, writer);
	if (!add_memory(facts, writer))
		return false;
	add_system(facts, writer);
	add_policy(facts, writer);
	add_kdump(facts, writer);
	add_self(facts, writer);
	return true;
}
