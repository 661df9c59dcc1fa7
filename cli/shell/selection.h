/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* BLOCKS operands and the filter options. */
#ifndef MEMHP_CLI_SELECTION_H
#define MEMHP_CLI_SELECTION_H

#include <memhp.h>

struct app;

#define MAX_FILTERS 16
struct selection {
	enum memhp_action action;
	bool may_come; /* what is not there yet is no error: set before selection_finish() */
	struct memhp_request *request;
	struct {
		int key;
		const char *arg;
	} filters[MAX_FILTERS]; /* kept to check that nodes and devices exist */
	size_t filter_count;
};
int selection_open(struct app *app, struct selection *selection, enum memhp_action action);
void selection_close(struct selection *selection);
/* Returns an exit code, or SELECTION_OTHER if the option is not a filter. */
#define SELECTION_OTHER (-1)
int selection_option(struct app *app, struct selection *selection, int key, const char *arg);
/* Takes the BLOCKS and checks all against @snapshot; returns an exit code. */
int selection_finish(struct app *app, struct selection *selection, const struct memhp_snapshot *snapshot,
		     int argc, char **argv);

#endif
