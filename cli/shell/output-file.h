/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_OUTPUT_FILE_H
#define MEMHP_CLI_OUTPUT_FILE_H

#include <stddef.h>

/* Makes @path hold @data: a new file, or one of the caller's own, whole or not at all; what else is there (a
 * pipe, a file of two names) is written as it is. 0 or -errno. */
int output_file_write(const char *path, const char *data, size_t length);

#endif
