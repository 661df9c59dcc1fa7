# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# In a guest: `memhp list` against lsmem on the live sysfs of a 64 GiB DIMM.

bats_require_minimum_version 1.5.0
# shellcheck source=../guest/guest.bash
. "$BATS_TEST_DIRNAME/guest.bash"

runs=31
columns=RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES

# took COMMAND...: appends its wall time in microseconds to /tmp/COMMAND.
took()
{
	local start=${EPOCHREALTIME/./}

	"$@" >/dev/null
	echo $((${EPOCHREALTIME/./} - start)) >>"/tmp/$1"
}

median()
{
	sort -n "/tmp/$1" | sed -n "$((runs / 2 + 1))p"
}

@test "list" {
	local run

	auto_online offline
	plug_dimm big 64G 1 >/dev/null
	[[ $(memhp list -r -o $columns) == "$(lsmem -r -o $columns)" ]]
	for ((run = 0; run < runs; run++)); do
		took memhp list -r -o $columns
		took lsmem -r -o $columns
	done
	awk -v blocks="$(block_ids | wc -l)" -v cores="$(nproc)" -v ours="$(median memhp)" \
		-v theirs="$(median lsmem)" -v kernel="$(uname -r)" \
		'BEGIN { printf "# | %s | %d | %d | %.1f / %.1f | %.2f |\n", kernel, cores, blocks,
			ours / 1000, theirs / 1000, ours / theirs }' >&3
}
