/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmemhp - list and change the memory blocks of Linux
 *
 * Conventions that hold for every function here:
 *  - int functions return 0 or a negative errno; getters that cannot fail return the value.
 *  - `_new` and `_read` hand over an object that the caller frees with the matching `_free`,
 *    which accepts NULL. Strings and objects from getters are lent: valid as long as their owner.
 *  - addresses and sizes are bytes, block ids are those of /sys/devices/system/memory/memoryN,
 *    times are milliseconds.
 *  - a context and all that was made from it belong to one thread at a time; several contexts
 *    may be used in several threads. The library never prints, exits or installs a signal handler.
 *
 * It speaks for drivers/base/memory.c and mm/memory_hotplug.c of the kernel, documented in
 * Documentation/admin-guide/mm/memory-hotplug.rst.
 *
 * The groups below stand in the order in which a program needs them: looking, choosing, doing, and
 * then pages and policy, each by itself. A snapshot alone lists, a survey of one explains.
 *
 * Example:
 *
 *	#include <memhp.h>
 *	#include <stdio.h>
 *	#include <string.h>
 *
 *	// Takes 1 GiB of node 1 offline: of the blocks that will go, those that cost least.
 *	static int shrink(struct memhp_ctx *ctx, struct memhp_report **report)
 *	{
 *		struct memhp_change_options options;
 *		struct memhp_request *request = NULL;
 *		struct memhp_snapshot *snapshot = NULL;
 *		struct memhp_survey *survey = NULL;
 *		struct memhp_plan *plan = NULL;
 *		int error = memhp_request_new(&request, MEMHP_ACTION_OFFLINE);
 *
 *		memset(&options, 0, sizeof(options));
 *		options.size = sizeof(options);
 *		options.timeout_ms = 30000;
 *		if (!error)
 *			error = memhp_request_add_node(request, 1);
 *		if (!error)
 *			memhp_request_set_size(request, 1ULL << 30);
 *		if (!error)
 *			error = memhp_snapshot_read(ctx, memhp_request_get_want(request), &snapshot);
 *		if (!error)
 *			error = memhp_survey_new(ctx, snapshot, &survey);
 *		if (!error)
 *			error = memhp_plan_new_surveyed(survey, request, &plan);
 *		if (!error)
 *			error = memhp_plan_run(ctx, plan, &options, report);
 *		memhp_plan_free(plan);
 *		memhp_survey_free(survey);
 *		memhp_snapshot_free(snapshot);
 *		memhp_request_free(request);
 *		return error;
 *	}
 *
 *	int main(int argc, char **argv)
 *	{
 *		struct memhp_ctx *ctx = NULL;
 *		struct memhp_lock *lock = NULL;
 *		struct memhp_report *report = NULL;
 *
 *		if (memhp_ctx_new(&ctx, argc > 1 ? argv[1] : NULL))
 *			return 1;
 *		int error = memhp_lock_new(ctx, 0, 0, NULL, &lock);
 *		if (!error)
 *			error = shrink(ctx, &report);
 *		if (error)
 *			fprintf(stderr, "%s: %s\n", memhp_ctx_get_error_path(ctx), strerror(-error));
 *		for (size_t i = 0; report && i < memhp_report_get_count(report); i++) {
 *			const struct memhp_result *result = memhp_report_get_result(report, i);
 *			printf("memory%llu: %s\n", (unsigned long long)result->block,
 *			       memhp_outcome_name(result->outcome));
 *		}
 *		error = error || !memhp_report_is_complete(report);
 *		memhp_report_free(report);
 *		memhp_lock_free(lock);
 *		memhp_ctx_free(ctx);
 *		return error;
 *	}
 */
#ifndef MEMHP_H
#define MEMHP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MEMHP_VERSION "0.1.0"
#define MEMHP_VERSION_MAJOR 0
#define MEMHP_VERSION_MINOR 1
#define MEMHP_VERSION_PATCH 0

/** The version of the library in use, as opposed to MEMHP_VERSION of the header built against. */
const char *memhp_version(void);

struct memhp_ctx;
struct memhp_snapshot;
struct memhp_block;
struct memhp_device;
struct memhp_request;
struct memhp_plan;
struct memhp_report;
struct memhp_lock;
struct memhp_policy;
struct memhp_system;
struct memhp_mappers;
struct memhp_survey;
struct memhp_outlook;
struct memhp_trace;
struct memhp_way;
struct memhp_monitor;

/* ---- One system root --------------------------------------------------------------------- */

/**
 * Opens the system below @sysroot; NULL or "/" is the live system.
 * Errors: ENOENT, ENOTDIR, EACCES for a root that cannot be entered, ENOMEM.
 */
int memhp_ctx_new(struct memhp_ctx **ctx, const char *sysroot);
void memhp_ctx_free(struct memhp_ctx *ctx);

/** False on a copied or simulated tree, where modules, devices and the kernel log are off. */
bool memhp_ctx_is_live(const struct memhp_ctx *ctx);

/**
 * The path, below the system root, of the file that made the last failed call on @ctx fail;
 * "" if it was not about a file. Lent until the next call on @ctx.
 */
const char *memhp_ctx_get_error_path(const struct memhp_ctx *ctx);

/** A file that is there and could not be read; @path is below the system root, @error a positive errno. */
struct memhp_unread {
	const char *path;
	int error;
};

/**
 * How many files could not be read since @ctx was made, and the first of them (NULL past those that are
 * kept). What would stand in them is unknown wherever it was asked for, never a guess. A file that this
 * kernel lacks, or that went meanwhile, or that only root may read, is none of them.
 */
size_t memhp_ctx_get_unread_count(const struct memhp_ctx *ctx);
const struct memhp_unread *memhp_ctx_get_unread(const struct memhp_ctx *ctx, size_t index);

/** @level is a syslog(3) priority; @message names the file, the value and the errno. */
typedef void (*memhp_log_fn)(void *data, int level, const char *message);

/** Receives messages up to and including @max_level (LOG_ERR … LOG_DEBUG); NULL turns it off. */
void memhp_ctx_set_log(struct memhp_ctx *ctx, memhp_log_fn fn, void *data, int max_level);

/* ---- Zones and states -------------------------------------------------------------------- */

/** Zones as in enum zone_type and valid_zones_show(); NONE: the block spans zones or nodes. */
enum memhp_zone {
	MEMHP_ZONE_UNKNOWN,
	MEMHP_ZONE_DMA,
	MEMHP_ZONE_DMA32,
	MEMHP_ZONE_NORMAL,
	MEMHP_ZONE_HIGHMEM,
	MEMHP_ZONE_MOVABLE,
	MEMHP_ZONE_DEVICE,
	MEMHP_ZONE_NONE,
	MEMHP_ZONE_COUNT
};

/** States as state_show() in drivers/base/memory.c prints them. */
enum memhp_state {
	MEMHP_STATE_UNKNOWN,
	MEMHP_STATE_ONLINE,
	MEMHP_STATE_OFFLINE,
	MEMHP_STATE_GOING_OFFLINE,
	MEMHP_STATE_COUNT
};

/** The kernel's own word ("Normal", "going-offline"); NULL for UNKNOWN. Static. */
const char *memhp_zone_name(enum memhp_zone zone);
const char *memhp_state_name(enum memhp_state state);

/** Whole words in any case; UNKNOWN when there is no such zone or state. */
enum memhp_zone memhp_zone_parse(const char *word);
enum memhp_state memhp_state_parse(const char *word);

/* ---- All blocks as they are now ---------------------------------------------------------- */

/** What to read of each block; what is not asked for is not read and stays unknown. */
enum memhp_want {
	MEMHP_WANT_STATE = 1 << 0,
	MEMHP_WANT_ZONES = 1 << 1,
	MEMHP_WANT_REMOVABLE = 1 << 2,
	MEMHP_WANT_NODES = 1 << 3,
	MEMHP_WANT_DEVICE = 1 << 4,
	MEMHP_WANT_CONFIG = 1 << 5, /**< s390: /sys/firmware/memory/memoryN */
	MEMHP_WANT_ALL = (1 << 6) - 1,
	/** Of WANT_DEVICE only which device and driver each block has: other devices are not looked for. */
	MEMHP_WANT_BLOCK_DEVICE = 1 << 6
};

/**
 * Reads all blocks, sorted by id, with what @want names (a set of enum memhp_want). A block that
 * vanishes meanwhile is left out. Reading uses as many threads as there are processors (8 at most).
 * Errors: EOPNOTSUPP when the kernel has no memory blocks (no /sys/devices/system/memory:
 * CONFIG_MEMORY_HOTPLUG is off), ENODATA when it is missing from a copy whose nodes have blocks, EINVAL for a
 * block size that is no power of two, EACCES, EIO, ENOMEM.
 */
int memhp_snapshot_read(struct memhp_ctx *ctx, unsigned int want, struct memhp_snapshot **snapshot);
void memhp_snapshot_free(struct memhp_snapshot *snapshot);

/** Bytes a block. */
uint64_t memhp_snapshot_get_block_size(const struct memhp_snapshot *snapshot);
size_t memhp_snapshot_get_count(const struct memhp_snapshot *snapshot);
/** The block at @index (below the count), in ascending order of ids. */
const struct memhp_block *memhp_snapshot_get_block(const struct memhp_snapshot *snapshot, size_t index);
/** The block with this id, or NULL for a hole. */
const struct memhp_block *memhp_snapshot_find(const struct memhp_snapshot *snapshot, uint64_t id);
/** The nodes that the kernel has, with or without memory, in ascending order. Needs MEMHP_WANT_NODES. */
size_t memhp_snapshot_get_node_count(const struct memhp_snapshot *snapshot);
/** The id of the node at @index; -1 past the last. */
int memhp_snapshot_get_node(const struct memhp_snapshot *snapshot, size_t index);
/** True if any block has a node: the kernel has CONFIG_NUMA. Needs MEMHP_WANT_NODES. */
bool memhp_snapshot_has_nodes(const struct memhp_snapshot *snapshot);
/** True on s390 kernels with /sys/firmware/memory. Needs MEMHP_WANT_CONFIG. */
bool memhp_snapshot_has_config(const struct memhp_snapshot *snapshot);

/* ---- Facts of one block ------------------------------------------------------------------ */

uint64_t memhp_block_get_id(const struct memhp_block *block);
enum memhp_state memhp_block_get_state(const struct memhp_block *block);
/** The zone an online block is in (NONE: several, it can never go offline); UNKNOWN if offline. */
enum memhp_zone memhp_block_get_zone(const struct memhp_block *block);
/** How many zones valid_zones lists, and each; of an offline block the first is the kernel's choice. */
size_t memhp_block_get_zone_count(const struct memhp_block *block);
enum memhp_zone memhp_block_get_valid_zone(const struct memhp_block *block, size_t index);
/** 1, 0, or -1 unknown. Since Linux 5.7 it only says that the kernel can offline at all. */
int memhp_block_get_removable(const struct memhp_block *block);
/** The nodes it belongs to, nearly always one: the first link of its directory, then the others. */
size_t memhp_block_get_node_count(const struct memhp_block *block);
int memhp_block_get_node(const struct memhp_block *block, size_t index);
/**
 * The device that provides the block ("PNP0C80:00", "dax0.0", "virtio2"), or NULL: boot memory, or a
 * driver whose devices are blocks themselves (LMBs, s390 increments).
 */
const char *memhp_block_get_device(const struct memhp_block *block);
/** Its driver ("acpi", "kmem", "virtio_mem", "pseries", "sclp", or its word in /proc/iomem), or NULL. */
const char *memhp_block_get_driver(const struct memhp_block *block);
/** s390: 1, 0, or -1 where the kernel has no such file. */
int memhp_block_get_configured(const struct memhp_block *block);
int memhp_block_get_memmap_on_memory(const struct memhp_block *block);

/* ---- What happens to them ---------------------------------------------------------------- */

enum memhp_event_kind {
	MEMHP_EVENT_ADD,      /**< the block is there, and offline */
	MEMHP_EVENT_ONLINE,   /**< it is online */
	MEMHP_EVENT_OFFLINE,  /**< it is offline */
	MEMHP_EVENT_REMOVE,   /**< it is gone */
	MEMHP_EVENT_OVERFLOW, /**< events were lost; those that follow say what is different by now */
	MEMHP_EVENT_DEVICE,   /**< a device that may have memory came, went or got another driver */
	MEMHP_EVENT_COUNT
};

/** Stable words for machines ("add", "overflow"), of blocks those of the kernel; NULL past the end. Static.
 */
const char *memhp_event_name(enum memhp_event_kind kind);

struct memhp_event {
	enum memhp_event_kind kind;
	uint64_t block;	  /**< of the first four kinds */
	uint64_t time_ms; /**< when it was received, since 1970 */
};

/**
 * Listens to the kernel's own events (device_online(), device_offline(), device_add() and device_del() in
 * drivers/base/core.c), so that no udevd is needed. What a snapshot shows that is read later, and what
 * memhp_monitor_next() tells, miss nothing between them. An attempt that fails sends no event.
 * Errors: EOPNOTSUPP where @ctx is not the live system; ENOPKG without libudev; ENONET in a network
 * namespace that the kernel sends no events to, as a container's may be; those of socket(2) with
 * NETLINK_KOBJECT_UEVENT and of memhp_snapshot_read().
 */
int memhp_monitor_new(struct memhp_ctx *ctx, struct memhp_monitor **monitor);
void memhp_monitor_free(struct memhp_monitor *monitor);
/** For poll(2): when it is readable, call memhp_monitor_next() until that says EAGAIN. */
int memhp_monitor_get_fd(const struct memhp_monitor *monitor);
/**
 * The next event that says something new: of each block adds and removes, onlines and offlines alternate.
 * Each is told once; where some were lost, what is different, which may be fewer than there were. Never
 * blocks. Errors: EAGAIN when there is none now; those of memhp_snapshot_read(), which it calls after an
 * overflow.
 */
int memhp_monitor_next(struct memhp_monitor *monitor, struct memhp_event *event);

/* ---- What provides memory ---------------------------------------------------------------- */

enum memhp_device_status {
	MEMHP_DEVICE_REMOVABLE,	 /**< its memory can be taken out of Linux */
	MEMHP_DEVICE_ADDABLE,	 /**< its memory is not in use as system RAM, and can be */
	MEMHP_DEVICE_EMPTY,	 /**< a slot without memory */
	MEMHP_DEVICE_REFUSED,	 /**< there is memory, but the kernel made no blocks of it */
	MEMHP_DEVICE_FIXED,	 /**< firmware does not let it go */
	MEMHP_DEVICE_HYPERVISOR, /**< only the hypervisor adds and removes its memory */
	MEMHP_DEVICE_MANAGED,	 /**< only its driver adds and removes its memory: "System RAM (X)" */
	MEMHP_DEVICE_BOOT,	 /**< memory present at boot, or that no device claims */
	MEMHP_DEVICE_UNKNOWN,	 /**< what would tell could not be read: memhp_ctx_get_unread() */
	MEMHP_DEVICE_STATUS_COUNT
};

enum memhp_module_state {
	MEMHP_MODULE_UNKNOWN, /**< not the live system, or libkmod is not installed */
	MEMHP_MODULE_BUILT_IN,
	MEMHP_MODULE_LIVE,
	MEMHP_MODULE_AVAILABLE, /**< installed, and loaded when it is needed */
	MEMHP_MODULE_ABSENT,
	MEMHP_MODULE_STATE_COUNT
};

/** Stable words for machines ("removable", "built-in"); NULL for UNKNOWN. Static. */
const char *memhp_device_status_name(enum memhp_device_status status);
const char *memhp_module_state_name(enum memhp_module_state state);

/** All devices, sorted by driver and name; needs MEMHP_WANT_DEVICE, and MEMHP_WANT_NODES for nodes. */
size_t memhp_snapshot_get_device_count(const struct memhp_snapshot *snapshot);
const struct memhp_device *memhp_snapshot_get_device(const struct memhp_snapshot *snapshot, size_t index);
/** NULL: no such device. "boot" is the memory that no device claims. */
const struct memhp_device *memhp_snapshot_find_device(const struct memhp_snapshot *snapshot,
						      const char *name);

/** Its blocks in ascending order: the first after @previous (NULL: of all); NULL past the last. */
const struct memhp_block *memhp_device_next_block(const struct memhp_snapshot *snapshot,
						  const struct memhp_device *device,
						  const struct memhp_block *previous);

const char *memhp_device_get_name(const struct memhp_device *device);
/** What drives it now ("device_dax"), or NULL. */
const char *memhp_device_get_driver(const struct memhp_device *device);
/** Its own range in bytes, more than its blocks where it is not aligned to them; size 0: not known. */
uint64_t memhp_device_get_start(const struct memhp_device *device);
uint64_t memhp_device_get_size(const struct memhp_device *device);
/** -1: none, or several. */
int memhp_device_get_node(const struct memhp_device *device);
enum memhp_device_status memhp_device_get_status(const struct memhp_device *device);
/** The module of its driver, or of the one that it would get; of MANAGED memory it is not known. */
enum memhp_module_state memhp_device_read_module(struct memhp_ctx *ctx, const struct memhp_device *device);

struct memhp_holder {
	pid_t pid;
	char command[32];
	bool mapped; /**< else it is only open */
};
/** Processes that have @device's character device open or mapped: the kernel takes it away all the same. */
int memhp_device_read_holders(struct memhp_ctx *ctx, const struct memhp_device *device,
			      struct memhp_holder **holders, size_t *count);

/* ---- The machine's memory as a whole ----------------------------------------------------- */

/** /proc/meminfo and /proc/zoneinfo; without the latter there is no zone. Errors: those of reading them. */
int memhp_system_read(struct memhp_ctx *ctx, struct memhp_system **system);
void memhp_system_free(struct memhp_system *system);
/** Bytes; 0 if /proc/meminfo lacks it. */
uint64_t memhp_system_get_total(const struct memhp_system *system);
/** Bytes; UINT64_MAX if /proc/meminfo lacks it (before Linux 3.14). */
uint64_t memhp_system_get_available(const struct memhp_system *system);
/** HardwareCorrupted: bytes of poisoned pages, those of offline blocks too; UINT64_MAX if /proc/meminfo lacks
 * it (without CONFIG_MEMORY_FAILURE). */
uint64_t memhp_system_get_corrupted(const struct memhp_system *system);

struct memhp_zone_info {
	int node;
	enum memhp_zone zone;
	uint64_t present, managed, free, high, cma; /**< bytes */
	uint64_t file_lru; /**< bytes on the file LRU lists of the node, at its first zone */
	uint64_t per_cpu;  /**< bytes free on per-cpu lists, beside `free` */
};
size_t memhp_system_get_zone_count(const struct memhp_system *system);
const struct memhp_zone_info *memhp_system_get_zone(const struct memhp_system *system, size_t index);
/** Present bytes that movable (Movable and CMA) and kernel allocations have. */
void memhp_system_get_ratio(const struct memhp_system *system, uint64_t *movable, uint64_t *kernel);

/* ---- What this kernel can ---------------------------------------------------------------- */

/** Yes 1, no 0, -1 where it cannot be known. */
struct memhp_support {
	size_t size;	     /**< sizeof(struct memhp_support), set by the caller, for later growth */
	int hotremove;	     /**< CONFIG_MEMORY_HOTREMOVE, by `removable` and `valid_zones` of the blocks */
	int probe;	     /**< /sys/devices/system/memory/probe */
	int firmware_config; /**< s390 /sys/firmware/memory */
	int crash_loaded;    /**< /sys/kernel/kexec_crash_loaded */
	int fadump;	     /**< ppc64: /sys/kernel/fadump/registered, 0 where there is none */
	int fadump_ready;    /**< /sys/kernel/fadump/hotplug_ready: it need not be registered again */
	int crash_error; /**< why kdump_reload is not known: ENOENT, EINVAL if neither 0 nor 1, or another */
	int crash_hotplug; /**< the kernel updates the crash kernel's memory list itself */
	int kdump_reload;  /**< kdump must be reloaded after memory changed */
};
/** Errors: EINVAL for a size that is not this one, ENOMEM. */
int memhp_support_read(struct memhp_ctx *ctx, struct memhp_support *support);

/**
 * Which of @names (64 at most) processes that can be seen have in /proc/PID/comm: a bit for each in @found.
 * Errors: those of reading /proc.
 */
int memhp_processes_find(struct memhp_ctx *ctx, const char *const *names, size_t count, uint64_t *found);

/* ---- Which blocks, and what to do with them ---------------------------------------------- */

enum memhp_action { MEMHP_ACTION_NONE, MEMHP_ACTION_ONLINE, MEMHP_ACTION_OFFLINE };

/** Where onlined memory goes; the values of the `state` file (online, online_kernel, online_movable). */
enum memhp_target { MEMHP_TARGET_DEFAULT, MEMHP_TARGET_KERNEL, MEMHP_TARGET_MOVABLE };

/** The kernel's word for it ("online_movable"), as `state` and auto_online_blocks take it. Static. */
const char *memhp_target_word(enum memhp_target target);
/** Is memory in @zone where @target wants it? An unknown zone is. */
bool memhp_target_fits(enum memhp_target target, enum memhp_zone zone);

/** ACTION_NONE makes a plain selection, as `list` needs it. Errors: ENOMEM. */
int memhp_request_new(struct memhp_request **request, enum memhp_action action);
void memhp_request_free(struct memhp_request *request);

/** Adds the blocks @first … @last, inclusive; may be called often. Errors: EINVAL if last < first, ENOMEM. */
int memhp_request_add_blocks(struct memhp_request *request, uint64_t first, uint64_t last);
/** What was added so, as ascending ranges that do not touch; false past the last. */
bool memhp_request_get_blocks(const struct memhp_request *request, size_t index, uint64_t *first,
			      uint64_t *last);

/** Filters: values of one kind are alternatives, kinds must all hold. Errors: ENOMEM, EINVAL. */
int memhp_request_add_node(struct memhp_request *request, int node);
int memhp_request_add_zone(struct memhp_request *request, enum memhp_zone zone);
int memhp_request_add_valid_zone(struct memhp_request *request, enum memhp_zone zone);
int memhp_request_add_state(struct memhp_request *request, enum memhp_state state);
int memhp_request_add_device(struct memhp_request *request, const char *device);
int memhp_request_add_driver(struct memhp_request *request, const char *driver);

/** True for "nothing named": no block, no filter, no size. */
bool memhp_request_is_empty(const struct memhp_request *request);
/** Does @block pass the blocks and filters of @request? */
bool memhp_request_matches(const struct memhp_request *request, const struct memhp_block *block);
/** What a snapshot must hold for this request (a set of enum memhp_want). */
unsigned int memhp_request_get_want(const struct memhp_request *request);

/** Bytes to change, a multiple of the block size; 0 (the default) means all selected blocks. */
void memhp_request_set_size(struct memhp_request *request, uint64_t size);
void memhp_request_set_target(struct memhp_request *request, enum memhp_target target);
/** Blocks online in another zone than the target go offline and back online. */
void memhp_request_set_rezone(struct memhp_request *request, bool rezone);
/** Also try blocks that are known not to go offline (zone NONE). */
void memhp_request_set_force_unmovable(struct memhp_request *request, bool force);

/* ---- Whether blocks can go offline, by what their pages are ------------------------------ */

/** What a page is to an offline (has_unmovable_pages() in mm/page_isolation.c), by its KPF_ flags. */
enum memhp_kind {
	MEMHP_KIND_FREE,	 /**< free in the buddy allocator */
	MEMHP_KIND_MOVABLE,	 /**< processes' memory and page cache: is migrated */
	MEMHP_KIND_HUGETLB,	 /**< hugetlb in use: is migrated */
	MEMHP_KIND_HUGETLB_FREE, /**< hugetlb free in its pool: the pool loses it */
	MEMHP_KIND_PINNED,	 /**< movable, but something seems to hold it */
	MEMHP_KIND_SLAB,
	MEMHP_KIND_PAGE_TABLE,
	MEMHP_KIND_RESERVED, /**< boot memory, memory map: never moves */
	MEMHP_KIND_KERNEL,   /**< another page of the kernel's */
	MEMHP_KIND_BLANK,    /**< no flag: the kernel's, or free on a per-cpu list */
	MEMHP_KIND_POISONED,
	MEMHP_KIND_OFFLINE, /**< balloon, unplugged virtio-mem: nothing to move */
	MEMHP_KIND_HOLE,    /**< no page */
	MEMHP_KIND_COUNT
};

/** Can the block go offline? Of one that is offline already, or has no pages to see, UNKNOWN. */
enum memhp_verdict {
	MEMHP_VERDICT_UNKNOWN,
	MEMHP_VERDICT_YES,
	MEMHP_VERDICT_UNSURE,
	MEMHP_VERDICT_NO,
	MEMHP_VERDICT_COUNT
};

/** What speaks for a verdict, those that forbid it first. */
enum memhp_cause {
	MEMHP_CAUSE_NO_HOTREMOVE,     /**< no: this kernel takes no memory offline */
	MEMHP_CAUSE_HOLES,	      /**< no: not all of it is System RAM */
	MEMHP_CAUSE_ZONES,	      /**< no: it spans zones or nodes */
	MEMHP_CAUSE_RESERVED,	      /**< no */
	MEMHP_CAUSE_SLAB,	      /**< no */
	MEMHP_CAUSE_PAGE_TABLE,	      /**< no */
	MEMHP_CAUSE_KERNEL,	      /**< no */
	MEMHP_CAUSE_HUGETLB_RESERVED, /**< no: the pool's free pages are promised to processes */
	MEMHP_CAUSE_PINNED,	      /**< no by struct page, else unsure */
	MEMHP_CAUSE_HUGETLB_SPARE, /**< unsure: migrated ones may leave more free than the pool can spare */
	MEMHP_CAUSE_NO_ROOM,	   /**< unsure: no room for its pages where the kernel would migrate them */
	MEMHP_CAUSE_PER_CPU,	   /**< unsure: may be free on per-cpu lists */
	MEMHP_CAUSE_UNINITIALISED, /**< unsure: not one page has a flag */
	MEMHP_CAUSE_GIGANTIC,	   /**< unsure */
	MEMHP_CAUSE_CMA, /**< no: it has pageblocks of a contiguous memory area; unsure: its zone has them */
	MEMHP_CAUSE_MEMMAP_ON_MEMORY, /**< unsure: its reserved pages are its own memory map */
	MEMHP_CAUSE_GOING_OFFLINE,    /**< unsure: somebody is taking it offline */
	MEMHP_CAUSE_UNREAD,	  /**< unsure: flags of its pages, or what else it rests on, cannot be read */
	MEMHP_CAUSE_POISONED,	  /**< goes, but Linux 6.12 and later will not bring it back online */
	MEMHP_CAUSE_HUGETLB_POOL, /**< goes, and the pool loses its free pages */
	MEMHP_CAUSE_MOVABLE,	  /**< goes, once its pages are migrated */
	MEMHP_CAUSE_FREE,	  /**< goes: nothing to move */
	MEMHP_CAUSE_COUNT
};

struct memhp_finding {
	enum memhp_cause cause;
	enum memhp_verdict verdict; /**< that it speaks for */
	uint64_t pages;		    /**< how many are concerned, 0: not about pages */
	uint64_t first_pfn;	    /**< of these, UINT64_MAX: none */
	uint64_t flags;		    /**< of that page, KPF_ bits */
	uint64_t limit; /**< NO_ROOM: pages that find room; PER_CPU, KERNEL: pages on per-cpu lists;
			     HUGETLB_RESERVED and _SPARE: pages that may leave the pool */
};

/** Stable words for machines ("page-table", "unsure"); NULL past the end. Static. */
const char *memhp_kind_name(enum memhp_kind kind);
const char *memhp_verdict_name(enum memhp_verdict verdict);
const char *memhp_cause_code(enum memhp_cause cause);

/**
 * Reads what the verdicts on all blocks rest on (/proc/zoneinfo, /proc/iomem, hugetlb pools), but no
 * pages yet. @snapshot needs MEMHP_WANT_STATE, ZONES and NODES, and must outlive the survey. Errors: ENOMEM;
 * what cannot be read makes verdicts less sure.
 */
int memhp_survey_new(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
		     struct memhp_survey **survey);
void memhp_survey_free(struct memhp_survey *survey);

/**
 * Reads the pages of the online blocks that @request matches, each block once, with as many threads as
 * there are processors (8 at most); by struct page where memhp_page_source_read() says so, and then what
 * seems to be held is looked at twice, 150 ms apart. Errors: EACCES without root, ENOENT without
 * CONFIG_PROC_PAGE_MONITOR; the blocks then have an outlook by state and zone alone.
 */
int memhp_survey_read(struct memhp_survey *survey, const struct memhp_request *request);

/** Where verdicts know pages from. */
enum memhp_page_source {
	MEMHP_PAGE_SOURCE_NONE,	 /**< not root, or a kernel without CONFIG_PROC_PAGE_MONITOR */
	MEMHP_PAGE_SOURCE_FLAGS, /**< /proc/kpageflags and kpagecount: what refers to a page is not seen */
	MEMHP_PAGE_SOURCE_KCORE	 /**< struct page itself, by /proc/kcore and the kernel's types (BTF) */
};
/**
 * Which source a survey would read. Where that is not KCORE, *@reason is why: EPERM (lockdown), EACCES,
 * ENOENT (no CONFIG_PROC_KCORE), ENODATA (no CONFIG_DEBUG_INFO_BTF), ENOPKG (no libbpf), ENOEXEC (not a
 * core, as in a container), EOPNOTSUPP (another architecture, or a memory map that is not known); else 0.
 * Errors: ENOMEM.
 */
int memhp_page_source_read(struct memhp_ctx *ctx, enum memhp_page_source *source, int *reason);

/** What is known of @block, which is one of the snapshot's. Lent until the survey reads more. */
const struct memhp_outlook *memhp_survey_get(const struct memhp_survey *survey,
					     const struct memhp_block *block);
enum memhp_verdict memhp_outlook_get_verdict(const struct memhp_outlook *outlook);
/** False: the block's pages were not read. */
bool memhp_outlook_has_pages(const struct memhp_outlook *outlook);
uint64_t memhp_outlook_get_pages(const struct memhp_outlook *outlook, enum memhp_kind kind);
/** The pages that an offline would have to migrate. */
uint64_t memhp_outlook_get_moves(const struct memhp_outlook *outlook);
/** In the order of enum memhp_cause: the first one decides. */
size_t memhp_outlook_get_finding_count(const struct memhp_outlook *outlook);
const struct memhp_finding *memhp_outlook_get_finding(const struct memhp_outlook *outlook, size_t index);

enum memhp_page_holder_kind {
	MEMHP_PAGE_HOLDER_SLAB_CACHE,	/**< name: of the cache ("dentry") */
	MEMHP_PAGE_HOLDER_FILE,		/**< name: type of its file system; device, inode */
	MEMHP_PAGE_HOLDER_BLOCK_DEVICE, /**< what is on it has metadata there, and holds that; device */
	MEMHP_PAGE_HOLDER_PINNED,	/**< processes' memory that is pinned for a device (FOLL_PIN) */
	MEMHP_PAGE_HOLDER_REFERENCED /**< processes' memory that something else refers to, as a pipe does */
};
/** One of those that hold the pages of a finding. */
struct memhp_page_holder {
	enum memhp_page_holder_kind kind;
	int reclaimable; /**< slab: does dropping caches free some of it? -1: not known */
	char name[40];	 /**< or "" */
	uint64_t device; /**< as makedev(3) has it; 0: none is known */
	uint64_t inode;	 /**< 0: none is known */
	uint64_t pages;	 /**< of the block */
};
/**
 * The @index-th of up to three that hold most of the pages that a finding of @outlook for @cause is about;
 * false past the last, and where the source of pages is not KCORE. Known of slab and of pinned pages.
 */
bool memhp_survey_get_holder(const struct memhp_survey *survey, const struct memhp_outlook *outlook,
			     enum memhp_cause cause, size_t index, struct memhp_page_holder *holder);

/** One stage of the kernel's way through an offline; see memhp_stage for the same as it happened. */
struct memhp_way_stage {
	const char *name;   /**< "isolate". Static. */
	char function[64];  /**< as this kernel has it, "" where it is part of another, or not to be seen */
	unsigned int depth; /**< called by the last stage before it that is less deep */
};
/** With the functions of this kernel, by /proc/kallsyms. Errors: ENOMEM. */
int memhp_way_read(struct memhp_ctx *ctx, struct memhp_way **way);
void memhp_way_free(struct memhp_way *way);
/** In the kernel's order; NULL past the last. */
const struct memhp_way_stage *memhp_way_get_stage(const struct memhp_way *way, size_t index);
/** Is it at that stage that @cause decides? */
bool memhp_way_concerns(const struct memhp_way *way, size_t index, enum memhp_cause cause);
/** YES: it passes there; NO: it fails there, or (depth below 2) below it; UNKNOWN: it does not get there. */
enum memhp_verdict memhp_way_judge(const struct memhp_way *way, const struct memhp_outlook *outlook,
				   size_t index);

/* ---- Choosing: reads pages at most, and writes nothing ----------------------------------- */

/**
 * Orders the blocks of @snapshot for @request; reads nothing. @snapshot must outlive the plan.
 * Offline: Movable before kernel zones, then the highest block first. Online: to Movable the
 * highest block first, else the lowest first. With a size, devices of the statuses HYPERVISOR and MANAGED
 * come after all others, if the snapshot has MEMHP_WANT_DEVICE, and blocks that are in the wanted state
 * already, or that cannot go, are left out.
 * Errors: EINVAL for ACTION_NONE or a size that is not a multiple of the block size, ENOMEM.
 */
int memhp_plan_new(const struct memhp_snapshot *snapshot, const struct memhp_request *request,
		   struct memhp_plan **plan);
void memhp_plan_free(struct memhp_plan *plan);

/**
 * The same for an offline, by page state: blocks that are known to go first, of these what no hypervisor and
 * no driver of its own manages, of these the ones with fewest pages to migrate, then Movable before kernel
 * zones, then such that whole devices become free; those that may go last. Those that do not are excluded,
 * unless the request forces them. Reads as few pages as that needs; what cannot be read is chosen as
 * memhp_plan_new() would. For devices to count the snapshot needs MEMHP_WANT_DEVICE. The survey must outlive
 * the plan, whose run reads on when an attempt fails. Errors: as memhp_plan_new(), EINVAL for anything but an
 * offline.
 */
int memhp_plan_new_surveyed(struct memhp_survey *survey, const struct memhp_request *request,
			    struct memhp_plan **plan);
/** Blocks that were meant, and are known not to go; in ascending order. */
size_t memhp_plan_get_excluded_count(const struct memhp_plan *plan);
const struct memhp_block *memhp_plan_get_excluded(const struct memhp_plan *plan, size_t index);

/** Bytes to change: the size asked for, or that of all candidates. */
uint64_t memhp_plan_get_wanted(const struct memhp_plan *plan);
/** Bytes of all candidates; less than wanted means that it cannot be done in full. */
uint64_t memhp_plan_get_available(const struct memhp_plan *plan);
/** Candidates in the order in which they are tried; those past the wanted size are spares. */
size_t memhp_plan_get_count(const struct memhp_plan *plan);
const struct memhp_block *memhp_plan_get_block(const struct memhp_plan *plan, size_t index);
/**
 * What would be written to the `state` of @block, one word after the other ("offline", "online_movable"): an
 * offline comes first where a block changes its zone. NULL past the last. Static.
 */
const char *memhp_plan_get_write(const struct memhp_plan *plan, const struct memhp_block *block,
				 size_t index);

/* ---- What it would do to the machine ----------------------------------------------------- */

/** What taking a plan's blocks offline would do to the machine; see memhp_memcheck(). */
struct memhp_memcheck {
	size_t size; /**< sizeof(struct memhp_memcheck), set by the caller, for later growth */
	uint64_t available, going, total; /**< MemAvailable, bytes that would go, MemTotal */
	uint64_t reserve; /**< must stay available: max(5 % of the rest, 2 × high watermarks) */
	bool estimated;	  /**< there is no MemAvailable: free memory and file cache were taken */
	bool unknown;	  /**< /proc/meminfo has no MemTotal or nothing of what is free: no check was made */
	bool incomplete;  /**< no zone is known, or no page could be read: not all was checked */
	bool too_little;  /**< available - going < reserve */
	int node;	  /**< the node whose pages find no room elsewhere, or -1 */
	uint64_t migrate, room; /**< bytes in use in that node's blocks; room on the other nodes */
};

/**
 * Checks an offline plan against the memory that would be left. Pages in use are counted in
 * /proc/kpageflags where that can be read (root). The kernel migrates to other nodes first
 * (do_migrate_range() in mm/memory_hotplug.c): without room there an attempt spins.
 */
int memhp_memcheck(struct memhp_ctx *ctx, const struct memhp_plan *plan, const struct memhp_system *system,
		   struct memhp_memcheck *check);

struct memhp_cpusets;
/** All groups below /sys/fs/cgroup with a cpuset.mems that is not empty. Errors: ENOMEM. */
int memhp_cpusets_read(struct memhp_ctx *ctx, struct memhp_cpusets **cpusets);
void memhp_cpusets_free(struct memhp_cpusets *cpusets);
size_t memhp_cpusets_get_count(const struct memhp_cpusets *cpusets);
/** Its directory, relative to the system root. */
const char *memhp_cpusets_get_path(const struct memhp_cpusets *cpusets, size_t index);
bool memhp_cpusets_has_node(const struct memhp_cpusets *cpusets, size_t index, int node);

/* ---- One changing program at a time ------------------------------------------------------ */

/**
 * Takes the lock /run/memhp/lock (below the system root), waiting up to @wait_ms (0: not at all)
 * or until @abort_fd (0: none) is readable. @holder (may be NULL) gets the pid that holds it, or 0.
 * Errors: EWOULDBLOCK when it stays taken, EINTR when aborted, EACCES, EROFS …
 */
int memhp_lock_new(struct memhp_ctx *ctx, uint64_t wait_ms, int abort_fd, pid_t *holder,
		   struct memhp_lock **lock);
/** Releases the lock. */
void memhp_lock_free(struct memhp_lock *lock);

/* ---- Doing ------------------------------------------------------------------------------- */

struct memhp_progress {
	uint64_t block;		/**< the block at work */
	uint64_t done_blocks;	/**< changed so far */
	uint64_t wanted_blocks; /**< asked for */
	uint64_t block_size;	/**< bytes */
	uint64_t elapsed_ms;	/**< since the start */
};

/** Zero-initialise, then set the size and what is wanted; without a size nothing is done (EINVAL). */
struct memhp_change_options {
	size_t size;	     /**< sizeof(struct memhp_change_options), for later growth */
	uint64_t timeout_ms; /**< for one block; 0: no limit */
	int abort_fd;	     /**< becomes readable when all must stop, e.g. a signalfd; 0: none */
	bool keep_going;     /**< go on after three timed-out blocks in a row of a zone and node */
	bool dry_run;	     /**< write nothing: the report says what would be tried */
	/** Called at each block's start, and twice a second while a write lasts; NULL: not. */
	void (*progress)(void *data, const struct memhp_progress *progress);
	void *data;		   /**< for progress */
	struct memhp_trace *trace; /**< follow the kernel's path of each write; NULL: not */
};

/**
 * Carries out @plan block by block. `state` is written by a child process that dies with the
 * calling *thread* and is invisible to wait(2); a write that does not end in time is aborted by
 * killing it, after which the block is read again. Every block named by the request is in the
 * report, whatever happens. Returns an error only when there is no report (ENOMEM).
 */
int memhp_plan_run(struct memhp_ctx *ctx, const struct memhp_plan *plan,
		   const struct memhp_change_options *options, struct memhp_report **report);

/* ---- What came of it --------------------------------------------------------------------- */

enum memhp_outcome {
	MEMHP_OUTCOME_DONE,
	MEMHP_OUTCOME_ALREADY,
	MEMHP_OUTCOME_ABSENT,
	MEMHP_OUTCOME_FAILED,
	MEMHP_OUTCOME_TIMED_OUT,
	MEMHP_OUTCOME_INTERRUPTED,
	MEMHP_OUTCOME_ROLLED_BACK, /**< it is as it was before */
	MEMHP_OUTCOME_NOT_TRIED,
	MEMHP_OUTCOME_COUNT
};

/** The word of the report ("timed-out"). Static. */
const char *memhp_outcome_name(enum memhp_outcome outcome);

/** Why it came out so. */
enum memhp_reason {
	MEMHP_REASON_NONE,
	MEMHP_REASON_HOLE,		/**< no such block: a hole in the address space */
	MEMHP_REASON_NO_ZONE,		/**< spans several zones or nodes, can never go offline */
	MEMHP_REASON_UNMOVABLE,		/**< its pages say that it does not go offline; see its outlook */
	MEMHP_REASON_WRONG_ZONE,	/**< online in another zone than the one asked for */
	MEMHP_REASON_ZONE_REFUSED,	/**< valid_zones lacks the target zone */
	MEMHP_REASON_UNKNOWN_STATE,	/**< its state cannot be read */
	MEMHP_REASON_GOING_OFFLINE,	/**< somebody else is taking it offline */
	MEMHP_REASON_VANISHED,		/**< it was there at the start, and is gone */
	MEMHP_REASON_WRITER,		/**< the process that writes could not be started */
	MEMHP_REASON_PERMISSION,	/**< `state` cannot be opened for writing */
	MEMHP_REASON_KERNEL,		/**< the kernel refused the write; see the errno */
	MEMHP_REASON_CHANGED_MEANWHILE, /**< the write succeeded, another state or zone reads back */
	MEMHP_REASON_TIMEOUT,		/**< did not end in time and was aborted */
	MEMHP_REASON_TIMEOUTS_IN_ROW,	/**< three in a row of this zone and node timed out */
	MEMHP_REASON_INTERRUPTED,	/**< the caller asked to stop */
	MEMHP_REASON_STOPPED,		/**< an earlier block failed in a way that stops everything */
	MEMHP_REASON_STUCK,		/**< the aborted writer has not left the kernel yet */
	MEMHP_REASON_NO_BLOCK,		/**< added without error, but no block came */
	MEMHP_REASON_NOT_REMOVED,   /**< its device stays, since another of its blocks did not go offline */
	MEMHP_REASON_NOT_OFFLINE,   /**< came online meanwhile, before its device was removed */
	MEMHP_REASON_DEVICE,	    /**< the device could not be removed; see the errno */
	MEMHP_REASON_DEVICE_STAYS,  /**< the removal was asked for, but the block is still there */
	MEMHP_REASON_OFFLINE,	    /**< a page of a block that is not online */
	MEMHP_REASON_RESERVED,	    /**< a page that the kernel never gives up, or no RAM */
	MEMHP_REASON_VITAL_PROCESS, /**< process 1 or the calling one maps the page */
	MEMHP_REASON_UNSEEN_PROCESSES, /**< who maps the page cannot be seen */
	MEMHP_REASON_NO_EFFECT,	       /**< the write succeeded, and nothing changed */
	MEMHP_REASON_STILL_USED,       /**< poisoned now, but the kernel did not say that it let go of it */
	MEMHP_REASON_COUNT
};

/** A stable word for machines ("changed-meanwhile"); NULL for NONE. Static. */
const char *memhp_reason_code(enum memhp_reason reason);

struct memhp_result {
	uint64_t block;
	uint64_t count; /**< 1, or the blocks of a hole from @block on */
	int node;	/**< -1: none */
	enum memhp_outcome outcome;
	enum memhp_state state; /**< as read back last */
	enum memhp_zone zone;	/**< as read back last */
	enum memhp_reason reason;
	int error; /**< positive errno, 0: none */
	uint64_t elapsed_ms;
};

/**
 * What more is known of an offline that failed or did not end: from the kernel's log of this attempt
 * (mm/memory_hotplug.c, dump_page() in mm/debug.c), the tracepoint page_isolation:test_pages_isolated,
 * and /proc/kpageflags afterwards. Each of them may be missing, and later versions may add members.
 */
struct memhp_failure {
	char kernel_reason[48]; /**< the kernel's words ("notifier failure"), or "" */
	uint64_t pfn;		/**< the page that held the block, UINT64_MAX: none is known */
	char page_reason[24];	/**< how: "unmovable page", "migration failure", "isolation failed", or "" */
	char page_type[24];	/**< the kernel's word for what the page is used for ("slab"), or "" */
	char mapping[32];	/**< of a page of a file its operations ("def_blk_aops"), or "" */
	int refcount;		/**< -1: unknown */
	int mapcount;		/**< how often processes map it, -1: unknown */
	int migrate_result;	/**< of migrate_pages(): negative errno, or the pages left; 0: none */
	uint64_t flags;		/**< KPF_ bits of the page after the attempt, 0: unknown */
	const struct memhp_mappers *mappers; /**< processes found that map it, of some; NULL: none */
	char notifier[64]; /**< the kernel's callback that refused, if a trace tells, or "" */
};

void memhp_report_free(struct memhp_report *report);
size_t memhp_report_get_count(const struct memhp_report *report);
/** In the order in which they were tried; blocks that needed no attempt stand at their place. */
const struct memhp_result *memhp_report_get_result(const struct memhp_report *report, size_t index);
/** Of the result at @index; NULL: nothing more is known than that. */
const struct memhp_failure *memhp_report_get_failure(const struct memhp_report *report, size_t index);
/** How many blocks have this outcome. */
uint64_t memhp_report_count_outcome(const struct memhp_report *report, enum memhp_outcome outcome);
/** True if all that was asked for is done (or, on a dry run, planned). */
bool memhp_report_is_complete(const struct memhp_report *report);
bool memhp_report_was_interrupted(const struct memhp_report *report);
uint64_t memhp_report_get_elapsed_ms(const struct memhp_report *report);
/** What the kernel logged since a removal began that failed, line by line; NULL past the last. */
const char *memhp_report_get_kernel_message(const struct memhp_report *report, size_t index);

/* ---- The kernel's path ------------------------------------------------------------------- */

/** What of it to follow: a set. */
enum memhp_trace_action {
	MEMHP_TRACE_OFFLINE = 1 << 0,
	MEMHP_TRACE_ONLINE = 1 << 1,
	MEMHP_TRACE_ADD = 1 << 2,
	MEMHP_TRACE_REMOVE = 1 << 3
};

/**
 * Begins to follow the kernel's functions: kprobe events in an instance of tracefs, which leaves the tracing
 * of others alone; or, where there are none (CONFIG_KPROBE_EVENTS, lockdown), the tracepoints of migration
 * and page isolation. For memhp_change_options.trace and memhp_add_options.trace. @keep all that the kernel
 * says in temporary files, for memhp_trace_save(). One at a time: hold the lock.
 * Errors: EOPNOTSUPP without a mounted tracefs and on a copied tree, EACCES or EPERM without the right,
 * ENOPKG without libtracefs and libtraceevent, ENOMEM.
 */
int memhp_trace_new(struct memhp_ctx *ctx, unsigned int actions, bool keep, struct memhp_trace **trace);
/** Takes everything away again. */
void memhp_trace_free(struct memhp_trace *trace);
enum memhp_trace_format {
	MEMHP_TRACE_DAT, /**< trace-cmd.dat.v6(5), for trace-cmd and kernelshark */
	MEMHP_TRACE_JSON /**< the Trace Event Format, for perfetto */
};
/**
 * Writes all that was kept to @fd, a regular file at its start. Errors: EINVAL if nothing was to be kept,
 * those of writing it.
 */
int memhp_trace_save(struct memhp_trace *trace, enum memhp_trace_format format, int fd);
/**
 * Takes away what a process that was killed left in tracefs; hold the lock. @cleaned (may be NULL) tells
 * whether there was something.
 */
int memhp_trace_clean(struct memhp_ctx *ctx, bool *cleaned);

/** One step of the kernel. Calls that a loop repeats are one stage. */
struct memhp_stage {
	const char *name;  /**< in words ("isolate"), the same on every kernel. Static. */
	char function[64]; /**< the kernel's, with the suffix that its compiler gave it; or a tracepoint */
	uint64_t calls, elapsed_us; /**< all of them together */
	bool returned;		    /**< its last call did: the kernel is not in it any more */
	bool returns_errno;	    /**< its kind does, with @error: a positive errno, 0 for success */
	int error;
	uint64_t pages_moved;			/**< by migration, below it */
	uint64_t pages_left;			/**< after the last call */
	uint64_t idle_calls;			/**< so many of the last calls moved no page */
	uint64_t pfn;				/**< the last page found not isolated; UINT64_MAX: none */
	const struct memhp_stage *first, *next; /**< what it called, and what was called after it; NULL: none
						 */
};

struct memhp_path {
	const char *source;		  /**< "kprobes" or "tracepoints". Static. */
	const struct memhp_stage *stages; /**< never NULL */
	const struct memhp_stage *failed; /**< where it failed, as far as can be told; NULL: it did not */
	const char *kernel_reason; /**< for that the kernel's words ("memory holes"), or ""; NULL: none */
	char notifier[64]; /**< the callback that refused, where the kernel tells (notifier:notifier_run) */
	uint64_t lost_events; /**< that were overwritten, or had no place in the tree: counts are too low */
};

/** Of the writes to the block of the result at @index; NULL: none was seen. */
const struct memhp_path *memhp_report_get_path(const struct memhp_report *report, size_t index);
/** Of adding the memory, or removing it, as a whole, whoever in the kernel does it; NULL: none was seen. */
const struct memhp_path *memhp_report_get_device_path(const struct memhp_report *report);

/* ---- More memory ------------------------------------------------------------------------- */

/** Who uses the address range already, or cannot reach it; see memhp_check_range(). */
struct memhp_conflict {
	size_t size;	     /**< sizeof(struct memhp_conflict), set by the caller, for later growth */
	uint64_t start, end; /**< of the overlapping range, inclusive */
	char name[64];	     /**< as in /proc/iomem, or "" */
	unsigned int bits;   /**< physical address bits of the processor, if the range is beyond; else 0 */
};
/**
 * Is [@start, @start + @size) free in /proc/iomem, within what the processor can address, and memory by
 * the device tree, where there is one? The kernel checks none of it before it uses the memory. Errors:
 * EEXIST or ERANGE, with @conflict filled; ENXIO for no memory there; EACCES without root.
 */
int memhp_check_range(struct memhp_ctx *ctx, uint64_t start, uint64_t size, struct memhp_conflict *conflict);

/** Zero-initialise, then set the size and what is wanted; without a size nothing is done (EINVAL). */
struct memhp_add_options {
	size_t size;	     /**< sizeof(struct memhp_add_options), for later growth */
	uint64_t timeout_ms; /**< until the blocks are there, and for onlining each; 0: no limit */
	int abort_fd;	     /**< becomes readable when all must stop; 0: none */
	uint64_t bytes; /**< LMBs: how much, a multiple of their size; 0: one, and all of other devices */
	bool online;	/**< bring the new blocks online into @target */
	enum memhp_target target;
	bool memmap_on_memory; /**< s390: the memory is to hold its own page descriptors */
	bool dry_run;	       /**< write nothing: the report says what would be added, as far as is known */
	struct memhp_trace *trace; /**< follow the kernel's path; NULL: not */
};

/**
 * Bytes that the kernel takes of the memory that there is now, for its map of @bytes more: 64 for each page.
 * 0 if the memory holds its own map: memory_hotplug.memmap_on_memory is on, fits the block size, and the
 * driver of @device asks for it (mhp_supports_memmap_on_memory() in mm/memory_hotplug.c). A NULL @device is
 * the probe interface, which never does.
 */
uint64_t memhp_add_get_memmap(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
			      const struct memhp_device *device, uint64_t bytes,
			      const struct memhp_add_options *options);

/** The kernel's probe interface (arch_memory_probe()): [@start, @start + @size), aligned to blocks. */
int memhp_add_range(struct memhp_ctx *ctx, uint64_t start, uint64_t size,
		    const struct memhp_add_options *options, struct memhp_report **report);
/**
 * Makes @device's memory system RAM, and waits for its blocks: DAX by libdaxctl, LMBs and s390
 * increments by their files, a device without a driver by loading the module that its modalias names.
 * Errors: EOPNOTSUPP when this memory is not added from here, ENOPKG for a library or a module that is
 * not installed, or the kernel's refusal. A report without blocks means that none came in time.
 */
int memhp_add_device(struct memhp_ctx *ctx, const struct memhp_device *device,
		     const struct memhp_add_options *options, struct memhp_report **report);

/**
 * Makes the kernel bring new memory online into @target until memhp_auto_online_restore(), and keeps
 * the old value in a file, so that even after a SIGKILL the next call of it restores.
 */
int memhp_auto_online_set(struct memhp_ctx *ctx, enum memhp_target target);
/** @restored (may be NULL) tells whether there was something to restore. */
int memhp_auto_online_restore(struct memhp_ctx *ctx, bool *restored);

/* ---- Less memory ------------------------------------------------------------------------- */

/**
 * Carries out the offline @plan device by device; once every block of one reads back offline, takes
 * it out through its driver and waits until the blocks are gone. If it cannot go, blocks that were
 * online come back into the zone that they were in. @plan must hold all blocks of each device.
 * Errors: EINVAL for a plan that is not for offline, ENOMEM.
 */
int memhp_plan_remove(struct memhp_ctx *ctx, const struct memhp_plan *plan,
		      const struct memhp_change_options *options, struct memhp_report **report);

/* ---- Single pages ------------------------------------------------------------------------ */

/** Bytes a page. */
uint64_t memhp_page_size(void);

/** The lower-case word for bit @bit of memhp_page.flags ("hwpoison"), or NULL. Static. */
const char *memhp_page_flag_name(unsigned int bit);

/**
 * How many pages of @block are poisoned (/proc/kpageflags; 128 MiB take 3 ms or more).
 * Errors: ENODATA for a block that is not online, whose pages cannot be seen; EACCES without root.
 */
int memhp_block_count_poisoned(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot,
			       const struct memhp_block *block, uint64_t *count);

enum memhp_page_action { MEMHP_PAGE_SOFT_OFFLINE, MEMHP_PAGE_HARD_OFFLINE, MEMHP_PAGE_UNPOISON };

struct memhp_page {
	size_t size; /**< sizeof(struct memhp_page), set by the caller, for later growth */
	uint64_t pfn, address;
	const struct memhp_block *block; /**< that holds it, of the snapshot; NULL: none */
	uint64_t flags;			 /**< KPF_ bits of /proc/kpageflags */
	int64_t mapcount; /**< /proc/kpagecount: how often it is mapped (of a large folio the average); -1
			     unknown */
};

/**
 * Reads one page. A page that is no RAM, or of an offline block, has the flag "nopage" and no map count, on
 * kernels that have no such flag any more (since about 6.15), too: the block's state and /proc/iomem tell.
 * @snapshot needs MEMHP_WANT_STATE.
 * Errors: EINVAL for a pfn past the address space; EACCES without root, EOPNOTSUPP
 * without CONFIG_PROC_PAGE_MONITOR.
 */
int memhp_page_read(struct memhp_ctx *ctx, const struct memhp_snapshot *snapshot, uint64_t pfn,
		    struct memhp_page *page);
/** 1, 0, or -1 where the page cannot be seen. */
int memhp_page_is_poisoned(const struct memhp_page *page);

/**
 * Errors: EOPNOTSUPP when the kernel lacks the file that @action writes (CONFIG_MEMORY_FAILURE; for
 * UNPOISON the module hwpoison-inject, which is loaded if @load says so and else only needs to be
 * installed, and a mounted debugfs), EACCES.
 */
int memhp_page_supports(struct memhp_ctx *ctx, enum memhp_page_action action, bool load);

struct memhp_page_result {
	size_t size; /**< sizeof(struct memhp_page_result), set by the caller, for later growth */
	enum memhp_outcome outcome;
	enum memhp_reason reason;
	int error;    /**< positive errno, 0: none */
	int poisoned; /**< as read back last: 1, 0, or -1 where the page cannot be seen */
	uint64_t elapsed_ms;
};

/**
 * Soft offline moves the content elsewhere and never kills. Hard offline marks the page at once, as
 * after a memory error: processes that map it may be killed. Unpoison takes the mark of either away.
 * The page must be RAM of an online block. A hard offline of a page that process 1 or the calling
 * process maps is never tried, since the first panics the machine; nor is one from a pid namespace
 * in which the true process 1 cannot be seen. Of @options, timeout_ms, abort_fd and dry_run count.
 * The outcome is what /proc/kpageflags says afterwards. Returns an error only when there is no
 * result (EINVAL for a size).
 */
int memhp_page_change(struct memhp_ctx *ctx, const struct memhp_page *page, enum memhp_page_action action,
		      const struct memhp_change_options *options, struct memhp_page_result *result);

struct memhp_mapper {
	pid_t pid;
	char command[24];
	uint64_t address; /**< the first in its address space */
};

/**
 * Searches the address spaces of all processes, 64 mappers and 10 s at most; that of process 1 is
 * always searched to its end. Errors: EACCES without root, EPERM in a pid namespace other than the
 * first, where most processes cannot be seen, ENOMEM.
 */
int memhp_mappers_read(struct memhp_ctx *ctx, uint64_t pfn, struct memhp_mappers **mappers);
void memhp_mappers_free(struct memhp_mappers *mappers);
size_t memhp_mappers_get_count(const struct memhp_mappers *mappers);
const struct memhp_mapper *memhp_mappers_get(const struct memhp_mappers *mappers, size_t index);
/** False if there may be more. */
bool memhp_mappers_is_complete(const struct memhp_mappers *mappers);

/* ---- Memory that arrives later ----------------------------------------------------------- */

enum memhp_policy_key {
	MEMHP_POLICY_AUTO_ONLINE,		 /**< /sys/devices/system/memory/auto_online_blocks */
	MEMHP_POLICY_ONLINE_POLICY,		 /**< memory_hotplug.online_policy */
	MEMHP_POLICY_AUTO_MOVABLE_RATIO,	 /**< memory_hotplug.auto_movable_ratio, percent */
	MEMHP_POLICY_AUTO_MOVABLE_NUMA_AWARE,	 /**< memory_hotplug.auto_movable_numa_aware */
	MEMHP_POLICY_MEMMAP_ON_MEMORY,		 /**< memory_hotplug.memmap_on_memory, command line only */
	MEMHP_POLICY_OFFLINE_MIGRATE_MAX_PASSES, /**< memory_hotplug.offline_migrate_max_passes, 0: no limit
						  */
	MEMHP_POLICY_MOVABLE_GIGANTIC_PAGES,	 /**< /proc/sys/vm/movable_gigantic_pages */
	MEMHP_POLICY_COUNT
};

/** The user's name ("auto-online"), the file below the system root, the kernel parameter. Static. */
const char *memhp_policy_name(enum memhp_policy_key key);
const char *memhp_policy_path(enum memhp_policy_key key);
const char *memhp_policy_parameter(enum memhp_policy_key key);

/** Reads all values. Errors: ENOMEM; a value that this kernel lacks is absent, not an error. */
int memhp_policy_read(struct memhp_ctx *ctx, struct memhp_policy **policy);
void memhp_policy_free(struct memhp_policy *policy);
/**
 * Reads one value alone, as memhp_policy_get() gives it; @value must have room for @size bytes. Errors:
 * ENOENT where this kernel has no such file, EINVAL for no key, those of reading it.
 */
int memhp_policy_read_one(struct memhp_ctx *ctx, enum memhp_policy_key key, char *value, size_t size);
/** The kernel's word ("online_movable", "Y"), or NULL where this kernel has no such file. */
const char *memhp_policy_get(const struct memhp_policy *policy, enum memhp_policy_key key);
/** Does the kernel take changes at run time? */
bool memhp_policy_is_writable(const struct memhp_policy *policy, enum memhp_policy_key key);

/** The user's word ("movable", "on") for the kernel's @value, or @value itself. */
const char *memhp_policy_word(enum memhp_policy_key key, const char *value);
/**
 * Turns what users write (movable, kernel, on, 301) into the kernel's word; @value must have
 * room for @size bytes. Errors: EINVAL for a value that can never be right.
 */
int memhp_policy_parse(enum memhp_policy_key key, const char *word, char *value, size_t size);

/**
 * Writes @value (the kernel's word) and reads it back. Errors: EOPNOTSUPP when this kernel has no
 * such file, EROFS/EACCES/EPERM, EINVAL when the kernel refuses it, EIO when another value reads back.
 */
int memhp_policy_set(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value);

/** /etc/tmpfiles.d/memhp.conf below the system root gets a `w-` line for @key. */
int memhp_policy_persist(struct memhp_ctx *ctx, enum memhp_policy_key key, const char *value);
/** Removes that file. @existed (may be NULL) says whether there was one. */
int memhp_policy_unpersist(struct memhp_ctx *ctx, bool *existed);

struct memhp_actors;
struct memhp_actor {
	/** "kernel", "command-line", "udev", "systemd", "tmpfiles", "sysfs", "daxctl", "rc-local" */
	const char *kind;
	const char *path;  /**< below the system root */
	unsigned int line; /**< 0: none */
	const char *text;  /**< the rule or setting */
	const char *value; /**< the state that it brings memory into, as the kernel writes it, or NULL */
	const char *runs;  /**< a program that it runs for memory blocks, if what that does is unknown */
};
int memhp_actors_read(struct memhp_ctx *ctx, struct memhp_actors **actors);
void memhp_actors_free(struct memhp_actors *actors);
size_t memhp_actors_get_count(const struct memhp_actors *actors);
const struct memhp_actor *memhp_actors_get(const struct memhp_actors *actors, size_t index);

#ifdef __cplusplus
}
#endif
#endif
