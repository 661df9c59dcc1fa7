# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The guest itself: what the other files rely on.

bats_require_minimum_version 1.5.0
# shellcheck source=guest.bash
. "$BATS_TEST_DIRNAME/guest.bash"

setup()
{
	bats_load_library bats-support
	bats_load_library bats-assert
}

@test "the guest has two nodes with memory" {
	assert [ -d /sys/devices/system/node/node0/memory0 ]
	assert [ -d /sys/devices/system/node/node1 ]
	assert [ "$(memtotal)" -gt 1500000000 ]
}

@test "the blocks of a DIMM plugged into node 1 appear and go again" {
	local ids id

	auto_online offline
	mapfile -t ids < <(plug_dimm smoke 256M 1)
	assert_equal "${#ids[@]}" 2
	for id in "${ids[@]}"; do
		assert state_is "$id" offline
		assert block_in_node "$id" 1
	done
	unplug_dimm smoke "${ids[@]}"
}

# Its memory is used at once and never comes free, so this DIMM stays.
@test "new blocks go online by themselves on the kernels known for it" {
	local default expected=offline id

	default=$(</run/auto_online_default)
	kernel_auto_onlines && expected=online
	assert_equal "$default" "$expected"
	auto_online "$default"
	id=$(plug_dimm stays 128M 0)
	wait_until 5 state_is "$id" "$expected"
}

@test "memhp runs" {
	run -0 timeout 20 memhp --version
	assert_output --partial memhp
}
