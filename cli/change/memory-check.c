/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <memhp.h>

#include "change/change.h"
#include "shell/app.h"
#include "shell/exit.h"
#include "shell/messages.h"
#include "shell/text.h"

static int refuse_memory(struct change *change, const struct memhp_memcheck *check)
{
	char size[24], available[24], reserve[24], migrate[24], room[24];
	const char *hint = "--force=memory passes this check";

	size_format(check->going, size, sizeof(size));
	size_format(check->available, available, sizeof(available));
	size_format(check->reserve, reserve, sizeof(reserve));
	if (check->too_little)
		return app_fail(
			change->app, EXIT_NOTHING, "ENOMEM", hint,
			"too little memory would be left: MemAvailable is %s, %s would go, %s must stay",
			available, size, reserve);
	size_format(check->migrate, migrate, sizeof(migrate));
	size_format(check->room, room, sizeof(room));
	return app_fail(change->app, EXIT_NOTHING, "ENOMEM", hint,
			"the pages of node %d find no room: %s in use there, %s free on the other nodes",
			check->node, migrate, room);
}

int change_check_memory(struct change *change)
{
	struct memhp_system *system = NULL;
	struct memhp_memcheck check = { .size = sizeof(check) };
	int exit = EXIT_OK, error = memhp_system_read(change->app->ctx, &system);

	/* A copied tree may lack /proc; the live system never does. */
	if (error && memhp_ctx_is_live(change->app->ctx))
		return app_fail_errno(change->app, error, "cannot check the memory");
	if (!error && !change->kind->online && !change->force_memory) {
		memhp_memcheck(change->app->ctx, change->plan, system, &check);
		if (check.too_little || check.node >= 0)
			exit = refuse_memory(change, &check);
	}
	if (exit == EXIT_OK)
		change_warn(change, system);
	memhp_system_free(system);
	return exit;
}
