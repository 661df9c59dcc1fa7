/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * /proc/kcore is an ELF core file (fs/proc/kcore.c): a PT_LOAD for each range of kernel addresses, and a note
 * VMCOREINFO of text lines (kernel/vmcore_info.c, Documentation/admin-guide/kdump/vmcoreinfo.rst). Nothing of
 * it is believed: only what lies in one of the ranges is read.
 */
#include <elf.h>
#include <endian.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/sysfs.h"
#include "base/unread.h"
#include "kcore/kcore.h"

#define MOST_NOTES (1 << 20) /* bytes, of all segments of notes */

struct segment {
	uint64_t start, end; /* addresses */
	uint64_t offset;     /* of its start in the file */
};

/*
 * The kernel copies through one buffer for each open file (read_kcore_iter()), and nothing keeps two reads of
 * it apart: each would get some of what the other reads.
 */
struct kcore {
	pthread_mutex_t reading;
	int fd;
	size_t count;
	struct segment *segments; /* by address */
	char *info;		  /* VMCOREINFO, with a newline before the first line */
};

static int read_at(int fd, uint64_t offset, void *buffer, size_t size)
{
	for (size_t got = 0; got < size;) {
		ssize_t n = pread(fd, (char *)buffer + got, size - got, (off_t)(offset + got));
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -EFAULT;
		got += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int by_address(const void *a, const void *b)
{
	const struct segment *left = a, *right = b;
	return left->start < right->start ? -1 : left->start > right->start;
}

/* What reaches beyond the last address, or lies where no file can, is no range. */
static void add_segment(struct kcore *kcore, const Elf64_Phdr *header)
{
	struct segment segment = { .start = header->p_vaddr, .offset = header->p_offset };

	if (header->p_memsz == 0 || __builtin_add_overflow(header->p_vaddr, header->p_memsz, &segment.end) ||
	    header->p_offset > INT64_MAX || header->p_memsz > INT64_MAX - header->p_offset)
		return;
	kcore->segments[kcore->count++] = segment;
}

/* The text of the first note VMCOREINFO in @notes. */
static const char *find_info(const char *notes, size_t size, size_t *length)
{
	static const char name[] = "VMCOREINFO";
	Elf64_Nhdr note;

	for (size_t at = 0; at + sizeof(note) <= size;) {
		memcpy(&note, notes + at, sizeof(note));
		at += sizeof(note);
		size_t text = ((size_t)note.n_namesz + 3) & ~3UL,
		       next = text + (((size_t)note.n_descsz + 3) & ~3UL);
		if (next > size - at)
			return NULL;
		if (note.n_namesz == sizeof(name) && memcmp(notes + at, name, sizeof(name)) == 0) {
			*length = note.n_descsz;
			return notes + at + text;
		}
		at += next;
	}
	return NULL;
}

static int read_info(struct kcore *kcore, const Elf64_Phdr *header, uint64_t *left)
{
	if (header->p_filesz > *left || header->p_offset > INT64_MAX - MOST_NOTES)
		return -ENOEXEC;
	*left -= header->p_filesz;
	char *notes = malloc(header->p_filesz + 1);
	if (!notes)
		return -ENOMEM;
	int error = read_at(kcore->fd, header->p_offset, notes, header->p_filesz);
	size_t length = 0;
	const char *info = error ? NULL : find_info(notes, header->p_filesz, &length);
	if (info && asprintf(&kcore->info, "\n%.*s", (int)length, info) < 0) {
		kcore->info = NULL;
		error = -ENOMEM;
	}
	free(notes);
	return error;
}

static int check_header(const Elf64_Ehdr *header)
{
	static const unsigned char magic[] = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3 };
	unsigned char data = __BYTE_ORDER == __LITTLE_ENDIAN ? ELFDATA2LSB : ELFDATA2MSB;

	if (memcmp(header->e_ident, magic, sizeof(magic)) != 0)
		return -ENOEXEC;
	if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != data ||
	    (header->e_machine != EM_X86_64 && header->e_machine != EM_PPC64 &&
	     header->e_machine != EM_AARCH64))
		return -EOPNOTSUPP;
	return header->e_type == ET_CORE && header->e_phentsize == sizeof(Elf64_Phdr) ? 0 : -ENOEXEC;
}

/* A core of more than 65,534 headers has their number in a section header; no kernel has written one. */
static int read_headers(struct kcore *kcore)
{
	Elf64_Ehdr elf;
	uint64_t notes = MOST_NOTES;
	int error = read_at(kcore->fd, 0, &elf, sizeof(elf));

	if (!error)
		error = check_header(&elf);
	if (error)
		return error == -EFAULT ? -ENOEXEC : error;
	if (elf.e_phnum == PN_XNUM || elf.e_phoff > INT64_MAX / 2)
		return -ENOEXEC;
	kcore->segments = calloc(elf.e_phnum + 1UL, sizeof(*kcore->segments));
	Elf64_Phdr *headers = calloc(elf.e_phnum + 1UL, sizeof(*headers));
	if (!headers || !kcore->segments)
		error = -ENOMEM;
	if (!error)
		error = read_at(kcore->fd, elf.e_phoff, headers, elf.e_phnum * sizeof(*headers));
	for (size_t i = 0; !error && i < elf.e_phnum; i++) {
		if (headers[i].p_type == PT_LOAD)
			add_segment(kcore, &headers[i]);
		else if (headers[i].p_type == PT_NOTE && !kcore->info)
			error = read_info(kcore, &headers[i], &notes);
	}
	free(headers);
	if (!error && !kcore->info)
		error = -ENOEXEC;
	if (!error)
		qsort(kcore->segments, kcore->count, sizeof(*kcore->segments), by_address);
	return error == -EFAULT ? -ENOEXEC : error;
}

int kcore_open(struct memhp_ctx *ctx, struct kcore **kcore)
{
	*kcore = NULL;
	struct kcore *new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	pthread_mutex_init(&new->reading, NULL);
	new->fd = sysfs_open_optional(ctx, KCORE);
	int error = new->fd < 0 ? new->fd : read_headers(new);
	/* A container hides it behind /dev/null, and lockdown forbids it: neither is a failure. */
	if (error != -EPERM && error != -ENOEXEC && error != -EOPNOTSUPP)
		unread_note(ctx, KCORE, error);
	if (error)
		kcore_close(new);
	else
		*kcore = new;
	return error;
}

void kcore_close(struct kcore *kcore)
{
	if (!kcore)
		return;
	if (kcore->fd >= 0)
		close(kcore->fd);
	pthread_mutex_destroy(&kcore->reading);
	free(kcore->segments);
	free(kcore->info);
	free(kcore);
}

/* Addresses are hexadecimal without 0x, other numbers decimal or with it. */
bool kcore_number(const struct kcore *kcore, const char *name, int64_t *value)
{
	char key[80], *end;
	int length = snprintf(key, sizeof(key), "\n%s=", name);
	const char *found = length < (int)sizeof(key) ? strstr(kcore->info, key) : NULL;

	if (!found)
		return false;
	found += length;
	*value = (int64_t)strtoull(found, &end, strncmp(name, "SYMBOL", 6) == 0 ? 16 : 0);
	return end > found && (*end == '\n' || *end == '\0');
}

int kcore_read(struct kcore *kcore, uint64_t address, void *buffer, size_t size)
{
	size_t low = 0, high = kcore->count;

	while (low < high) { /* the first one that ends behind it */
		size_t middle = low + (high - low) / 2;
		if (kcore->segments[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == kcore->count)
		return -EFAULT;
	const struct segment *segment = &kcore->segments[low];
	if (address < segment->start || size > segment->end - address)
		return -EFAULT;
	pthread_mutex_lock(&kcore->reading);
	int error = read_at(kcore->fd, segment->offset + (address - segment->start), buffer, size);
	pthread_mutex_unlock(&kcore->reading);
	return error;
}

bool kcore_read_name(struct kcore *kcore, uint64_t address, char *name, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (kcore_read(kcore, address + i, &name[i], 1))
			break;
		if (!name[i])
			return i > 0;
		if (name[i] <= ' ' || name[i] > '~')
			break;
	}
	name[0] = '\0';
	return false;
}
