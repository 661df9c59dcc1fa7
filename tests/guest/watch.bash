# shellcheck shell=bash disable=SC2154 # variables of guest.bash and change.bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the tests of memhp monitor and memhp wait share: both run beside what they are to tell.

# shellcheck source=change.bash
. "${BASH_SOURCE[0]%/*}/change.bash"

# start_monitor ARG...: monitor is its pid, what it says goes to /tmp/events, once it is ready.
start_monitor()
{
	set -m
	"${through[@]}" memhp --json monitor "$@" >/tmp/events 2>/tmp/events.err 3>&- 8>&- &
	monitor=$!
	set +m
	wait_until 10 grep -q '"event":"ready"' /tmp/events
}

# monitor_ends STATUS: all that it said is kept for the schema.
monitor_ends()
{
	local code=0

	wait_until 20 ended "$monitor" || return
	wait "$monitor" || code=$?
	monitor=
	cat /tmp/events >/dev/documents
	assert_equal "$code" "$1"
}

# "add 40", a line for each block of each line that was told.
told()
{
	jq -r 'select(.first != null) | .event as $e | range(.first; .last + 1) | "\($e) \(.)"' /tmp/events
}

has_told()
{
	(($(told | wc -l) >= $1))
}

# Of each block, this is what was told, in this order and not more.
told_of_each()
{
	local id wanted=$1

	shift
	for id; do
		echo "$id $wanted"
	done >/tmp/expected
	told | awk '{ all[$2] = all[$2] " " $1 } END { for (id in all) print id all[id] }' | sort -n >/tmp/told
	diff /tmp/expected /tmp/told
}

# start_wait ARG...: once it listens, it sleeps.
start_wait()
{
	start_memhp wait --timeout 80s "$@"
	wait_until 10 grep -q '^State:.*sleeping' "/proc/$job/status"
	sleep 0.5
	run ! ended "$job"
}

# It would have been 80 s else.
wait_ends()
{
	memhp_ends 0 30
	report_has '.held and .listened and .elapsed_ms < 60000 and .missing == []'
}
