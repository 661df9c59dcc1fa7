#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Nothing is read wrongly in silence: see tests/lib/inject.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	tree inject
	printf '%s\n' "1 used=100 slab=3" "2 free=10" "8 used=500" "9 held=2" | "$TESTS/lib/pages" "$ROOT"
}

# inject [--memory] COMMAND...
inject() {
	local kind=()
	[[ $1 != --memory ]] || { kind=("$1") && shift; }
	run "$TESTS/lib/inject" "${kind[@]}" "$ROOT" "$@"
	echo "# ${lines[-1]}" >&3
	assert_success
}

@test "each call that list reads by fails in turn" {
	inject list
	inject list --json -o +POISONED,OFFLINEABLE
}

@test "each call that explain and map read by fails in turn" {
	inject explain --json
	inject map
}

@test "each call that info reads by fails in turn" {
	inject info --json
}

@test "each call that metrics reads by fails in turn" {
	inject metrics --explain
	inject metrics --json
}

@test "each call that devices and policy read by fails in turn" {
	inject devices --json
	inject policy --json
}

@test "each call that a plan and a page are read by fails in turn" {
	inject offline 8-9 --dry-run --json
	inject offline --size 16M --dry-run
	inject page show --json 0x1000000
}

@test "memory runs out for list" {
	inject --memory list
	inject --memory list --all --raw -o +POISONED,OFFLINEABLE
	inject --memory list --pairs
	inject --memory list --json
}

@test "memory runs out for explain and map" {
	inject --memory explain
	inject --memory explain --json 1 8
	inject --memory map
	inject --memory map --json
	inject --memory map --svg=/dev/stdout
}

@test "memory runs out for metrics" {
	inject --memory metrics --explain
	inject --memory metrics --json --explain
	inject --memory metrics --output "$BATS_TEST_TMPDIR/memhp.prom"
}

@test "memory runs out for info, devices, policy and a page" {
	local command
	for command in info devices policy "page show 0x1000000"; do
		# shellcheck disable=SC2086 # words on purpose
		inject --memory $command
		# shellcheck disable=SC2086
		inject --memory --json $command
	done
}

# --verbose: without memory to merge them a report has a line for each block, which is no less true.
@test "memory runs out for a plan" {
	inject --memory offline 8-9 --dry-run --verbose
	inject --memory offline 8-9 --dry-run --json
	inject --memory offline --size 16M --dry-run --verbose
	inject --memory offline --size 16M --dry-run --json
	inject --memory online all --dry-run --verbose
	inject --memory remove 8-9 --dry-run --json
}

@test "memory runs out while threads read" {
	tree_of threads <<<$'block_size 16M\nblocks 0-199 zones=Normal node=0'
	inject --memory list
	inject --memory info --json
}

@test "a memory check that lacks something says so, and memhp does not choose by it" {
	mv "$ROOT/proc/zoneinfo" "$ROOT/proc/zones"
	run -0 memhp --json offline 8 --dry-run
	assert_json '.warnings | map(select(contains("no /proc/zoneinfo"))) | length' 1
	run -0 memhp --json info
	assert_json '[.zones, .ratio, .nodes[0].present]' '[null,null,null]'
	refused 1 "/proc/zoneinfo" "--force=memory" -- offline --size 16M --dry-run
	run -0 memhp --json offline --size 16M --dry-run --force=memory
	mv "$ROOT/proc/meminfo" "$ROOT/proc/was"
	mkdir "$ROOT/proc/meminfo"
	refused 1 "/proc/meminfo" "--force=memory" -- offline --size 16M --dry-run
	rmdir "$ROOT/proc/meminfo"
	mv "$ROOT/proc/was" "$ROOT/proc/meminfo"
	mv "$ROOT/proc/zones" "$ROOT/proc/zoneinfo"
	mv "$ROOT/proc/kpageflags" "$ROOT/proc/flags"
	ln -s kpageflags "$ROOT/proc/kpageflags"
	refused 1 "/proc/kpageflags" "--force=memory" -- offline --size 16M --dry-run
	mv "$ROOT/proc/flags" "$ROOT/proc/kpageflags"
	mv "$ROOT/proc/meminfo" "$ROOT/proc/was"
	grep -v MemAvailable "$ROOT/proc/was" >"$ROOT/proc/meminfo"
	run -0 memhp --json info
	assert_json .memory.available null
	run -0 memhp --json offline 8 --dry-run
	assert_json '.warnings | map(select(contains("no MemAvailable"))) | length' 1
}

@test "without the numbers of meminfo no memory goes, and the file is named" {
	local meminfo=$ROOT/proc/meminfo
	touch "$ROOT/sys/bus/acpi/devices/PNP0C80:00/eject"
	mv "$meminfo" "$ROOT/proc/was"
	for lack in true "mkdir $meminfo" "ln -s meminfo $meminfo" "touch $meminfo" \
		"sed -n /MemAvail/w$meminfo $ROOT/proc/was" "sed -n /MemTotal/w$meminfo $ROOT/proc/was"; do
		$lack
		for command in "offline 8" "offline 8 --dry-run" "offline --size 16M --dry-run" \
			"remove --device PNP0C80:00"; do
			# shellcheck disable=SC2086 # words on purpose
			refused 1 "memory would be left is not known: /proc/meminfo" "--force=memory" -- $command
			# shellcheck disable=SC2086
			run -1 memhp --json $command
			assert_json '.error.hint' '"--force=memory passes this check"'
		done
		run memhp offline 8 --dry-run --force=memory
		assert_line --index 0 --partial "memory8: would "
		rm -rf "$meminfo"
	done
	# nothing goes: nothing to check
	run -0 memhp offline --state offline --dry-run
}

@test "a kernel that takes nothing offline is said to, before any write" {
	tree_of none <<<$'block_size 128M\nblocks 0-15 zones=- removable=0 node=0'
	for command in "offline 2" "offline 2 --dry-run" "remove 2"; do
		# shellcheck disable=SC2086 # words on purpose
		refused 3 "cannot take memory offline" -- $command
	done
	run -0 memhp explain --json 2
	assert_json '.blocks[0] | [.verdict, .reasons[0].code]' '["no","no-hotremove"]'
}

@test "a copy of nodes alone is incomplete, not another kernel's" {
	tree_of nodes <<-END
		dir sys/devices/system/node/node0
		link sys/devices/system/node/node0/memory0 ../../memory/memory0
	END
	for command in list info; do
		refused 1 "incomplete" "sys/devices/system/memory" -- $command
	done
}

@test "what a verdict rests on and cannot be read makes it unsure" {
	run -0 memhp explain 2
	assert_output --partial "memory2: yes"
	for file in iomem zoneinfo; do
		mv "$ROOT/proc/$file" "$ROOT/proc/was"
		mkdir "$ROOT/proc/$file"
		run -64 --separate-stderr memhp explain --json 2
		assert_json '.blocks[0] | [.verdict, .reasons[0].code]' '["unsure","unread"]'
		assert_json ".warnings | map(select(contains(\"/proc/$file\") and contains(\"EISDIR\"))) | length" 1
		rmdir "$ROOT/proc/$file"
		mv "$ROOT/proc/was" "$ROOT/proc/$file"
	done
}

# unreadable FILE: a directory in its place, which fails in another way than by not being there
unreadable() {
	rm -f "$ROOT/$1"
	mkdir "$ROOT/$1"
}

# status DEVICE WORD: of a run of devices that could not read everything
status() {
	run -64 --separate-stderr memhp devices --json
	assert_json ".devices[] | select(.device == \"$1\") | [.status, .removable]" "[\"$2\",null]"
	assert_json '.warnings | map(select(contains("EISDIR"))) | length' 1
	run -64 --separate-stderr memhp devices
	assert_output --regexp "$1 .*not known: some of what tells could not be read"
}

@test "what a device is, and cannot be read, is unknown and no slot, seed or boot memory" {
	local file
	for file in PNP0C80:01/status PNP0C80:00/status; do
		tree providers
		unreadable "sys/bus/acpi/devices/$file"
		status "${file%/*}" unknown
	done
	for file in size resource state target_node; do
		tree providers
		unreadable "sys/bus/dax/devices/dax0.0/$file"
		status dax0.0 unknown
	done
	tree providers
	unreadable proc/iomem
	status boot unknown
	refused 3 "cannot be removed" "not known" "/proc/iomem" -- remove --device boot
}

# vanishing FILE ERRNO COMMAND...: a run in which each read of the block's FILE fails as those of what is removed
vanishing() {
	local file=$1 errno=$2
	shift 2
	strace -f -qq -o /dev/null -e trace=openat2,read -P "$ROOT/sys/devices/system/memory/$file" -P "$file" \
		-e inject=openat2,read:error="$errno" "${MEMHP:-memhp}" --sysroot "$ROOT" --json "$@"
}

@test "a block that vanishes is gone, not half there" {
	run -0 --separate-stderr vanishing memory9/state ENODEV list
	assert_json '[.blocks[] | [.first, .last]]' '[[0,0],[1,2],[8,8],[10,10]]'
	assert_json .totals.online 67108864
	run -0 --separate-stderr vanishing memory9/state ENODEV info
	assert_json .totals.online 67108864
	run -0 --separate-stderr vanishing memory9/state ENODEV explain 8-9
	assert_json '[.blocks[].block]' '[8]'
	run -0 --separate-stderr vanishing memory9/state ENODEV offline 8-9 --dry-run
	assert_json '[.blocks[] | [.block, .outcome]]' '[[8,"not-tried"],[9,"absent"]]'
	rm -r "$ROOT/sys/devices/system/memory/memory9/"*
	run -0 --separate-stderr memhp --json map
	assert_json '[.nodes[].blocks[] | .block // .first]' '[0,1,2,8,10]'
	run -0 memhp list --raw --noheadings -o BLOCK,STATE
	assert_output $'0-2 online\n8 online\n10 offline'
	run -0 memhp list --raw --noheadings -o BLOCK,ZONES
	assert_output $'0 None\n1-2 Normal\n8 Movable\n10 Normal/Movable'
}
