/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/dl.h"

int dl_open(struct memhp_ctx *ctx, const char *soname, const struct dl_symbol *symbols, size_t count,
	    void **handle)
{
	*handle = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	bool good = *handle != NULL;

	for (size_t i = 0; good && i < count; i++) {
		*symbols[i].to = dlsym(*handle, symbols[i].name);
		good = *symbols[i].to != NULL;
	}
	if (good)
		return 0;
	ctx_log(ctx, LOG_ERR, "%s", dlerror());
	dl_close(*handle);
	*handle = NULL;
	return ctx_fail(ctx, -ENOPKG, soname);
}

void dl_close(void *handle)
{
	if (handle)
		dlclose(handle);
}

void dl_log(struct memhp_ctx *ctx, int priority, const char *format, va_list args)
{
	char message[512];
	vsnprintf(message, sizeof(message), format, args);
	message[strcspn(message, "\n")] = '\0';
	ctx_log(ctx, priority, "%s", message);
}
