#!/usr/bin/env bats
# shellcheck disable=SC2154 # variables of guest.bash, change.bash and bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A DAX device from persistent memory: to system RAM and back, by memhp alone.

bats_require_minimum_version 1.5.0

. "${BATS_TEST_DIRNAME}/change.bash"

setup_file()
{
	local module

	for module in nd_e820 nd_pmem dax_pmem device_dax; do
		modprobe "$module"
	done
	ndctl create-namespace -f -e namespace0.0 -m devdax >/dev/null
	dimm_for_file dax
}

teardown_file()
{
	dimm_gone dax
}

setup()
{
	load_assertions
	auto_online offline
	wait_until 5 is_let_go
	before=$(block_ids)
}

# A watchdog of timeout(1) lives on for a second with what it inherited.
is_let_go()
{
	! ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q /dev/dax0.0
}

# A probe that was interrupted may have left it to no driver: to system RAM and back gives it one.
is_devdax()
{
	{ : </dev/dax0.0; } 2>/dev/null && return
	memhp probe --device dax0.0 >/dev/null 2>&1
	memhp remove --device dax0.0 --timeout 20s >/dev/null 2>&1
	false
}

teardown()
{
	calm_down
	auto_online "$(</run/auto_online_default)"
	memhp remove --device dax0.0 --timeout 20s >/dev/null 2>&1 || true
}

# What daxctl says of the mode.
mode_is()
{
	[[ $(daxctl list -d dax0.0 | jq -r '.[0] // . | .mode') == "$1" ]]
}

new_ids()
{
	block_ids | grep -vxF "$before"
}

@test "a DAX device becomes system RAM and a DAX device again" {
	run ! lsmod_has kmem
	memhp_json 0 devices dax0.0
	report_has '.devices[0] | .status == "addable" and .driver == "device_dax" and .module == "live" and
		.blocks == [] and .size > 0'
	memhp_json 0 probe --device dax0.0 --online=movable
	done_is 7
	report_has '.complete and all(.blocks[]; .state == "online" and .zone == "Movable")'
	report_agrees_with_sysfs
	assert mode_is system-ram
	memhp_json 0 list --all --device dax0.0
	report_has '[.blocks[] | select(.driver == "kmem") | .first] == $ids' --argjson ids "$(json_list $(new_ids))"
	memhp_json 1 probe --device dax0.0
	report_has '.error.code == "EEXIST"'
	memhp_json 0 remove --device dax0.0
	done_is 7
	assert mode_is devdax
	assert_equal "$(block_ids)" "$before"
}

lsmod_has()
{
	lsmod | grep -q "^$1 "
}

@test "auto-online is as it was after memory went online in another zone" {
	local policy

	for policy in offline online online_kernel; do
		auto_online "$policy"
		memhp_json 0 probe --device dax0.0 --online=movable
		report_has 'all(.blocks[]; .zone == "Movable")'
		assert_equal "$(<$memory/auto_online_blocks)" "$policy"
		memhp_json 0 remove --device dax0.0
	done
}

@test "adding its memory and taking it out again is followed, too" {
	grep -q " /sys/kernel/tracing " /proc/mounts || mount -t tracefs tracefs /sys/kernel/tracing
	memhp_json 0 probe --device dax0.0 --online=movable --trace
	report_has '[.trace | .. | objects | .function] as $path | .trace.failed == null and
		all("add_memory_resource", "arch_add_memory", "create_memory_block_devices"; . as $f | $path | index($f) != null)'
	# by the kernel itself, or by memhp
	report_has '[.. | objects | select(.function == "memory_subsys_online") | .calls] | add == 7'
	memhp_json 0 remove --device dax0.0 --trace
	report_has '[.trace | .. | objects | .function] | index("try_remove_memory") != null'
}

@test "--keep-policy refuses where the kernel would choose the zone" {
	auto_online online
	memhp_json 1 probe --device dax0.0 --online=movable --keep-policy
	report_has '.error.code == "auto-online"'
	assert_equal "$(block_ids)" "$before"
	auto_online offline
	memhp_json 0 probe --device dax0.0 --online=movable --keep-policy
	report_has 'all(.blocks[]; .zone == "Movable")'
}

@test "without --online the kernel's policy holds" {
	memhp_json 0 probe --device dax0.0
	report_has '.complete and all(.blocks[]; .state == "offline")'
	memhp_json 0 remove --device dax0.0
	auto_online online_movable
	memhp_json 0 probe --device dax0.0
	report_has '.complete and all(.blocks[]; .state == "online")'
}

# Starts a probe and leaves it in the middle, with the policy switched, until
# end_hanging_write; job is its pid.
start_probe()
{
	auto_online online
	# shellcheck disable=SC2086 # one word a block
	set_state online_movable $DIMM_BLOCKS
	start_hanging_write
	start_memhp probe --device dax0.0 --online=movable
	wait_until 20 test -e /run/memhp/auto-online
}

@test "after SIGKILL the next memhp restores the policy" {
	start_probe
	kill -KILL "$job"
	end_hanging_write
	wait "$job" || true
	job=
	assert [ -e /run/memhp/auto-online ]
	# Block 8 is online: nothing to do, whatever holds its pages.
	run -0 memhp online 8 --dry-run
	assert [ -e /run/memhp/auto-online ]
	run -0 memhp online 8
	assert_output --partial "restored the policy auto-online"
	assert_equal "$(<$memory/auto_online_blocks)" online
	assert [ ! -e /run/memhp/auto-online ]
}

@test "after SIGINT the policy is as it was" {
	start_probe
	kill -INT "$job"
	end_hanging_write
	memhp_ends 0,1,64 30
	report_agrees_with_sysfs
	assert_equal "$(<$memory/auto_online_blocks)" online
	assert [ ! -e /run/memhp/auto-online ]
}

@test "a device that somebody has open is not taken" {
	wait_until 20 is_devdax
	exec {held}</dev/dax0.0
	memhp_json 1 probe --device dax0.0
	report_has '.error.code == "EBUSY" and (.error.message | contains("pid \($pid)"))' --argjson pid "$BASHPID"
	assert mode_is devdax
	memhp_json 0 probe --device dax0.0 --force=in-use
	assert mode_is system-ram
	exec {held}<&-
}

@test "a dry run shows the blocks and changes nothing" {
	local shown

	memhp_json 0 probe --device dax0.0 --online=movable --dry-run
	assert mode_is devdax
	assert_equal "$(block_ids)" "$before"
	shown=$(jq -c '[.blocks[].block]' <<<"$output")
	memhp_json 0 probe --device dax0.0
	report_has '[.blocks[].block] == $shown' --argjson shown "$shown"
}

@test "a device that vanished, and one that never was" {
	memhp_json 1 probe --device dax7.7
	report_has '.error.code == "ENODEV"'
	memhp_json 1 remove --device dax7.7
	report_has '.error.code == "ENODEV"'
}

# away NAME...: where the kernel's modules were, none of these is.
away()
{
	local name

	for name; do
		busybox find /usr/lib/modules -name "$name.ko*" -exec mv {} /tmp \;
	done
}

back()
{
	busybox find /tmp -name '*.ko*' -exec mv {} "/usr/lib/modules/$(uname -r)/kernel/drivers/dax" \;
	depmod
}

@test "a module that is not installed" {
	modprobe -r kmem
	away kmem
	memhp_json 3 probe --device dax0.0
	report_has '.error.code == "ENOPKG" and (.error.message | contains("dax0.0"))'
	assert mode_is devdax
	assert_equal "$(block_ids)" "$before"
	back
	memhp_json 0 probe --device dax0.0
}
