/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef MEMHP_PRIVATE_H
#define MEMHP_PRIVATE_H

#include <pthread.h>
#include <syslog.h>

#include "memhp.h"

#define MEMHP_EXPORT __attribute__((visibility("default")))
#define MEMHP_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#define MEMORY_DIR "sys/devices/system/memory"
#define NODE_DIR "sys/devices/system/node"
#define FIRMWARE_MEMORY_DIR "sys/firmware/memory"

struct memhp_ctx {
	int root_fd; /* every path is opened below it; none of them starts with a slash */
	bool live;
	memhp_log_fn log_fn;
	void *log_data;
	int log_level;
	char error_path[256];
	struct modules *modules; /* module.c, or NULL */
};

/* At the start of a public call that may fail on a file: forgets the last one's. */
void ctx_start(struct memhp_ctx *ctx);
/* Remembers @path for memhp_ctx_get_error_path(), logs it, and returns @error (negative errno). */
int ctx_fail(struct memhp_ctx *ctx, int error, const char *path);
void ctx_log(struct memhp_ctx *ctx, int level, const char *format, ...) MEMHP_PRINTF(3, 4);

/*
 * Small on purpose: a million of them are one array. Zones and extra nodes are sets, since the
 * only order that counts is which zone comes first.
 */
struct memhp_block {
	uint64_t id;
	const struct memhp_device *device; /* owned by the snapshot's device map */
	int *nodes;			   /* owned by the snapshot, only where there are several */
	int node;			   /* the first, -1: none */
	uint16_t node_count;
	uint8_t state;
	int8_t removable;
	int8_t configured;
	int8_t memmap_on_memory;
	uint8_t zone_count;
	uint8_t zones[MEMHP_ZONE_COUNT];
	uint8_t unread; /* set of memhp_want: what could not be read */
	bool gone;	/* vanished while it was read */
};

struct device_map;

struct memhp_snapshot {
	uint64_t block_size;
	struct memhp_block *blocks;
	size_t count;
	bool has_nodes;
	bool has_config;
	struct device_map *devices;
};

/* threads.c */
#define MAX_THREADS 8
/* How many may run at once here, MAX_THREADS at most. */
int threads_available(void);
/*
 * Starts up to @count threads of @fn; returns how many, whose ids are in @threads. The caller's signal
 * handlers do not run in them, and they may not use the context.
 */
int threads_start(int count, void *(*fn)(void *data), void *data, pthread_t threads[MAX_THREADS]);
void threads_join(int count, const pthread_t threads[MAX_THREADS]);

/* lru.c: lets the kernel put pages on their lists that wait for it, as far as it can be asked to. */
void lru_drain(void);

/* block.c: reads what @want names of memoryN below @dir_fd (the memory directory). */
int block_read(const struct memhp_ctx *ctx, int dir_fd, unsigned int want, struct memhp_block *block);
/* s390: what /sys/firmware/memory (@config_fd) tells of it. */
void block_read_config(const struct memhp_ctx *ctx, int config_fd, struct memhp_block *block);
/* The state and zones alone, of a block that may be gone (-ENOENT). */
int block_reread(struct memhp_ctx *ctx, struct memhp_block *block);

/* nodes.c: fills node and nodes of all blocks. */
int nodes_read(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot);

/* device.c: finds all devices, and fills device of all blocks. */
int devices_read(struct memhp_ctx *ctx, struct memhp_snapshot *snapshot);
void device_map_free(struct device_map *map);

/* request.c */
struct id_range {
	uint64_t first, last;
};

struct memhp_request {
	enum memhp_action action;
	enum memhp_target target;
	bool rezone, force_unmovable;
	bool broken; /* out of memory while it was made */
	uint64_t size;
	struct id_range *ranges;
	size_t range_count;
	int *nodes;
	size_t node_count;
	char **devices, **drivers;
	size_t device_count, driver_count;
	unsigned int zones, valid_zones, states; /* sets of bits, 1 << value */
};

/* plan.c */
enum plan_role { PLAN_TRY, PLAN_REZONE, PLAN_EXCLUDED, PLAN_ALREADY, PLAN_ABSENT, PLAN_FAIL };

struct plan_entry {
	const struct memhp_block *block; /* NULL: a hole */
	uint64_t id;			 /* of the hole's first block */
	uint64_t count;			 /* 1, or the blocks of a hole */
	enum plan_role role;
	enum memhp_reason reason;
};

struct memhp_plan {
	const struct memhp_snapshot *snapshot;
	struct memhp_survey *survey; /* NULL: chosen without one */
	enum memhp_action action;
	enum memhp_target target;
	bool rezone, force_unmovable;
	bool sized;
	uint64_t wanted, available;
	struct plan_entry *entries;
	size_t count;
	size_t try_count;      /* candidates stand first in entries */
	size_t excluded_count; /* and after them what is known not to go */
};

/* One that is to be tried. */
bool plan_is_candidate(const struct plan_entry *entry);
/* plan-order.c: sorts the entries. Errors: ENOMEM. */
int plan_order(struct memhp_plan *plan);
/* The candidates that the plan means to take: with a size, the first ones only. */
size_t plan_chosen(const struct memhp_plan *plan);
/* plan.c: @survey may be NULL; reads nothing. */
int plan_make(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
	      struct memhp_survey *survey, struct memhp_plan **plan);

/* What a block needs before the action holds, from its state and zones alone. */
enum plan_role plan_role_of(const struct memhp_plan *plan, const struct memhp_block *block,
			    enum memhp_reason *reason);

/* The target that brings a block back into @zone. */
enum memhp_target target_of_zone(enum memhp_zone zone);

/* system.c: /proc/meminfo, in bytes. */
struct meminfo {
	uint64_t total, available, corrupted;
};
int meminfo_read(struct memhp_ctx *ctx, struct meminfo *meminfo);

/*
 * system.c: room for migrated pages on nodes other than @node, in bytes: what is free above the high
 * watermark, or file cache. @going (NULL: nothing) is what goes of each zone, by its index.
 */
uint64_t room_elsewhere(const struct memhp_system *system, int node, const uint64_t *going,
			bool *other_nodes);

/* writer.c */
enum write_end { WRITE_ENDED, WRITE_TIMED_OUT, WRITE_ABORTED };

struct write_result {
	enum write_end end;
	int error;	  /* positive errno of open or write, 0: done */
	bool open_failed; /* the error is open()'s: nothing reached the kernel */
	bool stuck;	  /* killed, but has not left the kernel within the grace period */
};

struct write_wait {
	uint64_t deadline_ms;	  /* on the monotonic clock, 0: none */
	int abort_fd;		  /* 0: none */
	void (*tick)(void *data); /* now and then while it lasts; NULL: not */
	void *data;
};

/* Writes @word to the file @path; whatever comes of it is in @result. */
void write_in_child(struct memhp_ctx *ctx, const char *path, const char *word, const struct write_wait *wait,
		    struct write_result *result);
/* The same as -errno, of one that is no block's: -ETIMEDOUT or -EINTR if it was aborted. */
int write_waiting(struct memhp_ctx *ctx, const char *path, const char *word, const struct write_wait *wait);

/* What a write that did not end well means for a report. */
struct verdict {
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;  /* positive errno */
	bool stops; /* nothing further should be tried */
};
struct verdict write_verdict(const struct write_result *write);
uint64_t now_ms(void);
/* The time @ms from now; a sum past the end of time is that end. */
uint64_t deadline_after(uint64_t ms);
/* The same of a time limit, where 0 means none for both. */
uint64_t deadline_of(uint64_t limit_ms);
/* Sleeps up to @ms; true if @abort_fd (0: none) became readable. */
bool wait_abort(int abort_fd, uint64_t ms);

#endif
