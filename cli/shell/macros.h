/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_MACROS_H
#define MEMHP_CLI_MACROS_H

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
