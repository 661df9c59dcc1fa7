/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers and sizes of users, and texts made of parts. */
#ifndef MEMHP_CLI_TEXT_H
#define MEMHP_CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shell/macros.h"

/* Adds to the text in @buffer, which has room for @size bytes; what is too long is cut. */
void text_append(char *buffer, size_t size, const char *format, ...) PRINTF(3, 4);
/* "auto_online" of "auto-online", as keys have it; returns @buffer. */
const char *underscored(const char *name, char *buffer, size_t size);
/* "lru,anon"; returns @buffer. */
#define FLAGS_TEXT_SIZE 640
const char *page_flags_text(uint64_t flags, char buffer[FLAGS_TEXT_SIZE]);
/* Are the @length letters of @word this name, in any case? Names are ASCII in every locale: in a Turkish one,
 * strcasecmp() takes "I" and "i" for two letters. */
bool name_is(const char *name, const char *word, size_t length);
bool is_address(const char *word); /* "0x…" always is one, bare digits never */
bool address_parse(const char *word, uint64_t *address);
bool number_parse(const char *text, int base, uint64_t *number); /* digits alone; base 10 or 16, no 0x */
int size_parse(const char *text, uint64_t *size);		 /* -EINVAL, -ERANGE */
int duration_parse(const char *text, uint64_t *ms); /* "30s", "500ms", "2m", "1h", bare seconds */
/* "4G", "1.5G", as lsmem and chmem print sizes */
void size_format(uint64_t size, char *buffer, size_t length);
/* Is @text, with or without an iB, what size_format() makes of @size? */
bool size_prints_as(uint64_t size, const char *text);
/* "2944M": never rounded */
void size_format_exact(uint64_t size, char *buffer, size_t length);

#endif
