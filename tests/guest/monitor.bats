#!/usr/bin/env bats
# shellcheck disable=SC2154 # variables of guest.bash, watch.bash and bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# memhp monitor and memhp wait beside a DIMM's whole life: nothing is missed and nothing told twice.

bats_require_minimum_version 1.5.0

. "${BATS_TEST_DIRNAME}/watch.bash"

setup()
{
	load_assertions
	auto_online offline
}

teardown()
{
	kill -KILL ${monitor-} ${job-} 2>/dev/null || true
	[[ ! -e /tmp/libudev ]] || mv /tmp/libudev "$library"
	auto_online "$(</run/auto_online_default)"
}

# no_line FILTER: it finds none in what was told.
no_line()
{
	local found

	found=$(jq -c "$1" /tmp/events)
	[[ -z $found ]] || fail "$found"
}

# live ID SIZE [COMMAND]: plug, online, offline, eject; COMMAND follows each step.
live()
{
	local state

	mapfile -t ids < <(plug_dimm "$1" "$2" 1)
	((${#ids[@]})) || return
	for state in online_movable offline; do
		${3-}
		set_state "$state" "${ids[@]}"
	done
	${3-}
	unplug_dimm "$1" "${ids[@]}"
}

step=0

step_is_told()
{
	step=$((step + 1))
	wait_until 20 has_told $((step * ${#ids[@]}))
}

@test "every event of a DIMM of 128 blocks is told once, with its facts" {
	start_monitor
	live m1 16G step_is_told
	step_is_told
	kill -INT "$monitor"
	monitor_ends 0
	told_of_each "add online offline remove" "${ids[@]}"
	no_line 'select(.first and .node != 1)'
	no_line 'select(.event == "online" or .event == "offline") | select(.zone != "Movable" or .driver != "acpi")'
	no_line 'select(.event == "add" or .event == "remove") | select(.zone)'
	# neighbours share a line
	(($(wc -l </tmp/events) < ${#ids[@]}))
}

@test "a signal ends it only after what happened before is told" {
	local -a ids

	mapfile -t ids < <(plug_dimm m4 128M 1)
	start_monitor
	set_state online_movable "${ids[@]}"
	kill -INT "$monitor"
	monitor_ends 0
	told_of_each "online" "${ids[@]}"
	set_state offline "${ids[@]}"
	unplug_dimm m4 "${ids[@]}"
}

@test "nor is one missed while it is stopped" {
	start_monitor
	kill -STOP "$monitor"
	live m2 4G
	sleep 2
	kill -CONT "$monitor"
	wait_until 20 has_told $((4 * ${#ids[@]}))
	kill -TERM "$monitor"
	monitor_ends 0
	told_of_each "add online offline remove" "${ids[@]}"
}

flood()
{
	local i

	for ((i = 0; i < 4000; i++)); do
		echo add >"$memory/memory0/uevent"
	done
}

overflow_is_told()
{
	grep -q '"event":"overflow"' /tmp/events
}

# Without root and with that limit the socket has room for some hundred events. Events for what is known are
# no news.
@test "what was lost is found by looking, and told once" {
	local through=(setpriv --reuid 65534 --clear-groups)

	echo 212992 >/proc/sys/net/core/rmem_max
	mapfile -t ids < <(plug_dimm m3 1G 1)
	start_monitor
	kill -STOP "$monitor"
	set_state online_movable "${ids[0]}"
	flood
	set_state online_movable "${ids[@]}"
	set_state offline "${ids[3]}"
	kill -CONT "$monitor"
	wait_until 20 overflow_is_told
	wait_until 20 has_told $((${#ids[@]} - 1))
	set_state offline "${ids[@]}"
	wait_until 20 has_told $((2 * (${#ids[@]} - 1)))
	kill -TERM "$monitor"
	monitor_ends 0
	unplug_dimm m3 "${ids[@]}"
	unset 'ids[3]'
	told_of_each "online offline" "${ids[@]}"
}

# The second one waits for the first; a command that hangs holds up no line.
@test "a command is run for each line, and one that hangs is killed" {
	local through=()

	mapfile -t ids < <(plug_dimm m4 256M 1)
	# shellcheck disable=SC2016 # for the command's shell
	start_monitor --count 3 --exec-timeout 1s --exec 'echo "$MEMHP_ACTION $MEMHP_FIRST-$MEMHP_LAST $MEMHP_START \
		$MEMHP_END $MEMHP_SIZE $MEMHP_ZONE $MEMHP_NODE $MEMHP_DRIVER $MEMHP_DEVICE"; case $MEMHP_ACTION in
		online) sleep 77 ;; offline) exit 7 ;; esac' "${ids[@]}"
	set_state online_movable "${ids[@]}"
	wait_until 10 has_told 2
	set_state offline "${ids[@]}"
	wait_until 10 has_told 4
	unplug_dimm m4 "${ids[@]}"
	monitor_ends 0
	local start=$((ids[0] * $(block_size)))
	local range="${ids[0]}-${ids[1]} $(printf '0x%x 0x%x' "$start" $((start + (256 << 20) - 1))) $((256 << 20))"
	run tr -s '\t ' ' ' </tmp/events.err
	assert_line --partial "online $range Movable 1 acpi PNP0C80"
	assert_line --partial "(online of ${ids[0]}-${ids[1]}) did not end within 1.000 s, and was killed"
	assert_line --partial "offline $range Movable 1 acpi PNP0C80"
	assert_line --partial "(offline of ${ids[0]}-${ids[1]}) ended with status 7"
	assert_line --partial "remove $range 1 acpi PNP0C80"
	run ! pidof sleep
	assert_equal "$(grep -c first /tmp/events)" 3
}

@test "filters choose the blocks, also of what comes later" {
	start_monitor --node 1 --driver acpi --zone Movable --for 60s
	live m5 256M step_ends
	kill -TERM "$monitor"
	monitor_ends 0
	told_of_each "online offline" "${ids[@]}"
	start_monitor --node 0 --for 4s
	live m6 256M
	monitor_ends 0
	run -0 told
	assert_output ""
}

step_ends()
{
	sleep 2
}

@test "wait ends by the event of a block that is there, and of one that comes" {
	mapfile -t ids < <(plug_dimm w1 512M 1)
	start_wait --state online "${ids[2]}"
	set_state online_movable "${ids[1]}"
	sleep 1.5
	run ! ended "$job"
	set_state online_movable "${ids[2]}"
	wait_ends
	start_wait --state offline "${ids[@]}"
	set_state offline "${ids[@]}"
	wait_ends
	start_wait --absent "${ids[@]}"
	unplug_dimm w1 "${ids[@]}"
	wait_ends
	start_wait "${ids[3]}"
	mapfile -t again < <(plug_dimm w2 512M 1)
	assert_equal "${again[*]}" "${ids[*]}"
	wait_ends
	unplug_dimm w2 "${ids[@]}"
}

@test "wait ends by size, and by a device that is not known yet" {
	start_wait --size 384M --driver acpi --zone Movable --node 1 --state online
	mapfile -t ids < <(plug_dimm w3 512M 1)
	device=$(readlink "$memory/memory${ids[0]}/firmware_node")
	device=${device##*/}
	set_state online_movable "${ids[0]}" "${ids[1]}"
	sleep 1.5
	run ! ended "$job"
	set_state online_movable "${ids[2]}"
	wait_ends
	set_state offline "${ids[@]}"
	memhp_json 0 wait --present --device "$device"
	start_wait --absent --device "$device"
	unplug_dimm w3 "${ids[@]}"
	wait_ends
	start_wait --device "$device"
	mapfile -t ids < <(plug_dimm w4 256M 1)
	wait_ends
	unplug_dimm w4 "${ids[@]}"
}

@test "wait that is interrupted, or too late, says what is missing" {
	start_wait --state offline 8
	kill -INT "$job"
	memhp_ends 1 10
	report_has '(.held | not) and .interrupted and .missing == [{device: null, first: 8, last: 8, state: "online", present: true}]'
	memhp_json 1 wait --state offline 8 --timeout 300ms
	report_has '(.held | not) and (.interrupted | not) and .listened and .elapsed_ms >= 300'
}

@test "where no event is heard, monitor says so and wait looks instead" {
	run --separate-stderr unshare -Un memhp --json monitor --for 1s
	keep_document
	assert_equal "$status" 3
	report_has '.error.code == "ENONET"'
	library=$(find /usr/lib/ -name libudev.so.1)
	mv "$library" /tmp/libudev
	run --separate-stderr memhp --json monitor --for 1s
	keep_document
	assert_equal "$status" 3
	report_has '.error.code == "ENOPKG" and (.error.hint | contains("libudev1"))'
	mapfile -t ids < <(plug_dimm w5 256M 1)
	start_wait --state online "${ids[@]}"
	set_state online_movable "${ids[@]}"
	memhp_ends 0 10
	report_has '.held and (.listened | not) and (.warnings[0] | contains("libudev.so.1"))'
	set_state offline "${ids[@]}"
	unplug_dimm w5 "${ids[@]}"
}
