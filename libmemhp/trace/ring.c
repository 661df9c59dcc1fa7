/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <traceevent/kbuffer.h>
#include <unistd.h>

#include "base/dl.h"
#include "trace/ring.h"

/* A sub-buffer, which is what one read gives, is a page unless somebody made it larger. */
#define RECORD_SIZE 80 /* longer than any that is asked for; what is longer is cut */

struct record {
	uint64_t ns, number;
	size_t size;
	char data[RECORD_SIZE];
};

struct ring {
	struct memhp_ctx *ctx;
	void *handle;
	struct kbuffer *kbuffer;
	char *page;
	size_t page_size;
	int *fds;
	FILE **kept; /* NULL: nothing is */
	size_t cpus;
	struct record *records;
	size_t count, room;
	uint64_t number; /* of the next record */
	int keep_error;	 /* what is kept is not whole: a positive errno */
	__typeof__(kbuffer_alloc) *kbuffer_alloc;
	__typeof__(kbuffer_free) *kbuffer_free;
	__typeof__(kbuffer_load_subbuffer) *kbuffer_load_subbuffer;
	__typeof__(kbuffer_read_event) *kbuffer_read_event;
	__typeof__(kbuffer_next_event) *kbuffer_next_event;
	__typeof__(kbuffer_event_size) *kbuffer_event_size;
	__typeof__(kbuffer_missed_events) *kbuffer_missed_events;
};

static int open_library(struct ring *ring)
{
	const struct dl_symbol symbols[] = {
		DL_SYMBOL(ring, kbuffer_alloc),		 DL_SYMBOL(ring, kbuffer_free),
		DL_SYMBOL(ring, kbuffer_load_subbuffer), DL_SYMBOL(ring, kbuffer_read_event),
		DL_SYMBOL(ring, kbuffer_next_event),	 DL_SYMBOL(ring, kbuffer_event_size),
		DL_SYMBOL(ring, kbuffer_missed_events),
	};
	int error = dl_open(ring->ctx, "libtraceevent.so.1", symbols, ARRAY_SIZE(symbols), &ring->handle);
	if (error)
		return error;
	ring->kbuffer = ring->kbuffer_alloc(KBUFFER_LSIZE_SAME_AS_HOST, KBUFFER_ENDIAN_SAME_AS_HOST);
	return ring->kbuffer ? 0 : -ENOMEM;
}

static int open_files(struct ring *ring)
{
	ring->kept = calloc(ring->cpus + 1, sizeof(FILE *));
	if (!ring->kept)
		return -ENOMEM;
	for (size_t i = 0; i < ring->cpus; i++) {
		ring->kept[i] = tmpfile();
		if (!ring->kept[i])
			return ctx_fail(ring->ctx, -errno, &P_tmpdir[1]);
	}
	return 0;
}

int ring_new(struct memhp_ctx *ctx, const int *fds, size_t count, bool keep, struct ring **ring)
{
	struct ring *new = calloc(1, sizeof(*new));
	int error = -ENOMEM;

	*ring = new;
	if (new) {
		new->ctx = ctx;
		new->page_size = memhp_page_size();
		new->page = malloc(new->page_size);
		new->fds = calloc(count + 1, sizeof(*fds));
	}
	if (new &&new->page &&new->fds) {
		memcpy(new->fds, fds, count * sizeof(*fds));
		new->cpus = count;
		error = open_library(new);
	}
	if (!error && keep)
		error = open_files(new);
	if (!error)
		return 0;
	if (!new || new->cpus == 0)
		for (size_t i = 0; i < count; i++)
			close(fds[i]);
	ring_free(new);
	*ring = NULL;
	return error;
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	for (size_t i = 0; i < ring->cpus; i++) {
		close(ring->fds[i]);
		if (ring->kept && ring->kept[i])
			fclose(ring->kept[i]);
	}
	if (ring->kbuffer)
		ring->kbuffer_free(ring->kbuffer);
	dl_close(ring->handle);
	free(ring->kept);
	free(ring->fds);
	free(ring->page);
	free(ring->records);
	free(ring);
}

static int add_record(struct ring *ring, uint64_t ns, const void *data, size_t size)
{
	if (ring->count == ring->room) {
		size_t room = ring->room ? 2 * ring->room : 256;
		struct record *records = reallocarray(ring->records, room, sizeof(*records));
		if (!records)
			return -ENOMEM;
		ring->records = records;
		ring->room = room;
	}
	struct record *record = &ring->records[ring->count++];
	record->ns = ns;
	record->number = ring->number++;
	record->size = size < RECORD_SIZE ? size : RECORD_SIZE;
	memset(record->data, 0, RECORD_SIZE);
	memcpy(record->data, data, record->size);
	return 0;
}

static int take_page(struct ring *ring, uint64_t *lost)
{
	unsigned long long ns = 0;

	if (ring->kbuffer_load_subbuffer(ring->kbuffer, ring->page) < 0)
		return -EIO;
	int missed = ring->kbuffer_missed_events(ring->kbuffer);
	*lost += missed < 0 ? 1 : (uint64_t)missed; /* below 0: it does not know how many */
	for (void *data = ring->kbuffer_read_event(ring->kbuffer, &ns); data;
	     data = ring->kbuffer_next_event(ring->kbuffer, &ns)) {
		int error = add_record(ring, ns, data, (size_t)ring->kbuffer_event_size(ring->kbuffer));
		if (error)
			return error;
	}
	return 0;
}

static int take_cpu(struct ring *ring, size_t index, uint64_t *lost)
{
	for (;;) {
		ssize_t n = read(ring->fds[index], ring->page, ring->page_size);
		if (n < 0 && errno == EINTR)
			continue;
		/* ENODEV: of a processor that was off when the instance was made there is no buffer. */
		if (n <= 0)
			return n < 0 && errno != EAGAIN && errno != ENODEV ? -errno : 0;
		/* A page that is not full is as long all the same: those that read the file expect it. */
		memset(ring->page + n, 0, ring->page_size - (size_t)n);
		errno = EIO;
		if (ring->kept && fwrite(ring->page, ring->page_size, 1, ring->kept[index]) != 1)
			ring->keep_error = errno;
		int error = take_page(ring, lost);
		if (error)
			return error;
	}
}

static int by_time(const void *left, const void *right)
{
	const struct record *a = left, *b = right;

	if (a->ns != b->ns)
		return a->ns > b->ns ? 1 : -1;
	return (a->number > b->number) - (a->number < b->number);
}

int ring_read(struct ring *ring, uint64_t until_ns, ring_fn fn, void *data, uint64_t *lost)
{
	int error = 0;
	size_t used = 0;

	for (size_t i = 0; i < ring->cpus; i++) {
		int failed = take_cpu(ring, i, lost);
		error = error ? error : failed;
	}
	if (ring->count)
		qsort(ring->records, ring->count, sizeof(*ring->records), by_time);
	for (; used < ring->count && ring->records[used].ns <= until_ns; used++)
		fn(data, ring->records[used].ns, ring->records[used].data, ring->records[used].size);
	ring->count -= used;
	if (ring->count)
		memmove(ring->records, ring->records + used, ring->count * sizeof(*ring->records));
	return error;
}

int ring_check_kept(const struct ring *ring)
{
	return ring->kept ? -ring->keep_error : -EINVAL;
}

int ring_replay(struct ring *ring, ring_fn fn, void *data)
{
	uint64_t lost = 0;
	int error = ring_check_kept(ring);

	for (size_t i = 0; !error && i < ring->cpus; i++) {
		rewind(ring->kept[i]);
		while (!error && fread(ring->page, ring->page_size, 1, ring->kept[i]) == 1) {
			ring->count = 0;
			error = take_page(ring, &lost);
			for (size_t j = 0; j < ring->count; j++)
				fn(data, ring->records[j].ns, ring->records[j].data, ring->records[j].size);
		}
		if (ferror(ring->kept[i]))
			error = -EIO;
		fseeko(ring->kept[i], 0, SEEK_END);
	}
	ring->count = 0;
	return error;
}

int ring_kept(const struct ring *ring, size_t index, uint64_t *length)
{
	*length = 0;
	if (!ring->kept || index >= ring->cpus || fflush(ring->kept[index]) != 0)
		return -1;
	off_t end = ftello(ring->kept[index]);
	*length = end < 0 ? 0 : (uint64_t)end;
	return fileno(ring->kept[index]);
}
