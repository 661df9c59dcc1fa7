/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>

#include "base/dl.h"
#include "base/module.h"

struct modules {
	void *handle;
	struct kmod_ctx *kmod;
	__typeof__(kmod_new) *kmod_new;
	__typeof__(kmod_unref) *kmod_unref;
	__typeof__(kmod_set_log_fn) *kmod_set_log_fn;
	__typeof__(kmod_module_new_from_lookup) *kmod_module_new_from_lookup;
	__typeof__(kmod_module_get_module) *kmod_module_get_module;
	__typeof__(kmod_module_get_initstate) *kmod_module_get_initstate;
	__typeof__(kmod_module_probe_insert_module) *kmod_module_probe_insert_module;
	__typeof__(kmod_module_unref) *kmod_module_unref;
	__typeof__(kmod_module_unref_list) *kmod_module_unref_list;
	__typeof__(kmod_list_next) *kmod_list_next;
};

static MEMHP_PRINTF(6, 0) void log_kmod(void *data, int priority, const char *file, int line, const char *fn,
					const char *format, va_list args)
{
	(void)file, (void)line, (void)fn;
	dl_log(data, priority, format, args);
}

static void close_modules(struct modules *modules)
{
	modules->kmod_unref(modules->kmod);
	dl_close(modules->handle);
	free(modules);
}

static int modules_open(struct memhp_ctx *ctx)
{
	if (ctx->modules)
		return 0;
	if (!ctx->live)
		return -EOPNOTSUPP;
	struct modules *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	const struct dl_symbol symbols[] = {
		DL_SYMBOL(new, kmod_new),
		DL_SYMBOL(new, kmod_unref),
		DL_SYMBOL(new, kmod_set_log_fn),
		DL_SYMBOL(new, kmod_module_new_from_lookup),
		DL_SYMBOL(new, kmod_module_get_module),
		DL_SYMBOL(new, kmod_module_get_initstate),
		DL_SYMBOL(new, kmod_module_probe_insert_module),
		DL_SYMBOL(new, kmod_module_unref),
		DL_SYMBOL(new, kmod_module_unref_list),
		DL_SYMBOL(new, kmod_list_next),
	};
	int error = dl_open(ctx, "libkmod.so.2", symbols, ARRAY_SIZE(symbols), &new->handle);
	if (!error && !(new->kmod = new->kmod_new(NULL, NULL)))
		error = -ENOMEM;
	if (error) {
		dl_close(new->handle);
		free(new);
		return error;
	}
	new->kmod_set_log_fn(new->kmod, log_kmod, ctx);
	ctx->modules = new;
	ctx->close_modules = close_modules;
	return 0;
}

enum memhp_module_state module_state(struct memhp_ctx *ctx, const char *name)
{
	struct kmod_list *list = NULL;

	if (modules_open(ctx))
		return MEMHP_MODULE_UNKNOWN;
	const struct modules *lib = ctx->modules;
	if (lib->kmod_module_new_from_lookup(lib->kmod, name, &list) < 0)
		return MEMHP_MODULE_UNKNOWN;
	if (!list)
		return MEMHP_MODULE_ABSENT;
	struct kmod_module *module = lib->kmod_module_get_module(list);
	int state = lib->kmod_module_get_initstate(module);
	lib->kmod_module_unref(module);
	lib->kmod_module_unref_list(list);
	return state == KMOD_MODULE_BUILTIN ? MEMHP_MODULE_BUILT_IN
	       : state == KMOD_MODULE_LIVE  ? MEMHP_MODULE_LIVE
					    : MEMHP_MODULE_AVAILABLE;
}

int module_load(struct memhp_ctx *ctx, const char *alias)
{
	struct kmod_list *list = NULL, *item;
	int error = modules_open(ctx);

	if (error)
		return error;
	const struct modules *lib = ctx->modules;
	error = lib->kmod_module_new_from_lookup(lib->kmod, alias, &list);
	if (!error && !list)
		error = -ENOPKG;
	for (item = list; !error && item; item = lib->kmod_list_next(list, item)) {
		struct kmod_module *module = lib->kmod_module_get_module(item);
		int result = lib->kmod_module_probe_insert_module(module, KMOD_PROBE_APPLY_BLACKLIST, NULL,
								  NULL, NULL, NULL);
		error = result > 0 ? -EPERM : result == -ENOENT ? -ENOPKG : result;
		lib->kmod_module_unref(module);
	}
	lib->kmod_module_unref_list(list);
	ctx_log(ctx, LOG_INFO, "load the module of %s: %s", alias, error ? strerrorname_np(-error) : "ok");
	return error ? ctx_fail(ctx, error, MODULES_DIR) : 0;
}
