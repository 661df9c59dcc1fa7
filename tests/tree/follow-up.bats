#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What must follow a change of memory: said where something changed, and where it concerns this machine.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	tree two-nodes
	LOADED=$ROOT/sys/kernel/kexec_crash_loaded
	UPDATES=$ROOT/sys/devices/system/memory/crash_hotplug
}

# process PID NAME
process() {
	mkdir -p "$ROOT/proc/$1"
	echo "$2" >"$ROOT/proc/$1/comm"
}

assert_silent() {
	refute_output --regexp 'kdump|restart'
}

@test "kdump: to be reloaded or not, and why" {
	run -0 memhp online 40
	assert_silent
	echo 1 >"$LOADED"
	run -0 memhp online 41
	assert_line --regexp '^next: reload kdump, unless a udev rule does: .*crash_hotplug is not 1'
	echo 0 >"$UPDATES"
	run -0 memhp offline 41
	assert_line --regexp '^next: reload kdump.*crash_hotplug is not 1'
	echo 1 >"$UPDATES"
	run -0 memhp online 41
	assert_line --regexp '^kdump needs no reload: the kernel updates .*\(crash_hotplug\)'
	echo 7 >"$UPDATES"
	run -0 memhp online 42
	assert_line --regexp '^it is not known whether kdump must be reloaded: .*crash_hotplug is neither 0 nor 1'
	rm "$LOADED" # a copy that just lacks it
	run -0 memhp online 43
	assert_silent
	run -0 memhp --json online 44
	assert_json '.follow_up | map([.code, .needed])' '[["kdump-reload",null]]'
}

@test "fadump, which shows no crash kernel" {
	mkdir "$ROOT/sys/kernel/fadump"
	echo 0 >"$ROOT/sys/kernel/fadump/registered"
	run -0 memhp online 40
	assert_silent
	echo 1 >"$ROOT/sys/kernel/fadump/registered"
	run -0 memhp online 41
	assert_line --regexp '^next: reload kdump.*fadump \(hotplug_ready is not 1\)'
	run -0 memhp --json info
	assert_json '[.kdump.fadump, .kdump.reload_due, .follow_up[0].needed]' '[true,true,true]'
	echo 1 >"$ROOT/sys/kernel/fadump/hotplug_ready"
	run -0 memhp online 42
	assert_line --regexp '^kdump needs no reload: fadump .*hotplug_ready'
	run -0 memhp metrics
	assert_line "memhp_kdump_reload_due 0"
	rm "$ROOT/sys/kernel/fadump/hotplug_ready"
	mkdir "$ROOT/sys/kernel/fadump/hotplug_ready"
	run -0 --separate-stderr memhp online 43
	assert_line --regexp '^it is not known whether kdump.*/sys/kernel/fadump/hotplug_ready: Is a directory'
	assert_words EISDIR
}

@test "who does not notice, when there is more memory or less" {
	process 812 kubelet
	process 813 postgres
	process 814 postgres
	process 815 postgresql-exporter
	run -0 memhp online 40
	assert_line "next: restart or configure anew what does not notice the new size by itself: kubelet, postgres"
	run -0 memhp --json offline 40
	assert_json '.follow_up | map([.code, .needed, .processes])' \
		'[["kdump-reload",false,[]],["restart",true,["kubelet","postgres"]]]'
	run -0 memhp info
	assert_line --regexp '^  Do not notice changes: +kubelet, postgres$'
	run -0 memhp --json info
	assert_json '.follow_up[1].processes' '["kubelet","postgres"]'
	rm -r "$ROOT"/proc/81[234]
	run -0 memhp online 40
	assert_silent
	run -0 memhp info
	refute_output --partial "Do not notice"
}

@test "nothing where nothing changed, or is to be tried" {
	echo 1 >"$LOADED"
	process 812 kubelet
	run -0 memhp online 40 --dry-run
	assert_silent
	run -0 memhp --json online 40 --dry-run
	assert_json .follow_up '[]'
	run -0 memhp online 32
	assert_silent
	run -1 memhp offline 0
	assert_silent
	run -0 memhp --json online 32
	assert_json .follow_up '[]'
}

@test "a part that changed counts" {
	echo 1 >"$LOADED"
	process 812 mysqld
	run -64 memhp online 36,40 --zone kernel
	assert_line --regexp '^next: reload kdump'
	assert_line --regexp 'itself: mysqld$'
}

@test "memory that comes or goes without being online changes no size" {
	tree providers
	mkdir -p "$ROOT/sys/kernel"
	echo 1 >"$ROOT/sys/kernel/kexec_crash_loaded"
	process 812 kubelet
	# the kernel that takes the DIMM away once it is asked to
	timeout 20 bash -c 'until [[ $(<"$1/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:03/eject") == 1* ]]; do sleep 0.02; done
		rm -r "$1"/sys/devices/system/memory/memory4[0-3]' bash "$ROOT" 3>&- &
	run -0 memhp remove 40-43 --force=memory
	assert_line --regexp '^next: reload kdump'
	refute_output --partial restart
}
