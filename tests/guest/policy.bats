# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp policy on a real kernel.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

parameters=/sys/module/memory_hotplug/parameters
conf=/etc/tmpfiles.d/memhp.conf

setup()
{
	load_assertions
	auto_online offline
	ids=()
}

# A DIMM whose memory is in a kernel zone stays: the kernel uses it at once.
teardown()
{
	rm -f "$conf"
	if [[ -d $parameters ]]; then
		echo contig-zones >$parameters/online_policy
		echo 301 >$parameters/auto_movable_ratio
		echo Y >$parameters/auto_movable_numa_aware
	fi
	((${#ids[@]} == 0)) && return
	[[ $(sysfs_zones "${ids[0]}") == Normal ]] && return
	set_state offline "${ids[@]}"
	unplug_dimm "policy$BATS_TEST_NUMBER" "${ids[@]}"
}

only_5_10_lacks()
{
	[[ $(uname -r) != 5.10.* ]] || skip "Linux 5.10 has no $1"
}

# set_policy KEY WORD FILE VALUE: as the report and the kernel say afterwards.
set_policy()
{
	memhp_json 0 policy set "$1" "$2"
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.set.key == $k and .set.value == $v and
		any(.values[]; .key == $k and .value == $v)' --arg k "$1" --arg v "$4"
	assert_equal "$(<"$3")" "$4"
}

# set_auto_online WORD VALUE
set_auto_online()
{
	set_policy auto-online "$1" $memory/auto_online_blocks "$2"
}

# new_memory_is STATE [ZONE]: memory that comes with a DIMM now.
new_memory_is()
{
	local id

	mapfile -t ids < <(plug_dimm "policy$BATS_TEST_NUMBER" "$((2 * $(block_size)))" 1)
	assert_equal "${#ids[@]}" 2
	for id in "${ids[@]}"; do
		wait_until 5 state_is "$id" "$1"
		[[ -z ${2-} ]] || assert_equal "$(sysfs_zones "$id")" "$2"
	done
}

@test "auto-online movable brings new memory into Movable" {
	set_auto_online movable online_movable
	report_has '.set.previous == "offline"'
	new_memory_is online Movable
}

@test "auto-online kernel brings new memory into a kernel zone" {
	set_auto_online kernel online_kernel
	new_memory_is online Normal
}

@test "auto-online online leaves the zone to the kernel" {
	set_auto_online online online
	new_memory_is online Normal
}

@test "auto-online offline leaves new memory offline" {
	auto_online online
	set_auto_online offline offline
	report_has '.set.previous == "online"'
	new_memory_is offline
}

@test "online-policy auto-movable makes a plain online choose Movable" {
	only_5_10_lacks online_policy
	set_policy online-policy auto-movable $parameters/online_policy auto-movable
	set_auto_online online online
	new_memory_is online Movable
	set_policy online-policy contig-zones $parameters/online_policy contig-zones
}

@test "auto-movable-ratio 0 makes auto-movable choose a kernel zone" {
	only_5_10_lacks auto_movable_ratio
	set_policy auto-movable-ratio 0 $parameters/auto_movable_ratio 0
	set_policy online-policy auto-movable $parameters/online_policy auto-movable
	set_auto_online online online
	new_memory_is online Normal
}

@test "the kernel takes the largest ratio that memhp takes" {
	only_5_10_lacks auto_movable_ratio
	set_policy auto-movable-ratio 4294967295 $parameters/auto_movable_ratio 4294967295
	set_policy auto-movable-ratio 301 $parameters/auto_movable_ratio 301
	report_has '.set.previous == "4294967295"'
}

@test "auto-movable-numa-aware goes off and on" {
	only_5_10_lacks auto_movable_numa_aware
	set_policy auto-movable-numa-aware off $parameters/auto_movable_numa_aware N
	set_policy auto-movable-numa-aware on $parameters/auto_movable_numa_aware Y
	report_has '.set.previous == "N"'
}

@test "what this kernel lacks is not supported, and memhp says since when it is" {
	local key

	[[ $(uname -r) == 5.10.* ]] || skip "this kernel has all"
	for key in "online-policy auto-movable" "auto-movable-ratio 301" \
		"auto-movable-numa-aware on" "memmap-on-memory on"; do
		# shellcheck disable=SC2086 # a key and its value
		memhp_json 3 policy set $key
		report_has '.error | .code == "EOPNOTSUPP" and (.message | test("since Linux 5\\.1[35]"))'
	done
}

@test "memmap-on-memory is for the kernel command line" {
	local before

	only_5_10_lacks memmap_on_memory
	before=$(<$parameters/memmap_on_memory)
	memhp_json 3 policy set memmap-on-memory on --persist
	report_has '.error.hint | contains("memory_hotplug.memmap_on_memory=on")'
	assert_equal "$(<$parameters/memmap_on_memory)" "$before"
	refute [ -e "$conf" ]
}

# refused KEY VALUE FILE: by the kernel, and by memhp without asking it.
refused()
{
	local before

	before=$(<"$3")
	run busybox sh -c "echo '$2' >$3"
	assert_failure
	memhp_json 2 policy set "$1" -- "$2"
	report_has '.error.code == "usage"'
	assert_equal "$(<"$3")" "$before"
}

@test "a value that the kernel refuses is a usage error" {
	refused auto-online sideways $memory/auto_online_blocks
	[[ -d $parameters ]] || return 0
	refused online-policy sideways $parameters/online_policy
	refused auto-movable-ratio -1 $parameters/auto_movable_ratio
	refused auto-movable-ratio 4294967296 $parameters/auto_movable_ratio
	refused auto-movable-numa-aware sideways $parameters/auto_movable_numa_aware
}

# What systemd-tmpfiles would do with the file.
apply_conf()
{
	local type path value

	while read -r type path _ _ _ _ value; do
		[[ $type == "#"* ]] && continue
		assert_equal "$type" w-
		printf %s "$value" >"$path"
	done <"$conf"
}

@test "--persist keeps the value in a file that the kernel takes" {
	run -0 memhp policy set auto-online movable --persist
	assert_line --regexp '^ *memhp_default_state=online_movable$'
	auto_online offline
	apply_conf
	assert_equal "$(<$memory/auto_online_blocks)" online_movable
	memhp_json 0 policy
	report_has 'any(.actors[]; .kind == "tmpfiles" and .value == "online_movable" and .conflict == null)'
	memhp_json 0 policy unpersist
	report_has '.unpersist.existed and all(.actors[]; .kind != "tmpfiles")'
	refute [ -e "$conf" ]
	assert_equal "$(<$memory/auto_online_blocks)" online_movable
}

# cmdline_conflict JQ-TEST: of the argument that the guest was booted with.
cmdline_conflict()
{
	memhp_json 0 policy
	report_has "[.actors[] | select(.kind == \"command-line\")] |
		length == 1 and .[0].text == \"memory_hotplug.auto_movable_ratio=301\" and
		(.[0].conflict | $1)"
}

@test "policy shows what is on the kernel command line and what works against it" {
	cmdline_conflict ". == null"
	[[ -d $parameters ]] || return 0
	set_policy auto-movable-ratio 200 $parameters/auto_movable_ratio 200
	cmdline_conflict 'contains("auto-movable-ratio is 200")'
}
