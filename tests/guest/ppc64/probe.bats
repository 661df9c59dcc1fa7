# shellcheck shell=bats disable=SC2154 # variables of guest.bash and bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp on the kernel's probe interface and on DLPAR.

bats_require_minimum_version 1.5.0
# shellcheck source=../change.bash
. "$BATS_TEST_DIRNAME/change.bash"

# mem= leaves 1G to be probed from here on; smoke.bats takes the first block.
probed=0x40000000

setup()
{
	load_assertions
	auto_online offline
	before=$(block_ids)
}

block_at()
{
	echo $(($1 / $(block_size)))
}

# plug_lmbs ID COUNT: a DIMM that the kernel does not add by itself; first is its lowest block. Once removed,
# QEMU never gives its LMBs again: each test has its own.
plug_lmbs()
{
	qemu_adds "$1" "$(($2 * $(block_size)))" pc-dimm 1
	first=$(qmp '{"execute":"query-memory-devices"}' |
		jq --arg id "d$1" '.[].data | select(.id == $id) | .addr')
	first=$(block_at "$first")
	lmb=$(printf 'lmb-%x' $((0x80000000 + first)))
}

@test "an address is probed and its blocks brought online" {
	local address

	address=$((probed + $(block_size)))
	memhp_json 0 probe "$(printf '0x%x' $address)" --size "$(($(block_size) * 2))" --online=movable --dry-run
	assert_equal "$(block_ids)" "$before"
	memhp_json 0 probe "$(printf '0x%x' $address)" --size "$(($(block_size) * 2))" --online=movable
	done_is 2
	report_has 'all(.blocks[]; .state == "online" and .zone == "Movable")'
	report_agrees_with_sysfs
	assert_equal "$(<$memory/auto_online_blocks)" offline
	memhp_json 1 probe "$(printf '0x%x' $address)"
	report_has '.error.code == "EEXIST"'
	memhp_json 0 offline "$(block_at $address)-$(($(block_at $address) + 1))"
	memhp_json 3 remove "$(block_at $address)"
}

@test "addresses that the kernel would take, and crash" {
	memhp_json 1 probe 0x100000000000
	report_has '.error.code == "ENXIO"'
	memhp_json 1 probe 0x10000000
	report_has '.error.code == "EEXIST"'
	memhp_json 2 probe 0x70001000
	report_has '.error.message | contains("0x70000000")'
	assert_equal "$(block_ids)" "$before"
}

@test "devices shows LMBs, and one is added by its index and removed" {
	plug_lmbs one 1
	memhp_json 0 devices "$lmb"
	report_has '.devices[0] | .driver == "pseries" and .status == "addable" and .blocks == [] and
		.size == $size' --argjson size "$(block_size)"
	memhp_json 0 probe --device "$lmb" --online=movable
	done_is 1
	report_has '.blocks[0] | .block == $b and .zone == "Movable" and .node == 1' --argjson b "$first"
	report_agrees_with_sysfs
	memhp_json 0 devices "$lmb"
	report_has '.devices[0] | .status == "removable" and .blocks == [$b]' --argjson b "$first"
	memhp_json 0 remove --device "$lmb"
	done_is 1
	assert_equal "$(block_ids)" "$before"
}

@test "LMBs are added by count, and from an index on" {
	plug_lmbs few 4
	memhp_json 0 probe --device lmb --size "$(($(block_size) * 2))"
	done_is 2
	report_has '[.blocks[].block] == [$b, $b + 1]' --argjson b "$first"
	lmb=$(printf 'lmb-%x' $((0x80000000 + first + 2)))
	memhp_json 0 probe --device "$lmb" --size "$(($(block_size) * 2))" --online=movable
	report_has '[.blocks[] | [.block, .zone]] | sort == [[$b, "Movable"], [$b + 1, "Movable"]]' \
		--argjson b $((first + 2))
	memhp_json 0 remove $((first + 2))-$((first + 3))
	done_is 2
}

@test "an LMB that QEMU does not have, and more of them than there are" {
	memhp_json 1 probe --device lmb-800000ff
	report_has '.error.code == "EPERM" or .error.code == "EINVAL"'
	memhp_json 1 probe --device lmb --size 512G
	report_has '.error.code == "ENOSPC"'
	memhp_json 1 probe --device lmb-ffffffff
	report_has '.error.code == "ENODEV"'
	assert_equal "$(block_ids)" "$before"
}

@test "an LMB with a busy block stays, and is back in its zone" {
	plug_lmbs busy 2
	memhp_json 0 probe --device "$lmb" --size "$(($(block_size) * 2))" --online=movable
	inject_errno MEM_GOING_OFFLINE EBUSY
	memhp_json 1 remove "$first-$((first + 1))"
	inject_nothing
	report_agrees_with_sysfs
	assert state_is "$first" online
	assert_equal "$(sysfs_zones "$first")" Movable
}

@test "a removal that waits for another's offline ends with its time limit" {
	plug_lmbs wait 2
	memhp_json 0 probe --device "$lmb" --size "$(($(block_size) * 2))" --online=movable
	memhp_json 0 offline "$first"
	start_hanging_write
	[[ $pinned_block != "$first" ]] || skip "the pin is in the block that was to go"
	SECONDS=0
	memhp_json 1 remove "$first" --timeout 2s
	((SECONDS < 30)) || fail "$SECONDS s"
	report_has '.blocks[0] | .outcome == "failed" and .errno == "ETIMEDOUT" and .state == "offline"'
	assert state_is "$first" offline
	end_hanging_write
	memhp_json 0 remove "$first-$((first + 1))"
}

teardown()
{
	calm_down
}
