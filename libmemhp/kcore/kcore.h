/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's own memory, read only: /proc/kcore, and what lies where in it by the kernel's own word. */
#ifndef MEMHP_KCORE_H
#define MEMHP_KCORE_H

#include "base/ctx.h"

#define KCORE "proc/kcore"

/* kcore.c */
struct kcore;

/*
 * -errno: ENOENT where there is none, EPERM under lockdown, EOPNOTSUPP for an architecture whose layout is
 * not known or that is not this machine's kind, ENOEXEC for what is no kernel's memory.
 */
int kcore_open(struct memhp_ctx *ctx, struct kcore **kcore);
void kcore_close(struct kcore *kcore);
/* Of the note VMCOREINFO, as "OFFSET(page.flags)"; false: the kernel does not tell. */
bool kcore_number(const struct kcore *kcore, const char *name, int64_t *value);
/*
 * All of [@address, @address + @size), in any thread. -EFAULT: not all of it is mapped; else the error of
 * the file.
 */
int kcore_read(struct kcore *kcore, uint64_t address, void *buffer, size_t size);
/* A name of the kernel's that ends within @size; false: there is none of printable characters. */
bool kcore_read_name(struct kcore *kcore, uint64_t address, char *name, size_t size);

/* btf.c: offsets of members and values of enumerators, by the kernel's own types. */
struct btf_fact {
	const char *type; /* of a struct or an enum */
	const char
		*member; /* of the struct, also in a struct or union without a name in it, or of the enum */
	int32_t *value;	 /* bytes, or the enumerator's value; stays as it is where there is none */
};

/* -ENOPKG: there is no libbpf; -errno of /sys/kernel/btf/vmlinux. */
int btf_read(struct memhp_ctx *ctx, const struct btf_fact *facts, size_t count);

/* layout.c */
/*
 * What a struct page looks like in this kernel, and what it points to. Offsets are bytes, in their struct;
 * -1: this kernel does not tell, or has no such member. Bits are numbers of bits, likewise.
 */
/* enum pageflags of include/linux/page-flags.h, in the order of page_flag_names[] */
enum page_flag {
	PG_LOCKED,
	PG_ERROR,
	PG_REFERENCED,
	PG_UPTODATE,
	PG_DIRTY,
	PG_LRU,
	PG_ACTIVE,
	PG_SLAB,
	PG_WRITEBACK,
	PG_RECLAIM,
	PG_SWAPBACKED,
	PG_UNEVICTABLE,
	PG_HWPOISON,
	PG_RESERVED,
	PG_MLOCKED,
	PG_PRIVATE,
	PG_PRIVATE_2,
	PG_SWAPCACHE,
	PG_HEAD,
	PG_DOUBLE_MAP,
	PG_MOVABLE_OPS,
	PAGE_FLAG_COUNT
};

/* What some pages have in the place of the map count, since they cannot be mapped. */
enum page_type {
	TYPE_BUDDY,
	TYPE_OFFLINE,
	TYPE_TABLE,
	TYPE_SLAB,
	TYPE_HUGETLB,
	TYPE_ZSMALLOC,
	PAGE_TYPE_COUNT
};

#define LARGEST_PAGE 256 /* bytes of a struct page, at most */

struct layout {
	size_t page_size; /* of a struct page */
	int32_t flags, refcount, mapcount, mapping, private, compound_head;
	int32_t page_flags[PAGE_FLAG_COUNT];
	/* A page is of a type where (map count & mask) is the value; mask 0: nothing tells that type. */
	struct {
		uint32_t mask, value;
	} types[PAGE_TYPE_COUNT];
	/* In the struct page behind a folio's head. As every map count of Linux they begin at -1. */
	int32_t large_mapcount, entire_mapcount, compound_dtor, folio_pages;
	int64_t hugetlb_dtor; /* value of compound_dtor */
	int32_t bh_this_page, bh_count;
	int32_t mapping_host, inode_mode, inode_number, inode_device, inode_sb;
	int32_t sb_device, sb_type, type_name, slab_cache, cache_name;
	/* The sparse memory map: a root is an array of sections. */
	uint64_t roots;
	uint64_t root_count, section_size; /* of a struct mem_section */
	unsigned int section_bits;
	int32_t section_map, section_usage;
	int32_t usage_flags; /* pageblock_flags */
	int32_t pageblock_bits, isolate_bit, migrate_cma, migrate_isolate;
};

/* -errno of btf_read(), ENODATA where there are no types; -EOPNOTSUPP: what no rule can do without is
 * missing. */
int layout_read(struct memhp_ctx *ctx, const struct kcore *kcore, struct layout *layout);

#endif
