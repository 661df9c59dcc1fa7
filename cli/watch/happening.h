/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What monitor prints. */
#ifndef MEMHP_CLI_HAPPENING_H
#define MEMHP_CLI_HAPPENING_H

#include <memhp.h>

struct app;
struct happening;

/* "2026-11-28T15:04:05.678+0100" */
#define TIME_SIZE 40
const char *time_text(uint64_t ms, char buffer[TIME_SIZE]);
/* "32-39", or "32"; returns @buffer. */
#define BLOCKS_SIZE 48
const char *blocks_text(uint64_t first, uint64_t count, char buffer[BLOCKS_SIZE]);

/* Each prints a line, or a document, and sends it off at once. Return an exit code. */
int ready_print(const struct app *app, uint64_t block_size);
int overflow_print(const struct app *app, uint64_t time_ms);
int happening_print(const struct app *app, const struct happening *happening, uint64_t block_size);

#endif
