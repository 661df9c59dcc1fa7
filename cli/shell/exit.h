/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_EXIT_H
#define MEMHP_CLI_EXIT_H

/* Listed in memhp(8); scripts rely on them. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_NOTHING = 1,     /* nothing of it done, or no such block here */
	EXIT_USAGE = 2,	      /* cannot be parsed, or can never be right */
	EXIT_UNSUPPORTED = 3, /* this kernel or system cannot */
	EXIT_PERMISSION = 4,  /* not root, read-only /sys, lockdown */
	EXIT_PARTLY = 64,     /* as chmem */
};

#endif
