# shellcheck shell=bats disable=SC2154 # variables of guest.bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The guest itself, what its probe interface and DLPAR do, and memhp in it.

bats_require_minimum_version 1.5.0
# shellcheck source=../change.bash
. "$BATS_TEST_DIRNAME/change.bash"

dlpar=/sys/kernel/dlpar
# Where mem= cut the memory off.
probed=0x40000000

setup()
{
	load_assertions
	auto_online offline
}

@test "list --all --json has what sysfs has" {
	local id

	memhp_json 0 list --all
	assert_equal "$(jq -r '.blocks[] | "\(.first) \(.state) \(.valid_zones | join(" ")) \(.nodes[0])"' <<<"$output")" \
		"$(for id in $(block_ids); do facts "$id"; done)"
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.block_size == $size and .totals.online == $n' --argjson size "$(block_size)" \
		--argjson n "$(lsmem_online)"
}

@test "info adds up to what the kernel says" {
	memhp_json 0 info
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.memory.total == $total and .totals.online == $online and .block_size == $size and
		.kernel.hotplug and .kernel.hotremove' --argjson total "$(memtotal)" \
		--argjson online "$(lsmem_online)" --argjson size "$(block_size)"
}

# try WORD FILE: what the kernel says to a write that it refuses
try()
{
	run busybox sh -c 'echo "$1" >"$2"' try "$1" "$2"
	assert_failure
}

@test "probing an address makes one offline block" {
	local id before

	before=$(block_ids)
	echo $probed >$memory/probe
	id=$((probed / $(block_size)))
	assert_equal "$(block_ids)" "$(sort -n <<<"$before"$'\n'"$id")"
	assert_equal "$(sysfs_state "$id") $(sysfs_zones "$id")" "offline Normal Movable"
}

@test "probing refuses a block that is there and an unaligned address" {
	try $probed $memory/probe
	assert_output --partial "File exists"
	try "$((probed + 4096))" $memory/probe
	assert_output --partial "Invalid argument"
}

@test "memhp brings a probed block online and offline again" {
	local id

	id=$((probed / $(block_size)))
	total_before=$(memtotal)
	lsmem_before=$(lsmem_online)
	memhp_json 0 online "$id" --zone movable
	done_is 1
	report_agrees_with_sysfs
	total_changed_by 1
	memhp_json 0 offline $probed
	done_is 1
	report_agrees_with_sysfs
	total_changed_by 0
}

@test "DLPAR adds the memory of a DIMM, online, and removes it" {
	local first id ids before

	before=$(block_ids)
	qemu_adds smoke "$((2 * $(block_size)))" pc-dimm 1
	assert_equal "$(block_ids)" "$before"
	# The DRC index counts the blocks from address 0.
	first=$(qmp '{"execute":"query-memory-devices"}' | jq '.[].data | select(.id == "dsmoke") | .addr')
	id=$((first / $(block_size)))
	printf 'memory add index 0x%x\n' $((0x80000000 + id)) >$dlpar
	assert state_is "$id" online
	assert block_in_node "$id" 1
	assert_equal "$(sysfs_zones "$id")" Normal
	auto_online online_movable
	printf 'memory add index 0x%x\n' $((0x80000001 + id)) >$dlpar
	assert_equal "$(sysfs_zones $((id + 1)))" Movable
	printf 'memory remove indexed-count 2 0x%x\n' $((0x80000000 + id)) >$dlpar
	assert_equal "$(block_ids)" "$before"
}

@test "DLPAR refuses an index that is none" {
	try "memory add index 0x99999999" $dlpar
	assert_output --partial "Invalid argument"
}
