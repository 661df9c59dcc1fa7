/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_TABLE_H
#define MEMHP_CLI_TABLE_H

#include <stdbool.h>

struct libscols_line;
struct libscols_table;

/* Prints it; false: out of memory, and something may be missing. */
bool table_print(struct libscols_table *table);
/* The same for a part of it, into *@text; free it with free(). */
bool table_print_range(struct libscols_table *table, struct libscols_line *from, struct libscols_line *to,
		       char **text);

#endif
