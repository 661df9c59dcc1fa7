# shellcheck shell=bash disable=SC2154 # variables of guest.bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the tests of memhp's changing commands share: a DIMM to work on, ways to
# make the kernel hang, and a report to compare with what the kernel shows.

# shellcheck source=guest.bash
. "${BASH_SOURCE[0]%/*}/guest.bash"

through=()

# For setup_file: all tests of a file share one DIMM of eight blocks in node 1.
dimm_for_file()
{
	local ids

	auto_online offline
	ids=$(plug_dimm "$1" "$((8 * $(block_size)))" 1) || return
	DIMM_BLOCKS=${ids//$'\n'/ }
	export DIMM_BLOCKS
}

# For teardown_file: a file that left a block in use leaves the DIMM, too.
dimm_gone()
{
	local -a ids

	read -ra ids <<<"$DIMM_BLOCKS"
	if set_state offline "${ids[@]}"; then
		unplug_dimm "$1" "${ids[@]}"
	fi
}

# For setup: the assertions, and the DIMM's blocks in the given state.
start_with()
{
	load_assertions
	read -ra blocks <<<"$DIMM_BLOCKS"
	set_state offline "${blocks[@]}"
	[[ $1 == offline ]] || set_state "$1" "${blocks[@]}"
	total_before=$(memtotal)
	lsmem_before=$(lsmem_online)
}

# For teardown: whatever a failed test left behind.
calm_down()
{
	local pid

	for pid in ${job-} ${hang-} ${helper-}; do
		kill -KILL "$pid" 2>/dev/null || true
	done
	unpin
	inject_nothing
}

# For setup: what bats does not bring along itself.
load_assertions()
{
	bats_load_library bats-support
	bats_load_library bats-assert
}

# The host compares each document with its schema once the guest has ended.
keep_document()
{
	echo "$output" >/dev/documents
}

# memhp_json STATUS[,STATUS] ARG...: the report is in $output. The command that
# runs memhp may be put into "through".
memhp_json()
{
	local expected=$1

	shift
	run --separate-stderr "${through[@]}" timeout -s KILL 90 memhp --json "$@"
	keep_document
	# shellcheck disable=SC2154 # run sets it
	[[ ,$expected, == *,$status,* ]] && return
	say "memhp $*: exit status $status instead of $expected"
	say "$output"
	# shellcheck disable=SC2154 # the same
	say "$stderr"
	return 1
}

# facts BLOCK: of list --all, as sysfs shows them.
facts()
{
	local node

	node=$(echo "$memory/memory$1"/node*)
	echo "$1 $(sysfs_state "$1") $(sysfs_zones "$1") ${node##*node}"
}

# report_has FILTER [JQ-OPTION...]
report_has()
{
	local filter=$1

	shift
	jq -e "$@" "$filter" <<<"$output" >/dev/null && return
	say "not true: $filter, in"
	say "$output"
	return 1
}

# one_outcome BLOCK OUTCOME [ERRNO]
one_outcome()
{
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.blocks | length == 1 and .[0].block == $b and .[0].outcome == $o and
		($e == "" or .[0].errno == $e)' --argjson b "$1" --arg o "$2" --arg e "${3-}"
}

done_is()
{
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.done == {blocks: $n, size: ($n * $size)}' \
		--argjson n "$1" --argjson size "$(block_size)"
}

# Every block of the report is in the state and zone that the report says.
report_agrees_with_sysfs()
{
	local id state zone

	while read -r id state zone; do
		state_is "$id" "$state" || { say "block $id is not $state"; return 1; }
		[[ $state != online || $(sysfs_zones "$id") == "$zone" ]] ||
			{ say "block $id is not in $zone"; return 1; }
	done < <(jq -r '.blocks[] | select(.outcome != "absent") |
		"\(.block) \(.state) \(.zone)"' <<<"$output")
}

# total_changed_by BLOCKS: by MemTotal and by lsmem, since the test's start.
total_changed_by()
{
	local bytes=$(($1 * $(block_size)))

	assert_equal $(($(memtotal) - total_before)) "$bytes"
	assert_equal $(($(lsmem_online) - lsmem_before)) "$bytes"
}

# start_memhp ARG...: job is its pid, the report goes to /tmp/report. The shell's
# job control is on so that the job does not start with SIGINT ignored.
start_memhp()
{
	set -m
	memhp --json "$@" >/tmp/report 2>/tmp/report.err 3>&- 8>&- &
	job=$!
	set +m
}

no_memhp_runs()
{
	! pidof memhp >/dev/null
}

# Pins a page and waits until memhp's offline of its block hangs in the kernel.
start_hanging_memhp()
{
	pin_page 1
	start_memhp offline "$pinned_block" --timeout 0
	wait_until 20 state_is "$pinned_block" going-offline
}

# The same with a shell's write instead of memhp's: hang is its pid.
start_hanging_write()
{
	pin_page 1
	busybox sh -c "echo offline >$memory/memory$pinned_block/state" 3>&- 8>&- &
	hang=$!
	wait_until 20 state_is "$pinned_block" going-offline
}

# Ends what start_hanging_write started; its block stays online.
end_hanging_write()
{
	kill -KILL "$hang"
	wait_until 10 state_is "$pinned_block" online
	unpin
}

ended()
{
	! kill -0 "$1" 2>/dev/null
}

# memhp_ends STATUS[,STATUS] SECONDS: the report is in $output.
memhp_ends()
{
	local code=0

	wait_until "$2" ended "$job" || return
	wait "$job" || code=$?
	job=
	output=$(</tmp/report)
	keep_document
	[[ ,$1, == *,$code,* ]] && return
	say "memhp ended with $code instead of $1: $(</tmp/report.err)"
	say "$output"
	return 1
}

# outcome_blocks_are OUTCOME BLOCK...: in any order
outcome_blocks_are()
{
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '[.blocks[] | select(.outcome == $o) | .block] | sort == ($b | sort)' \
		--arg o "$1" --argjson b "$(json_list "${@:2}")"
}

json_list()
{
	jq -cn '$ARGS.positional' --jsonargs "$@"
}

# start_helper COMMAND...: helper is its pid; what it prints once it is ready is in /tmp/helper.
start_helper()
{
	rm -f /tmp/helper
	"$@" >/tmp/helper 3>&- 8>&- &
	helper=$!
	wait_until 20 test -s /tmp/helper
}

# occupy_block slab|table: block is online in a kernel zone with such a page in it.
occupy_block()
{
	local pages=$(($(block_size) / 4096))

	set_state online_kernel "$block"
	start_helper occupy 1 "$1" $((block * pages)) $pages
}
