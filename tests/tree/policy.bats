#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp policy on trees made by hand: values, errors, --persist, who else brings memory online.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	ROOT=$BATS_TEST_TMPDIR/root
	AUTO=$ROOT/sys/devices/system/memory/auto_online_blocks
	PARAMETERS=$ROOT/sys/module/memory_hotplug/parameters
	CONF=$ROOT/etc/tmpfiles.d/memhp.conf
	mkdir -p "${AUTO%/*}" "$PARAMETERS" "$ROOT/proc"
	echo 8000000 >"${AUTO%/*}/block_size_bytes"
	echo offline >"$AUTO"
	echo contig-zones >"$PARAMETERS/online_policy"
	echo 301 >"$PARAMETERS/auto_movable_ratio"
	echo Y >"$PARAMETERS/auto_movable_numa_aware"
	echo N >"$PARAMETERS/memmap_on_memory"
	chmod 0444 "$PARAMETERS/memmap_on_memory"
	echo 'root=/dev/vda ro' >"$ROOT/proc/cmdline"
}

# rule DIR NAME: a udev rules file from standard input
rule() {
	mkdir -p "$ROOT/$1/udev/rules.d"
	cat >"$ROOT/$1/udev/rules.d/$2"
}

# actors: KIND PATH:LINE VALUE of each, one a line
actors() {
	run --separate-stderr memhp --json policy
	assert_success
	# shellcheck disable=SC2154 # bats sets output
	jq -r '.actors[] | "\(.kind) \(.path):\(.line) \(.value)"' <<<"$output"
}

# set_fails STATUS KEY VALUE: and nothing is changed
set_fails() {
	local wanted=$1
	shift
	remember
	run memhp policy set "$@"
	assert_failure "$wanted"
	assert_untouched
}

@test "shows all values" {
	run memhp policy
	assert_success
	assert_line --regexp '^auto-online +offline +memory added later stays offline'
	assert_line --regexp '^auto-movable-ratio +301 '
	assert_line --partial 'Nobody else brings memory online'
}

@test "an old kernel without the parameters" {
	rm -r "$ROOT/sys/module"
	run memhp policy
	assert_success
	assert_line --regexp '^online-policy +- +not on this kernel \(since Linux 5.15\)'
	set_fails 3 online-policy auto-movable
	assert_output --partial 'since Linux 5.15'
}

@test "set writes the kernel's word and says what changes" {
	local pair
	for pair in movable:online_movable kernel:online_kernel online:online offline:offline; do
		run memhp policy set auto-online "${pair%:*}"
		assert_success
		assert_output --partial 'Nothing that is already there changes'
		assert_equal "$(cat "$AUTO")" "${pair#*:}"
	done
	memhp policy set online-policy auto-movable
	memhp policy set auto-movable-ratio 0400
	memhp policy set auto-movable-numa-aware off
	assert_equal "$(cd "$PARAMETERS" && grep -h . online_policy auto_movable_ratio auto_movable_numa_aware | xargs)" \
		"auto-movable 400 N"
	assert_file_not_exists "$CONF"
}

@test "keys and values that can never be right" {
	set_fails 2 auto-onlin online
	assert_output --partial auto-online
	set_fails 2 auto-online removable
	assert_output --partial 'offline, online, kernel or movable'
	set_fails 2 auto-movable-ratio -- -1
	set_fails 2 auto-movable-ratio 3:1
	set_fails 2 auto-movable-ratio 4294967296
	set_fails 2 auto-movable-ratio 18446744073709551917
	set_fails 2 auto-movable-ratio ''
	set_fails 2 auto-movable-numa-aware force
	set_fails 2 auto-online
	set_fails 2 auto-online online more
	run memhp policy unset
	assert_failure 2
	run memhp policy unpersist --persist
	assert_failure 2
}

@test "memmap-on-memory is for the command line" {
	set_fails 3 memmap-on-memory on
	assert_output --partial 'memory_hotplug.memmap_on_memory=on'
	set_fails 3 memmap-on-memory force --persist
	assert_output --partial 'memory_hotplug.memmap_on_memory=force'
	set_fails 2 memmap-on-memory perhaps
}

@test "--persist adds, replaces in place, and keeps what others wrote" {
	run memhp policy set auto-online movable --persist
	assert_success
	assert_output --partial 'memhp_default_state=online_movable'
	printf '# mine\nw /sys/other - - - - 1\n' >>"$CONF"
	memhp policy set --persist auto-movable-ratio 200
	memhp policy set --persist auto-online kernel
	assert_equal "$(grep -v '^# [WA]' "$CONF")" "w- /sys/devices/system/memory/auto_online_blocks - - - - online_kernel
# mine
w /sys/other - - - - 1
w- /sys/module/memory_hotplug/parameters/auto_movable_ratio - - - - 200"
	assert_equal "$(stat -c %a "$CONF")" 644
	assert_equal "$(ls -A "${CONF%/*}")" memhp.conf
}

@test "unpersist, twice" {
	memhp policy set auto-online movable --persist
	run memhp policy unpersist
	assert_success
	assert_output --partial Removed
	assert_file_not_exists "$CONF"
	assert_equal "$(cat "$AUTO")" online_movable
	run memhp policy unpersist
	assert_success
	assert_output --partial 'Nothing was kept'
}

@test "a value that cannot be kept is partly done" {
	touch "$ROOT/etc"
	run memhp policy set auto-online movable --persist
	assert_failure 64
	assert_equal "$(cat "$AUTO")" online_movable
}

@test "the kernel and its command line" {
	echo online >"$AUTO"
	echo 'ro memhp_default_state=online_movable movable_node memory-hotplug.online_policy=auto-movable -- memhp_default_state=x' \
		>"$ROOT/proc/cmdline"
	assert_equal "$(actors)" "kernel sys/devices/system/memory/auto_online_blocks:null online
command-line proc/cmdline:null online_movable
command-line proc/cmdline:null null
command-line proc/cmdline:null null"
	run memhp policy
	assert_line --partial 'CONFLICT: auto-online is online now: after a reboot memhp_default_state=online_movable'
	assert_line --partial 'CONFLICT: online-policy is contig-zones now'
}

@test "udev rules with continued lines, comments and other subsystems" {
	rule etc 10-a.rules <<'RULES'
# SUBSYSTEM=="memory", ATTR{state}="online"
SUBSYSTEM=="cpu", ATTR{online}="1"

ACTION=="add", SUBSYSTEM=="memory", \
  # a comment inside
  ATTR{state}=="offline", \
  ATTR{state}="online_movable"
SUBSYSTEM=="memory", ACTION=="add", ATTR{online}="1"
SUBSYSTEM=="memory", ATTR{state}=="online", TAG+="seen"
SUBSYSTEM=="memory", ACTION=="remove", ATTR{state}="online"
SUBSYSTEM!="memory", ATTR{state}="online"
SUBSYSTEM=="block|memory", RUN+="/bin/sh -c 'echo offline > /sys$devpath/state'"
ACTION=="add", SUBSYSTEM=="memory", RUN+="/usr/bin/memhp online --zone movable %k"
RULES
	assert_equal "$(actors)" "udev etc/udev/rules.d/10-a.rules:4 online_movable
udev etc/udev/rules.d/10-a.rules:8 online
udev etc/udev/rules.d/10-a.rules:12 offline
udev etc/udev/rules.d/10-a.rules:13 online_movable"
}

@test "a rules file that jumps over all but memory" {
	rule usr/lib 40-redhat.rules <<'RULES'
SUBSYSTEM!="memory", GOTO="memory_hotplug_end"
ACTION!="add", GOTO="memory_hotplug_end"
ENV{.state}="online"
CONST{virt}=="none", ENV{.state}="online_movable"
ATTR{state}=="offline", ATTR{state}="$env{.state}"
LABEL="memory_hotplug_end"
ATTR{state}="online"
RULES
	assert_equal "$(actors)" "udev usr/lib/udev/rules.d/40-redhat.rules:5 null"
}

@test "a rule that writes nothing brings nothing online" {
	rule etc 10-a.rules <<<'SUBSYSTEM=="memory", ACTION=="add", ATTR{online}=""'
	assert_equal "$(actors)" "udev etc/udev/rules.d/10-a.rules:1 null"
}

@test "a rules file in /etc masks, in the order of names" {
	local dir
	for dir in etc run usr/local/lib usr/lib lib; do
		rule "$dir" 50-memory.rules <<<'SUBSYSTEM=="memory", ATTR{state}="online"'
	done
	rule usr/lib 20-first.rules <<<'SUBSYSTEM=="memory", ATTR{state}="online_kernel"'
	assert_equal "$(actors)" "udev usr/lib/udev/rules.d/20-first.rules:1 online_kernel
udev etc/udev/rules.d/50-memory.rules:1 online"
	ln -sf /dev/null "$ROOT/etc/udev/rules.d/50-memory.rules"
	assert_equal "$(actors)" "udev usr/lib/udev/rules.d/20-first.rules:1 online_kernel"
}

@test "a rule against the policy is a conflict, one that agrees is not" {
	rule etc 80-memory.rules <<<'SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online"'
	run memhp policy
	assert_line --partial 'CONFLICT: auto-online is offline, but this makes memory online'
	run --separate-stderr memhp policy set auto-online movable
	assert_success
	# shellcheck disable=SC2154 # bats sets stderr
	assert_regex "$stderr" '80-memory.rules:1: the kernel makes new memory online_movable first'
	run --separate-stderr memhp policy set auto-online online
	assert_equal "$stderr" ""
	run memhp policy
	refute_line --partial CONFLICT
}

@test "daxctl's configuration and tmpfiles.d" {
	mkdir -p "$ROOT"/etc/{daxctl.conf.d,tmpfiles.d}
	printf '%s\n' '[reconfigure-device a]' 'mode = system-ram' '[reconfigure-device b]' 'mode=system-ram' \
		'movable = false' '[reconfigure-device c]' 'mode=system-ram' 'online = false' '[reconfigure-device d]' \
		'mode = devdax' '[other]' 'mode = system-ram' >"$ROOT/etc/daxctl.conf.d/x.conf"
	echo 'w! /sys/devices/system/memory/auto_online_* - - - - online' >"$ROOT/etc/tmpfiles.d/m.conf"
	assert_equal "$(actors)" "tmpfiles etc/tmpfiles.d/m.conf:1 online
daxctl etc/daxctl.conf.d/x.conf:1 online_movable
daxctl etc/daxctl.conf.d/x.conf:3 online_kernel"
}

@test "broken rules do no harm" {
	# shellcheck disable=SC1003 # the backslash is udev's
	rule etc 10-broken.rules <<<'SUBSYSTEM=="memory, ATTR{state="online" \'
	head -c 4096 /dev/urandom | rule etc 20-binary.rules
	mkdir "$ROOT/etc/udev/rules.d/30-directory.rules"
	assert_equal "$(actors)" ""
}

@test "one JSON document, also for a failure" {
	run memhp --json policy set auto-online movable --persist
	assert_success
	assert_equal "$(json '[.schema, .set.value, .set.previous, .set.persisted, .set.parameter]')" \
		'["memhp.policy/1","online_movable","offline",true,"memhp_default_state=online_movable"]'
	run memhp --json policy unpersist
	assert_equal "$(json '.unpersist.existed')" true
	run memhp --json policy set memmap-on-memory on
	assert_failure 3
	assert_equal "$(json '.error.code')" '"EOPNOTSUPP"'
}

@test "the lock is taken for changes only" {
	mkdir -p "$ROOT/run/memhp"
	exec 8>"$ROOT/run/memhp/lock"
	flock 8
	run memhp policy set auto-online movable
	assert_failure 1
	assert_equal "$(cat "$AUTO")" offline
	run memhp policy
	assert_success
}
