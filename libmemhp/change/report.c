/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "change/report.h"
#include "evidence/evidence.h"
#include "trace/trace.h"

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
	for (size_t i = 0; i < report->detail_count; i++) {
		failure_free(report->details[i].failure);
		path_free(report->details[i].path);
	}
	free(report->details);
	path_free(report->device_path);
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

/* Of the last result; NULL: out of memory. */
static struct report_detail *last_detail(struct memhp_report *report)
{
	size_t index = report->count - 1, count = report->detail_count;

	if (count && report->details[count - 1].index == index)
		return &report->details[count - 1];
	struct report_detail *details = reallocarray(report->details, count + 1, sizeof(*details));
	if (!details)
		return NULL;
	report->details = details;
	report->detail_count++;
	details[count] = (struct report_detail){ .index = index };
	return &details[count];
}

void report_add_failure(struct memhp_report *report, const struct memhp_failure *failure)
{
	struct report_detail *detail = last_detail(report);
	struct memhp_failure *copy = detail ? malloc(sizeof(*copy)) : NULL;

	if (!copy) {
		memhp_mappers_free((struct memhp_mappers *)failure->mappers);
		return;
	}
	*copy = *failure;
	failure_free(detail->failure);
	detail->failure = copy;
}

void report_add_path(struct memhp_report *report, struct memhp_path *path)
{
	struct report_detail *detail = path ? last_detail(report) : NULL;

	if (!detail)
		path_free(path);
	else if (detail->path)
		path_append(detail->path, path);
	else
		detail->path = path;
}

void report_add_device_path(struct memhp_report *report, struct memhp_path *path)
{
	if (path && report->device_path)
		path_append(report->device_path, path);
	else if (path)
		report->device_path = path;
}

static int compare_index(const void *key, const void *entry)
{
	const size_t *index = key;
	const struct report_detail *detail = entry;
	return (*index > detail->index) - (*index < detail->index);
}

static struct report_detail *find_detail(const struct memhp_report *report, size_t index)
{
	return report->detail_count == 0 ? NULL
					 : bsearch(&index, report->details, report->detail_count,
						   sizeof(*report->details), compare_index);
}

void report_move_detail(struct memhp_report *report, struct memhp_report *part, size_t index)
{
	struct report_detail *found = find_detail(part, index), *detail = found ? last_detail(report) : NULL;

	if (!detail)
		return;
	detail->failure = found->failure;
	detail->path = found->path;
	found->failure = NULL;
	found->path = NULL;
}

MEMHP_EXPORT const struct memhp_failure *memhp_report_get_failure(const struct memhp_report *report,
								  size_t index)
{
	const struct report_detail *found = find_detail(report, index);
	return found ? found->failure : NULL;
}

MEMHP_EXPORT const struct memhp_path *memhp_report_get_device_path(const struct memhp_report *report)
{
	return report->device_path;
}

MEMHP_EXPORT const struct memhp_path *memhp_report_get_path(const struct memhp_report *report, size_t index)
{
	const struct report_detail *found = find_detail(report, index);
	return found ? found->path : NULL;
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

/* Holes hold nothing up, but where there is nothing else, nothing of what was asked holds. */
static bool is_all_holes(const struct memhp_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		if (report->results[i].outcome != MEMHP_OUTCOME_ABSENT)
			return false;
	}
	return report->count > 0;
}

MEMHP_EXPORT bool memhp_report_is_complete(const struct memhp_report *report)
{
	return report->complete && !is_all_holes(report);
}

MEMHP_EXPORT bool memhp_report_was_interrupted(const struct memhp_report *report)
{
	return report->interrupted;
}

MEMHP_EXPORT uint64_t memhp_report_get_elapsed_ms(const struct memhp_report *report)
{
	return report->elapsed_ms;
}
