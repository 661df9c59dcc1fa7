/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the library says of memory that is there already, which the tool refuses before it asks. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#define BLOCK_SIZE (128ULL << 20)
#define MEMORY "sys/devices/system/memory/"

static void make_file(int root, const char *path, const char *text)
{
	char part[128];

	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		mkdirat(root, part, 0755);
	}
	int fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		abort();
	close(fd);
}

static void describe(struct memhp_ctx *ctx, uint64_t start, uint64_t size, char *text, size_t room)
{
	struct memhp_add_options options = { .size = sizeof(options) };
	struct memhp_report *report = NULL;
	int error = memhp_add_range(ctx, start, size, &options, &report);

	snprintf(text, room, "%s%s", error ? strerrorname_np(-error) : "",
		 error				    ? ""
		 : memhp_report_is_complete(report) ? "complete"
						    : "not complete");
	for (size_t i = 0; !error && i < memhp_report_get_count(report); i++) {
		const struct memhp_result *result = memhp_report_get_result(report, i);
		size_t used = strlen(text);
		snprintf(text + used, room - used, " %" PRIu64 ":%s", result->block,
			 memhp_outcome_name(result->outcome));
	}
	memhp_report_free(report);
}

static void expect(struct memhp_ctx *ctx, const char *what, uint64_t start, uint64_t size, const char *wanted)
{
	char text[128];

	describe(ctx, start, size, text, sizeof(text));
	check(strcmp(text, wanted) == 0, what, text);
}

int main(void)
{
	char directory[] = "/tmp/memhp-add-XXXXXX", command[64];
	struct memhp_ctx *ctx = NULL;
	int root = mkdtemp(directory) ? open(directory, O_RDONLY | O_DIRECTORY) : -1;

	if (root < 0 || memhp_ctx_new(&ctx, directory))
		abort();
	make_file(root, MEMORY "block_size_bytes", "8000000\n");
	make_file(root, MEMORY "probe", "");
	make_file(root, MEMORY "memory4/state", "online\n");
	make_file(root, MEMORY "memory5/state", "offline\n");
	expect(ctx, "blocks that are there are already so", 4 * BLOCK_SIZE, 2 * BLOCK_SIZE,
	       "complete 4:already 5:already");
	expect(ctx, "a write that brings no block has failed", 4 * BLOCK_SIZE, 3 * BLOCK_SIZE,
	       "not complete 4:already 5:already 6:failed");
	unlinkat(root, MEMORY "probe", 0);
	mkdirat(root, MEMORY "probe", 0755); /* nothing that can be written */
	expect(ctx, "a refused write makes no block ours", 5 * BLOCK_SIZE, 2 * BLOCK_SIZE,
	       "not complete 5:already 6:failed");
	expect(ctx, "a range that ends past the last address", UINT64_MAX - BLOCK_SIZE + 1, 2 * BLOCK_SIZE,
	       "EINVAL");
	memhp_ctx_free(ctx);
	close(root);
	snprintf(command, sizeof(command), "rm -r %s", directory);
	return finish() | system(command);
}
