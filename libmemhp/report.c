/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "kmsg.h"
#include "report.h"

MEMHP_EXPORT void memhp_report_free(struct memhp_report *report)
{
	if (!report)
		return;
	for (size_t i = 0; i < report->message_count; i++)
		free(report->messages[i]);
	free(report->messages);
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
