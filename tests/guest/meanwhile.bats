# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Blocks that somebody else changes while memhp works. A hanging write holds the
# kernel's lock, so memhp and its writer can be stopped at a known place.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

setup_file()
{
	dimm_for_file meanwhile
}

teardown_file()
{
	dimm_gone meanwhile
}

setup()
{
	start_with online_movable
}

teardown()
{
	[[ -z ${other-} ]] || kill -KILL "$other" 2>/dev/null || true
	calm_down
}

writer()
{
	local pid=

	read -r pid <"/proc/$job/task/$job/children" || true
	echo "$pid"
}

has_writer()
{
	[[ $(writer) ]]
}

# Sets high and low to blocks that nobody's page pins.
hang_beside()
{
	local -a free=()
	local id

	start_hanging_write
	for id in "${blocks[@]}"; do
		[[ $id == "$pinned_block" ]] || free+=("$id")
	done
	low=${free[0]}
	high=${free[-1]}
}

# stop_memhp ARG...: stopped once its writer waits for the kernel's lock; the writer
# then does its work, and memhp does not know yet.
stop_memhp()
{
	start_memhp "$@" --timeout 0
	wait_until 10 has_writer
	kill -STOP "$job"
}

# stop_writer ARG...: memhp waits for its writer, which has written nothing yet.
stop_writer()
{
	start_memhp "$@" --timeout 0
	wait_until 10 has_writer
	stopped=$(writer)
	kill -STOP "$stopped"
}

# changed_meanwhile BLOCK STATE
changed_meanwhile()
{
	memhp_ends 1 10
	one_outcome "$1" failed
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.blocks[0] | .code == "changed-meanwhile" and .state == $s' --arg s "$2"
	done_is 0
	report_agrees_with_sysfs
}

@test "an offline that is undone before memhp looks is not done" {
	hang_beside
	stop_memhp offline "$high"
	end_hanging_write
	wait_until 10 state_is "$high" offline
	set_state online_movable "$high"
	kill -CONT "$job"
	changed_meanwhile "$high" online
}

@test "an online that is undone before memhp looks is not done" {
	set_state offline "${blocks[0]}"
	start_hanging_write
	stop_memhp online "${blocks[0]}" --zone movable
	end_hanging_write
	wait_until 10 state_is "${blocks[0]}" online
	set_state offline "${blocks[0]}"
	kill -CONT "$job"
	changed_meanwhile "${blocks[0]}" offline
}

@test "a block that is moved to another zone before memhp looks is not done" {
	set_state offline "${blocks[0]}"
	start_hanging_write
	stop_memhp online "${blocks[0]}" --zone movable
	end_hanging_write
	wait_until 10 state_is "${blocks[0]}" online
	set_state offline "${blocks[0]}"
	set_state online_kernel "${blocks[0]}"
	kill -CONT "$job"
	changed_meanwhile "${blocks[0]}" online
	report_has '.blocks[0].zone == "Normal"'
}

@test "a block that somebody else took offline first is already offline" {
	hang_beside
	stop_writer offline "$high"
	end_hanging_write
	set_state offline "$high"
	kill -CONT "$stopped"
	memhp_ends 0 10
	one_outcome "$high" already
	done_is 0
	report_agrees_with_sysfs
}

@test "a later block that somebody else takes offline is already offline" {
	hang_beside
	stop_memhp offline "$low" "$high"
	end_hanging_write
	wait_until 10 state_is "$high" offline
	set_state offline "$low"
	kill -CONT "$job"
	memhp_ends 0 10
	done_is 1
	outcome_blocks_are "done" "$high"
	outcome_blocks_are already "$low"
	report_agrees_with_sysfs
}

@test "a block that is unplugged meanwhile has vanished" {
	local id

	id=$(plug_dimm vanishing "$(block_size)" 1)
	set_state online_movable "$id"
	hang_beside
	stop_writer offline "$id"
	end_hanging_write
	set_state offline "$id"
	unplug_dimm vanishing "$id"
	kill -CONT "$stopped"
	memhp_ends 1 10
	one_outcome "$id" failed
	report_has '.blocks[0] | .code == "vanished" and .state == null and .zone == null'
}

# Turns a block offline and back as fast as the kernel lets it.
start_flipping()
{
	busybox sh -c "while :; do
		echo offline >$memory/memory$1/state
		echo online_movable >$memory/memory$1/state
	done" 2>/dev/null 3>&- 8>&- &
	other=$!
}

# tells_no_lie WANTED: a block is done or already only in the wanted state, and has
# failed only in another.
tells_no_lie()
{
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.blocks[0] | if .outcome == "done" or .outcome == "already"
		then .state == $w and .errno == null and .code == null
		else .outcome == "failed" and .state != $w and .reason != null end' --arg w "$1"
	report_has '.complete == all(.blocks[]; .outcome != "failed")'
}

@test "reports agree with themselves while a block goes offline and online all the time" {
	local end=$((SECONDS + 5))

	start_flipping "${blocks[3]}"
	while ((SECONDS < end)); do
		memhp_json 0,1 offline "${blocks[3]}"
		tells_no_lie offline
		memhp_json 0,1 online "${blocks[3]}" --zone movable
		tells_no_lie online
	done
}

# Like a udev rule: brings back online what goes offline.
start_rule()
{
	cat >/tmp/rule <<-'END'
		#!/bin/bash
		[[ "$ACTION $SUBSYSTEM" == "offline memory" ]] && echo online_movable >"/sys$DEVPATH/state"
	END
	chmod +x /tmp/rule
	busybox uevent /tmp/rule >/dev/null 2>&1 3>&- 8>&- &
	other=$!
}

@test "a rule that brings blocks back online is noticed or comes later" {
	start_rule
	sleep 1
	memhp_json 0,1,64 offline "${blocks[@]:0:3}"
	report_has '.blocks | length == 3 and all(.[];
		.outcome == "done" and .state == "offline" or
		.outcome == "failed" and .code == "changed-meanwhile" and .state == "online")'
	wait_until 10 state_is "${blocks[0]}" online
	wait_until 10 state_is "${blocks[1]}" online
	wait_until 10 state_is "${blocks[2]}" online
}
