# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# In a guest: `memhp list` against lsmem, and against a program that only reads the same files, on the live
# sysfs of a 64 GiB DIMM.

bats_require_minimum_version 1.5.0
# shellcheck source=../guest/guest.bash
. "$BATS_TEST_DIRNAME/guest.bash"

runs=31
columns=RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES

# took NAME COMMAND...: appends its wall time in microseconds to /tmp/NAME.
took()
{
	local name=$1 start=${EPOCHREALTIME/./}

	"${@:2}" >/dev/null
	echo $((${EPOCHREALTIME/./} - start)) >>"/tmp/$name"
}

median()
{
	sort -n "/tmp/$1" | sed -n "$((runs / 2 + 1))p"
}

@test "list" {
	local run

	auto_online offline
	# The emulator translates a program anew wherever it is loaded, which no processor does.
	echo 0 >/proc/sys/kernel/randomize_va_space
	plug_dimm big 64G 1 >/dev/null
	[[ $(memhp list -r -o $columns) == "$(lsmem -r -o $columns)" ]]
	for ((run = 0; run < runs; run++)); do
		took memhp memhp list -r -o $columns
		took lsmem lsmem -r -o $columns
		took bare "$BATS_TEST_DIRNAME/bare-list" / state valid_zones
	done
	awk -v blocks="$(block_ids | wc -l)" -v cores="$(nproc)" -v ours="$(median memhp)" \
		-v theirs="$(median lsmem)" -v bare="$(median bare)" -v kernel="$(uname -r)" \
		'BEGIN { printf "# | %s | %d | %d | %.1f / %.1f | %.2f | %.1f | %.2f |\n", kernel, cores, blocks,
			ours / 1000, theirs / 1000, ours / theirs, bare / 1000, ours / bare }' >&3
}
