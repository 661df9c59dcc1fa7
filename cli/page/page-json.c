/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <memhp.h>

#include "page/page.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"

static void add_result(json_object *object, const struct page_job *job, const struct page_entry *entry)
{
	const struct memhp_page_result *result = &entry->result;

	json_add_string(object, "outcome", memhp_outcome_name(result->outcome));
	json_add_string(object, "errno", result->error ? errno_name(result->error) : NULL);
	json_add_string(object, "code", memhp_reason_code(result->reason));
	json_add_string(object, "reason", page_reason(job, entry));
	json_add_u64(object, "elapsed_ms", result->elapsed_ms);
}

static json_object *entry_json(const struct page_job *job, const struct page_entry *entry)
{
	const struct memhp_page *page = &entry->page;
	json_object *object = json_new_object();
	int poisoned = job->verb->changes ? entry->result.poisoned : memhp_page_is_poisoned(page);

	json_add_u64(object, "address", page->address);
	json_add_u64(object, "pfn", page->pfn);
	json_add(object, "block", page->block ? json_new_u64(memhp_block_get_id(page->block)) : NULL);
	json_add_string(object, "state",
			page->block ? memhp_state_name(memhp_block_get_state(page->block)) : NULL);
	json_add(object, "flags", page_flags_json(page->flags));
	json_add(object, "mapcount", page->mapcount < 0 ? NULL : json_new_int(page->mapcount));
	json_add(object, "poisoned", tristate_json(poisoned));
	json_add(object, "mappers", entry->mappers ? mappers_json(entry->mappers) : NULL);
	json_add(object, "mappers_complete",
		 tristate_json(entry->mappers ? memhp_mappers_is_complete(entry->mappers) : -1));
	if (job->verb->changes)
		add_result(object, job, entry);
	return object;
}

static json_object *document_new(const struct page_job *job)
{
	json_object *document = json_document(job->app), *pages = json_new_array();

	json_add_string(document, "action", job->verb->name);
	json_add_u64(document, "page_size", memhp_page_size());
	for (size_t i = 0; i < job->count; i++)
		json_append(pages, entry_json(job, &job->entries[i]));
	json_add(document, "pages", pages);
	return document;
}

int page_show_json(const struct page_job *job)
{
	return json_finish(job->app, document_new(job), EXIT_OK);
}

bool page_report_json(const struct page_job *job, const char *warning)
{
	json_object *document = document_new(job), *warnings = json_new_array();
	json_object *corrupted = json_new_object();
	uint64_t elapsed = 0;

	for (size_t i = 0; i < job->count; i++)
		elapsed += job->entries[i].result.elapsed_ms;
	json_add_u64(document, "requested", job->count);
	json_add_u64(document, "done", page_count_outcome(job, MEMHP_OUTCOME_DONE));
	json_add_u64(document, "already", page_count_outcome(job, MEMHP_OUTCOME_ALREADY));
	json_add_bool(document, "complete", page_is_complete(job));
	json_add_bool(document, "dry_run", job->dry_run);
	json_add_u64(document, "elapsed_ms", elapsed);
	json_add_u64(corrupted, "before", job->corrupted_before);
	json_add_u64(corrupted, "after", job->corrupted_after);
	json_add(document, "hardware_corrupted", corrupted);
	if (warning)
		json_append(warnings, json_new_string(warning));
	json_add(document, "warnings", warnings);
	return json_finish(job->app, document, EXIT_OK) == EXIT_OK;
}
