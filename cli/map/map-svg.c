/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The map as a picture: a card with its own light ground, so that it reads the same on every page. A cell is
 * a pale square that fills from below; patterns and signs over it are drawn, not typed: a picture must look
 * the same without any font.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <memhp.h>

#include "map/map.h"
#include "shell/exit.h"
#include "shell/macros.h"
#include "shell/messages.h"
#include "shell/outlook.h"
#include "shell/output-file.h"

#define PER_ROW 32
#define GROUP 8
#define CELL 18	 /* from one to the next */
#define SIDE 16	 /* of its square */
#define ROW 20	 /* from one to the next */
#define LEFT 196 /* of the cells: labels stand before them */
#define MARGIN 20
#define LINE 22
#define MIDDLE 420 /* the legend's second column */
#define WIDTH (LEFT + PER_ROW * CELL + (PER_ROW / GROUP - 1) * (CELL / 3) + MARGIN)

struct drawing {
	FILE *out;
	const struct map *map;
	int y; /* of the next thing's top */
};

/* Hues after Okabe and Ito, which colour-blind people tell apart. */
static const struct {
	const char *ground, *ink;
} palette[MAP_ZONE_COUNT] = {
	[MEMHP_ZONE_UNKNOWN] = { "#dedede", "#6b6b6b" }, [MEMHP_ZONE_DMA] = { "#f4d9e8", "#a5487e" },
	[MEMHP_ZONE_DMA32] = { "#c6eadd", "#009e73" },	 [MEMHP_ZONE_NORMAL] = { "#c3def3", "#0072b2" },
	[MEMHP_ZONE_HIGHMEM] = { "#dcf1fc", "#2f93c8" }, [MEMHP_ZONE_MOVABLE] = { "#fbe0b5", "#d97f00" },
	[MEMHP_ZONE_DEVICE] = { "#faf5bd", "#8f8500" },	 [MEMHP_ZONE_NONE] = { "#dedede", "#6b6b6b" },
	[MAP_OFFLINE] = { "#ffffff", "#8a8a8a" },
};

/* What lies over a cell of 16 by 16, by the ids m0 to m5 that `use` names. */
static const char *const marks[MARK_COUNT] = {
	[MARK_OFFLINE] = "<path d='M4 8h8' stroke='#777' stroke-width='1.6'/>",
	[MARK_UNSURE] =
		"<circle cx='8' cy='8' r='6' fill='#fff' stroke='#333'/><path d='M5.9 6.6c0-3.2 4.4-3 "
		"4.3-.2 0 1.6-2.1 1.6-2.1 3.2' fill='none' stroke='#222' stroke-width='1.5'/>"
		"<circle cx='8.1' cy='11.6' r='.95' fill='#222'/>",
	[MARK_GOING_OFFLINE] = "<circle cx='8' cy='8' r='6' fill='#fff' stroke='#333'/>"
			       "<path d='M6.5 4.8l3.4 3.2-3.4 3.2' fill='none' stroke='#222' "
			       "stroke-width='1.7'/>",
	[MARK_UNMOVABLE] = "<path d='M0 8L8 0M0 16L16 0M8 16L16 8' stroke='#fff' stroke-width='3'/>"
			   "<path d='M0 8L8 0M0 16L16 0M8 16L16 8' stroke='#222' stroke-width='1.4'/>",
	[MARK_NO] = "<path d='M3.5 3.5l9 9m0-9l-9 9' stroke='#fff' stroke-width='4.4'/>"
		    "<path d='M3.5 3.5l9 9m0-9l-9 9' stroke='#222' stroke-width='2.2'/>",
	[MARK_POISONED] = "<path d='M8 .8L15.6 15H.4z' fill='#b00020' stroke='#fff'/>"
			  "<path d='M8 5.4v4.6m0 1.4v1.7' stroke='#fff' stroke-width='1.8'/>",
};

static void PRINTF(5, 6)
	text(struct drawing *drawing, int x, int y, const char *class, const char *format, ...)
{
	va_list args;

	fprintf(drawing->out, "<text x='%d' y='%d'%s%s%s>", x, y, *class ? " class='" : "", class,
		*class ? "'" : "");
	va_start(args, format);
	vfprintf(drawing->out, format, args);
	va_end(args);
	fputs("</text>\n", drawing->out);
}

static void square(struct drawing *drawing, const char *class, int x, int y, int top, const char *end)
{
	fprintf(drawing->out, "<path class='%s' d='M%d %dh%dv%dh-%dz'%s", class, x, y + top, SIDE, SIDE - top,
		SIDE, end);
}

static void draw_mark(struct drawing *drawing, enum map_mark mark, int x, int y)
{
	fprintf(drawing->out, "<use xlink:href='#m%d' x='%d' y='%d'/>", (int)mark, x, y);
}

static void draw_square(struct drawing *drawing, int zone, const struct map_cell *cell, int x, int y)
{
	char ground[16], ink[16];
	int level = map_cell_level(cell, SIDE);

	snprintf(ground, sizeof(ground), "g%d", zone);
	snprintf(ink, sizeof(ink), "i%d", zone);
	square(drawing, cell->online ? ground : "off", x, y, 0, "/>");
	if (level > 0)
		square(drawing, ink, x, y, SIDE - level, "/>");
	if (cell->online && level < 0)
		square(drawing, "unknown", x, y, 0, "/>");
	if (map_worst(cell->marks) != MARK_COUNT)
		draw_mark(drawing, map_worst(cell->marks), x, y);
}

static void draw_row(struct drawing *drawing, const struct map_row *row)
{
	const struct map *map = drawing->map;
	const struct map_cell *cells = &map->cells[row->first];
	uint64_t first = cells[0].first, last = cells[row->count - 1].last;
	char words[320];

	text(drawing, MARGIN, drawing->y + 13, "", "%s", map_zone_text(row->zone));
	text(drawing, LEFT - 10, drawing->y + 13, "ids", first == last ? "%" PRIu64 : "%" PRIu64 "-%" PRIu64,
	     first, last);
	for (size_t i = 0; i < row->count; i++) {
		int x = LEFT + (int)i * CELL + (int)(i / GROUP) * (CELL / 3);
		if (!cells[i].blocks)
			continue;
		fprintf(drawing->out, "<g><title>%s</title>",
			map_cell_text(map, row, &cells[i], words, sizeof(words)));
		draw_square(drawing, row->zone, &cells[i], x, drawing->y);
		fputs("</g>\n", drawing->out);
	}
	drawing->y += ROW;
}

static void draw_node(struct drawing *drawing, const struct map_node *node)
{
	const struct map *map = drawing->map;
	char words[256];

	text(drawing, MARGIN, drawing->y + 12, "head", "%s", map_node_title(map, node, words, sizeof(words)));
	drawing->y += LINE;
	for (size_t i = 0; i < node->row_count; i++)
		draw_row(drawing, &map->rows[node->first_row + i]);
	if (*map_node_holes(map, node, words, sizeof(words))) {
		text(drawing, MARGIN, drawing->y + 13, "", "holes");
		text(drawing, LEFT, drawing->y + 13, "dim", "%s", words);
		drawing->y += ROW;
	}
	drawing->y += LINE / 2;
}

/* One of the legend's squares with its words; returns where the next may begin. */
static int draw_sample(struct drawing *drawing, int x, int zone, const struct map_cell *cell,
		       const char *words)
{
	draw_square(drawing, zone, cell, x, drawing->y);
	text(drawing, x + CELL + 4, drawing->y + 13, "", "%s", words);
	return x + CELL + 24 + 7 * (int)strlen(words);
}

static void draw_zones(struct drawing *drawing)
{
	struct map_cell half = { .online = 1, .known = 1, .used = 1, .size = 2 };
	int x = MARGIN;

	for (int zone = 0; zone < MAP_OFFLINE; zone++) {
		if (drawing->map->zones & 1U << zone)
			x = draw_sample(drawing, x, zone, &half, map_zone_text(zone));
	}
	drawing->y += x > MARGIN ? LINE : 0;
}

static void draw_used(struct drawing *drawing)
{
	struct map_cell cell = { .online = 1, .known = 1, .size = 4 };
	int x = MARGIN;

	for (cell.used = 0; cell.used < 4; cell.used++, x += CELL)
		draw_square(drawing, MEMHP_ZONE_NONE, &cell, x, drawing->y);
	draw_sample(drawing, x, MEMHP_ZONE_NONE, &cell, "filled as far as it is used");
	cell.known = 0;
	if (map_has_unknown(drawing->map))
		draw_sample(drawing, MIDDLE, MEMHP_ZONE_NONE, &cell, "not known what is used");
	drawing->y += LINE;
}

static void draw_marks(struct drawing *drawing)
{
	bool left = true;

	for (int mark = MARK_COUNT - 1; mark >= 0; mark--) {
		bool online = mark != MARK_OFFLINE;
		struct map_cell cell = { .online = online, .known = online, .marks = 1U << mark };
		if (!(drawing->map->marks & 1U << mark))
			continue;
		draw_sample(drawing, left ? MARGIN : MIDDLE, MEMHP_ZONE_NONE, &cell,
			    map_mark_text(drawing->map, (enum map_mark)mark));
		drawing->y += left ? 0 : LINE;
		left = !left;
	}
	drawing->y += left ? 0 : LINE;
}

static void draw_legend(struct drawing *drawing)
{
	char words[160];

	fprintf(drawing->out, "<path d='M%d %dH%d' stroke='#ccc'/>\n", MARGIN, drawing->y, WIDTH - MARGIN);
	drawing->y += 12;
	draw_zones(drawing);
	draw_used(drawing);
	draw_marks(drawing);
	text(drawing, MARGIN, drawing->y + 13, "dim", "a cell is %s; %s",
	     map_scale(drawing->map, words, sizeof(words) / 2),
	     tally_text(drawing->map->verdicts, drawing->map->block_size, words + sizeof(words) / 2,
			sizeof(words) / 2));
	drawing->y += LINE;
}

/* Classes and patterns of what this map has; each zone's ground and ink by its number. */
static void draw_head(FILE *out, const struct map *map, int height)
{
	fprintf(out,
		"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' "
		"width='%d' height='%d' viewBox='0 0 %d %d' role='img'>\n<title>Memory map by memhp</title>\n"
		"<style>text{font:13px sans-serif;fill:#222}.head{font-weight:bold}.dim{fill:#555}"
		".ids{fill:#555;text-anchor:end}.off{fill:none;stroke:#999;stroke-dasharray:3 2}"
		".unknown{fill:url(#dots)}",
		WIDTH, height, WIDTH, height);
	for (int zone = 0; zone < MAP_OFFLINE; zone++) {
		if (map->zones & 1U << zone || zone == MEMHP_ZONE_NONE)
			fprintf(out, ".g%d{fill:%s}.i%d{fill:%s}", zone, palette[zone].ground, zone,
				palette[zone].ink);
	}
	fputs("</style>\n<defs>\n<pattern id='dots' width='4' height='4' patternUnits='userSpaceOnUse'>"
	      "<circle cx='2' cy='2' r='.9' fill='#555'/></pattern>\n",
	      out);
	for (int mark = 0; mark < MARK_COUNT; mark++) {
		if (map->marks & 1U << mark)
			fprintf(out, "<g id='m%d'>%s</g>\n", mark, marks[mark]);
	}
	fprintf(out, "</defs>\n<rect width='%d' height='%d' rx='8' fill='#fff' stroke='#ddd'/>\n", WIDTH,
		height);
}

/* The head tells the height, which is known once all else is drawn. */
static bool draw(const struct map *map, char **picture, size_t *length)
{
	char *body = NULL;
	size_t body_length = 0;
	struct drawing drawing = { .out = open_memstream(&body, &body_length), .map = map, .y = MARGIN };

	if (!drawing.out)
		return false;
	for (size_t i = 0; i < map->node_count; i++)
		draw_node(&drawing, &map->nodes[i]);
	draw_legend(&drawing);
	bool good = stream_close_whole(drawing.out, &body);
	FILE *out = good ? open_memstream(picture, length) : NULL;
	if (out) {
		draw_head(out, map, drawing.y + MARGIN / 2);
		fwrite(body, 1, body_length, out);
		fputs("</svg>\n", out);
		good = stream_close_whole(out, picture);
	}
	free(body);
	return out && good;
}

int map_svg(struct app *app, struct map *map, const char *path)
{
	char *picture = NULL;
	size_t length = 0;
	bool drawn = map_lay_out(map, PER_ROW) && draw(map, &picture, &length);
	int exit = drawn ? output_save(app, path, picture, length, OUTPUT_OWN) : app_no_memory(app);

	free(picture);
	return exit;
}
