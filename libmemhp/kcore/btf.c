/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's types (BTF, Documentation/bpf/btf.rst), read by libbpf. */
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/dl.h"
#include "base/sysfs.h"
#include "kcore/kcore.h"

#define VMLINUX "sys/kernel/btf/vmlinux"
#define DEEPEST 8	       /* structs without a name in each other */
#define MOST_MEMBERS (1 << 20) /* that are looked at: a struct may hold itself, in what is no kernel's */

struct library {
	void *handle;
	__typeof__(btf__new) *btf__new;
	__typeof__(btf__free) *btf__free;
	__typeof__(btf__type_cnt) *btf__type_cnt;
	__typeof__(btf__type_by_id) *btf__type_by_id;
	__typeof__(btf__name_by_offset) *btf__name_by_offset;
	__typeof__(libbpf_set_print) *libbpf_set_print;
	struct btf *btf;
	unsigned int looks; /* at members */
};

static const char *name_at(const struct library *lib, uint32_t offset)
{
	const char *name = lib->btf__name_by_offset(lib->btf, offset);
	return name ? name : "";
}

static bool is_composite(const struct btf_type *type)
{
	return type && (btf_kind(type) == BTF_KIND_STRUCT || btf_kind(type) == BTF_KIND_UNION);
}

/* In bytes; -1: it has none of that name, or one that is not of whole bytes. */
static int64_t offset_of(struct library *lib, const struct btf_type *type, const char *name, int depth)
{
	const struct btf_member *member = btf_members(type);

	for (uint32_t i = 0; i < btf_vlen(type) && lib->looks < MOST_MEMBERS; i++) {
		lib->looks++;
		uint32_t bit = btf_member_bit_offset(type, i);
		const char *own = name_at(lib, member[i].name_off);
		if (strcmp(own, name) == 0)
			return bit % 8 ? -1 : (int64_t)bit / 8;
		const struct btf_type *inner = *own ? NULL : lib->btf__type_by_id(lib->btf, member[i].type);
		int64_t offset = is_composite(inner) && depth < DEEPEST
					 ? offset_of(lib, inner, name, depth + 1)
					 : -1;
		if (offset >= 0)
			return bit / 8 + offset;
	}
	return -1;
}

static void take_enumerators(const struct library *lib, const struct btf_type *type,
			     const struct btf_fact *fact)
{
	const struct btf_enum *values = btf_enum(type);

	for (uint32_t i = 0; i < btf_vlen(type); i++) {
		if (strcmp(name_at(lib, values[i].name_off), fact->member) == 0)
			*fact->value = values[i].val;
	}
}

static void take_type(struct library *lib, const struct btf_type *type, const struct btf_fact *facts,
		      size_t count)
{
	const char *name = name_at(lib, type->name_off);
	bool wanted = false;

	for (size_t i = 0; i < count; i++) {
		if (i == 0 || facts[i].type != facts[i - 1].type)
			wanted = strcmp(name, facts[i].type) == 0;
		if (!wanted)
			continue;
		int64_t offset = is_composite(type) ? offset_of(lib, type, facts[i].member, 0) : -1;
		if (offset >= 0 && offset < INT32_MAX)
			*facts[i].value = (int32_t)offset;
		else if (btf_kind(type) == BTF_KIND_ENUM)
			take_enumerators(lib, type, &facts[i]);
	}
}

static int no_words(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

static int library_open(struct memhp_ctx *ctx, struct library *lib)
{
	const struct dl_symbol symbols[] = {
		DL_SYMBOL(lib, btf__new),
		DL_SYMBOL(lib, btf__free),
		DL_SYMBOL(lib, btf__type_cnt),
		DL_SYMBOL(lib, btf__type_by_id),
		DL_SYMBOL(lib, btf__name_by_offset),
		DL_SYMBOL(lib, libbpf_set_print),
	};
	return dl_open(ctx, "libbpf.so.1", symbols, ARRAY_SIZE(symbols), &lib->handle);
}

int btf_read(struct memhp_ctx *ctx, const struct btf_fact *facts, size_t count)
{
	struct library lib = { 0 };
	char *data;
	size_t length;
	int error = sysfs_read_data(ctx, VMLINUX, &data, &length);

	if (error)
		return ctx_fail(ctx, error, VMLINUX);
	error = length > UINT32_MAX ? -EFBIG : library_open(ctx, &lib);
	if (!error) {
		libbpf_print_fn_t print = lib.libbpf_set_print(no_words);
		lib.btf = lib.btf__new(data, (uint32_t)length);
		lib.libbpf_set_print(print);
		error = lib.btf ? 0 : ctx_fail(ctx, errno == ENOMEM ? -ENOMEM : -ENOEXEC, VMLINUX);
	}
	for (uint32_t id = 1; !error && id < lib.btf__type_cnt(lib.btf); id++) {
		const struct btf_type *type = lib.btf__type_by_id(lib.btf, id);
		if (type && (is_composite(type) || btf_kind(type) == BTF_KIND_ENUM))
			take_type(&lib, type, facts, count);
	}
	if (!error && lib.looks == MOST_MEMBERS)
		error = ctx_fail(ctx, -ENOEXEC, VMLINUX);
	if (lib.btf)
		lib.btf__free(lib.btf);
	dl_close(lib.handle);
	free(data);
	return error;
}
