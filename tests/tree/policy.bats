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
	assert_equal "$(actors)" "udev usr/lib/udev/rules.d/40-redhat.rules:5 null
udev usr/lib/udev/rules.d/40-redhat.rules:7 online"
}

@test "a rule that writes nothing brings nothing online" {
	rule etc 10-a.rules <<<'SUBSYSTEM=="memory", ACTION=="add", ATTR{online}=""'
	assert_equal "$(actors)" "udev etc/udev/rules.d/10-a.rules:1 null"
}

# acting: the lines that act, as LINE=VALUE or LINE?PROGRAM
acting() {
	run --separate-stderr memhp --json policy
	assert_success
	jq -r '[.actors[] | if .runs then "\(.line)?\(.runs)" else "\(.line)=\(.value)" end] | join(" ")' <<<"$output"
}

@test "rules are reached by jumps over each other" {
	rule etc 10-a.rules <<'RULES'
SUBSYSTEM=="memory", GOTO="memory_rules"
GOTO="memory_end"
LABEL="memory_rules"
ATTR{state}=="offline", ATTR{state}="online_movable"
GOTO="end"
ATTR{state}="online"
LABEL="memory_end"
SUBSYSTEM=="memory", ATTR{state}="online"
LABEL="end"
SUBSYSTEM=="memory", ATTR{state}="online_kernel"
RULES
	assert_equal "$(acting)" "4=online_movable 10=online_kernel"
}

@test "a jump that may not be taken leaves the next rule in force, one that is taken does not" {
	rule etc 10-a.rules <<'RULES'
SUBSYSTEM=="", GOTO="one"
SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="online"
SUBSYSTEM=="memory", ACTION!="add", GOTO="one"
SUBSYSTEM=="memory", ATTR{state}="online_kernel"
SUBSYSTEM=="memory", ACTION=="add", GOTO="one"
SUBSYSTEM=="memory", ACTION=="add", ATTR{state}="offline"
LABEL="one"
SUBSYSTEM=="memory", GOTO="nowhere", ATTR{state}="online"
SUBSYSTEM=="memory", ENV{x}!="1", ATTR{state}="online_kernel"
RULES
	assert_equal "$(acting)" "2=online 4=online_kernel 8=online 9=online_kernel"
}

@test "rules that match by path, by name, by parts of them" {
	rule etc 10-a.rules <<'RULES'
DEVPATH=="*/system/memory/memory[0-9]*", RUN+="/bin/sh -c 'echo online > /sys%p/state'"
KERNEL=="memory*", ATTR{online}="1"
KERNEL=="cpu*|memory4[0-9]", ATTR{state}="online"
KERNEL=="memory1234567", ATTR{state}="online"
SUBSYSTEM=="mem*", ACTION=="add|change", ATTR{state}="online"
SUBSYSTEM!="block|net", KERNEL!="sd*", DEVPATH!="*/net/*", DRIVER=="", ATTR{state}="online"
SUBSYSTEMS=="memory", ATTRS{auto_online_blocks}=="offline", TEST=="state", TAG!="x", ATTR{state}="online"
ENV{SUBSYSTEM}=="memory", CONST{virt}!="none", RESULT=="x", RUN+="/bin/sh -c 'echo 1 > /sys%p/online'"
KERNEL=="memory[a-z]*", ATTR{state}="online"
KERNEL=="memoryless*|sd*", ATTR{state}="online"
DEVPATH=="*/net/*", ATTR{state}="online"
DEVPATH=="/devices/system/cpu/*", ATTR{online}="1"
SUBSYSTEM=="memory", KERNEL=="cpu*", ATTR{state}="online"
SUBSYSTEM=="memory", DRIVER=="dax", ATTR{state}="online"
SUBSYSTEM=="memory", ATTR{idVendor}=="1234", ATTR{state}="online"
SUBSYSTEM=="memory", ENV{MAJOR}=="8", ATTR{state}="online"
SUBSYSTEM=="memory", ACTION=="remove|unbind", ATTR{state}="online"
SUBSYSTEM=="memory", ATTR{state}=="online"
RULES
	assert_equal "$(acting)" "1=online 2=online 3=online 4=online 5=online 6=online 7=online 8=online"
}

@test "programs whose effect is unknown may bring memory online" {
	rule etc 10-a.rules <<'RULES'
KERNEL=="memory*", ACTION=="add", PROGRAM="/usr/local/sbin/on-memory %k"
SUBSYSTEM=="memory", IMPORT{program}=="/sbin/import"
SUBSYSTEM=="memory", ENV{x}=="y", RUN{program}+="/sbin/added"
SUBSYSTEM=="memory", TAG+="systemd", ENV{SYSTEMD_WANTS}+="memory@%k.service"
RUN+="/sbin/every"
ENV{ID_OF_OTHERS}=="?*", RUN+="/sbin/other"
SUBSYSTEM!="memory", GOTO="end"
ENV{x}=="y", RUN+="/sbin/only"
SUBSYSTEM=="memory", RUN{builtin}+="kmod load x", IMPORT{builtin}="path_id", IMPORT{file}="x"
SUBSYSTEM=="block", RUN+="/sbin/block"
LABEL="end"
RULES
	assert_equal "$(acting)" "1?/usr/local/sbin/on-memory %k 2?/sbin/import 3?/sbin/added 4?memory@%k.service 5?/sbin/every 8?/sbin/only"
	run memhp policy
	assert_line '      runs /usr/local/sbin/on-memory %k, which may bring memory online'
	refute_line --partial CONFLICT
}

# unit PATH: a file below $ROOT from standard input
unit() {
	mkdir -p "$ROOT/$(dirname "$1")"
	cat >"$ROOT/$1"
}

@test "services that bring memory online by daxctl" {
	unit etc/systemd/system/dax.service <<-'UNIT'
		[Service]
		ExecStart=/usr/bin/daxctl reconfigure-device --mode=system-ram dax0.0
		ExecStart=/usr/bin/daxctl reconfigure-device -m system-ram --no-movable all
		ExecStart=/usr/bin/daxctl reconfigure-device -m system-ram --no-online all
		ExecStart=/usr/bin/daxctl reconfigure-device -m devdax all
		ExecStart=/usr/bin/daxctl online-memory dax1.0
		ExecStop=/usr/bin/daxctl offline-memory dax1.0
		ExecStart=/usr/bin/daxctl list
	UNIT
	assert_equal "$(actors)" "systemd etc/systemd/system/dax.service:2 online_movable
systemd etc/systemd/system/dax.service:3 online_kernel
systemd etc/systemd/system/dax.service:6 online_movable
systemd etc/systemd/system/dax.service:7 offline"
}

@test "services that bring memory online, their drop-ins, and what masks them" {
	unit etc/systemd/system/a.service <<'UNIT'
[Unit]
ExecStart=/bin/sh -c 'echo online > /sys/devices/system/memory/auto_online_blocks'
[Service]
ExecStartPre=-/usr/bin/chmem -e 4G
; a comment
ExecStart=/bin/sh -c 'echo online_movable > \
  # another
  /sys/devices/system/memory/auto_online_blocks'
ExecStartPost=/usr/bin/memhp online --zone kernel all
ExecStart=/usr/bin/memhp list
ExecStart=/bin/sh -c 'cat /sys/devices/system/memory/memory0/state'
Environment=X=/sys/devices/system/memory/auto_online_blocks
UNIT
	unit usr/lib/systemd/system/a.service <<<$'[Service]\nExecStart=/usr/bin/chmem -d 1'
	unit usr/lib/systemd/system/b.service <<<$'[Service]\nExecStart=/bin/sh -c "echo $STATE > /sys/devices/system/memory/memory3/state"'
	unit usr/lib/systemd/system/b.service.d/x.conf <<<$'[Service]\nExecStart=\nExecStart=/usr/bin/chmem --disable 1'
	unit run/systemd/system/c.service.d/y.conf <<<$'[Service]\nExecStartPost=/usr/bin/chmem -e 1'
	unit usr/lib/systemd/system/c.service.d/y.conf <<<$'[Service]\nExecStartPost=/usr/bin/chmem -d 1'
	unit usr/lib/systemd/system/c.service <<<$'[Service]\nExecStart=/bin/true'
	unit usr/lib/systemd/system/masked.service <<<$'[Service]\nExecStart=/usr/bin/chmem -e 1'
	unit usr/lib/systemd/system/masked.service.d/z.conf <<<$'[Service]\nExecStart=/usr/bin/chmem -e 1'
	ln -s /dev/null "$ROOT/etc/systemd/system/masked.service"
	ln -s a.service "$ROOT/etc/systemd/system/alias.service"
	unit usr/lib/systemd/system/d@.service <<<$'[Service]\nExecStart=/bin/sh -c "echo $S > /sys/devices/system/memory/%i/state"'
	assert_equal "$(actors)" "systemd etc/systemd/system/a.service:4 online
systemd etc/systemd/system/a.service:6 online_movable
systemd etc/systemd/system/a.service:9 online_kernel
systemd usr/lib/systemd/system/b.service.d/x.conf:3 offline
systemd run/systemd/system/c.service.d/y.conf:2 online
systemd usr/lib/systemd/system/d@.service:2 null"
	run memhp policy
	assert_line --partial 'CONFLICT: auto-online is offline now, but becomes movable when this runs'
}

@test "sysfs.conf, rc.local, and blocks in tmpfiles.d" {
	unit etc/sysfs.conf <<'CONF'
# devices/system/memory/auto_online_blocks = offline
devices/system/cpu/cpu1/online = 1
mode devices/system/memory/auto_online_blocks = 0644
devices/system/memory/auto_online_blocks = online # now
CONF
	unit etc/sysfs.d/x.conf <<<'/devices/system/memory/memory12/state=online_movable'
	unit etc/tmpfiles.d/x.conf <<<'w /sys/devices/system/memory/memory*/state - - - - online'
	unit etc/rc.local <<'SCRIPT'
#!/bin/sh
# echo online > /sys/devices/system/memory/memory9/state
for state in /sys/devices/system/memory/memory*/state; do
	echo online_kernel > $state
done
SCRIPT
	assert_equal "$(actors)" "tmpfiles etc/tmpfiles.d/x.conf:1 online
sysfs etc/sysfs.conf:4 online
sysfs etc/sysfs.d/x.conf:1 online_movable
rc-local etc/rc.local:3 online_kernel"
	# shellcheck disable=SC2016
	unit etc/rc.local <<<'for s in /sys/devices/system/memory/memory*/state; do cat $s; done'
	refute_regex "$(actors)" rc-local
}

@test "the words of people in text, those of the kernel in JSON, both to set" {
	local value
	for value in online_movable movable; do
		run memhp policy set auto-online "$value"
		assert_line --partial 'auto-online is movable (was'
	done
	run memhp policy
	assert_line --regexp '^auto-online +movable '
	assert_line --regexp '^auto-movable-numa-aware +on '
	assert_line --regexp '^memmap-on-memory +off '
	refute_line --regexp '^[a-z].*(online_movable| [YN] )'
	run memhp info
	refute_line --regexp 'online_movable| [YN]$'
	memhp policy set auto-movable-numa-aware N
	assert_equal "$(cat "$PARAMETERS/auto_movable_numa_aware")" N
	run memhp policy set auto-movable-numa-aware on
	assert_line --partial 'is on (was off)'
	run memhp --json policy
	assert_json '[.values[] | .value] | .[:5]' '["online_movable","contig-zones","301","Y","N"]'
}

@test "what newer kernels have is shown and set where it is" {
	run memhp policy
	refute_line --regexp 'max-passes|gigantic'
	run memhp info
	refute_line --regexp 'max-passes|gigantic'
	run memhp --json info
	assert_json '[.policy | .offline_migrate_max_passes, .movable_gigantic_pages]' '[null,null]'
	set_fails 3 offline-migrate-max-passes 3
	mkdir -p "$ROOT/proc/sys/vm"
	echo 0 >"$PARAMETERS/offline_migrate_max_passes"
	echo 1 >"$ROOT/proc/sys/vm/movable_gigantic_pages"
	run memhp policy
	assert_line --regexp '^offline-migrate-max-passes +0 .*as long as it takes'
	assert_line --regexp '^movable-gigantic-pages +on '
	run memhp info
	assert_line --regexp '^ +offline-migrate-max-passes: +0$'
	assert_line --regexp '^ +movable-gigantic-pages: +on$'
	run memhp --json info
	assert_json '[.policy | .offline_migrate_max_passes, .movable_gigantic_pages]' '["0","1"]'
	run memhp policy set offline-migrate-max-passes 5
	assert_success
	refute_output --partial 'Nothing that is already there changes'
	memhp policy set movable-gigantic-pages off --persist
	assert_equal "$(cat "$PARAMETERS/offline_migrate_max_passes")" 5
	assert_equal "$(cat "$ROOT/proc/sys/vm/movable_gigantic_pages")" 0
	grep -qx 'w- /proc/sys/vm/movable_gigantic_pages - - - - 0' "$CONF"
	set_fails 2 offline-migrate-max-passes -- -1
	set_fails 2 offline-migrate-max-passes 5%
	set_fails 2 movable-gigantic-pages 2
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
	assert_line --partial 'CONFLICT: auto-online is offline, but this sets memory to online'
	run --separate-stderr memhp policy set auto-online movable
	assert_success
	# shellcheck disable=SC2154 # bats sets stderr
	assert_regex "$stderr" '80-memory.rules:1: auto-online is movable: the kernel is first'
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
