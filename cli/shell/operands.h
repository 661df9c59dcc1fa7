/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BLOCKS: ids, addresses, ranges of them, paths, all. */
#ifndef MEMHP_CLI_OPERANDS_H
#define MEMHP_CLI_OPERANDS_H

#include <memhp.h>

struct app;

/* What operands are taken by, and where they go. */
struct operands {
	struct app *app;
	const struct memhp_snapshot *snapshot;
	struct memhp_request *request;
	enum memhp_action action;
	bool may_come; /* a block that is not there is no error, and "all" is what comes, too */
};

/* Adds the blocks of @word, which has no comma. Returns an exit code. */
int operand_take(const struct operands *operands, const char *word);

#endif
