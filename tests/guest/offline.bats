# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp offline on a real kernel.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

setup_file()
{
	dimm_for_file offline
}

teardown_file()
{
	dimm_gone offline
}

setup()
{
	start_with online_movable
}

teardown()
{
	calm_down
}

@test "offline --size takes that much out of the node" {
	memhp_json 0 offline --node 1 --size "$((4 * $(block_size) >> 20))M"
	report_has '.schema == "memhp.offline/1" and .complete and (.dry_run | not)'
	done_is 4
	report_has '[.blocks[] | select(.outcome == "done") | .node == 1] == [true, true, true, true]'
	report_agrees_with_sysfs
	total_changed_by -4
	assert_equal "$(count_state offline "${blocks[@]}")" 4
}

@test "offline of named blocks takes exactly these" {
	memhp_json 0 offline "${blocks[1]},${blocks[5]}"
	done_is 2
	report_agrees_with_sysfs
	assert state_is "${blocks[1]}" offline
	assert state_is "${blocks[5]}" offline
	total_changed_by -2
}

@test "offline of an offline block is already" {
	set_state offline "${blocks[0]}"
	memhp_json 0 offline "${blocks[0]}"
	one_outcome "${blocks[0]}" already
	done_is 0
}

@test "offline --dry-run changes nothing" {
	memhp_json 0 offline --node 1 --zone Movable --dry-run
	report_has .dry_run
	total_changed_by 0
	assert_equal "$(count_state online "${blocks[@]}")" 8
}

refusal_is_reported()
{
	inject_errno MEM_GOING_OFFLINE "$1"
	memhp_json 1 offline "${blocks[2]}"
	one_outcome "${blocks[2]}" failed "$1"
	report_has '.complete | not'
	done_is 0
	report_agrees_with_sysfs
	assert state_is "${blocks[2]}" online
	total_changed_by 0
}

@test "offline reports the kernel's ENOMEM" {
	refusal_is_reported ENOMEM
}

@test "offline reports the kernel's EBUSY" {
	refusal_is_reported EBUSY
}

@test "offline reports the kernel's EPERM" {
	refusal_is_reported EPERM
}

@test "offline reports the kernel's EINVAL" {
	refusal_is_reported EINVAL
}

@test "offline of a block with a pinned page times out" {
	pin_page 1
	memhp_json 1 offline "$pinned_block" --timeout 2s
	one_outcome "$pinned_block" timed-out
	report_has '.elapsed_ms >= 1900 and .elapsed_ms < 10000'
	assert state_is "$pinned_block" online
	report_agrees_with_sysfs
	total_changed_by 0
}

@test "offline goes on after a block that timed out" {
	pin_page 1
	memhp_json 64 offline --node 1 --zone Movable --timeout 2s
	done_is 7
	outcome_blocks_are timed-out "$pinned_block"
	report_agrees_with_sysfs
	total_changed_by -7
}

signal_is_reported()
{
	start_hanging_memhp
	kill "-$1" "$job"
	memhp_ends 1 10
	one_outcome "$pinned_block" interrupted
	report_has '.schema == "memhp.offline/1" and (.complete | not)'
	done_is 0
	assert state_is "$pinned_block" online
	total_changed_by 0
}

@test "SIGINT during a hang leaves a complete report" {
	signal_is_reported INT
}

@test "SIGTERM during a hang leaves a complete report" {
	signal_is_reported TERM
}

@test "SIGHUP during a hang leaves a complete report" {
	signal_is_reported HUP
}

@test "SIGTERM after some blocks reports these as done" {
	pin_page 1
	start_memhp offline "${blocks[@]}" --timeout 0
	wait_until 30 state_is "$pinned_block" going-offline
	kill -TERM "$job"
	memhp_ends 1,64 10
	report_has '.blocks | length == 8 and ([.[].outcome] - ["done", "interrupted", "not-tried"] == [])'
	outcome_blocks_are interrupted "$pinned_block"
	report_agrees_with_sysfs
	assert_equal "$(count_state offline "${blocks[@]}")" "$(jq .done.blocks <<<"$output")"
}

@test "SIGKILL during a hang leaves no writer behind" {
	start_hanging_memhp
	kill -KILL "$job"
	wait_until 3 state_is "$pinned_block" online
	wait_until 3 no_memhp_runs
}

@test "offline times out while another one's attempt holds the kernel's lock" {
	local other=${blocks[0]}

	start_hanging_write
	[[ $other != "$pinned_block" ]] || other=${blocks[1]}
	memhp_json 1 offline "$other" --timeout 2s
	one_outcome "$other" timed-out
	assert state_is "$other" online
	wait_until 3 no_memhp_runs
	assert state_is "$pinned_block" going-offline
}

@test "another one's attempt is waited for and not counted" {
	start_hanging_write
	memhp_json 1 offline "$pinned_block" --timeout 2s
	done_is 0
	assert state_is "$pinned_block" going-offline
}

@test "another one's attempt that ends in time makes room for one's own" {
	start_hanging_write
	start_memhp offline "$pinned_block" --timeout 20s
	sleep 1
	kill -KILL "$hang"
	unpin
	memhp_ends 0 20
	one_outcome "$pinned_block" "done"
	assert state_is "$pinned_block" offline
}
