// SPDX-License-Identifier: LGPL-2.1-or-later
/* slab: messages, files and sockets made while page cache fills the memory; most of them then go. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"

enum { QUEUES = 16, BIGGEST = 2000, NAMES = 12000, ABSENT = 60000, SOCKETS = 4000 };

struct slab {
	int queues[QUEUES];
};

struct message {
	long type;
	char text[BIGGEST];
};

static void make_queues(struct slab *slab)
{
	set_number("/proc/sys/kernel/msgmnb", INT32_MAX);
	for (int i = 0; i < QUEUES; i++) {
		slab->queues[i] = msgget(IPC_PRIVATE, 0600);
		if (slab->queues[i] < 0)
			fail("msgget");
	}
}

static size_t send_message(struct slab *slab, struct load *load)
{
	struct message message = { .type = 1 };
	size_t size = 1 + pick(load, BIGGEST);

	if (msgsnd(slab->queues[pick(load, QUEUES)], &message, size, IPC_NOWAIT) && errno != EAGAIN)
		fail("msgsnd");
	return size;
}

/* The messages of one queue lie anywhere. */
static void drop_messages(int queue, size_t count)
{
	struct message message;

	while (count-- && msgrcv(queue, &message, BIGGEST, 0, IPC_NOWAIT) >= 0)
		;
}

static const char *name_of(const struct load *load, unsigned int i)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/names/%u", load->dir, i);
	return path;
}

static void make_name(const struct load *load, unsigned int i)
{
	int fd = open(name_of(load, i), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

	if (fd < 0)
		fail("a name");
	close(fd);
}

static void make_names(struct load *load)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/names", load->dir);
	if (mkdir(path, 0700))
		fail(path);
	for (unsigned int i = 0; i < NAMES; i++) {
		if (i % 64 == 0)
			prefer_some_node(load);
		make_name(load, i);
	}
	/* The kernel remembers names that are not there, too. */
	for (unsigned int i = NAMES; i < NAMES + ABSENT; i++) {
		if (i % 1024 == 0)
			prefer_some_node(load);
		stat(name_of(load, i), &st);
	}
}

static void make_sockets(struct load *load)
{
	int pair[2];

	for (int i = 0; i < SOCKETS; i++) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
			fail("socketpair");
		if (pick(load, 2)) {
			close(pair[0]);
			close(pair[1]);
		}
	}
}

static void *make_slab(struct load *load)
{
	struct slab *slab = allocate(1, sizeof(*slab));

	struct filler *filler = load->pressed ? NULL : fill_cache(load);
	make_queues(slab);
	for (uint64_t sent = 0, n = 0; sent < load->bytes / 12; n++) {
		if (n % 4096 == 0)
			prefer_some_node(load);
		sent += send_message(slab, load);
	}
	make_names(load);
	make_sockets(load);
	for (int i = 0; i < QUEUES * 3 / 4; i++)
		drop_messages(slab->queues[i], SIZE_MAX);
	for (unsigned int i = 0; i < NAMES; i++) {
		if (pick(load, 2))
			unlink(name_of(load, i));
	}
	if (filler)
		shrink_filler(filler, load, load->bytes / 4 * 3);
	return slab;
}

static void step_slab(void *made, struct load *load)
{
	struct slab *slab = made;

	for (int i = 0; i < QUEUES; i++)
		drop_messages(slab->queues[i], 100);
	for (int i = 0; i < QUEUES * 100; i++)
		send_message(slab, load);
	for (int i = 0; i < 50; i++) {
		unsigned int name = (unsigned int)pick(load, NAMES);
		if (unlink(name_of(load, name)))
			make_name(load, name);
	}
}

const struct kind slab_kind = { "slab", make_slab, step_slab };
