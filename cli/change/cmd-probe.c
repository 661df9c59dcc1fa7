/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* probe: memory becomes known to Linux, at an address or from a device. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <memhp.h>

#include "change/change-report.h"
#include "change/probe.h"
#include "shell/app.h"
#include "shell/changing.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"
#include "shell/options.h"
#include "shell/text.h"

#define DEFAULT_TIMEOUT_MS 30000

enum {
	KEY_SIZE = KEY_COMMAND,
	KEY_ONLINE,
	KEY_KEEP_POLICY,
	KEY_FORCE,
	KEY_DRY_RUN,
	KEY_WAIT,
	KEY_MEMMAP,
	KEY_TRACE
};

static const struct opt opts[] = {
	{ KEY_DEVICE, "device", "DEVICE", "add the memory of this device" },
	{ KEY_SIZE, "size", "SIZE", "how much, at an address or of LMBs (default: one block, one LMB)" },
	{ KEY_ONLINE, "online", "[=ZONE]", "bring it online: default, kernel or movable" },
	{ KEY_KEEP_POLICY, "keep-policy", NULL,
	  "with --online: refuse where auto-online would have to change" },
	{ KEY_MEMMAP, "memmap-on-memory", NULL, "s390: let the memory hold its own page descriptors" },
	{ KEY_FORCE, "force", "WHAT",
	  "address: pass the checks of the address; in-use: take a device in use" },
	{ 't', "timeout", "DURATION",
	  "limit for its blocks to come, and to go online (default 30s, 0: none)" },
	FOLLOWING_OPT,
	{ KEY_DRY_RUN, "dry-run", NULL, "check all, show what would be added, and change nothing" },
	{ KEY_WAIT, "wait", "DURATION", "wait this long for another memhp to end" },
	OPT_END
};

static int take_force(struct probe *probe, const char *what)
{
	if (strcmp(what, "address") == 0)
		probe->force_address = true;
	else if (strcmp(what, "in-use") == 0)
		probe->force_in_use = true;
	else
		return app_usage(probe->app, "--force=%s: it is address or in-use", what);
	return EXIT_OK;
}

static int take_option(struct probe *probe, int key, const char *arg)
{
	switch (key) {
	case KEY_DEVICE:
		probe->device_name = arg;
		return EXIT_OK;
	case KEY_SIZE:
		probe->size_text = arg;
		return option_size(probe->app, "size", arg, &probe->bytes);
	case KEY_ONLINE:
		probe->online = true;
		return arg ? option_target(probe->app, "online", arg, &probe->target) : EXIT_OK;
	case KEY_KEEP_POLICY:
		probe->keep_policy = true;
		return EXIT_OK;
	case KEY_MEMMAP:
		probe->memmap = true;
		return EXIT_OK;
	case KEY_FORCE:
		return take_force(probe, arg);
	case KEY_TRACE:
		following_take(&probe->following, arg);
		return EXIT_OK;
	case KEY_DRY_RUN:
		probe->dry_run = true;
		return EXIT_OK;
	case 't':
		return option_duration(probe->app, "timeout", arg, &probe->timeout_ms);
	default:
		return option_duration(probe->app, "wait", arg, &probe->wait_ms);
	}
}

/* Bare 0x… or decimal bytes would be taken for a block id elsewhere: an address is always 0x…. */
static int take_address(struct probe *probe, const char *word)
{
	if (!address_parse(word, &probe->address))
		return app_usage(probe->app, "'%s': not an address like 0x100000000; --device names a device",
				 word);
	return EXIT_OK;
}

/* Set for as long as the memory is added; see memhp_auto_online_set(). */
static int switch_policy(struct probe *probe)
{
	struct memhp_policy *policy;
	char value[32] = "";
	int error = memhp_policy_read(probe->app->ctx, &policy);

	if (error)
		return app_fail_errno(probe->app, error, "cannot read the policy");
	const char *now = memhp_policy_get(policy, MEMHP_POLICY_AUTO_ONLINE);
	if (now)
		snprintf(value, sizeof(value), "%s", now);
	memhp_policy_free(policy);
	bool conflicts = *value && strcmp(value, "offline") != 0 &&
			 strcmp(value, memhp_target_word(probe->target)) != 0;
	if (conflicts && probe->keep_policy)
		return app_fail(probe->app, EXIT_NOTHING, "auto-online",
				"without --keep-policy memhp changes it for the while",
				"auto-online is %s: the kernel would bring the memory online itself", value);
	if (!*value || probe->keep_policy)
		return EXIT_OK;
	error = memhp_auto_online_set(probe->app->ctx, probe->target);
	return error ? app_fail_errno(probe->app, error, "cannot set the policy auto-online") : EXIT_OK;
}

static int fail_add(struct probe *probe, int error)
{
	struct app *app = probe->app;

	if (error == -ENOPKG)
		return app_fail(
			app, EXIT_UNSUPPORTED, "ENOPKG",
			"install the package that has it (libkmod2, libdaxctl1, the kernel's modules)",
			"%s: a library or module that adds it is not installed: %s", probe->device_name,
			memhp_ctx_get_error_path(app->ctx));
	if (error == -EPERM && geteuid() == 0)
		return app_fail(app, EXIT_PERMISSION, "EPERM",
				"see \"blacklist\" in modprobe.d(5), and the kernel's lockdown",
				"%s: its module may not be loaded", probe->device_name);
	if (error == -EOPNOTSUPP && !probe->device)
		return probe_no_interface(app);
	if (error == -EOPNOTSUPP && !memhp_ctx_is_live(app->ctx))
		return app_fail(app, EXIT_UNSUPPORTED, "EOPNOTSUPP", "run it on the system itself",
				"%s is added by drivers of the live system only", probe->device_name);
	return app_fail_errno(app, error, probe->device ? probe->device_name : "cannot add memory");
}

/* UINT64_MAX: not known, since nobody knows how much memory comes. */
static uint64_t memmap_of(const struct probe *probe, const struct memhp_add_options *options, uint64_t bytes)
{
	if (!bytes && probe->dry_run)
		return UINT64_MAX;
	return memhp_add_get_memmap(probe->app->ctx, probe->snapshot, probe->device, bytes, options);
}

/* Blocks that came, or would come, whether or not they went online. */
static uint64_t count_new(const struct memhp_report *report, bool dry_run)
{
	uint64_t count = 0;

	if (dry_run)
		return memhp_report_count_outcome(report, MEMHP_OUTCOME_NOT_TRIED);
	for (size_t i = 0; i < memhp_report_get_count(report); i++) {
		const struct memhp_result *result = memhp_report_get_result(report, i);
		count += result->outcome != MEMHP_OUTCOME_ALREADY && result->state != MEMHP_STATE_UNKNOWN;
	}
	return count;
}

/* The kernel takes it before the memory is of any use. */
static void check_memmap(const struct probe *probe, uint64_t memmap)
{
	struct memhp_system *system;
	char needed[24], available[24];

	if (memhp_system_read(probe->app->ctx, &system))
		return;
	uint64_t left = memhp_system_get_available(system);
	memhp_system_free(system);
	if (memmap == UINT64_MAX || memmap <= left)
		return;
	size_format(memmap, needed, sizeof(needed));
	size_format(left, available, sizeof(available));
	change_warning(probe->app, probe->warnings,
		       "the kernel's map of it takes %s of the memory that there is now, and only %s is "
		       "available: it may fail, or cost processes their lives",
		       needed, available);
}

/* What a dry run cannot know: the kernel, or the hypervisor, chooses. */
static const char *unknown_text(const struct probe *probe, char *text, size_t size)
{
	char planned[24];

	size_format(probe->planned, planned, sizeof(planned));
	if (probe->planned)
		snprintf(text, size,
			 "%s would be asked for; which blocks come, and whether all do, is not known "
			 "beforehand",
			 planned);
	else
		snprintf(text, size, "how much comes, and which blocks, is not known beforehand");
	return text;
}

static int show_report(struct probe *probe, struct memhp_report *report, uint64_t memmap, bool traced)
{
	bool nothing = memhp_report_get_count(report) == 0;
	char text[160];
	struct report_context context = {
		.report = report,
		.words = probe->online ? &words_probe_online : &words_probe,
		.block_size = probe->block_size,
		.wanted = probe->bytes,
		.dry_run = probe->dry_run,
		.traced = traced,
		.adds = true,
		.memmap = memmap,
		.unknown = nothing && probe->dry_run ? unknown_text(probe, text, sizeof(text)) : NULL,
		.warnings = probe->warnings,
	};

	if (context.unknown)
		json_append(probe->warnings, json_new_string(context.unknown));
	else if (nothing)
		change_warning(probe->app, probe->warnings,
			       "no new block came; what the hypervisor gives, it decides; see dmesg");
	int exit = report_finish(probe->app, &context);
	return context.unknown ? EXIT_OK : exit;
}

static int add(struct probe *probe, int abort_fd)
{
	struct memhp_ctx *ctx = probe->app->ctx;
	struct memhp_add_options options = {
		.size = sizeof(options),
		.timeout_ms = probe->timeout_ms,
		.abort_fd = abort_fd,
		.bytes = probe->device ? probe->bytes : 0,
		.online = probe->online,
		.target = probe->target,
		.memmap_on_memory = probe->memmap,
		.dry_run = probe->dry_run,
		.trace = probe->following.trace,
	};
	struct memhp_report *report;
	uint64_t memmap = memmap_of(probe, &options, probe->planned);

	check_memmap(probe, memmap);
	int exit = probe->online && !probe->dry_run ? switch_policy(probe) : EXIT_OK;

	if (exit != EXIT_OK)
		return exit;
	int error = probe->device ? memhp_add_device(ctx, probe->device, &options, &report)
				  : memhp_add_range(ctx, probe->address, probe->bytes, &options, &report);
	exit = error ? fail_add(probe, error) : EXIT_OK;
	int restoring = probe->dry_run ? 0 : memhp_auto_online_restore(ctx, NULL);
	if (restoring)
		app_warn(probe->app, "cannot restore the policy auto-online: %s", errno_name(-restoring));
	if (exit != EXIT_OK)
		return exit;
	if (!probe->dry_run)
		changing_log(probe->app, "%s: %" PRIu64 " blocks done",
			     probe->device ? probe->device_name : "range",
			     memhp_report_count_outcome(report, MEMHP_OUTCOME_DONE));
	if (!probe->dry_run || memhp_report_get_count(report))
		memmap = memhp_add_get_memmap(ctx, probe->snapshot, probe->device,
					      count_new(report, probe->dry_run) * probe->block_size,
					      &options);
	bool traced = probe->following.wanted;
	int saved = following_end(probe->app, &probe->following, EXIT_OK, probe->warnings);
	exit = show_report(probe, report, memmap, traced);
	exit = exit == EXIT_OK ? saved : exit;
	memhp_report_free(report);
	return exit;
}

static int run_locked(struct probe *probe)
{
	struct memhp_lock *lock = NULL;
	int abort_fd = probe->dry_run ? 0 : changing_signals();
	int exit = probe->dry_run ? EXIT_OK : changing_lock(probe->app, probe->wait_ms, abort_fd, &lock);

	if (exit == EXIT_OK)
		exit = app_read(probe->app, MEMHP_WANT_STATE | MEMHP_WANT_DEVICE, &probe->snapshot);
	if (exit == EXIT_OK) {
		probe->block_size = memhp_snapshot_get_block_size(probe->snapshot);
		exit = probe->device_name ? probe_check_device(probe) : probe_check_address(probe);
	}
	if (exit == EXIT_OK)
		exit = following_start(probe->app, &probe->following, MEMHP_TRACE_ADD | MEMHP_TRACE_ONLINE,
				       probe->warnings);
	if (exit == EXIT_OK)
		exit = add(probe, abort_fd);
	else if (lock)
		changing_log(probe->app, "refused, exit status %d", exit);
	exit = following_end(probe->app, &probe->following, exit, probe->warnings);
	memhp_lock_free(lock);
	memhp_snapshot_free(probe->snapshot);
	return exit;
}

static int run(struct app *app, int argc, char **argv)
{
	struct probe probe = { .app = app, .timeout_ms = DEFAULT_TIMEOUT_MS };
	const char *arg;
	int key, exit = EXIT_OK;

	while ((key = option_next(app, argc, argv, &arg)) != OPTION_END) {
		exit = key == OPTION_STOP ? option_exit(app) : take_option(&probe, key, arg);
		if (key == OPTION_STOP || exit != EXIT_OK)
			return exit;
	}
	if (argc - optind != !probe.device_name)
		return app_usage(app, "one ADDRESS or one --device is needed");
	if (probe.keep_policy && !probe.online)
		return app_usage(app, "--keep-policy goes with --online");
	if (probe.device_name ? probe.force_address : probe.force_in_use || probe.memmap)
		return app_usage(app, probe.device_name
					      ? "--force=address goes with an ADDRESS"
					      : "--force=in-use and --memmap-on-memory go with --device");
	if (probe.following.wanted && probe.dry_run)
		return app_usage(app, "--trace follows a change; with --dry-run there is none");
	if (!probe.device_name)
		exit = take_address(&probe, argv[optind]);
	if (exit == EXIT_OK)
		exit = app_open(app);
	if (exit != EXIT_OK)
		return exit;
	probe.warnings = json_new_array();
	exit = run_locked(&probe);
	json_object_put(probe.warnings);
	return exit;
}

const struct cmd cmd_probe = {
	.name = "probe",
	.args = "[ADDRESS]",
	.summary = "Make memory known to Linux",
	.opts = opts,
	.run = run,
};
