# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp online on a real kernel.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

setup_file()
{
	dimm_for_file online
}

teardown_file()
{
	dimm_gone online
}

setup()
{
	start_with offline
}

teardown()
{
	calm_down
}

@test "online --zone movable brings the offline blocks of the node" {
	local id

	memhp_json 0 online --node 1 --state offline --zone movable
	report_has '.schema == "memhp.online/1" and .complete'
	done_is 8
	report_agrees_with_sysfs
	for id in "${blocks[@]}"; do
		assert_equal "$(sysfs_zones "$id")" Movable
	done
	total_changed_by 8
}

@test "online --zone movable fails for the node's blocks in kernel zones alone" {
	memhp_json 64 online --node 1 --zone movable
	done_is 8
	report_has '[.blocks[] | select(.outcome != "done") | .outcome] | unique == ["failed"]'
	report_agrees_with_sysfs
	total_changed_by 8
}

@test "online --size brings that much" {
	memhp_json 0 online --node 1 --zone movable --size "$((3 * $(block_size) >> 20))M"
	done_is 3
	report_agrees_with_sysfs
	total_changed_by 3
}

@test "online of an online block in the wanted zone is already" {
	set_state online_movable "${blocks[7]}"
	memhp_json 0 online "${blocks[7]}" --zone movable
	one_outcome "${blocks[7]}" already
	done_is 0
	memhp_json 0 online "${blocks[7]}"
	one_outcome "${blocks[7]}" already
}

# A refused write of online_movable would stay as the block's online type and
# show when a plain online follows.
@test "online --zone movable of a block in a kernel zone fails without a write" {
	local id=${blocks[0]}

	set_state online_kernel "$id"
	memhp_json 1 online "$id" --zone movable
	one_outcome "$id" failed
	report_agrees_with_sysfs
	assert_equal "$(sysfs_zones "$id")" Normal
	total_changed_by 1
	set_state offline "$id"
	echo 1 >"$memory/memory$id/online"
	assert_equal "$(sysfs_zones "$id")" Normal
}

@test "online --rezone moves a block into Movable" {
	local id=${blocks[0]}

	set_state online_kernel "$id"
	memhp_json 0 online "$id" --zone movable --rezone
	one_outcome "$id" "done"
	report_agrees_with_sysfs
	assert_equal "$(sysfs_zones "$id")" Movable
	total_changed_by 1
}

@test "online --rezone moves a block into a kernel zone" {
	local id=${blocks[0]}

	set_state online_movable "$id"
	memhp_json 0 online "$id" --zone kernel --rezone
	one_outcome "$id" "done"
	report_agrees_with_sysfs
	assert_equal "$(sysfs_zones "$id")" Normal
}

@test "online --rezone leaves a block that cannot go in its zone" {
	set_state online_movable "${blocks[@]}"
	pin_page 1
	memhp_json 1 online "$pinned_block" --zone kernel --rezone --timeout 2s
	one_outcome "$pinned_block" timed-out
	report_agrees_with_sysfs
	assert_equal "$(sysfs_zones "$pinned_block")" Movable
}

@test "online --rezone says so when the block stays offline" {
	local id=${blocks[0]}

	set_state online_movable "$id"
	inject_errno MEM_GOING_ONLINE ENOMEM
	memhp_json 1 online "$id" --zone kernel --rezone
	one_outcome "$id" failed ENOMEM
	report_agrees_with_sysfs
	assert state_is "$id" offline
}

refusal_is_reported()
{
	inject_errno MEM_GOING_ONLINE "$1"
	memhp_json 1 online "${blocks[2]}" --zone movable
	one_outcome "${blocks[2]}" failed "$1"
	done_is 0
	report_agrees_with_sysfs
	assert state_is "${blocks[2]}" offline
	total_changed_by 0
}

@test "online reports the kernel's ENOMEM" {
	refusal_is_reported ENOMEM
}

@test "online reports the kernel's EBUSY" {
	refusal_is_reported EBUSY
}

@test "online reports the kernel's EPERM" {
	refusal_is_reported EPERM
}

@test "online reports the kernel's EINVAL" {
	refusal_is_reported EINVAL
}

@test "online times out while another one's attempt holds the kernel's lock" {
	set_state online_movable "${blocks[@]:1}"
	start_hanging_write
	memhp_json 1 online "${blocks[0]}" --zone movable --timeout 2s
	one_outcome "${blocks[0]}" timed-out
	assert state_is "${blocks[0]}" offline
}
