/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The map on a terminal, or as plain ASCII. A cell is two characters: how much is used, and what stands out.
 * Colours are pairs of a pale ground and a deep ink of one hue, so that they do not depend on the terminal's
 * own; the hues are those that colour-blind people tell apart, and each row says its zone.
 */
#include <inttypes.h>
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <memhp.h>

#include "map/map.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/outlook.h"
#include "shell/text.h"

#define GROUP 8	      /* cells between two blanks, to count by */
#define ZONE_WIDTH 7  /* "Movable" */
#define MAX_WIDTH 400 /* beyond that nobody finds the row's label */

struct canvas {
	const struct map *map;
	bool color, utf8;
	int id_width;
};

/* Of the 256 colours, which all terminals have alike past the first 16. Two grounds by turns part the cells.
 */
static const struct {
	uint8_t grounds[2], ink;
} palette[MAP_ZONE_COUNT] = {
	[MEMHP_ZONE_UNKNOWN] = { { 252, 249 }, 240 }, [MEMHP_ZONE_DMA] = { { 225, 219 }, 90 },
	[MEMHP_ZONE_DMA32] = { { 158, 151 }, 29 },    [MEMHP_ZONE_NORMAL] = { { 153, 189 }, 25 },
	[MEMHP_ZONE_HIGHMEM] = { { 195, 152 }, 30 },  [MEMHP_ZONE_MOVABLE] = { { 223, 222 }, 166 },
	[MEMHP_ZONE_DEVICE] = { { 229, 222 }, 100 },  [MEMHP_ZONE_NONE] = { { 252, 249 }, 240 },
	[MAP_OFFLINE] = { { 252, 249 }, 240 },
};

#define RESET "\033[0m"
#define HOLLOW "\033[38;5;244m" /* readable on light and dark */
#define ALARM "\033[1;38;5;231;48;5;124m"
#define BLACK 16
#define WHITE 231

#define STEPS 8
static const char *const bars[STEPS + 1] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };

static int terminal_width(void)
{
	struct winsize size;
	uint64_t columns = 0;
	const char *text = getenv("COLUMNS");

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		columns = size.ws_col;
	else if (!text || !number_parse(text, 10, &columns) || columns == 0)
		columns = 80;
	return columns < MAX_WIDTH ? (int)columns : MAX_WIDTH;
}

static int digits(uint64_t number)
{
	return snprintf(NULL, 0, "%" PRIu64, number);
}

/* "  Normal   192-215  " */
static int label_width(const struct canvas *canvas)
{
	return 2 + ZONE_WIDTH + 1 + 2 * canvas->id_width + 1 + 2;
}

/* Whole groups, one at least. */
static size_t cells_per_row(const struct canvas *canvas)
{
	int width = terminal_width(), left = width - label_width(canvas) + 1;
	int groups = left / (2 * GROUP + 1);

	return groups > 0 ? (size_t)groups * GROUP : GROUP;
}

static char number(const struct map_cell *cell)
{
	int level = map_cell_level(cell, 9);
	return (char)(level < 0 ? '~' : '0' + level);
}

static void draw_plain(const struct map_cell *cell, enum map_mark mark, bool last)
{
	putchar(cell->online ? number(cell) : '-');
	if (mark != MARK_COUNT || !last)
		putchar(mark == MARK_COUNT ? ' ' : map_mark_sign(mark));
}

static void ink(int color, int ground)
{
	printf("\033[38;5;%d;48;5;%dm", color, ground);
}

/* The second half of a cell has no room for both a bar and a mark: its ground says which half is full. */
static void draw_mark(int zone, int ground, int level, enum map_mark mark)
{
	bool full = level > STEPS / 2;

	if (mark == MARK_POISONED)
		fputs(ALARM, stdout);
	else if (mark == MARK_UNSURE)
		ink(full ? WHITE : palette[zone].ink, full ? palette[zone].ink : ground);
	else
		ink(full ? WHITE : BLACK, full ? palette[zone].ink : ground);
	putchar(map_mark_sign(mark));
}

static void draw_colored(const struct canvas *canvas, int zone, const struct map_cell *cell,
			 enum map_mark mark, bool odd)
{
	int level = map_cell_level(cell, STEPS), ground = palette[zone].grounds[odd];
	const char ascii[] = { number(cell), '\0' };
	const char *bar = level < 0 ? "·" : bars[level], *fill = canvas->utf8 ? bar : ascii;

	if (!cell->online) {
		printf(HOLLOW "%s" RESET, canvas->utf8 ? "╶╴" : "--");
		return;
	}
	ink(palette[zone].ink, ground);
	fputs(fill, stdout);
	if (mark != MARK_COUNT)
		draw_mark(zone, ground, level, mark);
	else
		fputs(canvas->utf8 ? fill : " ", stdout);
	fputs(RESET, stdout);
}

static void draw_cells(const struct canvas *canvas, int zone, const struct map_cell *cells, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		enum map_mark mark = map_worst(cells[i].marks);
		if (i % GROUP == 0)
			fputs(i ? " " : "  ", stdout);
		if (!cells[i].blocks)
			fputs("  ", stdout);
		else if (canvas->color)
			draw_colored(canvas, zone, &cells[i], mark, i % 2);
		else
			draw_plain(&cells[i], mark, i + 1 == count);
	}
	putchar('\n');
}

static void draw_row(const struct canvas *canvas, const struct map_row *row)
{
	const struct map_cell *cells = &canvas->map->cells[row->first];
	uint64_t first = cells[0].first, last = cells[row->count - 1].last;
	char ids[48];

	snprintf(ids, sizeof(ids), first == last ? "%*" PRIu64 : "%*" PRIu64 "-%" PRIu64, canvas->id_width,
		 first, last);
	printf("  %-*s %-*s", ZONE_WIDTH, map_zone_text(row->zone), 2 * canvas->id_width + 1, ids);
	draw_cells(canvas, row->zone, cells, row->count);
}

static void draw_node(const struct canvas *canvas, const struct map_node *node)
{
	char text[256];

	printf("%s%s%s\n", canvas->color ? "\033[1m" : "",
	       map_node_title(canvas->map, node, text, sizeof(text)), canvas->color ? RESET : "");
	for (size_t i = 0; i < node->row_count; i++)
		draw_row(canvas, &canvas->map->rows[node->first_row + i]);
	if (*map_node_holes(canvas->map, node, text, sizeof(text)))
		printf("  %-*s %s\n", ZONE_WIDTH, "holes", text);
	putchar('\n');
}

static void draw_zones(const struct canvas *canvas)
{
	if (!canvas->color)
		return;
	printf("zone ");
	for (int zone = 0; zone < MAP_ZONE_COUNT; zone++) {
		if (!(canvas->map->zones & 1U << zone) || zone == MAP_OFFLINE)
			continue;
		printf(" \033[38;5;%d;48;5;%dm%s" RESET " %s ", palette[zone].ink, palette[zone].grounds[0],
		       canvas->utf8 ? "▄▄" : "  ", map_zone_text(zone));
	}
	putchar('\n');
}

static void draw_used(const struct canvas *canvas)
{
	const struct map *map = canvas->map;
	bool some = false, unknown = map_has_unknown(map), bar = canvas->color && canvas->utf8;

	for (size_t i = 0; i < map->node_count; i++)
		some |= map->nodes[i].known > 0;
	if (!some && !unknown)
		return;
	printf("used  ");
	if (some)
		fputs(bar ? "▁▂▃▄▅▆▇█ as high as the used share" : "0 nothing to 9 all", stdout);
	if (unknown)
		printf("%s%s not known", some ? ", " : "", bar ? "·" : "~");
	putchar('\n');
}

static void draw_marks(const struct canvas *canvas)
{
	const char *before = "mark  ";

	for (int mark = MARK_COUNT - 1; mark >= 0; mark--) {
		char sign = map_mark_sign((enum map_mark)mark);
		bool alarm = canvas->color && mark == MARK_POISONED;
		if (!(canvas->map->marks & 1U << mark))
			continue;
		printf("%s%s%c%s %s\n", before, alarm ? ALARM : "", sign, alarm ? RESET : "",
		       map_mark_text(canvas->map, (enum map_mark)mark));
		before = "      ";
	}
}

static void draw_legend(const struct canvas *canvas)
{
	char text[160];

	printf("cell  %s\n", map_scale(canvas->map, text, sizeof(text)));
	draw_zones(canvas);
	draw_used(canvas);
	draw_marks(canvas);
	printf("\n%s\n", tally_text(canvas->map->verdicts, canvas->map->block_size, text, sizeof(text)));
}

int map_text(struct app *app, struct map *map)
{
	struct canvas canvas = {
		.map = map,
		.color = app_has_color(app, stdout),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};

	for (size_t i = 0; i < map->node_count; i++) {
		const struct map_block *last =
			&map->blocks[map->nodes[i].first_block + map->nodes[i].block_count - 1];
		int width = digits(last->id);
		canvas.id_width = width > canvas.id_width ? width : canvas.id_width;
	}
	if (!map_lay_out(map, cells_per_row(&canvas)))
		return app_no_memory(app);
	for (size_t i = 0; i < map->node_count; i++)
		draw_node(&canvas, &map->nodes[i]);
	draw_legend(&canvas);
	if (map->unread)
		printf("the flags of pages (/proc/kpageflags) could not be read%s\n",
		       geteuid() ? "; as root, memhp map shows more" : "");
	return EXIT_OK;
}
