#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp wait on trees, where it looks again and again. That it hears events is shown in the guests.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	# 0-15 and 32-47, of which 40-47 are offline; nodes 0 and 1
	tree two-nodes
}

teardown() {
	[[ -z ${pid-} ]] || kill "$pid" 2>/dev/null || true
}

# holds ARGS...: at once
holds() {
	run -0 --separate-stderr memhp wait --timeout 10s "$@"
	assert_equal "$output$stderr" ""
	run -0 --separate-stderr memhp --json wait --timeout 10s "$@"
	assert_json '.held and .warnings == [] and .missing == []' true
}

# lacks WORDS -- ARGS...: not in its time, and says why
lacks() {
	local words=()
	while [[ $1 != -- ]]; do
		words+=("$1")
		shift
	done
	shift
	refused 1 "timed out after 0." "${words[@]}" -- wait --timeout 20ms "$@"
	run -1 --separate-stderr memhp --json wait --timeout 20ms "$@"
	assert_json '.held or .interrupted' false
}

# later SECONDS COMMAND...: in the background
later() {
	(sleep "$1" && "${@:2}") 3>&- &
	pid=$!
}

set_block() {
	echo "$2" >"$ROOT/sys/devices/system/memory/memory$1/state"
}

@test "a condition that holds ends it at once, without a word" {
	holds --state online 32-35
	holds --state offline 40-47
	holds --state online --zone Movable
	holds 32
	holds --present memory40 0x100000000
	holds --absent 16-31,100
	holds --absent --node 9
	holds --size 1G --state offline --node 1
	holds --size 100 0
	holds all
	holds --driver acpi --state offline --size 128M
}

@test "what is missing is said" {
	lacks "blocks 40-47 are offline" -- --state online 32-47
	lacks "block 100 is not there" -- 100
	lacks "blocks 16-31 are not there, blocks 8-15 are online" -- --state offline 8-31
	lacks "blocks 32-33 are there" -- --absent 30-33
	lacks "1G of 1.1G, blocks 8-15 are online, blocks 32-39 are online" -- --size 1153433600 --state offline --node 1
	lacks "no memory block matches" -- --node 9
	lacks "blocks 40-47 are offline" -- --state online all
	lacks "and so on" -- --absent 0,2,4,6,8,10
	assert_json '[.missing[] | [.first, .last, .state]]' \
		'[[0,0,"online"],[2,2,"online"],[4,4,"online"],[6,6,"online"],[8,8,"online"],[10,10,"online"]]'
}

@test "the document says how far it was" {
	run -1 --separate-stderr memhp --json wait --timeout 20ms --state online 46-48
	assert_json '[.requested, .held, .listened, .interrupted, .selected.blocks, .fulfilled, .missing]' \
		'[{"state":"online","present":true,"size":null},false,false,false,2,{"blocks":0,"size":0},[{"device":null,"first":48,"last":48,"state":null,"present":false},{"device":null,"first":46,"last":47,"state":"offline","present":true}]]'
	assert_json '.warnings | length' 1
	assert_json '.elapsed_ms >= 20' true
	assert_equal "$stderr" ""
}

@test "what changes is seen, and why it polls is said once" {
	later 0.6 set_block 40 online
	run -0 --separate-stderr memhp wait --timeout 15s --state online 40
	assert_equal "$output" ""
	assert_equal "$(wc -l <<<"$stderr")" 1
	assert_words "not the live system" "looks again and again"
	later 0.6 rm -rf "$ROOT/sys/devices/system/memory/memory47"
	run -0 memhp wait --timeout 15s --absent 47
}

@test "a device is there with memory or without, and may come" {
	tree devices
	run -0 "$MEMHP" --sysroot "$ROOT" --json devices
	local used
	used=$(json '[.devices[] | select(.driver == "acpi" and .status != "empty") | .device][0]' | tr -d '"')
	holds --device "$used"
	holds --absent --device dax7.0
	lacks "device dax7.0 is not there" -- --present --device dax7.0
	lacks "device $used is there" -- --absent --device "$used"
	lacks "device dax7.0 is not there" -- --device "$used,dax7.0"
	assert_json '.missing' '[{"device":"dax7.0","first":null,"last":null,"state":null,"present":false}]'
	lacks "0B of 128M" -- --size 128M --device dax7.0
	lacks "no memory block matches" -- --state online --device dax7.0
}

@test "a slot without memory is no device that is there" {
	local empty
	empty=$(memhp --json devices | jq -r '[.devices[] | select(.status == "empty") | .device][0]')
	assert_equal "$empty" PNP0C80:02
	holds --absent --device "$empty"
	lacks "device $empty is not there" -- --device "$empty"
}

@test "a signal ends it, and what is missing is said" {
	local code=0
	set -m
	"$MEMHP" --sysroot "$ROOT" wait --state offline 32 2>"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	set +m
	until grep -q again "$BATS_TEST_TMPDIR/said"; do
		sleep 0.1
	done
	kill -TERM "$pid"
	wait "$pid" || code=$?
	assert_equal "$code" 1
	run cat "$BATS_TEST_TMPDIR/said"
	assert_line --regexp "^memhp wait: interrupted after [0-9.]+ s: block 32 is online$"
}

@test "lines that can never be right" {
	usage_error "name blocks" -- wait
	usage_error "name blocks" -- wait --state online
	usage_error "exclude each other" -- wait --state online --absent 3
	usage_error "exclude each other" -- wait --present --absent 3
	usage_error "--size goes with" -- wait --absent --size 1G 3
	usage_error "--state 'none'" -- wait --state none 3
	usage_error "--state 'online,offline'" -- wait --state online,offline 3
	usage_error "--timeout 'x'" -- wait --timeout x 3
	usage_error "--size '0'" -- wait --size 0 3
	usage_error "not a block id" -- wait x
	usage_error "64-bit" -- wait 99999999999999
}
