/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <daxctl/libdaxctl.h>
#include <errno.h>
#include <string.h>

#include "base/dl.h"
#include "base/module.h"
#include "devices/daxctl.h"

struct library {
	void *handle;
	struct daxctl_ctx *daxctl;
	__typeof__(daxctl_new) *daxctl_new;
	__typeof__(daxctl_unref) *daxctl_unref;
	__typeof__(daxctl_region_get_first) *daxctl_region_get_first;
	__typeof__(daxctl_region_get_next) *daxctl_region_get_next;
	__typeof__(daxctl_dev_get_first) *daxctl_dev_get_first;
	__typeof__(daxctl_dev_get_next) *daxctl_dev_get_next;
	__typeof__(daxctl_dev_get_devname) *daxctl_dev_get_devname;
	__typeof__(daxctl_dev_is_enabled) *daxctl_dev_is_enabled;
	__typeof__(daxctl_dev_disable) *daxctl_dev_disable;
	__typeof__(daxctl_dev_enable_ram) *daxctl_dev_enable_ram;
	__typeof__(daxctl_dev_enable_devdax) *daxctl_dev_enable_devdax;
};

static int library_open(struct memhp_ctx *ctx, struct library *lib)
{
	const struct dl_symbol symbols[] = {
		DL_SYMBOL(lib, daxctl_new),
		DL_SYMBOL(lib, daxctl_unref),
		DL_SYMBOL(lib, daxctl_region_get_first),
		DL_SYMBOL(lib, daxctl_region_get_next),
		DL_SYMBOL(lib, daxctl_dev_get_first),
		DL_SYMBOL(lib, daxctl_dev_get_next),
		DL_SYMBOL(lib, daxctl_dev_get_devname),
		DL_SYMBOL(lib, daxctl_dev_is_enabled),
		DL_SYMBOL(lib, daxctl_dev_disable),
		DL_SYMBOL(lib, daxctl_dev_enable_ram),
		DL_SYMBOL(lib, daxctl_dev_enable_devdax),
	};
	if (!ctx->live)
		return -EOPNOTSUPP;
	int error = dl_open(ctx, "libdaxctl.so.1", symbols, ARRAY_SIZE(symbols), &lib->handle);
	return error ? error : lib->daxctl_new(&lib->daxctl);
}

static void library_close(struct library *lib)
{
	if (lib->daxctl)
		lib->daxctl_unref(lib->daxctl);
	dl_close(lib->handle);
}

static struct daxctl_dev *find(const struct library *lib, const char *name)
{
	struct daxctl_region *region = lib->daxctl_region_get_first(lib->daxctl);

	for (; region; region = lib->daxctl_region_get_next(region)) {
		struct daxctl_dev *dev = lib->daxctl_dev_get_first(region);
		for (; dev; dev = lib->daxctl_dev_get_next(dev)) {
			if (strcmp(lib->daxctl_dev_get_devname(dev), name) == 0)
				return dev;
		}
	}
	return NULL;
}

static int enable(const struct library *lib, struct daxctl_dev *dev, bool ram)
{
	return ram ? lib->daxctl_dev_enable_ram(dev) : lib->daxctl_dev_enable_devdax(dev);
}

/* A device changes its driver by being disabled first; if it does not get the new one, by the old one. */
static int change_driver(struct memhp_ctx *ctx, const char *name, bool ram)
{
	struct library lib = { 0 };
	int error = library_open(ctx, &lib);
	struct daxctl_dev *dev = error ? NULL : find(&lib, name);
	bool was_enabled = dev && lib.daxctl_dev_is_enabled(dev);

	if (!error && !dev)
		error = -ENODEV;
	if (!error && was_enabled)
		error = lib.daxctl_dev_disable(dev);
	if (!error) {
		error = enable(&lib, dev, ram);
		if (error && was_enabled)
			enable(&lib, dev, !ram);
	}
	library_close(&lib);
	ctx_log(ctx, LOG_INFO, "%s: %s: %s", name, ram ? "make it system RAM" : "make it a DAX device",
		error ? strerrorname_np(-error) : "ok");
	return error == -ENOENT ? ctx_fail(ctx, -ENOPKG, MODULES_DIR) : error;
}

int daxctl_enable_ram(struct memhp_ctx *ctx, const char *name)
{
	return change_driver(ctx, name, true);
}

int daxctl_disable_ram(struct memhp_ctx *ctx, const char *name)
{
	return change_driver(ctx, name, false);
}
