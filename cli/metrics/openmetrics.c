/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * OpenMetrics text that is the older text format of Prometheus as well, to which "# UNIT" and "# EOF" are
 * comments: what reads textfiles for node_exporter, and promtool, know that one alone.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "metrics/metrics.h"
#include "shell/app.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/output-file.h"

struct text {
	FILE *out;
	const struct metrics_family *family; /* whose head is written */
};

static void write_head(FILE *out, const struct metrics_family *family)
{
	fprintf(out, "# TYPE %s gauge\n", family->name);
	if (family->unit)
		fprintf(out, "# UNIT %s %s\n", family->name, family->unit);
	fprintf(out, "# HELP %s %s\n", family->name, family->help);
}

/* The bytes of the UTF-8 character at @text; 0: it is none (RFC 3629, section 4). */
static size_t utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char first, last; /* of the first byte */
		unsigned char low, high;   /* of the second */
		size_t length;
	} rows[] = {
		{ 0x01, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 }, { 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 }, { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 }, { 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};
	size_t row = 0, length = 1;

	while (row < ARRAY_SIZE(rows) && (*text < rows[row].first || *text > rows[row].last))
		row++;
	if (row == ARRAY_SIZE(rows))
		return 0;
	if (rows[row].length > 1 && (text[1] < rows[row].low || text[1] > rows[row].high))
		return 0;
	while (length < rows[row].length && (length == 1 || (text[length] & 0xc0) == 0x80))
		length++;
	return length == rows[row].length ? length : 0;
}

/* Whoever reads this refuses all of it for one byte that is no UTF-8: that becomes \xFF. */
static void write_value(FILE *out, const char *value)
{
	size_t length;

	for (; *value; value += length) {
		length = utf8_length((const unsigned char *)value);
		if (*value == '\n')
			fputs("\\n", out);
		else if (*value == '\\' || *value == '"')
			fprintf(out, "\\%c", *value);
		else if (length)
			fwrite(value, 1, length, out);
		else
			fprintf(out, "\\\\x%02x", (unsigned char)*value);
		length = length ? length : 1;
	}
}

static void write_labels(FILE *out, const struct metrics_label *labels, size_t count)
{
	const char *before = "{";

	for (size_t i = 0; i < count; i++) {
		if (!labels[i].value)
			continue;
		fprintf(out, "%s%s=\"", before, labels[i].name);
		write_value(out, labels[i].value);
		fputc('"', out);
		before = ",";
	}
	if (*before == ',')
		fputc('}', out);
}

static void write_sample(void *data, const struct metrics_family *family, const struct metrics_label *labels,
			 size_t label_count, double value)
{
	struct text *text = data;

	if (text->family != family)
		write_head(text->out, family);
	text->family = family;
	fputs(family->name, text->out);
	write_labels(text->out, labels, label_count);
	if ((double)(int64_t)value == value)
		fprintf(text->out, " %" PRId64 "\n", (int64_t)value);
	else
		fprintf(text->out, " %.6g\n", value);
}

int metrics_text(struct app *app, const struct metrics_facts *facts, const char *path)
{
	char *whole = NULL;
	size_t length = 0;
	struct text text = { .out = open_memstream(&whole, &length) };
	const struct metrics_writer writer = { write_sample, &text };
	bool good = text.out && metrics_families(facts, &writer);

	if (good)
		fputs("# EOF\n", text.out);
	good = text.out && stream_close_whole(text.out, &whole) && good;
	int exit = good ? output_save(app, path, whole, length, OUTPUT_PUBLISHED) : app_no_memory(app);
	free(whole);
	return exit;
}
