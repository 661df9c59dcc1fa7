# shellcheck shell=bats disable=SC2154 # variables of guest.bash and bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp monitor and memhp wait beside LMBs that come and go.

bats_require_minimum_version 1.5.0
# shellcheck source=../watch.bash
. "$BATS_TEST_DIRNAME/watch.bash"

setup()
{
	load_assertions
	auto_online offline
}

teardown()
{
	kill -KILL ${monitor-} ${job-} 2>/dev/null || true
}

@test "what happens to an LMB is told once, and waited for" {
	local first lmb

	qemu_adds watched "$(block_size)" pc-dimm 1
	first=$(qmp '{"execute":"query-memory-devices"}' | jq '.[].data | select(.id == "dwatched") | .addr')
	first=$((first / $(block_size)))
	lmb=$(printf 'lmb-%x' $((0x80000000 + first)))
	start_monitor "$first"
	start_wait --state online "$first"
	memhp probe --device "$lmb" --online=movable >/dev/null
	wait_ends
	wait_until 20 has_told 2
	start_wait --absent "$first"
	memhp remove --device "$lmb" >/dev/null
	wait_ends
	wait_until 20 has_told 4
	kill -TERM "$monitor"
	monitor_ends 0
	told_of_each "add online offline remove" "$first"
	jq -se 'all(.[] | select(.event == "online" or .event == "offline"); .zone == "Movable" and .driver == "pseries")' \
		/tmp/events
}
