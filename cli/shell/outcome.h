/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_CLI_OUTCOME_H
#define MEMHP_CLI_OUTCOME_H

#include <memhp.h>

/* The escape that begins its colour. */
const char *outcome_color(enum memhp_outcome outcome);
/* One sentence for people: why it came out so, and what to do. @error: positive errno. NULL: nothing to say.
 */
const char *outcome_reason(enum memhp_reason reason, int error);

#endif
