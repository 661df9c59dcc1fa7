/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include <memhp.h>

#include "change/change-report.h"
#include "change/change.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/text.h"

#define FORCE_HINT "--force=memory passes this check"

static int refuse_memory(struct change *change, const struct memhp_memcheck *check)
{
	char size[24], available[24], reserve[24], migrate[24], room[24];

	size_format(check->going, size, sizeof(size));
	size_format(check->available, available, sizeof(available));
	size_format(check->reserve, reserve, sizeof(reserve));
	if (check->too_little)
		return app_fail(
			change->app, EXIT_NOTHING, "ENOMEM", FORCE_HINT,
			"too little memory would be left: %s %s, %s would go, %s must stay",
			check->estimated
				? "there is no MemAvailable; free or file cache, above the reserves, are"
				: "MemAvailable is",
			available, size, reserve);
	size_format(check->migrate, migrate, sizeof(migrate));
	size_format(check->room, room, sizeof(room));
	return app_fail(change->app, EXIT_NOTHING, "ENOMEM", FORCE_HINT,
			"the pages of node %d find no room: %s in use there, %s free on the other nodes",
			check->node, migrate, room);
}

/* What was not checked is said; where memhp chooses, it is refused, as the check would. */
static int check_incomplete(struct change *change, const char *what)
{
	if (change->size)
		return app_fail(change->app, EXIT_NOTHING, "ENOMEM", FORCE_HINT,
				"the memory that would be left cannot be checked: %s", what);
	change_warning(change->app, change->warnings, "the memory that would be left was not checked: %s",
		       what);
	return EXIT_OK;
}

/* Without its numbers the check cannot pass. */
static int refuse_unknown(struct change *change, int error)
{
	const char *path = memhp_ctx_get_error_path(change->app->ctx);

	change->app->failed_path = path;
	return app_fail(change->app, EXIT_NOTHING, errno_name(-error), FORCE_HINT,
			"what memory would be left is not known: %s: %s (%s)", path, strerror(-error),
			errno_name(-error));
}

static int check_offline(struct change *change, const struct memhp_system *system)
{
	struct memhp_memcheck check = { .size = sizeof(check) };
	char available[24];

	int error = memhp_memcheck(change->app->ctx, change->plan, system, &check);
	if (error)
		return app_fail_errno(change->app, error, "cannot check the memory");
	if (check.going == 0)
		return EXIT_OK;
	if (check.unknown)
		return app_fail(change->app, EXIT_NOTHING, "ENODATA", FORCE_HINT,
				"what memory would be left is not known: /proc/meminfo lacks %s",
				check.total ? "MemAvailable and MemFree" : "MemTotal");
	if (check.too_little || check.node >= 0)
		return refuse_memory(change, &check);
	size_format(check.available, available, sizeof(available));
	if (check.estimated)
		change_warning(change->app, change->warnings,
			       "there is no MemAvailable: %s are free or file cache, above the reserves",
			       available);
	if (check.incomplete)
		return check_incomplete(change, memhp_system_get_zone_count(system)
							? "/proc/kpageflags cannot be read"
							: "there is no /proc/zoneinfo");
	return EXIT_OK;
}

int change_check_memory(struct change *change)
{
	struct memhp_system *system = NULL;
	int exit = EXIT_OK, error = memhp_system_read(change->app->ctx, &system);

	if (error == -ENOMEM)
		return app_no_memory(change->app);
	if (!change->kind->online && !change->force_memory && memhp_plan_get_count(change->plan))
		exit = system ? check_offline(change, system) : refuse_unknown(change, error);
	if (exit == EXIT_OK)
		exit = change_warn(change, system);
	memhp_system_free(system);
	return exit;
}
