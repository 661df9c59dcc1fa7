# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# --trace: the kernel's own path, on a real kernel.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

tracing=/sys/kernel/tracing

setup_file()
{
	grep -q " $tracing " /proc/mounts || mount -t tracefs tracefs "$tracing"
	dimm_for_file trace
}

teardown_file()
{
	dimm_gone trace
}

setup()
{
	start_with online_movable
	settings >/run/settings
}

teardown()
{
	umount {"$tracing",/sys/kernel/debug/tracing}/kprobe_events {/proc,/sys/kernel/debug}/dynamic_debug/control 2>/dev/null || true
	grep -q " $tracing " /proc/mounts || mount -t tracefs tracefs "$tracing"
	echo nop >"$tracing/current_tracer"
	echo >"$tracing/set_ftrace_filter"
	rmdir "$tracing/instances/other" 2>/dev/null || true
	calm_down
}

# What everybody's tracing is set to. The size of the buffers is not among it: any first use of any trace
# makes it another.
settings()
{
	local file

	for file in current_tracer tracing_on trace_clock set_ftrace_filter set_ftrace_notrace set_graph_function \
		set_event set_ftrace_pid trace_options kprobe_events tracing_cpumask; do
		echo "== $file"
		cat "$tracing/$file" 2>/dev/null
	done
	ls "$tracing/instances"
}

settings_are_as_before()
{
	settings >/run/settings.now
	run -0 diff /run/settings /run/settings.now
}

# What follows finds the stages of the block's path as $stages, each with its function's name without suffix as key.
path_has()
{
	local filter=$1

	shift
	report_has "(.blocks[0].trace | [.. | objects | select(.stage)] |
		map({ (.function | sub(\"[.].*\"; \"\")): . }) | add) as \$stages | .blocks[0].trace as \$trace | $filter" "$@"
}

# Keeps a page that moves in one of the blocks, whose number is in $held.
hold_page()
{
	start_helper hold 1
	held=$(($(head -n 1 /tmp/helper) * 4096 / $(block_size)))
	[[ " ${blocks[*]} " == *" $held "* ]]
}

@test "an offline that succeeds goes all the way, and counts the pages that move" {
	hold_page
	memhp_json 0 offline "$held" --trace
	report_has '.blocks[0].trace | .source == "kprobes" and .failed == null and .lost_events == 0 and
		(.stages | length) == 1 and (.stages[0] | .function == "memory_subsys_offline" and .calls == 1 and
		.result == "ok" and .elapsed_us > 0 and (.stages | length) == 1 and .stages[0].function == "offline_pages")'
	report_has '[.blocks[0].trace.stages[0].stages[0].stages[].stage] as $names |
		[["look for holes", "isolate", "notify: going offline", "test that all is isolated",
		"take the free pages out", "notify: offline"][] | . as $name | $names | index($name)] |
		. == sort and all(. != null)'
	path_has '$stages.migrate_pages | .calls >= 1 and .pages_moved >= 1 and .pages_left == 0'
	settings_are_as_before
}

@test "a hole: nothing comes after the look for it" {
	local id

	id=$(memhp explain all --json | jq '[.blocks[] | select(.state == "online" and .zone != "None" and .zone != "none" and
		([.reasons[].code] | index("holes")))][0].block')
	[[ $id != null ]] || skip "no block of this machine has holes"
	memhp_json 1 offline "$id" --trace --force=unmovable
	report_has '.blocks[0].trace | .failed == "look for holes" and .kernel_reason == "memory holes"'
	path_has '$stages.offline_pages.result == "EINVAL" and $stages.start_isolate_page_range == null'
	settings_are_as_before
}

@test "isolation that a page of the kernel's own stops" {
	local id

	id=$(memhp explain all --json | jq '[.blocks[] | select(.state == "online" and .block != 0 and
		([.reasons[].code] | index("reserved") and (index("holes") | not)))][0].block')
	memhp_json 1 offline "$id" --trace --force=unmovable --force=memory
	report_has '.blocks[0].trace | .failed == "isolate" and .kernel_reason == "failure to isolate range"'
	path_has '$stages.start_isolate_page_range.result == "EBUSY" and $stages.memory_notify == null'
	settings_are_as_before
}

@test "a notifier that says no, and what is undone" {
	inject_errno MEM_GOING_OFFLINE ENOMEM
	memhp_json 1 offline "${blocks[0]}" --trace
	report_has '.blocks[0].trace | .failed == "notify: going offline" and .kernel_reason == "notifier failure"'
	report_has '[.blocks[0].trace | .. | objects | select(.stage) | .stage] |
		index("notify: offline cancelled") > index("notify: going offline")'
	path_has '$stages.undo_isolate_page_range.calls >= 1 and $stages.offline_pages.result == "ENOMEM"'
	if [[ -d $tracing/events/notifier/notifier_run ]]; then
		report_has '.blocks[0].failure.notifier == "notifier_err_inject_callback" and
			.blocks[0].trace.notifier == .blocks[0].failure.notifier'
		run -1 memhp offline "${blocks[0]}" --trace
		assert_line --partial "the kernel's notifier_err_inject_callback vetoed it"
	fi
	settings_are_as_before
}

@test "the log says nothing, the path does" {
	inject_errno MEM_GOING_OFFLINE EINVAL
	for control in {/proc,/sys/kernel/debug}/dynamic_debug/control; do
		[[ ! -e $control ]] || mount --bind /dev/null "$control"
	done
	memhp_json 1 offline "${blocks[0]}"
	report_has '.blocks[0].failure == null'
	memhp_json 1 offline "${blocks[0]}" --trace
	report_has '.blocks[0] | .errno == "EINVAL" and .failure.kernel_reason == "notifier failure"'
}

@test "a page that does not move: passes of a loop are one stage" {
	pin_page 1
	memhp_json 1 offline "$pinned_block" --trace --timeout 2s --force
	report_has '.blocks[0] | .outcome == "timed-out" and (.trace | .failed == "migrate, one pass" and
		.kernel_reason == "signal backoff" and
		([.. | objects | select(.stage == "migrate, one pass")][0] | .calls > 5 and .idle_calls > 5) and
		([.. | objects] | length) < 40)'
	settings_are_as_before
}

@test "online, and an online that a notifier refuses" {
	set_state offline "${blocks[@]:0:2}"
	memhp_json 0 online "${blocks[0]}" --trace --zone movable
	report_has '[.blocks[0].trace.stages[0].stages[0].stages[].stage] as $names |
		[["grow the zone", "notify: going online", "notify: online"][] | . as $name | $names | index($name)] |
		. == sort and all(. != null)'
	path_has '$stages.online_pages.result == "ok"'
	inject_errno MEM_GOING_ONLINE ENOMEM
	memhp_json 1 online "${blocks[1]}" --trace
	report_has '.blocks[0].trace.failed == "notify: going online"'
	report_has '[.blocks[0].trace | .. | objects | select(.stage) | .stage] | index("notify: online cancelled") != null'
	settings_are_as_before
}

@test "a processor that is off has nothing to tell, the others do" {
	echo 0 >/sys/devices/system/cpu/cpu1/online
	memhp_json 0 offline "${blocks[0]}" --trace
	echo 1 >/sys/devices/system/cpu/cpu1/online
	report_has '.blocks[0].trace.stages[0].result == "ok"'
	settings_are_as_before
}

@test "text: a tree below the line, the first of several stands for all" {
	run -0 memhp offline "${blocks[0]}-${blocks[1]}" --trace
	assert_line --index 0 "memory${blocks[0]}-${blocks[1]}: done (offline)"
	assert_line --index 1 "the kernel's path (kprobes), of the first of these 2:"
	assert_line --regexp "^STAGE +FUNCTION +CALLS +TIME RESULT"
	assert_line --regexp "take its pages offline +offline_pages +1 +[0-9.]+ ms ok"
	assert_line --index -1 --partial "brought offline"
}

@test "a removal is followed into the kernel's worker" {
	local -a ids

	mapfile -t ids < <(plug_dimm followed 256M 1)
	set_state online_movable "${ids[@]}"
	memhp_json 0 remove "${ids[@]}" --trace --force=memory
	report_has '.trace.stages[0] | .function == "try_remove_memory" and .result == "ok" and
		([.. | objects | .function] | index("remove_memory_block_devices")) != null'
	report_has 'all(.blocks[]; .trace.stages[0].function == "memory_subsys_offline")'
	settings_are_as_before
}

@test "somebody else's trace goes on" {
	mkdir "$tracing/instances/other"
	echo 1 >"$tracing/instances/other/events/migrate/enable"
	echo offline_pages >"$tracing/set_ftrace_filter"
	echo function_graph >"$tracing/current_tracer"
	settings >/run/settings
	memhp_json 0 offline "${blocks[0]}" --trace
	report_has '.blocks[0].trace.source == "kprobes"'
	settings_are_as_before
	assert grep -q offline_pages "$tracing/trace"
	assert_equal "$(<"$tracing/instances/other/events/migrate/enable")" 1
}

@test "after kill -9 the next memhp ends the trace" {
	pin_page 1
	memhp offline "$pinned_block" --trace --timeout 0 --force >/dev/null 2>&1 &
	job=$!
	wait_until 60 grep -qx going-offline "$memory"/memory*/state
	assert test -d "$tracing/instances/memhp-trace"
	kill -KILL "$job"
	wait_until 20 no_memhp_runs
	unpin
	wait_until 20 eval "! grep -qx going-offline $memory/memory*/state"
	run -0 --separate-stderr memhp online "$pinned_block" --zone movable
	# shellcheck disable=SC2154 # stderr is bats's
	assert_equal "$stderr" "memhp online: warning: ended the trace of a memhp that was killed"
	settings_are_as_before
	run -0 --separate-stderr memhp online "$pinned_block" --zone movable
	assert_equal "$stderr" ""
}

@test "without kprobes the tracepoints tell what they know" {
	hold_page
	for dir in "$tracing" /sys/kernel/debug/tracing; do
		[[ ! -e $dir/kprobe_events ]] || mount --bind /dev/full "$dir/kprobe_events"
	done
	memhp_json 0 offline "$held" --trace
	report_has '.blocks[0].trace | .source == "tracepoints" and
		([.stages[].function] | index("migrate:mm_migrate_pages") != null) and
		([.stages[] | select(.function == "migrate:mm_migrate_pages")][0].pages_moved >= 1)'
	umount "$tracing/kprobe_events" /sys/kernel/debug/tracing/kprobe_events 2>/dev/null || true
	settings_are_as_before
}

@test "without tracefs nothing is changed, unless told" {
	local dir

	# shellcheck disable=SC2045 # no such name has blanks
	for dir in $(ls -d /sys/kernel/debug/tracing 2>/dev/null); do
		umount "$dir" 2>/dev/null || true
		mount --bind /tmp "$dir"
	done
	umount "$tracing"
	memhp_json 3 offline "${blocks[0]}" --trace
	report_has '.error.code == "EOPNOTSUPP" and (.error.hint | test("mount -t tracefs"))'
	assert state_is "${blocks[0]}" online
	memhp_json 0 offline "${blocks[0]}" --trace=try
	report_has '.blocks[0].trace == null and (.warnings[0] | test("cannot be followed"))'
	assert state_is "${blocks[0]}" offline
	umount /sys/kernel/debug/tracing 2>/dev/null || true
}

@test "the raw trace is kept in a file" {
	run -0 memhp offline "${blocks[0]}" --trace=/tmp/trace.dat
	assert_equal "$(head -c 11 /tmp/trace.dat | tail -c 8)" tracing6
	if command -v trace-cmd >/dev/null; then
		run -0 trace-cmd report -i /tmp/trace.dat
		assert_line --regexp 'memory_subsys_offline: +[(]'
		assert_line --regexp 'offline_pages_returns:.* value=0'
	fi
	run -0 memhp online "${blocks[0]}" --trace=/tmp/trace.json
	run -0 jq -e '[.[] | select(.name == "online_pages") | .ph] == ["B", "E"] and all(.[]; .ts > 0)' /tmp/trace.json
	memhp_json 1 offline "${blocks[0]}" --trace=/nowhere/file
	report_has '.error | .code == "ENOENT" and (.message | test("/nowhere/file"))'
	assert state_is "${blocks[0]}" online
	settings_are_as_before
}

@test "a rezone is both ways, one after the other" {
	set_state offline "${blocks[7]}"
	set_state online_kernel "${blocks[7]}"
	memhp_json 0 online "${blocks[7]}" --zone movable --rezone --trace
	report_has '[.blocks[0].trace.stages[].function] == ["memory_subsys_offline", "memory_subsys_online"]'
}
