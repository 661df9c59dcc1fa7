/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <memhp.h>

#include "shell/app.h"
#include "shell/messages.h"
#include "watch/listen.h"

const char *listen_reason(int error)
{
	switch (-error) {
	case EOPNOTSUPP:
		return "not the live system, which alone has events";
	case ENOPKG:
		return "libudev.so.1 is not installed";
	case ENONET:
		return "the kernel sends no events to this container's network namespace";
	default:
		return strerror(-error);
	}
}

static const char *hint_of(int error)
{
	switch (-error) {
	case EOPNOTSUPP:
		return "memhp wait looks at such a tree again and again";
	case ENOPKG:
		return "install libudev1 (systemd-libs, libudev)";
	case ENONET:
		return "run it on the host, or in a container that has the host's network and user namespace";
	case EPERM:
	case EACCES:
	case EAFNOSUPPORT:
	case EPROTONOSUPPORT:
		return "netlink sockets (NETLINK_KOBJECT_UEVENT) must be allowed: run it on the host";
	default:
		return NULL;
	}
}

int listen_fail(struct app *app, int error)
{
	const char *path = memhp_ctx_get_error_path(app->ctx);

	if (error == -ENOMEM)
		return app_no_memory(app);
	if (error != -ENOPKG && memhp_ctx_is_live(app->ctx) &&
	    *path) /* the memory blocks', not the socket's */
		return app_fail_errno(app, error, "cannot read the memory blocks");
	return app_fail(app, error == -EPERM || error == -EACCES ? EXIT_PERMISSION : EXIT_UNSUPPORTED,
			errno_name(-error), hint_of(error), "cannot hear the kernel's events: %s",
			listen_reason(error));
}
