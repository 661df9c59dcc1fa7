/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the kinds of load share: where randomness comes from, where memory goes, who is told to leave. */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { KIB = 1024, MIB = 1024 * KIB, PAGE = 4096, HUGE_PAGE = 2 * MIB };

struct load {
	uint64_t random;
	uint64_t bytes;		  /* to be used in the end */
	const char *dir;	  /* an empty directory on a disk */
	unsigned int node0_share; /* of the memory, in thousandths; the rest is node 1's */
	bool pressed;		  /* somebody else fills the page cache meanwhile */
};

/* make uses up to load->bytes of memory; step, for busy loads, replaces a little of that. */
struct kind {
	const char *name;
	void *(*make)(struct load *load);
	void (*step)(void *made, struct load *load);
};

extern const struct kind files_kind, slab_kind, anon_kind, hugetlb_kind, pipes_kind, mapped_pin_kind,
	uring_kind, mlock_kind, ksm_kind, huge_shmem_kind, swapped_kind, mixed_kind;

_Noreturn void fail(const char *what);
/* The kernel lacks what the kind is about: says so in place of "ready" and ends. */
_Noreturn void skip(const char *why);
void *allocate(size_t count, size_t size);

/* The same numbers for the same seed, below limit. */
uint64_t pick(struct load *load, uint64_t limit);

/*
 * Lets the caller's memory come from some node from now on, as long as that has any; larger nodes more
 * often, so that each keeps room for what is moved there.
 */
void prefer_some_node(struct load *load);

/* Anonymous memory without content. */
void *map(size_t size, int more_flags);
void touch(void *start, size_t size, size_t step);
void set_number(const char *path, uint64_t number);
/* NAME with its colon. */
uint64_t meminfo(const char *name);
uint64_t memory_total(void);
uint64_t memory_free(void);
unsigned int node0_share(void);

/* Runs a process that dies with its parent; returns when hold has, after which it only exists. */
int hold_apart(struct load *load, void (*hold)(struct load *load, uint64_t size), uint64_t size);
void end_process(int pid);

/* Many such processes, which use a third more than load->bytes until a quarter of them is ended. */
struct holders;
struct holders *scatter_holders(struct load *load, void (*hold)(struct load *load, uint64_t size));
void replace_some_holder(void *holders, struct load *load);

/* Page cache, of a file's holes, until hardly any memory is free. */
struct filler;
struct filler *fill_cache(struct load *load);
void cache_range(int fd, uint64_t start, uint64_t size);
void shrink_filler(struct filler *filler, struct load *load, uint64_t left);

#endif
