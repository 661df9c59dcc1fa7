// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * bare-read THREADS: reads the parts of files that its input names, lines of PATH OFFSET LENGTH, in large
 * chunks and does nothing with them: what any program must at least spend that needs to know them.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHUNK = 1 << 20, THREADS_MAX = 64, PARTS_MAX = 1 << 16 };

struct part {
	char path[64];
	uint64_t offset, length;
};

struct work {
	struct part parts[PARTS_MAX];
	size_t count, next;
	pthread_mutex_t lock;
};

/* Cuts the next chunk off what is left; its length is 0 when nothing is. */
static struct part take_chunk(struct work *work)
{
	struct part chunk = { .length = 0 };

	pthread_mutex_lock(&work->lock);
	if (work->next < work->count) {
		struct part *part = &work->parts[work->next];
		chunk = *part;
		if (chunk.length > CHUNK)
			chunk.length = CHUNK;
		part->offset += chunk.length;
		part->length -= chunk.length;
		if (!part->length)
			work->next++;
	}
	pthread_mutex_unlock(&work->lock);
	return chunk;
}

static void read_chunk(const struct part *chunk, char *buffer)
{
	int fd = open(chunk->path, O_RDONLY | O_CLOEXEC);
	size_t done = 0;

	if (fd < 0) {
		fprintf(stderr, "bare-read: %s: %s\n", chunk->path, strerror(errno));
		exit(1);
	}
	while (done < chunk->length) {
		ssize_t n = pread(fd, buffer + done, chunk->length - done, (off_t)(chunk->offset + done));
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	close(fd);
}

static void *read_chunks(void *work)
{
	char *buffer = malloc(CHUNK);
	struct part chunk;

	while (buffer && (chunk = take_chunk(work)).length)
		read_chunk(&chunk, buffer);
	free(buffer);
	return NULL;
}

int main(int argc, char **argv)
{
	static struct work work = { .lock = PTHREAD_MUTEX_INITIALIZER };
	pthread_t threads[THREADS_MAX];
	long count = argc == 2 ? strtol(argv[1], NULL, 10) : 0;
	struct part part;

	if (count < 1 || count > THREADS_MAX) {
		fprintf(stderr, "usage: bare-read THREADS <PARTS\n");
		return 2;
	}
	while (work.count < PARTS_MAX &&
	       scanf("%63s %ju %ju", part.path, (uintmax_t *)&part.offset, (uintmax_t *)&part.length) == 3)
		work.parts[work.count++] = part;
	for (long i = 0; i < count; i++) {
		if (pthread_create(&threads[i], NULL, read_chunks, &work))
			return 1;
	}
	for (long i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
