#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp's own side of `list`: the JSON document, filters, BLOCKS, bad usage.
# shellcheck disable=SC2030,SC2031 # each test sets its own ROOT

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
}

# listed IDS ARGS...: `list ARGS` shows just these blocks
listed() {
	local want=$1
	shift
	run memhp list -a -r -n -o BLOCK "$@"
	assert_success
	assert_equal "$(tr '\n' ' ' <<<"$output" | sed 's/ *$//')" "$want"
}

# not_here WORD ARGS...: well-formed, but there is none: exit 1, and the message says of what
not_here() {
	local word=$1
	shift
	run --separate-stderr memhp list "$@"
	assert_failure 1
	assert_words "$word"
}

@test "json: totals, block size and schema" {
	tree two-nodes
	run memhp --json list
	assert_success
	assert_json '[.schema, .block_size, .totals]' \
		'["memhp.list/1",134217728,{"online":3221225472,"offline":1073741824}]'
	assert_json 'keys' '["block_size","blocks","schema","totals"]'
}

@test "json: adjacent equal blocks are one entry with every key" {
	tree two-nodes
	run memhp list -J
	assert_success
	assert_json '.blocks | map([.first, .last])' '[[0,0],[1,7],[8,15],[32,35],[36,39],[40,47]]'
	assert_json '.blocks[3]' '{"first":32,"last":35,"count":4,"start":4294967296,"end":4831838207,"range":"0x0000000100000000-0x000000011fffffff","size":536870912,"state":"online","zone":"Normal","valid_zones":["Normal"],"removable":true,"nodes":[1],"device":"PNP0C80:00","driver":"acpi","configured":null,"memmap_on_memory":null,"free":null,"movable":null,"unmovable":null,"poisoned":null,"offlineable":null}'
	assert_json '.blocks[5] | [.state, .zone, .valid_zones, .device]' \
		'["offline",null,["Normal","Movable"],"PNP0C80:01"]'
	assert_json '.blocks[1] | [.device, .driver]' '[null,null]'
}

@test "json: --all gives an entry a block, -o drops no key" {
	tree two-nodes
	run memhp list --json --all -o RANGE
	assert_success
	assert_json '.blocks | length' 32
	assert_json '.blocks | map(keys | length) | unique' '[21]'
	assert_json '.blocks | map(.count) | unique' '[1]'
}

@test "json: all nodes of a block, no node is an empty list" {
	tree block-in-two-nodes
	run memhp list --json
	assert_success
	assert_json '[.blocks[] | select(.first == 7 or .first == 15) | .nodes | sort]' '[[0,1],[1,10]]'
	tree no-numa
	run memhp list --json
	assert_success
	assert_json '[.blocks[].nodes] | unique' '[[]]'
}

@test "json: an absent attribute is null, and merging looks at it" {
	tree old-kernel
	run memhp list --json
	assert_success
	assert_json '.blocks[] | select(.first == 4) | [.last, .zone, .valid_zones]' \
		'[7,"Normal",["Normal","Movable"]]'
	assert_json '.blocks[] | select(.first == 8) | .zone' '"Movable"'
	assert_json '.blocks[] | select(.first == 12) | [.last, .zone]' '[13,null]'
	assert_json '.blocks[] | select(.first == 0) | .removable' 'false'
}

@test "json: going-offline is the kernel's word, untranslated" {
	tree going-offline
	run env LC_ALL=de_DE.UTF-8 LANGUAGE=de timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" list --json
	assert_success
	assert_json '.blocks[] | select(.first == 5) | .state' '"going-offline"'
}

@test "json: with filters the totals are of what is listed" {
	tree two-nodes
	run memhp list --json --node 1 --state offline
	assert_success
	assert_json '.totals' '{"online":0,"offline":1073741824}'
	run memhp list --json 8-15
	assert_success
	assert_json '.totals' '{"online":1073741824,"offline":0}'
}

@test "json: a failure is one document with an error" {
	tree two-nodes
	run --separate-stderr memhp --json list --node 7
	assert_failure 1
	assert_json '[.schema, (.error.code | type), (.error.message | contains("7"))]' '["memhp.list/1","string",true]'
	run --separate-stderr memhp list --json -o FOO
	assert_failure 2
	assert_json '[.schema, .error.code, (.error.message | contains("FOO"))]' '["memhp.list/1","usage",true]'
}

@test "devices and drivers" {
	tree devices
	run memhp list --json
	assert_success
	assert_json '[.blocks[] | select(.driver) | [.first, .last, .device, .driver]]' \
		'[[32,35,"PNP0C80:00","acpi"],[40,43,"virtio0","virtio_mem"],[44,47,"virtio0","virtio_mem"],[48,51,"dax0.0","kmem"],[52,55,"dax0.0","kmem"]]'
	listed "48 49 50 51 52 53 54 55" --device dax0.0
	listed "40 41 42 43 44 45 46 47" --driver virtio_mem
	listed "32 33 34 35 40 41 42 43 44 45 46 47" --device PNP0C80:00,virtio0
}

@test "default columns, MEMHP_COLUMNS, -o +" {
	tree two-nodes
	run memhp list -r
	assert_success
	assert_line -n 0 "RANGE SIZE STATE BLOCK NODE ZONES DEVICE"
	MEMHP_COLUMNS=BLOCK,STATE run memhp list -r
	assert_line -n 0 "BLOCK STATE"
	MEMHP_COLUMNS=BLOCK run memhp list -r -o +NODE
	assert_line -n 0 "BLOCK NODE"
	MEMHP_COLUMNS=BLOCK,NOPE run --separate-stderr memhp list -r
	assert_failure 2
	assert_words NOPE MEMHP_COLUMNS
}

@test "column NODES names all of them" {
	tree block-in-two-nodes
	run memhp list -r -n -a -o BLOCK,NODES 7
	assert_success
	assert_output "7 0,1"
}

@test "every spelling of BLOCKS" {
	tree two-nodes
	listed 32 32
	listed 32 memory32
	listed "32 33 34 35 36 37 38 39" 32-39
	listed "32 33" memory32-memory33
	listed "32 33 34 35 36 37 38 39" 0x100000000-0x13fffffff
	listed 32 0x100000000
	listed 32 0x107ffffff
	listed "1 5 6 7 36" 5-7,36 1
	listed "5 6" 5 5-6 memory6 0x28000000
	listed "14 15 32" 14-32
	run memhp list -a -r -n -o BLOCK all
	assert_equal "${#lines[@]}" 32
}

@test "what list prints as a range can be given back" {
	tree ppc64
	while read -r range count; do
		run memhp list -a -r -n -o BLOCK "$range"
		assert_success
		assert_equal "${#lines[@]}" "$count"
	done < <(memhp list --json | jq -r '.blocks[] | "\(.range) \(.count)"')
}

@test "filters: values are alternatives, options must all hold" {
	tree two-nodes
	listed "0" --node 0 --zone none
	listed "36 37 38 39" --zone Movable
	listed "36 37 38 39" --zone movable
	listed "32 33 34 35 36 37 38 39" --zone Normal,Movable
	listed "40 41 42 43 44 45 46 47" --state offline
	listed "40 41 42 43 44 45 46 47" --valid-zone Movable --state offline
	listed "8 9 10 11 12 13 14 15" --node 1 --zone DMA32
	listed "40 41" --node 0-1 --state offline 38-41
}

@test "filters: DMA is not DMA32" {
	tree blocks-512m
	listed "0 1 2 3" --zone DMA
	tree two-nodes
	run memhp list -r -n -o BLOCK --zone DMA
	refute_output --partial 1-7
}

@test "filters: a block in two nodes is in both" {
	tree block-in-two-nodes
	listed "0 1 2 3 4 5 6 7" --node 0
	listed "7 8 9 10 11 12 13 14 15" --node 1
	listed "15 16 17 18 19" --node 10
}

@test "a hole, a block, a node that is not there" {
	tree desktop
	not_here 24 24
	not_here 9999 9999
	not_here 5 --node 5
	not_here dax9.9 --device dax9.9
	not_here 0xc0000000 0xc0000000
}

@test "a read-only command needs no argument and changes nothing" {
	for name in two-nodes odd s390; do
		tree "$name"
		remember
		run memhp list
		assert_equal "$status" "$([[ $name == odd ]] && echo 64 || echo 0)"
		assert_untouched
		assert_not_exist "$ROOT/run/memhp/lock"
	done
}

@test "usage: wrong blocks" {
	tree two-nodes
	usage_error memroy32 -- list memroy32
	usage_error 32x -- list 32x
	usage_error 39-32 -- list 39-32
	usage_error 32- -- list 32-
	usage_error -- list ,
	usage_error 1,,2 -- list 1,,2
	usage_error 32-0x13fffffff -- list 32-0x13fffffff
	usage_error 0xzz -- list 0xzz
	usage_error 99999999999999999999999 -- list 99999999999999999999999
	usage_error 0x1ffffffffffffffff -- list 0x1ffffffffffffffff
	usage_error 1e3 -- list 1e3
	usage_error "'+1'" -- list +1
	usage_error "' 1'" -- list ' 1'
	usage_error -- list ''
}

@test "usage: unaligned ranges name the nearest right ends" {
	tree two-nodes
	usage_error 100000000-0x 0x100000100 -- list 0x100000100-0x13fffffff
	usage_error 13fffffff 0x13ffffff0 -- list 0x100000000-0x13ffffff0
	usage_error 0x100000000-0x140000000 -- list 0x100000000-0x140000000
	usage_error 0x13fffffff -- list 0x13fffffff-0x100000000
}

@test "usage: wrong options and values" {
	tree two-nodes
	usage_error --nodes -- list --nodes 1
	usage_error frob -- frob
	usage_error lst list -- lst
	usage_error -- list --node
	usage_error foo -- list --node foo
	usage_error 1- -- list --node 1-
	usage_error 3-1 -- list --node 3-1
	usage_error Moveable Movable -- list --zone Moveable
	usage_error Normla Normal -- list --valid-zone Normla
	usage_error onlin online -- list --state onlin
	usage_error STAT STATE -- list -o STAT
	usage_error FOO -- list -o RANGE,FOO
	usage_error FOO -- list -S FOO
	usage_error foo -- list --summary=foo
	usage_error sometimes -- --color sometimes list
	usage_error -- list -r -P
	usage_error -- list -r --summary
	usage_error /nowhere -- --sysroot /nowhere list
	usage_error --size -- list --size 1G
}

@test "global options before and after the command" {
	tree two-nodes
	run memhp --json list 32
	assert_success
	local before=$output
	run timeout 20 "${MEMHP:-memhp}" list 32 --json --sysroot "$ROOT"
	assert_success
	assert_equal "$output" "$before"
	run timeout 20 "${MEMHP:-memhp}" list --sysroot="$ROOT" 32 -J
	assert_equal "$output" "$before"
	run timeout 20 "${MEMHP:-memhp}" list -s "$ROOT" 32 -J
	assert_equal "$output" "$before"
}

@test "blocks of every size" {
	for pair in ppc64:16777216 desktop:134217728 blocks-256m:268435456 blocks-512m:536870912 blocks-2g:2147483648; do
		tree "${pair%:*}"
		run memhp list --json
		assert_success
		assert_json .block_size "${pair#*:}"
		assert_json '[.blocks[] | .size == .count * '"${pair#*:}"' and .end - .start + 1 == .size] | all' true
	done
}

@test "a wrong MEMHP_COLUMNS is nothing to JSON and the summary, which have no columns" {
	tree two-nodes
	MEMHP_COLUMNS=FOO run -0 memhp list --summary=only
	MEMHP_COLUMNS=FOO run -2 memhp list --summary=always
	MEMHP_COLUMNS=FOO run memhp list -J
	assert_success
	assert_json '.schema' '"memhp.list/1"'
	run memhp list -J -o FOO
	assert_failure 2
}

@test "info is one aligned table in sections" {
	tree two-nodes
	run memhp info
	assert_success
	for title in Memory Nodes Zones 'Policy for memory that arrives later' Kernel; do
		assert_line "$title"
	done
	# every label ends in a colon, and every value begins in the same column
	assert_equal "$(grep -c '^  ' <<<"$output")" "$(grep -cE '^  [^:]+: +[^ ]' <<<"$output")"
	assert_equal "$(grep '^  ' <<<"$output" | sed -E 's/^(  [^:]+: +).*/\1/' | awk '{ print length }' | sort -u | wc -l)" 1
}

@test "info says why it is not known whether kdump is to be reloaded" {
	tree two-nodes
	mkdir -p "$ROOT/sys/kernel"
	rm -f "$ROOT/sys/kernel/kexec_crash_loaded"
	run memhp info
	assert_line --regexp '^  kdump reload due: +not known: .*no /sys/kernel/kexec_crash_loaded'
	run memhp --json info
	assert_json '.kdump | .reload_due, (.unknown | contains("kexec_crash_loaded"))' 'null
true'
	echo 7 >"$ROOT/sys/kernel/kexec_crash_loaded"
	run memhp info
	assert_line --regexp '^  kdump reload due: +not known: .*neither 0 nor 1'
	echo 1 >"$ROOT/sys/kernel/kexec_crash_loaded"
	run memhp info
	assert_line --regexp '^  kdump reload due: +yes: this kernel does not update'
	run memhp --json info
	assert_json '.kdump | [.reload_due, .unknown]' '[true,null]'
	refute_output --partial '?'
}

@test "info says block size and totals" {
	tree two-nodes
	remember
	run memhp info
	assert_success
	assert_output --partial 128M
	assert_output --partial Movable
	run memhp info --json
	assert_success
	assert_json '.schema' '"memhp.info/1"'
	assert_json '.block_size' 134217728
	assert_untouched
}

# reads_of ARGUMENT...: the files below /sys and /proc that `memhp list` with these opens or reads a link of.
reads_of() {
	# the sanitizers' leak check does not work under ptrace
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=openat,openat2,readlinkat -e signal=none -o "$BATS_TEST_TMPDIR/calls" \
		"$MEMHP" list "$@" >/dev/null
	sed -n 's/^[^"]*"\(\(sys\|proc\|memory[0-9]\).*\|physical_node[0-9]*\)", .*/\1/p' "$BATS_TEST_TMPDIR/calls"
}

@test "list reads nothing of devices but whose the blocks are" {
	tree devices
	reads_of --sysroot "$ROOT" -o RANGE,DEVICE,DRIVER >"$BATS_TEST_TMPDIR/reads"
	run grep -c '^physical_node' "$BATS_TEST_TMPDIR/reads"
	assert_output 4
	run grep -E '/(status|eject|physical_node[0-9]*)$|vmbus|xen' "$BATS_TEST_TMPDIR/reads"
	assert_output ""
	sed -i '/virtio_mem\|kmem/d' "$ROOT/proc/iomem"
	reads_of --sysroot "$ROOT" -o RANGE,DEVICE,DRIVER >"$BATS_TEST_TMPDIR/reads"
	run grep -E 'bus/(virtio|dax)' "$BATS_TEST_TMPDIR/reads"
	assert_output ""
}

@test "list reads of the policy the one value that it shows" {
	tree two-nodes
	run reads_of --sysroot "$ROOT"
	assert_output --partial parameters/memmap_on_memory
	refute_output --regexp 'auto_online_blocks|online_policy|auto_movable'
}

@test "the kernel says once whether it takes memory offline, a copied tree of each block" {
	tree two-nodes
	run bash -c "$(declare -f reads_of); reads_of --sysroot $ROOT -o RANGE,REMOVABLE | grep -c '/removable$'"
	assert_output "$(find "$ROOT/sys/devices/system/memory/" -name removable | wc -l)"
	local own=(/sys/devices/system/memory/memory*/removable)
	[[ -e ${own[64]-} ]] || skip "this machine has not enough memory blocks"
	run bash -c "$(declare -f reads_of); reads_of -o RANGE,REMOVABLE | grep -c '/removable$'"
	assert [ "$output" -le "$(nproc)" ]
}
