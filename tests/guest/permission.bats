# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp without the right to change memory, and the trace it leaves when it has it.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)

setup_file()
{
	dimm_for_file permission
}

teardown_file()
{
	dimm_gone permission
}

setup()
{
	start_with online_movable
	auto_online offline
}

teardown()
{
	mount -o remount,rw /sys
	[[ -z ${logger-} ]] || kill "$logger"
	calm_down
}

# may_not_change CODE: an offline and a policy set stop at the first, with CODE.
may_not_change()
{
	memhp_json 4 offline "${blocks[0]}" "${blocks[1]}"
	report_has "$1"
	memhp_json 4 policy set auto-online movable
	report_has '.error.code | IN("EACCES", "EPERM", "EROFS")'
	assert_equal "$(<$memory/auto_online_blocks)" offline
	assert_equal "$(count_state online "${blocks[@]}")" 8
	total_changed_by 0
}

@test "without root list works, offline and policy set change nothing" {
	through=("${nobody[@]}")
	memhp_json 0 list "${blocks[@]}"
	report_has '[.blocks[] | .count] | add == 8'
	may_not_change '.error.code == "EACCES" or .error.code == "EPERM"'
}

@test "with a read-only /sys list works, offline and policy set change nothing" {
	mount -o remount,ro /sys
	memhp_json 0 list "${blocks[@]}"
	may_not_change '[.blocks[] | select(.outcome == "failed") | .errno] == ["EROFS"] and
		[.blocks[] | .outcome] == ["failed", "not-tried"] and .done.blocks == 0'
}

start_syslog()
{
	rm -f /tmp/syslog
	busybox syslogd -n -O /tmp/syslog 3>&- 8>&- &
	logger=$!
	wait_until 5 test -S /dev/log
}

# syslog_is REGEX...: the lines of memhp, one each.
syslog_is()
{
	local -a lines
	local regex

	mapfile -t lines < <(grep 'daemon\.notice memhp\[' /tmp/syslog)
	assert_equal "${#lines[@]}" "$#"
	for regex; do
		assert_regex "${lines[0]}" "$regex"
		lines=("${lines[@]:1}")
	done
}

@test "each command that changes memory leaves one line in syslog" {
	start_syslog
	memhp_json 0 list
	memhp_json 0 offline "${blocks[0]}" --dry-run
	memhp_json 0 offline "${blocks[0]}" "${blocks[1]}"
	inject_errno MEM_GOING_OFFLINE EBUSY
	memhp_json 1 offline "${blocks[2]}"
	memhp_json 0 policy set auto-online movable
	pfn=$((blocks[3] * $(block_size) / 4096 + 5000))
	memhp_json 0 page show "pfn:$pfn"
	memhp_json 0 page soft-offline "pfn:$pfn"
	syslog_is 'login uid none: offline: .*2 blocks done' 'offline: .*1 failed' \
		'policy: set auto-online movable: done' 'page: soft-offline 0x[0-9a-f]*: done'
}
