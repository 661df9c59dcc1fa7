/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* memhp policy: what happens to memory that arrives later, and who else has a hand in it. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <memhp.h>

#include "policy/policy.h"
#include "shell/actor.h"
#include "shell/app.h"
#include "shell/changing.h"
#include "shell/command.h"
#include "shell/exit.h"
#include "shell/json.h"
#include "shell/messages.h"
#include "shell/options.h"

#define CONF "/etc/tmpfiles.d/memhp.conf"

enum { KEY_PERSIST = KEY_COMMAND, KEY_LOCK_WAIT };

static const struct opt policy_opts[] = {
	{ KEY_PERSIST, "persist", NULL, "keep the value over a reboot (" CONF ")" },
	{ KEY_LOCK_WAIT, "wait", "DURATION", "wait this long for another memhp that changes something" },
	OPT_END
};

struct task {
	bool persist;
	uint64_t wait_ms;
	enum memhp_policy_key key;
	char value[64];
	char previous[64];
	struct memhp_policy *policy;
	struct memhp_actors *actors;
};

static void print_actors(const struct task *task)
{
	char place[320], text[512];
	size_t count = memhp_actors_get_count(task->actors);

	puts(count ? "\nWho brings memory online or keeps it offline:"
		   : "\nNobody else brings memory online.");
	for (size_t i = 0; i < count; i++) {
		const struct memhp_actor *actor = memhp_actors_get(task->actors, i);
		actor_place(actor, place, sizeof(place));
		printf("  %-13s %s\n      %s\n", actor->kind, place, actor->text);
		if (actor_runs(actor, text, sizeof(text)))
			printf("      %s\n", text);
		if (policy_conflict_format(task->policy, actor, text, sizeof(text)))
			printf("      CONFLICT: %s\n", text);
	}
}

static void print_all(const struct task *task)
{
	for (int i = 0; i < MEMHP_POLICY_COUNT; i++) {
		const char *value = memhp_policy_get(task->policy, i);
		const char *text = value ? policy_effect(i, value) : NULL, *since = policy_since(i);
		if (value)
			printf("%-26s %-15s %s\n", memhp_policy_name(i), memhp_policy_word(i, value),
			       text ? text : "");
		else if (since)
			printf("%-26s %-15s not on this kernel (since Linux %s)\n", memhp_policy_name(i), "-",
			       since);
	}
	puts("\nWhat is said of memory added later changes nothing that is already there.");
	print_actors(task);
}

/* Reads (again, after a change) what is to be shown. */
static int read_all(struct app *app, struct task *task)
{
	memhp_policy_free(task->policy);
	memhp_actors_free(task->actors);
	task->policy = NULL;
	task->actors = NULL;
	struct memhp_snapshot *snapshot; /* without memory blocks there is no policy either */
	int exit = app_read(app, 0, &snapshot);
	if (exit)
		return exit;
	memhp_snapshot_free(snapshot);
	int error = memhp_policy_read(app->ctx, &task->policy);
	if (!error)
		error = memhp_actors_read(app->ctx, &task->actors);
	return error ? app_fail_errno(app, error, "reading the policy") : EXIT_OK;
}

static int show(struct app *app, struct task *task)
{
	int exit = read_all(app, task);
	if (exit)
		return exit;
	if (app->json)
		return json_finish(app, policy_document_new(app, task->policy, task->actors), EXIT_OK);
	print_all(task);
	return EXIT_OK;
}

static int fail_set(struct app *app, const struct task *task, int error)
{
	const char *name = memhp_policy_name(task->key), *word = memhp_policy_word(task->key, task->value);
	char doing[96];

	if (error == -EINVAL)
		return app_fail(app, EXIT_UNSUPPORTED, "EINVAL",
				task->key == MEMHP_POLICY_AUTO_ONLINE
					? "before Linux 5.7 only online and offline are taken"
					: NULL,
				"%s: this kernel does not take %s", name, word);
	if (error == -EIO)
		return app_fail(app, EXIT_NOTHING, "changed-meanwhile",
				"somebody else writes it too: see memhp policy",
				"%s: wrote %s, but another value reads back", name, word);
	snprintf(doing, sizeof(doing), "setting %s to %s", name, word);
	return app_fail_errno(app, error, doing);
}

/* What can be known to fail before anything is written. */
static int check_set(struct app *app, struct task *task)
{
	const char *name = memhp_policy_name(task->key), *now = memhp_policy_get(task->policy, task->key);
	char parameter[128];

	policy_parameter_format(task->key, task->value, parameter, sizeof(parameter));
	if (!now)
		return app_fail(app, EXIT_UNSUPPORTED, "EOPNOTSUPP", NULL,
				"%s: this kernel has no /%s (%s%s)", name, memhp_policy_path(task->key),
				policy_since(task->key) ? "since Linux " : "a newer one has",
				policy_since(task->key) ? policy_since(task->key) : "");
	snprintf(task->previous, sizeof(task->previous), "%s", now);
	if (task->key == MEMHP_POLICY_MEMMAP_ON_MEMORY &&
	    !memhp_policy_is_writable(task->policy, task->key)) {
		char hint[192];
		snprintf(hint, sizeof(hint), "put this on the kernel command line and reboot: %s", parameter);
		return app_fail(app, EXIT_UNSUPPORTED, "EOPNOTSUPP", hint,
				"%s: the kernel takes it at boot only (it is %s now)", name,
				memhp_policy_word(task->key, now));
	}
	return EXIT_OK;
}

/* Who works against the key that was set. */
static void warn_conflicts(const struct app *app, const struct task *task)
{
	for (size_t i = 0; i < memhp_actors_get_count(task->actors); i++) {
		const struct memhp_actor *actor = memhp_actors_get(task->actors, i);
		char conflict[512], place[320];
		actor_place(actor, place, sizeof(place));
		if (policy_key_of(actor) == task->key &&
		    policy_conflict_format(task->policy, actor, conflict, sizeof(conflict)))
			app_warn(app, "%s: %s", place, conflict);
	}
}

static int report_set(struct app *app, const struct task *task)
{
	const char *name = memhp_policy_name(task->key), *text = policy_effect(task->key, task->value);
	char parameter[128];

	policy_parameter_format(task->key, task->value, parameter, sizeof(parameter));
	if (app->json) {
		json_object *document = policy_document_new(app, task->policy, task->actors),
			    *set = json_new_object();
		json_add_string(set, "key", name);
		json_add_string(set, "value", task->value);
		json_add_string(set, "previous", task->previous);
		json_add_bool(set, "persisted", task->persist);
		json_add_string(set, "parameter", parameter);
		json_add(document, "set", set);
		return json_finish(app, document, EXIT_OK);
	}
	printf("%s is %s (was %s): %s.\n", name, memhp_policy_word(task->key, task->value),
	       memhp_policy_word(task->key, task->previous), text ? text : "for memory added later");
	if (policy_is_for_later(task->key))
		puts("Nothing that is already there changes.");
	if (task->persist)
		printf("Kept in " CONF ". %s, put this on the kernel command line:\n  %s\n",
		       policy_is_for_later(task->key) ? "For memory found at boot"
						      : "To have it before user space runs",
		       parameter);
	warn_conflicts(app, task);
	return EXIT_OK;
}

static int set_locked(struct app *app, struct task *task)
{
	char what[160];
	int exit;

	snprintf(what, sizeof(what), "set %s %s%s", memhp_policy_name(task->key),
		 memhp_policy_word(task->key, task->value), task->persist ? " --persist" : "");
	int error = memhp_policy_set(app->ctx, task->key, task->value);
	changing_log(app, "%s: %s", what, error ? errno_name(-error) : "done");
	if (error)
		return fail_set(app, task, error);
	error = task->persist ? memhp_policy_persist(app->ctx, task->key, task->value) : 0;
	if (error)
		return app_fail(app, EXIT_PARTLY, errno_name(-error), NULL,
				"%s is %s now, but could not be kept in " CONF ": %s",
				memhp_policy_name(task->key), memhp_policy_word(task->key, task->value),
				strerror(-error));
	exit = read_all(app, task);
	return exit ? exit : report_set(app, task);
}

static int unpersist_locked(struct app *app, struct task *task)
{
	bool existed = false;
	int error = memhp_policy_unpersist(app->ctx, &existed);

	changing_log(app, "unpersist: %s", error ? errno_name(-error) : "done");
	if (error)
		return app_fail_errno(app, error, "removing the kept values");
	int exit = read_all(app, task);
	if (exit)
		return exit;
	if (app->json) {
		json_object *document = policy_document_new(app, task->policy, task->actors),
			    *unpersist = json_new_object();
		json_add_string(unpersist, "path", &CONF[1]);
		json_add_bool(unpersist, "existed", existed);
		json_add(document, "unpersist", unpersist);
		return json_finish(app, document, EXIT_OK);
	}
	puts(existed ? "Removed " CONF "; the values in force stay until the next boot."
		     : "Nothing was kept in " CONF ".");
	return EXIT_OK;
}

/* The key and value of `set`; both can be judged without looking at the system. */
static int parse_set(struct app *app, struct task *task, const char *name, const char *word)
{
	int key = 0;

	while (key < MEMHP_POLICY_COUNT && strcmp(memhp_policy_name(key), name) != 0)
		key++;
	if (key == MEMHP_POLICY_COUNT)
		return app_usage(app,
				 "%s: no such key; there are auto-online, online-policy, auto-movable-ratio, "
				 "auto-movable-numa-aware, memmap-on-memory, offline-migrate-max-passes, "
				 "movable-gigantic-pages",
				 name);
	task->key = key;
	if (memhp_policy_parse(key, word, task->value, sizeof(task->value)))
		return app_usage(app, "%s: %s cannot be right; it is %s", name, word, policy_choices(key));
	return EXIT_OK;
}

static int change(struct app *app, struct task *task, int (*locked)(struct app *app, struct task *task))
{
	struct memhp_lock *lock = NULL;
	int exit = EXIT_OK;

	/* before the lock: what this kernel lacks, it lacks for everybody, also without permission */
	if (locked == set_locked) {
		exit = read_all(app, task);
		exit = exit ? exit : check_set(app, task);
	}
	exit = exit ? exit : changing_lock(app, task->wait_ms, 0, &lock);
	if (!exit)
		exit = locked(app, task);
	memhp_lock_free(lock);
	return exit;
}

static int run_words(struct app *app, struct task *task, int argc, char **argv)
{
	bool set = argc > 0 && strcmp(argv[0], "set") == 0,
	     unpersist = argc > 0 && strcmp(argv[0], "unpersist") == 0;

	if (argc > 0 && !set && !unpersist)
		return app_usage(app, "%s: it is policy, policy set KEY VALUE or policy unpersist", argv[0]);
	if (task->persist && !set)
		return app_usage(app, "--persist goes with policy set KEY VALUE");
	if (set && argc != 3)
		return app_usage(app, "policy set takes a KEY and a VALUE");
	if (unpersist && argc != 1)
		return app_usage(app, "policy unpersist takes nothing more");
	int exit = set ? parse_set(app, task, argv[1], argv[2]) : EXIT_OK;
	if (!exit)
		exit = app_open(app);
	if (exit)
		return exit;
	return set	   ? change(app, task, set_locked)
	       : unpersist ? change(app, task, unpersist_locked)
			   : show(app, task);
}

static int run(struct app *app, int argc, char **argv)
{
	struct task task = { 0 };
	const char *arg;
	int key;

	int exit = EXIT_OK;

	while (exit == EXIT_OK && (key = option_next(app, argc, argv, &arg)) != OPTION_END) {
		if (key == KEY_PERSIST)
			task.persist = true;
		else if (key == KEY_LOCK_WAIT)
			exit = option_duration(app, "wait", arg, &task.wait_ms);
		else
			return option_exit(app);
	}
	if (exit == EXIT_OK)
		exit = run_words(app, &task, argc - optind, argv + optind);
	memhp_policy_free(task.policy);
	memhp_actors_free(task.actors);
	return exit;
}

const struct cmd cmd_policy = {
	.name = "policy",
	.args = "[set KEY VALUE | unpersist]",
	.summary = "Show or set the policy for memory that arrives later",
	.opts = policy_opts,
	.words = { "policy-keys", NULL, policy_key_word },
	.run = run,
};
