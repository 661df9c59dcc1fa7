/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "metrics/metrics.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"

/* What fails to be added is freed: an array is added once it is full. */
struct families {
	json_object *list, *samples; /* of all, of the last */
	const struct metrics_family *family;
};

static void end_family(struct families *families)
{
	if (!families->family)
		return;
	json_object *object = json_new_object();
	json_add_string(object, "name", families->family->name);
	json_add_string(object, "type", "gauge");
	json_add_string(object, "unit", families->family->unit);
	json_add_string(object, "help", families->family->help);
	json_add(object, "samples", families->samples);
	json_append(families->list, object);
}

static void add_sample(void *data, const struct metrics_family *family, const struct metrics_label *labels,
		       size_t label_count, double value)
{
	struct families *families = data;
	json_object *sample = json_new_object(), *object = json_new_object();

	if (families->family != family) {
		end_family(families);
		families->family = family;
		families->samples = json_new_array();
	}
	for (size_t i = 0; i < label_count; i++) {
		if (labels[i].value)
			json_add_string(object, labels[i].name, labels[i].value);
	}
	json_add(sample, "labels", object);
	bool whole = (double)(int64_t)value == value;
	json_add(sample, "value", whole ? json_new_int((int64_t)value) : json_new_double(value));
	json_append(families->samples, sample);
}

int metrics_json(struct app *app, const struct metrics_facts *facts)
{
	struct families families = { .list = json_new_array() };
	const struct metrics_writer writer = { add_sample, &families };
	json_object *document = json_document(app);
	bool good = metrics_families(facts, &writer);

	end_family(&families);
	json_add(document, "families", families.list);
	if (good)
		return json_finish(app, document, EXIT_OK);
	json_object_put(document);
	return app_no_memory(app);
}
