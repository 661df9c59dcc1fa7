/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every command shares: the application's settings, the command table, options, messages. */
#ifndef MEMHP_CMD_H
#define MEMHP_CMD_H

#include <json-c/json.h>
#include <stdio.h>

#include <memhp.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Listed in memhp(8); scripts rely on them. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_NOTHING = 1,     /* nothing of it done, or no such block here */
	EXIT_USAGE = 2,	      /* cannot be parsed, or can never be right */
	EXIT_UNSUPPORTED = 3, /* this kernel or system cannot */
	EXIT_PERMISSION = 4,  /* not root, read-only /sys, lockdown */
	EXIT_PARTLY = 64,     /* as chmem */
};

/* Long options; `key` is the short option's letter, or a number past the letters. */
struct opt {
	int key;
	const char *name;
	const char *arg; /* NULL: none; "[WHEN]": may be left out */
	const char *help;
};

#define OPT_END                                                                                              \
	{                                                                                                    \
		0, NULL, NULL, NULL                                                                          \
	}

struct app;

/* Words that are one command's own: list's columns, page's verbs. */
struct cmd_words {
	const char *name;  /* for --complete: "columns"; NULL: there are none */
	const char *title; /* that --help lists them under; NULL: it does not */
	const char *(*at)(size_t index, const char **help); /* NULL past the last */
};

struct cmd {
	const char *name;
	const char *args;	/* "[BLOCKS...]" */
	const char *summary;	/* one line for help and completion */
	const struct opt *opts; /* ends with OPT_END */
	bool takes_filters;	/* --node, --state, --device … of selection.c */
	bool zone_filters;	/* also --zone and --valid-zone as filters */
	struct cmd_words words;
	int (*run)(struct app *app, int argc, char **argv); /* argv[0] is the command's name */
};

struct app {
	const struct cmd *const *commands; /* ends with NULL */
	const struct cmd *cmd;
	struct memhp_ctx *ctx; /* from app_open() on */
	const char *sysroot;
	const char *color; /* auto, always, never */
	bool json;
	bool verbose;
	int option_exit; /* after OPTION_STOP */
};

/* command.c: the command of that name; NULL: there is none. */
const struct cmd *command_find(const struct app *app, const char *name);
/* All options of @cmd (own, filters, global) one after the other; NULL past the last. */
const struct opt *option_at(const struct cmd *cmd, size_t index);

/* app.c. Opens the context once all options are known. Returns an exit code; reports failures. */
int app_open(struct app *app);
/* memhp_snapshot_read(), reporting failures. Returns an exit code. */
int app_read(struct app *app, unsigned int want, struct memhp_snapshot **snapshot);
/* Colours and escapes on @stream? (--color, NO_COLOR, TERM) */
bool app_has_color(const struct app *app, FILE *stream);

/* options.c: getopt_long over the command's, the shared and the global options.
 * Returns the key of the next option (with @arg set), OPTION_END (optind is the first operand), or
 * OPTION_STOP, for which the caller returns option_exit(). */
#define OPTION_END (-1)
#define OPTION_STOP (-2)
int option_next(struct app *app, int argc, char **argv, const char **arg);
/* The exit code after OPTION_STOP: help was printed, or a usage error reported. */
int option_exit(const struct app *app);
/* completion.c: --complete WHAT, for the shells. */
int complete_print(struct app *app, int argc, char **argv);

/* "30s", "4G", "movable" of --@name; they report a bad one. Return an exit code. */
int option_size(struct app *app, const char *name, const char *arg, uint64_t *size);
int option_target(struct app *app, const char *name, const char *arg, enum memhp_target *target);
int option_duration(struct app *app, const char *name, const char *arg, uint64_t *ms);

/* usage.c: @cmd is NULL for memhp itself. */
void usage_print(FILE *out, const struct app *app, const struct cmd *cmd);

/* messages.c: one failure as a whole: on standard error, or as the JSON document. Returns @exit.
 * @code is an errno name ("EACCES"), "usage", or a reason code; @hint may be NULL. */
int app_fail(struct app *app, enum exit_code exit, const char *code, const char *hint, const char *format,
	     ...) PRINTF(5, 6);
/* The same for bad usage: exit 2, code "usage", pointing at --help. */
int app_usage(struct app *app, const char *format, ...) PRINTF(2, 3);
/* A failed library call: @error is its negative errno; names the file, the errno and what to do. */
int app_fail_errno(struct app *app, int error, const char *doing);
void app_warn(const struct app *app, const char *format, ...) PRINTF(2, 3);
/* "EBUSY", or "E1234" for numbers without a name; @error is positive. */
const char *errno_name(int error);

/* json.c: json-c helpers. All take a json_object they add to. */
json_object *json_document(const struct app *app); /* {"schema": "memhp.COMMAND/1"} */
void json_add_string(json_object *object, const char *key, const char *value); /* NULL: null */
void json_add_u64(json_object *object, const char *key, uint64_t value);
/* block, start, node, state and zone */
void json_add_block(json_object *object, const struct memhp_block *block, uint64_t block_size);
void json_add_bool(json_object *object, const char *key, bool value);
/* True, false, or null for a negative @value. */
json_object *tristate_json(int value);
/* The words of a page's flags; who maps it. */
json_object *page_flags_json(uint64_t flags);
json_object *mappers_json(const struct memhp_mappers *mappers);
/* Prints and frees the document. Returns @exit. */
int json_finish(json_object *document, int exit);

/* selection.c: BLOCKS operands and the filter options. */
#define MAX_FILTERS 16
struct selection {
	struct memhp_request *request;
	struct {
		int key;
		const char *arg;
	} filters[MAX_FILTERS]; /* kept to check that nodes and devices exist */
	size_t filter_count;
};
int selection_open(struct app *app, struct selection *selection, enum memhp_action action);
void selection_close(struct selection *selection);
/* Returns an exit code, or SELECTION_OTHER if the option is not a filter. */
#define SELECTION_OTHER (-1)
int selection_option(struct app *app, struct selection *selection, int key, const char *arg);
/* Takes the BLOCKS and checks all against @snapshot; returns an exit code. */
int selection_finish(struct app *app, struct selection *selection, const struct memhp_snapshot *snapshot,
		     int argc, char **argv);

/* surveyed.c: what commands share that show the pages of the selected blocks, of which there is at least one.
 */
struct surveyed {
	const struct memhp_snapshot *snapshot;
	const struct memhp_request *request;
	const struct memhp_survey *survey; /* what could not be read is unknown in it */
};
/* Returns an exit code, or SELECTION_OTHER for an option that is not the command's own. */
typedef int (*surveyed_option_fn)(struct app *app, int key, const char *arg, void *data);
typedef int (*surveyed_show_fn)(struct app *app, const struct surveyed *surveyed, void *data);
/* Takes the options, @option (NULL: none) those of the command's own, and then shows. Returns an exit code.
 */
int surveyed_run(struct app *app, int argc, char **argv, surveyed_option_fn option, surveyed_show_fn show,
		 void *data);

/* text.c: numbers and sizes of users */
/* Adds to the text in @buffer, which has room for @size bytes; what is too long is cut. */
void text_append(char *buffer, size_t size, const char *format, ...) PRINTF(3, 4);
/* "lru,anon"; returns @buffer. */
#define FLAGS_TEXT_SIZE 640
const char *page_flags_text(uint64_t flags, char buffer[FLAGS_TEXT_SIZE]);
bool number_parse(const char *text, int base, uint64_t *number); /* digits alone; base 10 or 16, no 0x */
int size_parse(const char *text, uint64_t *size);		 /* -EINVAL, -ERANGE */
int duration_parse(const char *text, uint64_t *ms);		 /* "30s", "500ms", "2m", bare seconds */
/* "4G", "1.5G", as lsmem and chmem print sizes */
void size_format(uint64_t size, char *buffer, size_t length);

/* Keys of options shared by several commands, past all letters. */
enum {
	KEY_JSON = 'J',
	KEY_HELP = 'h',
	KEY_SYSROOT = 's', /* the letter is list's alone, as in lsmem */
	KEY_LONG_SYSROOT = 256,
	KEY_COLOR,
	KEY_VERBOSE,
	KEY_NODE,
	KEY_ZONE,
	KEY_VALID_ZONE,
	KEY_STATE,
	KEY_DEVICE,
	KEY_DRIVER,
	KEY_VERSION,
	KEY_COMPLETE,
	KEY_COMMAND = 512 /* commands number their own from here */
};

#endif
