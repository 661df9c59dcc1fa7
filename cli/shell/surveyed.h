/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What commands share that show the pages of the selected blocks, of which there is at least one. */
#ifndef MEMHP_CLI_SURVEYED_H
#define MEMHP_CLI_SURVEYED_H

struct app;
struct memhp_request;
struct memhp_snapshot;
struct memhp_survey;

struct surveyed {
	const struct memhp_snapshot *snapshot;
	const struct memhp_request *request;
	const struct memhp_survey *survey; /* what could not be read is unknown in it */
};
/* Returns an exit code, or SELECTION_OTHER for an option that is not the command's own. */
typedef int (*surveyed_option_fn)(struct app *app, int key, const char *arg, void *data);
typedef int (*surveyed_show_fn)(struct app *app, const struct surveyed *surveyed, void *data);
/* Takes the options, @option (NULL: none) those of the command's own, and then shows. Returns an exit code.
 */
int surveyed_run(struct app *app, int argc, char **argv, surveyed_option_fn option, surveyed_show_fn show,
		 void *data);

#endif
