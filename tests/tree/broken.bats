#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Trees that lack things, attributes that no kernel should have, output that cannot be written.
# shellcheck disable=SC2030,SC2031 # each test sets its own ROOT

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
}

@test "no memory directory: CONFIG_MEMORY_HOTPLUG, exit 3, each command" {
	ROOT=$BATS_TEST_TMPDIR/empty
	mkdir -p "$ROOT/sys/devices/system" "$ROOT/proc"
	for args in list info policy "online 1" "offline 1" "policy set auto-online online"; do
		# shellcheck disable=SC2086
		run --separate-stderr memhp $args
		assert_failure 3
		assert_words CONFIG_MEMORY_HOTPLUG
	done
	run --separate-stderr memhp --json list
	assert_failure 3
	assert_json '[.schema, (.error.message | contains("CONFIG_MEMORY_HOTPLUG"))]' '["memhp.list/1",true]'
}

@test "no block size, or one that is none" {
	for text in "" "\\n" "0\\n" "x\\n" "-8000000\\n" "8000000x\\n" "8000001\\n" "ffffffffffffffffff\\n"; do
		tree_of block-size < <(
			printf 'block_size 128M\nblocks 0-3\nfile sys/devices/system/memory/block_size_bytes %s\n' "${text:--}"
		)
		run --separate-stderr memhp list
		assert_failure
		[[ $status -lt 124 ]] || fail "exit $status"
		assert_words block_size_bytes
	done
	tree_of none <<-END
		block_size 128M
		blocks 0-3
		remove sys/devices/system/memory/block_size_bytes
	END
	run --separate-stderr memhp list
	assert_failure
	assert_words block_size_bytes
}

@test "a memory directory without a block" {
	tree_of bare <<<'block_size 128M'
	run --separate-stderr memhp list
	[[ $status -lt 124 ]] || fail "exit $status"
	run --separate-stderr memhp online all
	assert_failure 1
}

@test "odd attributes: every block is listed, JSON is valid" {
	tree odd
	run --separate-stderr memhp --json list --all
	assert_failure 64
	assert_json '[.blocks[].first]' '[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]'
	assert_json '.blocks[11].state' '"online"'
	assert_json '.blocks[9].valid_zones' '[]'
	assert_json '.blocks[16].removable' null
	run memhp list -r -n -a -o BLOCK
	assert_success
	assert_equal "${#lines[@]}" 18
}

@test "odd attributes: zones and state of 64 KiB" {
	tree_of long <<-END
		block_size 128M
		blocks 0-3
		fill sys/devices/system/memory/memory1/valid_zones 10K Normal 
		fill sys/devices/system/memory/memory2/state 64K online
		fill sys/devices/system/memory/memory3/removable 64K 1
	END
	remember
	run memhp --json list --all
	assert_failure 64
	assert_json '[.blocks[].first]' '[0,1,2,3]'
	assert_json '.blocks[2].state == "online"' false
	run memhp offline --force 2
	assert_failure 1
	assert_untouched
}

@test "odd attributes: an escape sequence does not reach the terminal" {
	tree odd
	run memhp list -a
	assert_failure 64
	refute_output --partial $'\033'
}

@test "odd attributes: a state that is no state is not written over" {
	tree odd
	remember
	for n in 2 3 8 10 13 17; do
		run memhp offline "$n"
		assert_failure 1
	done
	assert_untouched
}

@test "odd attributes in every other file" {
	tree two-nodes
	for file in proc/meminfo proc/zoneinfo proc/iomem proc/cmdline \
		sys/devices/system/memory/auto_online_blocks \
		sys/module/memory_hotplug/parameters/auto_movable_ratio; do
		for content in "" $'\n' $'\1\2\377' "$(head -c 9000 /dev/zero | tr '\0' '9')" $'0-\n-\n: :\n  System RAM (kmem)\n'; do
			printf %s "$content" >"$ROOT/$file"
			for args in list info policy "offline --dry-run 36"; do
				# shellcheck disable=SC2086
				run memhp $args
				[[ $status -lt 124 ]] || fail "$file: $args: exit $status"
			done
			run memhp list -r -n -o BLOCK,STATE 39
			assert_output "39 online"
		done
	done
}

@test "nothing but the blocks: no /proc, no policy, no devices" {
	tree_of least < <(printf 'block_size 128M\nblocks 0-3 removable=- zones=- node=-\n')
	run memhp list -r -n -o BLOCK,STATE
	assert_success
	assert_output "0-3 online"
	for args in info policy "offline --dry-run --force 3"; do
		# shellcheck disable=SC2086
		run memhp $args
		[[ $status -lt 124 ]] || fail "$args: exit $status"
	done
}

@test "a block that vanishes between two reads" {
	tree desktop
	# a directory that is listed and not there any more
	rm -r "$ROOT/sys/devices/system/memory/memory50"
	ln -s nowhere "$ROOT/sys/devices/system/memory/memory50"
	run memhp list -r -n -o BLOCK,STATE
	assert_success
	assert_line "32-49 online"
	assert_line "51-199 online"
	run memhp --json offline --force 50
	assert_failure 1
}

@test "blocks that come and go while list runs" {
	local dir
	tree ppc64
	dir=$ROOT/sys/devices/system/memory
	(for _ in {1..60}; do mv "$dir/memory100" "$dir/gone"; mv "$dir/gone" "$dir/memory100"; done) 3>&- &
	for _ in {1..20}; do
		run memhp --json list
		assert_success
		assert_json '.blocks[0].first' 0
	done
	wait
}

@test "a link of a node to no block, a name that is no node" {
	tree two-nodes
	ln -s ../../memory/memory77 "$ROOT/sys/devices/system/node/node1/memory77"
	mkdir "$ROOT/sys/devices/system/node/nodex" "$ROOT/sys/devices/system/node/node99999999999999999999"
	run memhp list -r -n -o BLOCK,NODE
	assert_success
	refute_output --partial 77
	assert_line "8-15 1"
}

@test "a device with links to nothing" {
	tree two-nodes
	ln -s ../../../system/memory/memoryx "$ROOT/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00/physical_node8"
	ln -s ../../../pci0000:00 "$ROOT/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00/physical_node9"
	run memhp --json list
	assert_success
	assert_json '[.blocks[] | select(.device == "PNP0C80:00") | [.first, .last]]' '[[32,35],[36,39]]'
}

@test "standard output full: exit 1 and said so" {
	tree two-nodes
	for args in list "list --json" "list -r" info "info --json" --help --version policy; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c '"$@" >/dev/full' _ timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" $args
		assert_failure 1
		assert_words "No space left"
	done
}

@test "standard output closed: exit 1, nothing written elsewhere" {
	tree two-nodes
	remember
	for args in list "list --json" info --version; do
		# shellcheck disable=SC2086
		run --separate-stderr bash -c '"$@" >&-' _ timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" $args
		assert_failure 1
	done
	assert_untouched
}

@test "standard input, output and error closed" {
	tree two-nodes
	remember
	run bash -c '"$@" <&- >&- 2>&-' _ timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" list
	assert_failure 1
	assert_untouched
	run bash -c '"$@" <&- >&- 2>&-' _ timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" online 40
	assert_failure 1
	assert_equal "$(block 40)" online
}

@test "a reader that stops early" {
	tree ppc64
	# shellcheck disable=SC2016
	run bash -c '"$@" | head -n 1; echo "${PIPESTATUS[0]}"' _ \
		timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" list -a -r -o BLOCK
	assert_line -n 0 BLOCK
}

@test "the sysroot is followed by every command" {
	tree two-nodes
	# leak detection cannot run under ptrace
	export ASAN_OPTIONS=detect_leaks=0
	run --separate-stderr strace -f -qq -e trace=openat,open,openat2 -o "$BATS_TEST_TMPDIR/calls" \
		"${MEMHP:-memhp}" --sysroot "$ROOT" offline 39
	assert_success
	assert_equal "$(grep -E '"/(sys|proc/(meminfo|iomem|zoneinfo)|run)' "$BATS_TEST_TMPDIR/calls" || true)" ""
}
