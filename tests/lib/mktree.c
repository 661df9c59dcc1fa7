/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mktree [--link] MANIFEST DIR: make a simulated system root from a text manifest.
 *
 *   block_size 128M                      memory/block_size_bytes
 *   nodes links-only                     no node directory, only memoryN/nodeM
 *   blocks 0-23,32 state=online zones="Normal Movable" removable=1 node=0,1
 *                                        any value may be "-": that attribute or link is missing
 *   acpi PNP0C80:00 32-39 status=15      a DIMM with links to its blocks and back
 *   firmware 0-3 config=1 memmap=0       s390: /sys/firmware/memory/memoryN
 *   file PATH TEXT                       \n \t \\ \xHH are understood, "-" alone is an empty file
 *   file PATH <<END                      the lines up to END
 *   fill PATH COUNT TEXT                 TEXT repeated
 *   dir PATH, link PATH TARGET, remove PATH
 *
 * With --link equal attributes are hard links to one file, and attributes that differ from block to
 * block for no use (phys_index) are left out: a million blocks fit into a tmpfs.  Such a tree is
 * for reading only.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMORY "sys/devices/system/memory"
#define NODE "sys/devices/system/node"
#define FIRMWARE "sys/firmware/memory"
#define ACPI_DEVICES "sys/devices/LNXSYSTM:00/LNXSYBUS:00"
#define MAX_POOL 256

struct pair {
	const char *key, *value;
};

struct pooled {
	char *text, *path;
	bool symlink;
};

struct tree {
	FILE *in;
	const char *name;
	unsigned int line;
	int root;
	bool share, links_only;
	struct pooled pool[MAX_POOL];
	unsigned int pooled;
};

static void bad(const struct tree *t, const char *what, const char *word)
{
	errx(2, "%s:%u: %s: %s", t->name, t->line, what, word ? word : "");
}

static void make_dir(struct tree *t, const char *path)
{
	char buf[4096];

	if (!mkdirat(t->root, path, 0755) || errno == EEXIST)
		return;
	if (errno != ENOENT || strlen(path) >= sizeof(buf))
		err(1, "%s", path);
	strcpy(buf, path);
	for (char *p = buf + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdirat(t->root, buf, 0755) && errno != EEXIST)
			err(1, "%s", buf);
		*p = '/';
	}
	if (mkdirat(t->root, path, 0755) && errno != EEXIST)
		err(1, "%s", path);
}

static void make_parent(struct tree *t, const char *path)
{
	char *copy = strdup(path), *slash = copy ? strrchr(copy, '/') : NULL;

	if (slash) {
		*slash = '\0';
		make_dir(t, copy);
	}
	free(copy);
}

static void write_file(struct tree *t, const char *path, const char *data, size_t len)
{
	int fd;

	if (unlinkat(t->root, path, 0) && errno != ENOENT)
		err(1, "%s", path);
	fd = openat(t->root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		err(1, "%s", path);
	if (write(fd, data, len) != (ssize_t)len || close(fd))
		err(1, "%s", path);
}

/* true: PATH is now a hard link to an equal one made before */
static bool from_pool(struct tree *t, const char *path, const char *text, bool symlink)
{
	for (unsigned int i = 0; i < t->pooled; i++) {
		const struct pooled *p = &t->pool[i];

		if (p->symlink == symlink && !strcmp(p->text, text))
			return !linkat(t->root, p->path, t->root, path, 0);
	}
	return false;
}

static void into_pool(struct tree *t, const char *path, const char *text, bool symlink)
{
	struct pooled *p = &t->pool[t->pooled];

	if (t->pooled == MAX_POOL)
		return;
	p->text = strdup(text);
	p->path = strdup(path);
	p->symlink = symlink;
	if (!p->text || !p->path)
		err(1, "memory");
	t->pooled++;
}

static void attribute(struct tree *t, const char *path, const char *text)
{
	if (t->share && from_pool(t, path, text, false))
		return;
	write_file(t, path, text, strlen(text));
	if (t->share)
		into_pool(t, path, text, false);
}

static void make_link(struct tree *t, const char *path, const char *target, bool pool)
{
	if (t->share && pool && from_pool(t, path, target, true))
		return;
	if (symlinkat(target, t->root, path) && errno != EEXIST)
		err(1, "%s", path);
	if (t->share && pool)
		into_pool(t, path, target, true);
}

static uint64_t number(const struct tree *t, const char *text, char **end)
{
	uint64_t n;

	if (!isdigit((unsigned char)*text))
		bad(t, "not a number", text);
	errno = 0;
	n = strtoumax(text, end, 0);
	if (errno)
		bad(t, "not a number", text);
	return n;
}

static uint64_t size_of(const struct tree *t, const char *text)
{
	static const char units[] = "KMGTP";
	char *end;
	uint64_t n = number(t, text, &end);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (*end && (!unit || end[1]))
		bad(t, "not a size", text);
	return unit ? n << (10 * (unit - units + 1)) : n;
}

typedef void each_fn(struct tree *t, uint64_t n, void *arg);

static void each(struct tree *t, const char *list, each_fn *fn, void *arg)
{
	char *end;

	if (!*list)
		return;
	uint64_t first = number(t, list, &end), last = first;

	if (*end == '-')
		last = number(t, end + 1, &end);
	if ((*end && *end != ',') || last < first)
		bad(t, "not a list", list);
	/* The last first: tmpfs lists the newest first, and the first link of a block to a node counts. */
	if (*end)
		each(t, end + 1, fn, arg);
	for (uint64_t n = first; n <= last; n++)
		fn(t, n, arg);
}

/* next word of *POS, which may hold a "quoted part"; NULL at the end */
static char *word(const struct tree *t, char **pos)
{
	char *in = *pos + strspn(*pos, " \t"), *start = in, *out = in;
	bool quoted = false;

	if (!*in)
		return NULL;
	for (; *in && (quoted || !isspace((unsigned char)*in)); in++) {
		if (*in == '"')
			quoted = !quoted;
		else
			*out++ = *in;
	}
	if (quoted)
		bad(t, "quote not closed", start);
	*pos = *in ? in + 1 : in;
	*out = '\0';
	return start;
}

static const char *need(const struct tree *t, char **pos)
{
	const char *w = word(t, pos);

	if (!w)
		bad(t, "too few words", NULL);
	return w;
}

static void options(const struct tree *t, char **pos, struct pair *keys, size_t n)
{
	char *w;

	while ((w = word(t, pos))) {
		char *eq = strchr(w, '=');
		size_t i = 0;

		if (!eq)
			bad(t, "not KEY=VALUE", w);
		*eq = '\0';
		while (i < n && strcmp(keys[i].key, w))
			i++;
		if (i == n)
			bad(t, "unknown key", w);
		keys[i].value = eq + 1;
	}
}

static bool given(const char *value)
{
	return strcmp(value, "-") != 0;
}

static void block_file(struct tree *t, uint64_t n, const char *name, const char *text)
{
	char path[128], line[512];

	if (!given(text))
		return;
	snprintf(path, sizeof(path), MEMORY "/memory%" PRIu64 "/%s", n, name);
	snprintf(line, sizeof(line), "%s\n", text);
	attribute(t, path, line);
}

struct block_node {
	uint64_t block;
};

static void link_node(struct tree *t, uint64_t node, void *arg)
{
	const struct block_node *b = arg;
	char path[128], target[128];

	snprintf(path, sizeof(path), MEMORY "/memory%" PRIu64 "/node%" PRIu64, b->block, node);
	snprintf(target, sizeof(target), "../../node/node%" PRIu64, node);
	make_link(t, path, target, true);
	if (t->links_only)
		return;
	snprintf(path, sizeof(path), NODE "/node%" PRIu64, node);
	make_dir(t, path);
	snprintf(path, sizeof(path), NODE "/node%" PRIu64 "/memory%" PRIu64, node, b->block);
	snprintf(target, sizeof(target), "../../memory/memory%" PRIu64, b->block);
	make_link(t, path, target, false);
}

enum { STATE, ZONES, REMOVABLE, BLOCK_NODE };

static void make_block(struct tree *t, uint64_t n, void *arg)
{
	const struct pair *keys = arg;
	struct block_node b = { n };
	char text[64];

	snprintf(text, sizeof(text), MEMORY "/memory%" PRIu64, n);
	make_dir(t, text);
	block_file(t, n, "state", keys[STATE].value);
	block_file(t, n, "removable", keys[REMOVABLE].value);
	block_file(t, n, "valid_zones", keys[ZONES].value);
	if (given(keys[BLOCK_NODE].value))
		each(t, keys[BLOCK_NODE].value, link_node, &b);
	if (t->share)
		return;
	snprintf(text, sizeof(text), "%08" PRIx64, n);
	block_file(t, n, "phys_index", text);
	block_file(t, n, "phys_device", "0");
	block_file(t, n, "online", strcmp(keys[STATE].value, "offline") ? "1" : "0");
	snprintf(text, sizeof(text), MEMORY "/memory%" PRIu64 "/uevent", n);
	attribute(t, text, "");
}

static void do_blocks(struct tree *t, char **pos)
{
	struct pair keys[] = {
		{ "state", "online" }, { "zones", "Normal" }, { "removable", "1" }, { "node", "0" }
	};
	const char *list = need(t, pos);

	options(t, pos, keys, sizeof(keys) / sizeof(*keys));
	each(t, list, make_block, keys);
}

static void do_block_size(struct tree *t, char **pos)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRIx64 "\n", size_of(t, need(t, pos)));
	make_dir(t, MEMORY);
	write_file(t, MEMORY "/block_size_bytes", text, strlen(text));
}

struct acpi {
	const char *name;
	unsigned int links;
};

static void link_acpi(struct tree *t, uint64_t n, void *arg)
{
	struct acpi *a = arg;
	char path[256], target[256], count[16] = "";

	if (a->links)
		snprintf(count, sizeof(count), "%u", a->links);
	a->links++;
	snprintf(path, sizeof(path), ACPI_DEVICES "/%s/physical_node%s", a->name, count);
	snprintf(target, sizeof(target), "../../../system/memory/memory%" PRIu64, n);
	make_link(t, path, target, false);
	snprintf(path, sizeof(path), MEMORY "/memory%" PRIu64 "/firmware_node", n);
	snprintf(target, sizeof(target), "../../../LNXSYSTM:00/LNXSYBUS:00/%s", a->name);
	make_link(t, path, target, false);
}

static void acpi_file(struct tree *t, const char *device, const char *name, const char *text)
{
	char path[256], line[256];

	snprintf(path, sizeof(path), ACPI_DEVICES "/%s/%s", device, name);
	snprintf(line, sizeof(line), "%s\n", text);
	write_file(t, path, line, strlen(line));
}

static void do_acpi(struct tree *t, char **pos)
{
	struct pair keys[] = { { "status", "15" } };
	struct acpi a = { need(t, pos), 0 };
	const char *list = need(t, pos);
	char path[256], target[256], hid[16];

	options(t, pos, keys, 1);
	snprintf(path, sizeof(path), ACPI_DEVICES "/%s", a.name);
	make_dir(t, path);
	snprintf(hid, sizeof(hid), "%.*s", (int)strcspn(a.name, ":"), a.name);
	acpi_file(t, a.name, "hid", hid);
	acpi_file(t, a.name, "status", keys[0].value);
	if (given(list))
		each(t, list, link_acpi, &a);
	make_dir(t, "sys/bus/acpi/devices");
	snprintf(path, sizeof(path), "sys/bus/acpi/devices/%s", a.name);
	snprintf(target, sizeof(target), "../../../devices/LNXSYSTM:00/LNXSYBUS:00/%s", a.name);
	make_link(t, path, target, false);
}

static void make_firmware(struct tree *t, uint64_t n, void *arg)
{
	static const char *const names[] = { "config", "memmap_on_memory" };
	const struct pair *keys = arg;
	char path[128], line[64];

	snprintf(path, sizeof(path), FIRMWARE "/memory%" PRIu64, n);
	make_dir(t, path);
	for (int i = 0; i < 2; i++) {
		if (!given(keys[i].value))
			continue;
		snprintf(path, sizeof(path), FIRMWARE "/memory%" PRIu64 "/%s", n, names[i]);
		snprintf(line, sizeof(line), "%s\n", keys[i].value);
		attribute(t, path, line);
	}
}

static void do_firmware(struct tree *t, char **pos)
{
	struct pair keys[] = { { "config", "1" }, { "memmap", "0" } };
	const char *list = need(t, pos);

	options(t, pos, keys, 2);
	each(t, list, make_firmware, keys);
}

static size_t unescape(const struct tree *t, char *text)
{
	char *out = text;

	for (const char *in = text; *in; in++) {
		unsigned int byte;

		if (*in != '\\') {
			*out++ = *in;
		} else if (*++in == 'n' || *in == 't' || *in == '\\') {
			*out++ = *in == 'n' ? '\n' : *in == 't' ? '\t' : '\\';
		} else if (*in == 'x' && sscanf(in + 1, "%2x", &byte) == 1 &&
			   isxdigit((unsigned char)in[2])) {
			*out++ = (char)byte;
			in += 2;
		} else {
			bad(t, "unknown escape", in);
		}
	}
	return (size_t)(out - text);
}

static void heredoc(struct tree *t, const char *path, const char *mark)
{
	char *line = NULL, *data = NULL;
	size_t size = 0, len = 0;
	FILE *out = open_memstream(&data, &len);
	bool closed = false;
	ssize_t n;

	while (out && !closed && (n = getline(&line, &size, t->in)) >= 0) {
		t->line++;
		closed = (size_t)n == strlen(mark) + 1 && !strncmp(line, mark, strlen(mark));
		if (!closed)
			fputs(line, out);
	}
	if (!out || fclose(out))
		err(1, "memory");
	if (!closed)
		bad(t, "not closed", mark);
	write_file(t, path, data, len);
	free(line);
	free(data);
}

static void do_file(struct tree *t, char **pos)
{
	const char *path = need(t, pos);
	char *text = *pos + strspn(*pos, " \t");

	make_parent(t, path);
	if (!strncmp(text, "<<", 2))
		heredoc(t, path, text + 2);
	else if (!strcmp(text, "-"))
		write_file(t, path, "", 0);
	else
		write_file(t, path, text, unescape(t, text));
}

static void do_fill(struct tree *t, char **pos)
{
	const char *path = need(t, pos);
	uint64_t count = size_of(t, need(t, pos));
	char *text = *pos + strspn(*pos, " \t"), *data;
	size_t len = unescape(t, text);

	data = malloc(count * len + 1);
	if (!data)
		err(1, "memory");
	for (uint64_t i = 0; i < count; i++)
		memcpy(data + i * len, text, len);
	make_parent(t, path);
	write_file(t, path, data, count * len);
	free(data);
}

static void do_dir(struct tree *t, char **pos)
{
	const char *path = need(t, pos);

	unlinkat(t->root, path, 0);
	make_dir(t, path);
}

static void do_link(struct tree *t, char **pos)
{
	const char *path = need(t, pos), *target = need(t, pos);

	make_parent(t, path);
	unlinkat(t->root, path, 0);
	make_link(t, path, target, false);
}

static void do_remove(struct tree *t, char **pos)
{
	const char *path = need(t, pos);

	if (unlinkat(t->root, path, 0) && (errno != EISDIR || unlinkat(t->root, path, AT_REMOVEDIR)))
		bad(t, "cannot remove", path);
}

static void do_nodes(struct tree *t, char **pos)
{
	const char *how = need(t, pos);

	if (strcmp(how, "links-only"))
		bad(t, "unknown", how);
	t->links_only = true;
}

static void command(struct tree *t, char *line)
{
	static const struct {
		const char *name;
		void (*run)(struct tree *t, char **pos);
	} table[] = {
		{ "block_size", do_block_size },
		{ "blocks", do_blocks },
		{ "acpi", do_acpi },
		{ "firmware", do_firmware },
		{ "file", do_file },
		{ "fill", do_fill },
		{ "dir", do_dir },
		{ "link", do_link },
		{ "remove", do_remove },
		{ "nodes", do_nodes },
	};
	const char *name = word(t, &line);

	if (!name || *name == '#')
		return;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (!strcmp(table[i].name, name)) {
			table[i].run(t, &line);
			return;
		}
	}
	bad(t, "unknown word", name);
}

static void run(struct tree *t)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, t->in)) >= 0) {
		t->line++;
		if (n && line[n - 1] == '\n')
			line[n - 1] = '\0';
		command(t, line);
	}
	free(line);
	for (unsigned int i = 0; i < t->pooled; i++) {
		free(t->pool[i].text);
		free(t->pool[i].path);
	}
}

int main(int argc, char **argv)
{
	struct tree t = { 0 };

	t.share = argc > 1 && !strcmp(argv[1], "--link");
	if (argc - t.share != 3)
		errx(2, "usage: mktree [--link] MANIFEST DIR");
	t.name = argv[argc - 2];
	t.in = strcmp(t.name, "-") ? fopen(t.name, "re") : stdin;
	if (!t.in)
		err(1, "%s", t.name);
	if (mkdir(argv[argc - 1], 0755) && errno != EEXIST)
		err(1, "%s", argv[argc - 1]);
	t.root = open(argv[argc - 1], O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (t.root < 0)
		err(1, "%s", argv[argc - 1]);
	run(&t);
	fclose(t.in);
	return 0;
}
