/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the unit tests share; each is one program of one file, and prints TAP. */
#ifndef UNIT_H
#define UNIT_H

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/ctx.h"

static int number, failures;

static void check(bool good, const char *what, const char *got)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
	if (!good) {
		printf("# got: %s\n", got);
		failures++;
	}
}

static inline int finish(void)
{
	printf("1..%d\n", number);
	return failures != 0;
}

#endif
