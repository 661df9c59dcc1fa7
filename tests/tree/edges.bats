#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Faults that a review found once: each stays away.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
}

@test "many changed blocks are named on standard error when the report is lost" {
	tree desktop
	for form in "" --json; do
		tree desktop
		# shellcheck disable=SC2086
		run --separate-stderr bash -c '"$@" >/dev/full' _ timeout 20 "$MEMHP" --sysroot "$ROOT" offline 60-159 $form
		assert_failure 1
		assert_equal "$(grep -c '^memory[0-9]*: done' <<<"$stderr")" 100
	done
}

@test "nobody else can hold the lock" {
	tree two-nodes
	run memhp online 40
	assert_success
	assert_equal "$(stat -c %a "$ROOT/run/memhp/lock")" 600
}

@test "lock: a pid that lives no more is not named" {
	tree two-nodes
	mkdir -p "$ROOT/run/memhp"
	echo 4194303 >"$ROOT/run/memhp/lock"
	# shellcheck disable=SC2016
	run --separate-stderr flock "$ROOT/run/memhp/lock" bash -c '"$@"' _ timeout 20 "$MEMHP" --sysroot "$ROOT" online 40
	assert_failure 1
	assert_words "another process"
}

@test "no link of a tree lets a file of the machine be read" {
	tree two-nodes
	echo offline >"$BATS_TEST_TMPDIR/outside"
	echo '# SECRET' >"$BATS_TEST_TMPDIR/secret"
	ln -sf "$BATS_TEST_TMPDIR/outside" "$ROOT/sys/devices/system/memory/memory32/state"
	run memhp list --json 32
	assert_json '.blocks[0].state' null
	mkdir -p "$ROOT/etc/tmpfiles.d"
	ln -s "$BATS_TEST_TMPDIR/secret" "$ROOT/etc/tmpfiles.d/memhp.conf"
	run memhp policy set auto-online movable --persist
	assert_success
	run grep -r SECRET "$ROOT"
	assert_failure
}

@test "an absolute link of a tree stays in the tree" {
	local before
	tree s390
	memhp list --json >"$BATS_TEST_TMPDIR/list"
	before=$(memhp info --json)
	mv "$ROOT/sys" "$ROOT/realsys"
	ln -s /realsys "$ROOT/sys"
	run memhp list --json
	assert_equal "$output" "$(<"$BATS_TEST_TMPDIR/list")"
	run memhp info --json
	assert_equal "$output" "$before"
	ln -s "$BATS_TEST_TMPDIR/list" "$ROOT/realsys/devices/system/memory/probe"
	run memhp info --json
	assert_equal "$output" "$before"
}

@test "a kernel without valid_zones cannot confirm a zone, nor deny it" {
	tree no-zones
	run memhp --json online 4 --zone movable
	assert_success
	assert_json '.blocks[0] | [.outcome, .state]' '["done","online"]'
}

@test "a block that is not online is in no zone" {
	tree going-offline
	run memhp list --json 5
	assert_json '.blocks[0] | [.state, .zone, .valid_zones]' '["going-offline",null,["Normal"]]'
	run memhp list -r -n -o BLOCK --zone Normal
	assert_output 0-4
}

@test "somebody else's attempt is waited for last" {
	tree going-offline
	run memhp --json offline --size 512M --force
	assert_success
	assert_json '.blocks | map(.block)' '[9,8,7,6]'
	run memhp --json offline --size 128M --force
	assert_json '.blocks | map(.block)' '[4]'
}

@test "memory check: the watermarks of zones that go do not count" {
	tree two-nodes
	sed -i '/zone  Movable/,/high/s/^        high .*/        high     262144/' "$ROOT/proc/zoneinfo"
	grep -q 'high     262144' "$ROOT/proc/zoneinfo"
	run memhp offline 36-39 --dry-run
	assert_success
	run memhp offline 36-38 --dry-run
	assert_failure 1
}

@test "memory check: pages of a balloon need no room" {
	tree two-nodes
	sed -i 's/nr_free_pages .*/nr_free_pages 10/; s/pages free .*/pages free 10/' "$ROOT/proc/zoneinfo"
	sed -i 's/nr_\(in\|\)active_file .*/nr_\1active_file 0/' "$ROOT/proc/zoneinfo"
	truncate -s $((48 * 32768 * 8)) "$ROOT/proc/kpageflags"
	run memhp offline 39 --dry-run
	assert_failure 1
	head -c $((32768 * 8)) /dev/zero | sed 's/\x00\x00\x00\x00\x00\x00\x00\x00/\x00\x00\x80\x00\x00\x00\x00\x00/g' |
		dd of="$ROOT/proc/kpageflags" bs=$((32768 * 8)) seek=39 conv=notrunc iflag=fullblock status=none
	run memhp offline 39 --dry-run
	assert_success
}

@test "a device in /proc/iomem is the one that its memory is indented below" {
	tree devices
	sed -i 's/^\( *\)\(.*\) : System RAM (virtio_mem)$/\1\2 : System RAM (virtio_mem)\n\1  140000000-140000fff : Kernel code\n&/' \
		"$ROOT/proc/iomem"
	run memhp list --json --driver virtio_mem
	assert_success
	assert_json '.blocks | map(.device) | unique | map(startswith("virtio"))' '[true]'
}

@test "the live system is known by what it is, not by its name" {
	for root in / // /. /proc/self/root; do
		run --separate-stderr timeout 20 "$MEMHP" --sysroot "$root" list --json
		run timeout 20 strace -qq -e trace=openat2 "$MEMHP" --sysroot "$root" list --summary=only
		refute_output --partial openat2
	done
}

@test "a range of nothing but holes is nothing" {
	tree two-nodes
	run --separate-stderr memhp list 1000-2000
	assert_failure 1
	assert_words 1000-2000
	run memhp list 16-40 -r -n -o BLOCK
	assert_success
}

@test "sizes near the end of 64 bits name no size past it" {
	tree two-nodes
	usage_error 18446744073709551615 -- offline --size 18446744073709551615
	refute [ "${stderr#* and }" != "$stderr" ]
}

@test "an argument that an option does not take is said to be that" {
	tree two-nodes
	usage_error --raw "takes no argument" -- list --raw=1
	usage_error --output "needs an argument" -- list --output
	usage_error -Z "unknown option" -- list -Z
}

@test "MEMHP_COLUMNS may add to the default columns" {
	tree two-nodes
	MEMHP_COLUMNS=+NODES run memhp list -r 0
	assert_line -n 0 "RANGE SIZE STATE BLOCK NODE ZONES DEVICE NODES"
}

@test "json is known in bundled options too" {
	tree two-nodes
	run memhp list --bogus -aJ
	assert_failure 2
	assert_json .error.code '"usage"'
}

@test "version, before and after a command, and as JSON" {
	tree two-nodes
	run memhp --version
	assert_output --regexp '^memhp [0-9.]+$'
	local version=$output
	run memhp list --version
	assert_output "$version"
	run memhp --json --version
	assert_json .schema '"memhp.version/1"'
}

@test "colours only where they are wanted" {
	tree two-nodes
	run memhp --color always offline --force 39
	assert_output --partial $'\033[32mdone'
	run memhp --color never online 39
	refute_output --partial $'\033'
	run memhp offline --force 39
	refute_output --partial $'\033'
}

@test "policy set warns of what works against this key alone" {
	tree two-nodes
	echo 'memory_hotplug.online_policy=auto-movable' >"$ROOT/proc/cmdline"
	run --separate-stderr memhp policy set online-policy contig-zones
	assert_success
	[[ $stderr == *"/proc/cmdline: online-policy"* ]] || fail "$stderr"
	run --separate-stderr memhp policy set auto-movable-ratio 200
	assert_success
	assert_equal "$stderr" ""
}

@test "block size: nothing but hexadecimal digits" {
	for text in 0x8000000 " 8000000" +8000000; do
		tree two-nodes
		printf '%s\n' "$text" >"$ROOT/sys/devices/system/memory/block_size_bytes"
		run memhp list
		assert_failure 1
	done
}

@test "a directory memory032 is not block 32" {
	tree two-nodes
	cp -r "$ROOT/sys/devices/system/memory/memory32" "$ROOT/sys/devices/system/memory/memory032"
	run memhp list -a -r -n -o BLOCK 32
	assert_output 32
}

@test "thousands of holes cost no more than a sort" {
	tree_of holes < <(
		echo "block_size 128M"
		for ((i = 0; i < 20000; i += 2)); do echo "blocks $i node=-"; done
	)
	run timeout 10 "$MEMHP" --sysroot "$ROOT" list -r -n -o BLOCK all
	assert_success
	assert_equal "${#lines[@]}" 10000
}

@test "sizes as list prints them, and what is nearest" {
	tree two-nodes
	for size in 0.5G=536870912 1.5G=1610612736 1.25GiB=1342177280 2.9G=3087007744 2.0G=2147483648; do
		run -0 memhp --json offline --force --size "${size%=*}" --dry-run
		assert_json .requested.size "${size#*=}"
	done
	usage_error "2944M and 3G" -- offline --size 2.95G
	usage_error "not a size" -- offline --size 1.G
	usage_error "not a size" -- offline --size .5G
}

@test "what is there and has no such block is an empty answer" {
	tree_of memoryless <<-END
		block_size 256M
		blocks 0-7 zones=Normal node=1
		dir sys/devices/system/node/node0
	END
	for command in list explain map "offline --dry-run --force=memory"; do
		# shellcheck disable=SC2086 # words on purpose
		run -0 --separate-stderr memhp $command --node 0
		refute_output --partial "memory0"
		# shellcheck disable=SC2086
		run -0 memhp --json $command --node 0,1
		# shellcheck disable=SC2086
		refused 1 "--node 7" "no such node" "memhp info shows the nodes" -- $command --node 7
	done
	run -0 --separate-stderr memhp info
	assert_equal "$(grep -o "Node [0-9]*, online.*" <<<"$output" | words)" "Node 0, online: 0B
Node 1, online: 2G"
	run -0 --separate-stderr memhp info --json
	assert_json '[.nodes[] | [.node, .online, .offline]]' '[[0,0,0],[1,2147483648,0]]'
	rm -r "$ROOT/sys/devices/system/node"
	run -0 --separate-stderr memhp info --json
	assert_json '[.nodes[].node]' '[1]'
}

@test "a path of a block is that block, and an address inside one changes nothing" {
	tree two-nodes
	for path in /sys/devices/system/memory/memory40 devices/system/memory/memory40/ memory40/ memory40// \
		/sys/devices/system/node/node1/memory40 "$ROOT/sys/devices/system/node/node1/memory40/"; do
		run -0 memhp list --json "$path"
		assert_json '.blocks[0].first' 40
	done
	for path in /sys/devices/system/node/node1 /sys/devices/system/node/nodes/memory40 /tmp/memory40 40/ / \
		/sys/devices/system/memory/40 /sys/xdevices/system/memory/memory40 memory40/state memoryx/; do
		usage_error "not a block" -- list "$path"
	done
	run -0 memhp list 0x140000001
	usage_error "memory40" 0x140000000 -- offline 0x140000001
	usage_error "memory40" 0x140000000 -- online 0x140000001
	tree pseries
	run memhp list --json
	lmb=$(memhp devices --json | jq -r '[.devices[] | select(.blocks | length == 1)][1].device')
	first=$(memhp devices --json | jq -r '[.devices[] | select(.blocks | length == 1)][1].blocks[0]')
	for name in "$lmb" "0x${lmb#lmb-}" "${lmb#lmb-}"; do
		run -0 memhp list --json --device "$name"
		assert_json '.blocks[0].first' "$first"
	done
	usage_error "DRC index" "--device $lmb" -- remove "0x${lmb#lmb-}"
}

@test "help is all that --help does, and a J in a word is no --json" {
	tree two-nodes
	for command in explain map list; do
		run -0 memhp "$command" --help
		assert_line --index 0 --partial "Usage: memhp $command"
		refute_output --partial "node 1:"
		refute_output --partial "memory0:"
	done
	ln -s "$ROOT" "$BATS_TEST_TMPDIR/J"
	run -0 timeout 20 "$MEMHP" list -s"$BATS_TEST_TMPDIR/J" --summary=never
	refute_output --partial schema
}
