/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "change/report.h"
#include "evidence/evidence.h"

static void failure_free(struct memhp_failure *failure)
{
	if (failure)
		memhp_mappers_free((struct memhp_mappers *)failure->mappers);
	free(failure);
}

MEMHP_EXPORT void memhp_report_free(struct memhp_report *report)
{
	if (!report)
		return;
	for (size_t i = 0; i < report->message_count; i++)
		free(report->messages[i]);
	free(report->messages);
	for (size_t i = 0; i < report->failure_count; i++)
		failure_free(report->failures[i].failure);
	free(report->failures);
	free(report->results);
	free(report);
}

struct memhp_result *report_add(struct memhp_report *report)
{
	struct memhp_result *results = reallocarray(report->results, report->count + 1, sizeof(*results));
	if (!results)
		return NULL;
	report->results = results;
	results[report->count] = (struct memhp_result){ .count = 1, .node = -1 };
	return &results[report->count++];
}

void result_set(struct memhp_result *result, enum memhp_outcome outcome, enum memhp_reason reason, int error)
{
	result->outcome = outcome;
	result->reason = reason;
	result->error = error;
}

static void take_failure(struct memhp_report *report, struct memhp_failure *failure)
{
	struct report_failure *failures = NULL;

	if (failure)
		failures = reallocarray(report->failures, report->failure_count + 1, sizeof(*failures));
	if (!failures) {
		failure_free(failure);
		return;
	}
	report->failures = failures;
	failures[report->failure_count++] = (struct report_failure){ report->count - 1, failure };
}

void report_add_failure(struct memhp_report *report, const struct memhp_failure *failure)
{
	struct memhp_failure *copy = malloc(sizeof(*copy));

	if (copy)
		*copy = *failure;
	else
		memhp_mappers_free((struct memhp_mappers *)failure->mappers);
	take_failure(report, copy);
}

static int compare_index(const void *key, const void *entry)
{
	const size_t *index = key;
	const struct report_failure *failure = entry;
	return (*index > failure->index) - (*index < failure->index);
}

static struct report_failure *find_failure(const struct memhp_report *report, size_t index)
{
	return report->failure_count == 0 ? NULL
					  : bsearch(&index, report->failures, report->failure_count,
						    sizeof(*report->failures), compare_index);
}

void report_move_failure(struct memhp_report *report, struct memhp_report *part, size_t index)
{
	struct report_failure *found = find_failure(part, index);

	if (!found)
		return;
	take_failure(report, found->failure);
	found->failure = NULL;
}

MEMHP_EXPORT const struct memhp_failure *memhp_report_get_failure(const struct memhp_report *report,
								  size_t index)
{
	const struct report_failure *found = find_failure(report, index);
	return found ? found->failure : NULL;
}

static void add_message(void *data, const char *line)
{
	struct memhp_report *report = data;
	char **messages = reallocarray(report->messages, report->message_count + 1, sizeof(*messages));
	if (!messages)
		return;
	report->messages = messages;
	messages[report->message_count] = strdup(line);
	report->message_count += messages[report->message_count] != NULL;
}

void report_add_kernel_messages(struct memhp_report *report, int mark)
{
	kmsg_read_since(mark, add_message, report);
}

MEMHP_EXPORT const char *memhp_report_get_kernel_message(const struct memhp_report *report, size_t index)
{
	return index < report->message_count ? report->messages[index] : NULL;
}

MEMHP_EXPORT size_t memhp_report_get_count(const struct memhp_report *report)
{
	return report->count;
}

MEMHP_EXPORT const struct memhp_result *memhp_report_get_result(const struct memhp_report *report,
								size_t index)
{
	return index < report->count ? &report->results[index] : NULL;
}

MEMHP_EXPORT uint64_t memhp_report_count_outcome(const struct memhp_report *report,
						 enum memhp_outcome outcome)
{
	uint64_t count = 0;
	for (size_t i = 0; i < report->count; i++) {
		if (report->results[i].outcome == outcome)
			count += report->results[i].count;
	}
	return count;
}

MEMHP_EXPORT bool memhp_report_is_complete(const struct memhp_report *report)
{
	return report->complete;
}

MEMHP_EXPORT bool memhp_report_was_interrupted(const struct memhp_report *report)
{
	return report->interrupted;
}

MEMHP_EXPORT uint64_t memhp_report_get_elapsed_ms(const struct memhp_report *report)
{
	return report->elapsed_ms;
}
