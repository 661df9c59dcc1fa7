/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The map: what each block shows, laid out in cells and rows that every form of it draws alike. */
#ifndef MEMHP_CLI_MAP_H
#define MEMHP_CLI_MAP_H

#include <memhp.h>

struct app;

/* What stands out about a block, the worst last: of several a cell shows that. */
enum map_mark {
	MARK_OFFLINE,
	MARK_UNSURE,
	MARK_GOING_OFFLINE,
	MARK_UNMOVABLE, /* the kernel's pages keep it online */
	MARK_NO,	/* something else does, mostly for ever */
	MARK_POISONED,
	MARK_COUNT
};

/* Zones that rows are of: those of online blocks, and one more for blocks that are in none. */
enum { MAP_OFFLINE = MEMHP_ZONE_COUNT, MAP_ZONE_COUNT };

struct map_block {
	const struct memhp_block *block;
	uint64_t id;
	int node; /* -1: none */
	int zone; /* that its row is of */
	enum memhp_verdict verdict;
	unsigned int marks;  /* 1 << enum map_mark */
	uint64_t used, size; /* bytes; size 0: not known what is used of it */
};

struct map_cell {
	uint64_t first, last; /* block ids */
	uint64_t blocks;      /* that there are of these; 0: an empty place in the row */
	uint64_t online;
	uint64_t known; /* of these: of which it is known what is used */
	unsigned int marks;
	uint64_t used, size; /* as of a block, summed up */
};

struct map_row {
	int zone;
	size_t first, count; /* cells */
};

struct map_hole {
	int node;
	uint64_t first, last;
};

struct map_node {
	int node;
	size_t first_block, block_count;
	size_t first_row, row_count;
	uint64_t used;
	uint64_t online, known; /* blocks: that are online, and of which it is known what is used */
};

struct map {
	uint64_t block_size;
	bool has_nodes;
	bool unread;	   /* the flags of pages could not be read */
	bool no_hotremove; /* the kernel takes no memory offline */
	struct map_block *blocks;
	size_t block_count;
	struct map_node *nodes;
	size_t node_count;
	struct map_hole *holes;
	size_t hole_count;
	uint64_t verdicts[MEMHP_VERDICT_COUNT]; /* blocks */
	unsigned int zones, marks;		/* 1 << zone, 1 << mark: those that there are */
	/* from map_lay_out() on */
	uint64_t blocks_per_cell;
	struct map_row *rows;
	size_t row_count;
	struct map_cell *cells;
	size_t cell_count;
};

/* map.c: the blocks that @request matches. False: out of memory; map_release() all the same. */
bool map_make(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
	      const struct memhp_survey *survey, struct map *map);
void map_release(struct map *map);
/* "unmovable": a stable word for machines */
const char *map_mark_name(enum map_mark mark);
/* The same in words of a legend. */
const char *map_mark_text(const struct map *map, enum map_mark mark);
/* ASCII, the same in every form of the map */
char map_mark_sign(enum map_mark mark);
/* The worst of @marks; MARK_COUNT: none. */
enum map_mark map_worst(unsigned int marks);
/* "Normal", "offline" */
const char *map_zone_text(int zone);

/* Is there an online block of which it is not known what is used? */
bool map_has_unknown(const struct map *map);

/* map-layout.c: in rows of @per_row cells, few enough of them; false: out of memory. */
bool map_lay_out(struct map *map, size_t per_row);

/* The used share, @full being all and 0 only nothing; -1: not known of all its online blocks. */
int map_cell_level(const struct map_cell *cell, int full);

/* map-captions.c: what every form says in words; all return @buffer. */
const char *map_node_title(const struct map *map, const struct map_node *node, char *buffer, size_t size);
/* "24-31 (1G)", some of them; empty: none. */
const char *map_node_holes(const struct map *map, const struct map_node *node, char *buffer, size_t size);
/* What a cell stands for, where it is not one block; else empty. */
const char *map_scale(const struct map *map, char *buffer, size_t size);
/* "memory40-47: Normal, 45% used, unmovable pages" */
const char *map_cell_text(const struct map *map, const struct map_row *row, const struct map_cell *cell,
			  char *buffer, size_t size);
/* map-text.c, map-svg.c, map-json.c; all return an exit code. */
int map_text(struct app *app, struct map *map);
int map_svg(struct app *app, struct map *map, const char *path);
int map_json(const struct app *app, const struct map *map);

#endif
