# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What --trace costs; for tests/bench/trace.

bats_require_minimum_version 1.5.0
# shellcheck source=../guest/change.bash
. "$BATS_TEST_DIRNAME/change.bash"

runs=5

setup_file()
{
	grep -q " /sys/kernel/tracing " /proc/mounts || mount -t tracefs tracefs /sys/kernel/tracing
	dimm_for_file trace
}

# measure ARG...: the median of the whole command, and of its attempts alone, in ms.
measure()
{
	local run start
	local -a wall=() attempts=()

	for ((run = 0; run < runs; run++)); do
		set_state online_movable $DIMM_BLOCKS
		start=${EPOCHREALTIME/./}
		memhp --json offline "$@" >/tmp/report
		wall+=($(((${EPOCHREALTIME/./} - start) / 1000)))
		attempts+=("$(jq '[.blocks[].elapsed_ms] | add' /tmp/report)")
	done
	mapfile -t wall < <(printf '%s\n' "${wall[@]}" | sort -n)
	mapfile -t attempts < <(printf '%s\n' "${attempts[@]}" | sort -n)
	echo "${wall[runs / 2]} ${attempts[runs / 2]}"
}

@test "what a trace costs" {
	local plain traced

	read -ra blocks <<<"$DIMM_BLOCKS"
	plain=$(measure "${blocks[@]}")
	traced=$(measure "${blocks[@]}" --trace)
	echo "# | $(uname -r) | ${plain% *} | ${traced% *} | ${plain#* } | ${traced#* } |" >&3
}
