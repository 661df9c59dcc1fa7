/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several commands say of a block's outlook. */
#ifndef MEMHP_CLI_OUTLOOK_H
#define MEMHP_CLI_OUTLOOK_H

#include <json-c/json.h>

#include <memhp.h>

/* A finding in words ("312 pages of slab, …"), a limit of UINT64_MAX left out; returns @buffer. */
const char *finding_text(const struct memhp_finding *finding, char *buffer, size_t size);
/* Adds what another block has of the same cause; the first page stays. */
void finding_add(struct memhp_finding *sum, const struct memhp_finding *more);
/* What to do next about it; NULL: nothing. */
const char *finding_next(enum memhp_cause cause);
/* "1G can go offline, 0B cannot, 512M unsure", from how many blocks there are of each verdict; returns
 * @buffer. */
const char *tally_text(const uint64_t verdicts[MEMHP_VERDICT_COUNT], uint64_t block_size, char *buffer,
		       size_t size);
/* Pages of the kernel's that never move, by their flags. */
uint64_t outlook_unmovable(const struct memhp_outlook *outlook);
/* A block's pages by what they are to an offline; null: not read. */
json_object *pages_json(const struct memhp_outlook *outlook);

#endif
