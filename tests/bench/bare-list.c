// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * bare-list ROOT ATTRIBUTE...: finds the memory blocks of the system below ROOT, reads these attributes of
 * each and lists the links of the nodes, one file after the other, and does nothing with what it reads: what
 * any program must at least spend that shows these attributes and the nodes of all blocks. Prints how many
 * files it read.
 */
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_dir(int at, const char *path)
{
	int fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static int is_numbered(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);
	return strncmp(name, prefix, length) == 0 && isdigit((unsigned char)name[length]);
}

static long read_file(int at, const char *path)
{
	char buffer[1024];
	int fd = openat(at, path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, buffer, sizeof(buffer)) < 0)
		err(1, "%s", path);
	close(fd);
	return 1;
}

static long read_blocks(int memory, char **attributes)
{
	DIR *dir = fdopendir(open_dir(memory, "."));
	struct dirent *entry;
	char path[512];
	long files = 0;

	while (dir && (entry = readdir(dir))) {
		if (!is_numbered(entry->d_name, "memory"))
			continue;
		for (char **name = attributes; *name; name++) {
			snprintf(path, sizeof(path), "%s/%s", entry->d_name, *name);
			files += read_file(memory, path);
		}
	}
	closedir(dir);
	return files;
}

/* Opens what the nodes have of links, without a look at each. */
static void list_node(int nodes, const char *name)
{
	DIR *dir = fdopendir(open_dir(nodes, name));

	while (dir && readdir(dir))
		;
	closedir(dir);
}

static void list_nodes(int nodes)
{
	DIR *dir = fdopendir(nodes);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (is_numbered(entry->d_name, "node"))
			list_node(nodes, entry->d_name);
	}
	closedir(dir);
}

int main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: bare-list ROOT ATTRIBUTE...\n");
		return 2;
	}
	int root = open_dir(AT_FDCWD, argv[1]);
	int memory = open_dir(root, "sys/devices/system/memory");

	printf("%ld\n", read_file(memory, "block_size_bytes") + read_blocks(memory, argv + 2));
	list_nodes(open_dir(root, "sys/devices/system/node"));
	return 0;
}
