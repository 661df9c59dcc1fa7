/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <libsmartcols.h>
#include <stdlib.h>

#include "shell/table.h"

/* libsmartcols leaves out the heading that it has no memory for, without an error: only errno tells of it. */
bool table_print(struct libscols_table *table)
{
	errno = 0;
	return scols_print_table(table) == 0 && errno != ENOMEM;
}

bool table_print_range(struct libscols_table *table, struct libscols_line *from, struct libscols_line *to,
		       char **text)
{
	errno = 0;
	*text = NULL;
	if (scols_table_print_range_to_string(table, from, to, text) == 0 && errno != ENOMEM && *text)
		return true;
	free(*text);
	return false;
}
