#!/usr/bin/env bats
# shellcheck disable=SC2154 # variables of guest.bash, change.bash and bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# DIMMs that are plugged in, used, and taken out again with memhp remove.

bats_require_minimum_version 1.5.0

. "${BATS_TEST_DIRNAME}/change.bash"

setup()
{
	load_assertions
	auto_online offline
}

teardown()
{
	calm_down
	auto_online "$(</run/auto_online_default)"
}

# plug ID SIZE [NODE]: the blocks are in ids and online in zone Movable, the device's name in $device.
plug()
{
	local size node=${3-1}

	mapfile -t ids < <(plug_dimm "$1" "$2" "$node")
	((${#ids[@]})) || return
	set_state online_movable "${ids[@]}"
	device=$(readlink "$memory/memory${ids[0]}/firmware_node")
	device=${device##*/}
	size=$(bytes "$2")
	memhp_json 0 devices "$device"
	report_has '.devices[0] | .driver == "acpi" and .module == "built-in" and .removable and
		.size == $size and .online == $size and .node == $node and .blocks == $ids' \
		--argjson size "$size" --argjson node "$node" --argjson ids "$(json_list "${ids[@]}")"
}

qemu_has()
{
	qmp '{"execute":"query-memory-devices"}' | jq -e --arg id "d$1" 'any(.data.id == $id)' >/dev/null
}

qemu_lacks()
{
	! qemu_has "$1"
}

blocks_gone()
{
	local id

	for id; do
		[[ ! -e $memory/memory$id ]] || return
	done
}

# Everything is as it was: online in Movable, and the DIMM is there.
nothing_removed()
{
	local id

	for id in "${ids[@]}"; do
		assert state_is "$id" online
		assert_equal "$(sysfs_zones "$id")" "${zone_of[$id]:-Movable}"
	done
	assert qemu_has "$1"
}

# The test's own way out, behind memhp's back.
unplug()
{
	set_state offline "${ids[@]}" && unplug_dimm "$1" "${ids[@]}"
}

@test "a DIMM that was in use is removed, and QEMU has it no more" {
	local before

	before=$(memtotal)
	plug r1 512M
	busybox dd if=/dev/zero of=/tmp/use bs=1M count=64 2>/dev/null
	memhp_json 0 remove --device "$device"
	rm -f /tmp/use
	done_is 4
	report_has '.complete and all(.blocks[]; .outcome == "done" and .state == null)'
	assert blocks_gone "${ids[@]}"
	wait_until 5 qemu_lacks r1
	assert_equal "$(memtotal)" "$before"
	qmp_do object-del --arg id mr1
	memhp_json 0 devices "$device"
	report_has '.devices[0].status == "empty" and .devices[0].blocks == []'
}

@test "blocks named one by one are removed with their DIMM" {
	plug r2 256M
	memhp_json 0 remove "${ids[@]}"
	done_is 2
	wait_until 5 qemu_lacks r2
	qmp_do object-del --arg id mr2
}

@test "a part of a DIMM is removed with the rest of it or not at all" {
	plug r3 256M
	memhp_json 2 remove "${ids[1]}"
	report_has '.error.message | contains($rest)' --arg rest "block ${ids[0]}"
	nothing_removed r3
	memhp_json 0 remove "${ids[1]}" --whole-device --dry-run
	report_has '[.blocks[] | select(.outcome == "not-tried") | .block] | sort == $ids' \
		--argjson ids "$(json_list "${ids[@]}")"
	nothing_removed r3
	memhp_json 0 remove "${ids[1]}" --whole-device
	done_is 2
	wait_until 5 qemu_lacks r3
	qmp_do object-del --arg id mr3
}

# The kernel's data moves into the first block of zone Normal of node 0 at once, so this DIMM stays.
@test "a DIMM with a block that is busy keeps all of them, in their zones" {
	declare -A zone_of

	plug r4 512M 0
	set_state offline "${ids[0]}"
	set_state online_kernel "${ids[0]}"
	zone_of[${ids[0]}]=Normal
	busybox find / -xdev >/dev/null
	memhp_json 1 remove --device "$device" --timeout 5s
	outcome_blocks_are rolled-back "${ids[1]}" "${ids[2]}" "${ids[3]}"
	report_has '.blocks[] | select(.block == $b) | .outcome == "failed" or .outcome == "timed-out"' \
		--argjson b "${ids[0]}"
	report_agrees_with_sysfs
	nothing_removed r4
}

@test "a pinned page does not hold a removal longer than its time limit" {
	plug r5 256M
	pin_page 1
	SECONDS=0
	memhp_json 1 remove --device "$(readlink "$memory/memory$pinned_block/firmware_node" |
		sed 's,.*/,,')" --timeout 2s
	((SECONDS < 20)) || fail "$SECONDS s"
	report_has '[.blocks[] | select(.block == $b) | .outcome] == ["timed-out"]' --argjson b "$pinned_block"
	report_agrees_with_sysfs
	assert state_is "$pinned_block" online
	nothing_removed r5
	unpin
	unplug r5
}

# Far up, so that QEMU does not put the next DIMM after its odd end.
@test "a DIMM that the kernel refused is shown with the reason" {
	local before

	before=$(block_ids)
	qemu_adds odd $((192 << 20)) pc-dimm 1 --argjson addr $((64 << 30))
	wait_until 10 memhp_says_refused
	assert_equal "$(block_ids)" "$before"
	report_has '[.devices[] | select(.status == "refused")] | length == 1 and .[0].size == 201326592 and
		(.[0].note | contains("not a multiple of the block size"))'
	device=$(jq -r '.devices[] | select(.status == "refused") | .device' <<<"$output")
	memhp_json 3 probe --device "$device"
}

memhp_says_refused()
{
	memhp_json 0 devices && jq -e 'any(.devices[]; .status == "refused")' <<<"$output" >/dev/null
}

@test "boot memory is not removed" {
	memhp_json 3 remove 8
	report_has '.error.code == "EOPNOTSUPP"'
	memhp_json 3 remove --device boot
	assert state_is 8 online
}
