#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# devices, probe and remove on simulated trees: what is found, what is refused, what is written.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
}

# after FILE WORD BLOCK...: the "kernel" of a test, which takes the blocks away once WORD is written
after() {
	local file=$ROOT/$1 word=$2 id
	shift 2
	{
		until [[ $(cat "$file") == "$word" ]]; do
			sleep 0.05
		done
		for id; do
			rm -rf "$ROOT/sys/devices/system/memory/memory$id" "$ROOT"/sys/devices/system/node/node*/memory"$id"
		done
	} 3>&- &
	KERNEL=$!
}

device() {
	run --separate-stderr memhp --json devices "$1"
	assert_success
	json ".devices[0] | [.driver, .status, .start, .size, .node, .blocks, .online, .offline, .removable]"
}

# arrives LIKE ID: a block that was not there, with all of its files at once
arrives() {
	cp -r "$ROOT/sys/devices/system/memory/memory$1" "$ROOT/arriving"
	mv "$ROOT/arriving" "$ROOT/sys/devices/system/memory/memory$2"
}

@test "every kind of device is found, with its driver, range, node and blocks" {
	tree providers
	assert_equal "$(device PNP0C80:00)" '["acpi","removable",4294967296,536870912,0,[32,33,34,35],536870912,0,true]'
	assert_equal "$(device PNP0C80:01)" '["acpi","empty",null,null,null,[],0,0,false]'
	assert_equal "$(device PNP0C80:02)" '["acpi","refused",null,null,null,[],0,0,false]'
	assert_equal "$(device PNP0C80:03)" '["acpi","removable",5368709120,536870912,0,[40,41,42,43],0,536870912,true]'
	assert_equal "$(device dax0.0)" '["kmem","removable",7516192768,268435456,1,[56,57],268435456,0,true]'
	assert_equal "$(device dax1.0)" '["device_dax","addable",8659140608,1069547520,2,[],0,0,false]'
	assert_equal "$(device virtio0)" '["virtio_mem","hypervisor",6442450944,1073741824,0,[48,49],268435456,0,false]'
	assert_equal "$(device virtio1)" '[null,"addable",null,null,null,[],0,0,false]'
	assert_equal "$(device 1eccfd72)" '["hv_balloon","hypervisor",null,null,null,[],0,0,false]'
	run --separate-stderr memhp --json devices
	assert_json '[.devices[].device]' \
		'["boot","PNP0C80:00","PNP0C80:01","PNP0C80:02","PNP0C80:03","dax0.0","dax1.0","virtio0","virtio1","1eccfd72"]'
}

@test "firmware that cannot eject, and a Xen balloon" {
	tree providers
	rm "$ROOT/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00/eject"
	mkdir -p "$ROOT/sys/devices/system/xen_memory/xen_memory0"
	run --separate-stderr memhp --json devices PNP0C80:00 xen_memory0
	assert_json '[.devices[] | .status]' '["fixed","hypervisor"]'
	refused 3 PNP0C80:00 firmware -- remove --device PNP0C80:00
}

@test "LMBs and increments are devices, and blocks in lists are not named after them" {
	tree pseries
	run --separate-stderr memhp --json devices
	assert_json '[.devices[] | select(.status == "removable") | .device] | length' 7
	assert_json '[.devices[] | select(.status == "addable") | .device]' \
		'["lmb","lmb-80000008","lmb-80000009","lmb-8000000a","lmb-8000000b"]'
	assert_json '[.devices[] | select(.status == "fixed") | .device]' '["lmb-80000000"]'
	run -0 --separate-stderr memhp --json list
	assert_json '[.blocks[] | [.first, .last, .device, .driver]]' '[[0,6,null,"pseries"],[7,7,null,"pseries"]]'
	run -0 --separate-stderr memhp --json list --device lmb-80000007
	assert_json '[.blocks[].first]' '[7]'
	tree s390
	assert_equal "$(device memory13)" '["sclp","removable",3489660928,268435456,0,[13],0,268435456,true]'
	run --separate-stderr memhp --json devices
	assert_json '[.devices[] | select(.status == "addable") | .device] | length' 6
}

@test "empty slots and LMBs that are alike share a line, and --all lists each" {
	tree pseries
	run --separate-stderr memhp devices
	assert_line --regexp '^lmb-80000001-lmb-80000007 +pseries .* 0x0000000010000000-0x000000007fffffff 1\.8G +0 +7 +1\.8G'
	assert_line --regexp '^lmb-80000008-lmb-8000000b '
	run --separate-stderr memhp devices --all
	assert_line --regexp '^lmb-80000002 +pseries '
	tree s390
	run --separate-stderr memhp devices
	assert_line --regexp '^memory14-memory19 '
}

@test "devices that differ in use have lines of their own, and what a line prints is taken" {
	local name
	tree pseries
	echo offline >"$ROOT/sys/devices/system/memory/memory3/state"
	run --separate-stderr memhp devices
	assert_line --regexp '^lmb-80000001-lmb-80000002 .* 512M +0B yes'
	assert_line --regexp '^lmb-80000003 .* 0B +256M yes'
	assert_line --regexp '^lmb-80000004-lmb-80000007 .* 1G +0B yes'
	for name in $(awk 'NR > 1 { print $1 }' <<<"$output"); do
		run -0 --separate-stderr memhp --json devices "$name"
	done
	run -0 --separate-stderr memhp --json devices 0x80000001 80000002
	assert_json '[.devices[] | .device]' '["lmb-80000001","lmb-80000002"]'
	run -0 --separate-stderr memhp --json devices lmb-80000004-lmb-80000007 lmb
	assert_json '[.devices[] | .device]' '["lmb","lmb-80000004","lmb-80000005","lmb-80000006","lmb-80000007"]'
	run -0 --separate-stderr memhp list -r -n -o BLOCK --device lmb-80000004-lmb-80000007,lmb-80000001
	assert_output "$(printf '1\n4-7')"
	run --separate-stderr memhp --json remove --dry-run --force=memory --device lmb-80000002-lmb-80000003
	assert_json '[.blocks[] | .block] | sort' '[2,3]'
	run -0 memhp list --json --device lmb-80000008-lmb-8000000b # they have no memory now
	assert_json '.blocks' '[]'
	refused 1 "no such memory device" -- devices lmb-80000007-lmb-80000004
	refused 1 "no such memory device" -- devices boot-lmb
	refused 2 "one at a time" -- probe --device lmb-80000008-lmb-8000000b
	tree_of dimms <<-END
		block_size 128M
		blocks 0-7 zones=Normal
		blocks 32-33 zones=Movable
		blocks 34 zones=Movable
		blocks 35-37 state=offline zones=Movable
		acpi PNP0C80:00 32-33
		acpi PNP0C80:01 34-35
		acpi PNP0C80:02 36-37
	END
	run --separate-stderr memhp devices
	assert_line --regexp '^PNP0C80:00 .* 2 +256M +0B'
	assert_line --regexp '^PNP0C80:01 .* 2 +128M +128M'
	assert_line --regexp '^PNP0C80:02 .* 2 +0B +256M'
}

@test "old device trees list each LMB" {
	tree pseries
	local dir=$ROOT/proc/device-tree/ibm,dynamic-reconfiguration-memory
	rm "$dir/ibm,dynamic-memory-v2"
	printf '\0\0\0\2\0\0\0\0\0\0\0\0\200\0\0\0\0\0\0\0\0\0\0\0\0\0\0\10\0\0\0\0\20\0\0\0\200\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0' \
		>"$dir/ibm,dynamic-memory"
	run --separate-stderr memhp --json devices
	assert_json '[.devices[] | select(.device | startswith("lmb-")) | [.device, .start, .status]]' \
		'[["lmb-80000000",0,"removable"],["lmb-80000001",268435456,"addable"]]'
}

@test "a device tree that was cut off" {
	tree pseries
	truncate -s 30 "$ROOT/proc/device-tree/ibm,dynamic-reconfiguration-memory/ibm,dynamic-memory-v2"
	run -0 --separate-stderr memhp --json devices
	truncate -s 3 "$ROOT/proc/device-tree/ibm,dynamic-reconfiguration-memory/ibm,lmb-size"
	run -0 --separate-stderr memhp --json devices
	assert_json '[.devices[].device]' '["boot"]'
}

@test "a DIMM is ejected once all of its blocks are offline" {
	tree providers
	after sys/bus/acpi/devices/PNP0C80:00/eject 1 32 33 34 35
	run --separate-stderr memhp --json remove --device PNP0C80:00 --force=memory
	wait "$KERNEL"
	assert_success
	assert_json '[.complete, .done.blocks, [.blocks[].state]]' '[true,4,[null,null,null,null]]'
	assert_equal "$(cat "$ROOT/sys/bus/acpi/devices/PNP0C80:03/eject")" ""
}

@test "a DIMM that is offline already is ejected too" {
	tree providers
	after sys/bus/acpi/devices/PNP0C80:03/eject 1 40 41 42 43
	run --separate-stderr memhp --json remove 40-43
	wait "$KERNEL"
	assert_success
	assert_json '[.complete, .done.blocks, .already.blocks]' '[true,4,0]'
}

@test "a device that stays is timed out, and its blocks are left offline" {
	tree providers
	run --separate-stderr memhp --json remove --device PNP0C80:00 --force=memory --timeout 300ms
	assert_failure 1
	assert_json '[.complete, ([.blocks[] | [.outcome, .code, .state]] | unique)]' \
		'[false,[["timed-out","device-stays","offline"]]]'
}

@test "a device that refuses is rolled back into its zone" {
	tree providers
	rm "$ROOT/sys/bus/acpi/devices/PNP0C80:00/eject"
	mkdir "$ROOT/sys/bus/acpi/devices/PNP0C80:00/eject"
	run --separate-stderr memhp --json remove --device PNP0C80:00 --force=memory
	assert_failure 1
	assert_json '[([.blocks[] | [.outcome, .errno, .state]] | unique)]' '[[["rolled-back","EISDIR","online"]]]'
	assert_equal "$(blocks 32 33 34 35)" "online_movable online_movable online_movable online_movable"
}

@test "what was offline before stays so when its device does not go" {
	tree providers
	echo offline >"$ROOT/sys/devices/system/memory/memory33/state"
	rm "$ROOT/sys/bus/acpi/devices/PNP0C80:00/eject"
	mkdir "$ROOT/sys/bus/acpi/devices/PNP0C80:00/eject"
	run --separate-stderr memhp --json remove --device PNP0C80:00 --force=memory
	assert_failure 1
	assert_json '[.blocks[] | select(.block == 33) | [.outcome, .code, .state]]' '[["failed","device","offline"]]'
}

@test "a part of a device, and all of it" {
	tree providers
	refused 2 "blocks 32, 33, 35" "--whole-device" -- remove 34
	refused 2 "block 41" -- remove 40,42-43
	run --separate-stderr memhp --json remove 34 --whole-device --dry-run --force=memory
	assert_success
	assert_json '[.blocks[] | .block] | sort' '[32,33,34,35]'
}

@test "a size is made of whole devices" {
	tree providers
	run --separate-stderr memhp --json remove --size 512M --driver acpi --dry-run
	assert_success
	assert_json '[.blocks[] | .block] | sort' '[40,41,42,43]'
	run --separate-stderr memhp --json remove --size 1G --driver acpi --dry-run --force=memory
	assert_json '.done.blocks, (.blocks | length)' "$(printf '0\n8')"
	run --separate-stderr memhp --json remove --size 512M --driver acpi,kmem --dry-run
	assert_json '[.blocks[] | .block] | sort' '[40,41,42,43]'
	run --separate-stderr memhp --json remove --size 256M --dry-run --force=memory
	assert_json '[.blocks[] | .block] | sort' '[56,57]'
	refused 1 "no set of whole devices" -- remove --size 128M --driver acpi
	refused 1 "no set of whole devices" -- remove --size 100G
	refused 1 "no set of whole devices" "--whole-device" -- remove --size 512M 40
	run -0 --separate-stderr memhp --json remove --size 512M 40 --whole-device --dry-run
	assert_json '[.blocks[] | .block] | sort' '[40,41,42,43]'
	rm "$ROOT/sys/devices/system/memory/memory33/state"
	refused 1 "no set of whole devices" -- remove --size 384M 32-34
}

@test "after a signal no further device is touched" {
	tree providers
	echo going-offline >"$ROOT/sys/devices/system/memory/memory35/state"
	memhp --json remove 32-35,40-43 --force=memory >"$BATS_TEST_TMPDIR/report" 3>&- &
	local job=$!
	until [[ $(cat "$ROOT"/run/memhp/lock 2>/dev/null) ]]; do
		sleep 0.1
	done
	sleep 0.5
	pkill -TERM -P "$job"
	wait "$job" || true
	output=$(<"$BATS_TEST_TMPDIR/report")
	assert_json '[.complete, .done.blocks, ([.blocks[] | select(.block >= 40) | [.outcome, .code]] | unique)]' \
		'[false,0,[["not-tried","interrupted"]]]'
	assert_equal "$(cat "$ROOT"/sys/bus/acpi/devices/PNP0C80:0[03]/eject)" ""
}

@test "a device that vanishes while its blocks go offline" {
	tree providers
	echo going-offline >"$ROOT/sys/devices/system/memory/memory35/state"
	{
		until [[ $(cat "$ROOT"/run/memhp/lock 2>/dev/null) ]]; do
			sleep 0.05
		done
		sleep 0.3
		rm -rf "$ROOT/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00" "$ROOT/sys/bus/acpi/devices/PNP0C80:00" \
			"$ROOT"/sys/devices/system/memory/memory3[2-5]
	} 3>&- &
	run --separate-stderr memhp --json remove --device PNP0C80:00 --force=memory
	assert_failure 1
	assert_json '[.complete, .done.blocks, ([.blocks[] | select(.block == 35) | [.outcome, .code, .state]])]' \
		'[false,0,[["failed","vanished",null]]]'
}

@test "a block that comes online after the eject is waited for" {
	tree providers
	{
		until [[ $(cat "$ROOT/sys/bus/acpi/devices/PNP0C80:03/eject") == 1 ]]; do
			sleep 0.05
		done
		echo online >"$ROOT/sys/devices/system/memory/memory41/state"
		sleep 0.5
		rm -rf "$ROOT"/sys/devices/system/memory/memory4[0-3]
	} 3>&- &
	run --separate-stderr memhp --json remove 40-43
	assert_success
	assert_json .done.blocks 4
}

@test "an eject file that may not be written" {
	[[ $(id -u) == 0 ]] && skip "root may write it"
	tree providers
	chmod 444 "$ROOT/sys/bus/acpi/devices/PNP0C80:03/eject"
	run memhp --json remove 40-43
	assert_failure 4
}

@test "an increment is deconfigured, an LMB given back" {
	tree s390
	after sys/firmware/memory/memory13/config 0 13
	run --separate-stderr memhp --json remove 13
	wait "$KERNEL"
	assert_success
	assert_json '[.blocks[] | [.block, .outcome]]' '[[13,"done"]]'
	tree pseries
	after sys/kernel/dlpar "memory remove index 0x80000007" 7
	run --separate-stderr memhp --json remove --device lmb-80000007 --force=memory
	wait "$KERNEL"
	assert_success
	assert_json '[.blocks[] | [.block, .outcome]]' '[[7,"done"]]'
}

@test "memory of others and boot memory is not removed" {
	tree providers
	refused 3 virtio0 qom-set -- remove --device virtio0
	refused 3 boot "memhp offline" -- remove 8
	refused 3 boot -- remove --device boot
	run -0 --separate-stderr memhp remove --device dax1.0 # has none to give
	assert_words "nothing to do"
	refused 1 nothere -- remove --device nothere
	refused 3 boot -- remove all
	usage_error "which blocks" -- remove
}

@test "an increment is configured, LMBs are added by index, count and both" {
	tree s390
	run --separate-stderr memhp --json probe --device memory14 --memmap-on-memory --timeout 200ms
	assert_equal "$(cat "$ROOT"/sys/firmware/memory/memory14/{config,memmap_on_memory} | tr -d '\n')" 11
	local args
	for args in "--device lmb-80000009=index 0x80000009" "--device 0x80000009=index 0x80000009" "--device 80000009=index 0x80000009" "--device lmb --size 512M=count 2" \
		"--device lmb-80000008 --size 1G=indexed-count 4 0x80000008" "--device lmb=count 1"; do
		tree pseries
		# shellcheck disable=SC2086 # words
		run --separate-stderr memhp --json probe ${args%%=*} --timeout 200ms
		assert_equal "$(cat "$ROOT/sys/kernel/dlpar")" "memory add ${args#*=}"
		assert_json '[.complete, .done.blocks, ([.blocks[] | .outcome] - ["failed"])]' '[false,0,[]]'
	done
}

@test "a kernel with the state file of DAX devices is told by that" {
	local state
	tree providers
	state=$ROOT/sys/devices/platform/hmem.0/dax0.0/state
	echo online_movable >"$state"
	after sys/devices/platform/hmem.0/dax0.0/state unplugged 56 57
	run --separate-stderr memhp --json remove --device dax0.0 --force=memory
	wait "$KERNEL"
	assert_success
	assert_json '.done.blocks' 2
	assert_equal "$(device dax0.0)" '["kmem","addable",7516192768,268435456,1,[],0,0,false]'
	run --separate-stderr memhp --json probe --device dax0.0 --online=movable --timeout 200ms
	assert_equal "$(cat "$state")" online_movable
}

@test "what came in part is not all, and what others add is not ours" {
	tree pseries
	{
		until [[ $(cat "$ROOT/sys/kernel/dlpar") == memory\ add* ]]; do
			sleep 0.05
		done
		arrives 7 8
	} 3>&- &
	run --separate-stderr memhp --json probe --device lmb --size 512M --timeout 2s
	assert_failure 64
	assert_json '[.complete, .done.blocks]' '[false,1]'
	tree s390
	{
		until [[ $(cat "$ROOT/sys/firmware/memory/memory14/config") == 1 ]]; do
			sleep 0.05
		done
		arrives 13 16
		arrives 13 14
	} 3>&- &
	run --separate-stderr memhp --json probe --device memory14 --online=movable
	assert_success
	assert_json '[.blocks[] | .block]' '[14]'
	assert_equal "$(block 16)" offline
}

@test "a dry run names the blocks that are known" {
	tree pseries
	run -0 --separate-stderr memhp --json probe --device lmb --size 1G --dry-run
	assert_json '[.blocks, (.warnings | length)]' '[[],1]'
	run -0 --separate-stderr memhp --json probe --device lmb-80000009 --size 512M --dry-run
	assert_json '[.blocks[] | .block]' '[9,10]'
	refused 1 "only 256M" -- probe --device lmb-8000000b --size 1G
}

@test "a dry run says what it cannot know" {
	tree pseries
	run -0 --separate-stderr memhp probe --device lmb --size 512M --dry-run
	assert_line --index 0 "512M would be asked for; which blocks come, and whether all do, is not known beforehand"
	[[ $output != *"0B of"* ]]
	run -0 --separate-stderr memhp --json probe --device lmb --dry-run
	assert_json '[.complete, .done.blocks, .memmap, (.warnings[0] | contains("256M would be asked for"))]' \
		'[false,0,4194304,true]'
	tree providers
	run -0 --separate-stderr memhp probe --device virtio1 --dry-run
	assert_output "how much comes, and which blocks, is not known beforehand"
	run -0 --separate-stderr memhp --json probe --device virtio1 --dry-run
	assert_json '[.complete, .memmap, (.warnings | length)]' '[false,null,1]'
}

# memmap PROBE-ARGS...: what the kernel's map takes
memmap() {
	run --separate-stderr memhp --json probe "$@"
	json .memmap
}

@test "more memory costs the kernel's map of it, unless it holds that itself" {
	local parameter=sys/module/memory_hotplug/parameters/memmap_on_memory
	tree providers
	mkdir -p "$ROOT/${parameter%/*}"
	run -0 --separate-stderr memhp probe 0x280000000 --size 256M --dry-run
	assert_line "the kernel's map of it would take 4M of the memory that there is now"
	assert_equal "$stderr" ""
	sed -i 's/^MemAvailable:.*/MemAvailable: 4096 kB/' "$ROOT/proc/meminfo"
	run -0 --separate-stderr memhp probe 0x280000000 --size 256M --dry-run
	assert_equal "$stderr" ""
	run -0 --separate-stderr memhp probe 0x280000000 --size 384M --dry-run
	assert_words "takes 6M of the memory that there is now, and only 4M is available"
	run --separate-stderr memhp --json probe --device dax1.0 --force=in-use --dry-run
	assert_json '[.memmap, (.warnings | length)]' '[14680064,1]'
	for word in Y force; do
		echo $word >"$ROOT/$parameter"
		assert_equal "$(memmap 0x280000000 --dry-run)" 2097152
		echo 0 >"$ROOT/sys/devices/platform/hmem.1/dax1.0/memmap_on_memory"
		assert_equal "$(memmap --device dax1.0 --force=in-use --dry-run)" 14680064
		echo 1 >"$ROOT/sys/devices/platform/hmem.1/dax1.0/memmap_on_memory"
		assert_equal "$(memmap --device dax1.0 --force=in-use --dry-run)" 0
	done
	run -0 --separate-stderr memhp probe --device dax1.0 --force=in-use --dry-run
	assert_line "it holds the kernel's map of itself (memmap_on_memory)"
	echo N >"$ROOT/$parameter"
	assert_equal "$(memmap --device dax1.0 --force=in-use --dry-run)" 14680064
	tree s390
	mkdir -p "$ROOT/${parameter%/*}"
	echo Y >"$ROOT/$parameter"
	[[ $(memmap --device memory14 --dry-run) != 0 ]]
	assert_equal "$(memmap --device memory14 --memmap-on-memory --dry-run)" 0
	# a map that fills no whole page block goes there by force alone
	tree_of small < <(sed 's/^block_size .*/block_size 16M/; /^blocks/d; /^acpi/d; s/^dir sys.bus.dax.devices/blocks 0 zones=DMA32\n&/' \
		"$TESTS/trees/providers.manifest")
	mkdir -p "$ROOT/${parameter%/*}"
	echo 1 >"$ROOT/sys/devices/platform/hmem.1/dax1.0/memmap_on_memory"
	echo Y >"$ROOT/$parameter"
	assert_equal "$(memmap --device dax1.0 --force=in-use --dry-run)" 16252928
	echo force >"$ROOT/$parameter"
	assert_equal "$(memmap --device dax1.0 --force=in-use --dry-run)" 0
	# what did not come takes nothing
	tree pseries
	assert_equal "$(memmap --device lmb-80000009 --timeout 100ms)" 0
	run --separate-stderr memhp probe --device lmb-80000009 --timeout 100ms
	[[ $output != *"map of it"* ]]
}

@test "the file that cannot be written is named" {
	tree pseries
	rm "$ROOT/sys/kernel/dlpar"
	run memhp probe --device lmb
	assert_failure 1
	assert_output --partial "/sys/kernel/dlpar"
}

@test "a state file of auto-online that is none" {
	local text
	for text in "foo online" "$(printf '%0100d' 0)" ""; do
		tree providers
		mkdir -p "$ROOT/run/memhp"
		echo "$text" >"$ROOT/run/memhp/auto-online"
		run -0 memhp offline 40
		assert_equal "$(cat "$ROOT/sys/devices/system/memory/auto_online_blocks")" online
		assert_not_exists "$ROOT/run/memhp/auto-online"
	done
}

@test "sizes that LMBs and other devices do not have" {
	tree pseries
	refused 2 "multiple of the LMB size 256M; nearest: 256M" -- probe --device lmb --size 100M
	refused 1 "only 1G" -- probe --device lmb --size 2G
	tree providers
	refused 2 "added as a whole" -- probe --device dax1.0 --size 128M
	refused 3 "dax1.0" "live system" -- probe --device dax1.0 --force=in-use
}

@test "devices that cannot be added from here" {
	tree providers
	refused 3 "PNP0C80:01" "device_add" -- probe --device PNP0C80:01
	refused 3 "PNP0C80:02" refused -- probe --device PNP0C80:02
	refused 3 virtio0 qom-set -- probe --device virtio0
	refused 1 dax0.0 "already" -- probe --device dax0.0
	refused 1 nothere -- probe --device nothere
	refused 1 boot "system RAM already" "memhp online" -- probe --device boot
	[[ $stderr != *"memhp offline"* ]]
}

@test "a DAX device that processes have open or mapped" {
	tree providers
	refused 1 "dax1.0 is in use by" "reader (pid 77)" "mapper (pid 78, mapped)" -- probe --device dax1.0
}

@test "an address is probed block by block" {
	tree providers
	run --separate-stderr memhp --json probe 0x280000000 --size 256M --dry-run
	assert_success
	assert_json '[.dry_run, [.blocks[] | [.block, .outcome]]]' '[true,[[80,"not-tried"],[81,"not-tried"]]]'
	assert_equal "$(cat "$ROOT/sys/devices/system/memory/probe")" ""
	run --separate-stderr memhp --json probe 0x280000000
	assert_failure 1
	assert_equal "$(cat "$ROOT/sys/devices/system/memory/probe")" "0x280000000"
	assert_json '[.blocks[] | [.block, .outcome, .code]]' '[[80,"failed","no-block"]]'
}

@test "addresses that would crash the kernel" {
	tree providers
	refused 2 0x280000000 0x288000000 -- probe 0x280001000
	refused 2 "multiple of the block size" -- probe 0x280000000 --size 100M
	refused 1 "block 32" -- probe 0x100000000
	refused 1 "Persistent Memory" -- probe 0x200000000
	refused 1 "PCI Bus" -- probe 0xf8000000
	refused 1 "40 bits" -- probe 0x10000000000
	refused 2 "end of the address space" -- probe 0xfffffffff8000000 --size 1G
	usage_error "not an address" -- probe 5368709120
	usage_error "not an address" -- probe 0x
	usage_error "ADDRESS" -- probe
	usage_error "ADDRESS" -- probe 0x1 0x2
	usage_error "ADDRESS" -- probe 0x280000000 --device dax1.0
	usage_error "address or in-use" -- probe 0x280000000 --force=memory
	usage_error "--online" -- probe 0x280000000 --keep-policy
	usage_error "--device" -- probe 0x280000000 --memmap-on-memory
	usage_error "--device" -- probe 0x280000000 --force=in-use
	usage_error "ADDRESS" -- probe --device dax1.0 --force=address
	usage_error "no s390 increment" -- probe --device dax1.0 --memmap-on-memory
	usage_error "default, kernel or movable" -- probe 0x280000000 --online=Normal
	rm "$ROOT/sys/devices/system/memory/probe"
	refused 3 "no probe interface" -- probe 0x280000000
	# nor anywhere else, whatever is there
	refused 3 "no probe interface" -- probe 0x0
	refused 3 "no probe interface" -- probe 0x0 --dry-run --force=address
}

@test "a size at an address names the nearest multiples, and is taken as list prints it" {
	tree two-nodes
	touch "$ROOT/sys/devices/system/memory/probe"
	usage_error "not a multiple of the block size 128M; nearest: 128M and 256M" -- probe 0x180000000 --size 200M
	usage_error "nearest: 128M" -- probe 0x180000000 --size 1
	run -0 memhp --json probe 0x300000000 --size 1.1G --dry-run --force=address
	assert_json '.blocks | map(.count) | add' 9
}

@test "an address where the device tree has no memory" {
	tree providers
	mkdir -p "$ROOT/proc/device-tree/memory@0"
	printf '\0\0\0\0\0\0\0\0\0\0\0\2\220\0\0\0' >"$ROOT/proc/device-tree/memory@0/reg"
	refused 1 "device tree" -- probe 0x290000000
	refused 1 "device tree" -- probe 0x288000000 --size 256M
	run memhp probe 0x288000000
	assert_equal "$(cat "$ROOT/sys/devices/system/memory/probe")" "0x288000000"
}

@test "--force=address passes the checks of the address alone" {
	tree providers
	run memhp probe 0x200000000 --force=address
	assert_equal "$(cat "$ROOT/sys/devices/system/memory/probe")" "0x200000000"
	refused 1 "block 32" -- probe 0x100000000 --force=address
}

@test "auto-online is switched for the while, and by --keep-policy not at all" {
	tree providers
	refused 1 "auto-online is online" -- probe 0x280000000 --online=movable --keep-policy
	run memhp probe 0x280000000 --online=movable --verbose
	assert_equal "$(cat "$ROOT/sys/devices/system/memory/auto_online_blocks")" online
	assert_not_exists "$ROOT/run/memhp/auto-online"
}

# reg NODE HEX...: 32-bit cells of a memory node of the device tree
reg() {
	mkdir -p "$ROOT/proc/device-tree/$1"
	printf '%b' "$(printf '%s' "${@:2}" | sed 's/../\\x&/g')" >"$ROOT/proc/device-tree/$1/reg"
}

@test "memory of the device tree may go over several nodes, in cells of any number" {
	local range=(probe 0x280000000 --size 512M --dry-run)
	tree providers
	reg memory@280000000 00000002 80000000 00000000 10000000
	refused 1 "device tree" -- "${range[@]}"
	reg memory@290000000 00000002 90000000 00000000 10000000
	run memhp "${range[@]}"
	assert_success
	reg memory@280000000 00000002 80000000 10000000
	reg memory@290000000 00000002 90000000 10000000
	refused 1 "device tree" -- "${range[@]}"
	printf '\0\0\0\1' >"$ROOT/proc/device-tree/#size-cells"
	run memhp "${range[@]}"
	assert_success
}

@test "a device whose blocks are in two nodes has no node" {
	tree two-nodes
	rm "$ROOT/sys/devices/system/memory/memory35/node1" "$ROOT/sys/devices/system/node/node1/memory35"
	ln -s ../../node/node0 "$ROOT/sys/devices/system/memory/memory35/node0"
	ln -s ../../memory/memory35 "$ROOT/sys/devices/system/node/node0/memory35"
	run memhp devices --json
	assert_json '[.devices[] | select(.driver == "acpi" and .size != null) | .node]' '[null,1]'
}

@test "a table of LMBs larger than any address ends" {
	tree pseries
	printf '\x10\0\0\0\0\0\0\0' >"$ROOT/proc/device-tree/ibm,dynamic-reconfiguration-memory/ibm,lmb-size"
	run memhp devices --json
	assert_success
}

@test "what is not known of modules is said where it is not known" {
	tree desktop
	run --separate-stderr memhp devices
	assert_success
	[[ $output != *dax* && $output != *virtio_mem* ]]
	assert_equal "$stderr" ""
	tree providers
	run --separate-stderr memhp devices
	assert_success
	assert_words 'where MODULE is empty'
}

# gpu IOMEM...: boot memory in 0-15, memory of a driver in 32-39; one argument a line of /proc/iomem
gpu() {
	tree_of gpu < <(
		printf 'block_size 128M\nblocks 0-15 zones=Normal node=0\nblocks 32-39 zones=Movable node=1\n'
		printf 'file proc/meminfo <<END\nMemTotal: 3000000 kB\nMemAvailable: 2400000 kB\nEND\nfile proc/iomem <<END\n'
		printf '00000000-7fffffff : System RAM\n'
		printf '%s\n' "$@" END
	)
}

# drivers: [first block, last block, driver] of each range
drivers() {
	run --separate-stderr memhp --json list
	json '[.blocks[] | [.first, .last, .driver]]'
}

@test "memory that a driver manages is that driver's alone" {
	gpu "100000000-13fffffff : System RAM (NVIDIA)"
	assert_equal "$(device NVIDIA)" '["NVIDIA","managed",4294967296,1073741824,1,[32,33,34,35,36,37,38,39],1073741824,0,false]'
	assert_equal "$(drivers)" '[[0,15,null],[32,39,"NVIDIA"]]'
	run --separate-stderr memhp list -r -n -o BLOCK,DEVICE,DRIVER --driver NVIDIA
	assert_output "32-39 NVIDIA NVIDIA"
	refused 3 NVIDIA "only its driver" -- remove 32
	refused 3 NVIDIA "only its driver" -- remove --device NVIDIA
	refused 1 NVIDIA "system RAM already" -- probe --device NVIDIA
}

@test "memory that a driver or the hypervisor manages is chosen last" {
	gpu "100000000-13fffffff : System RAM (NVIDIA)"
	run --separate-stderr memhp --json offline --size 256M --dry-run --force=memory
	assert_json '[.blocks[] | .block]' '[15,14]'
	"$TESTS/lib/pages" "$ROOT" <<<"0-13,32-39 used=1
14-15 used=90%"
	run --separate-stderr memhp --json offline --size 256M --dry-run --force=memory
	assert_json '[.blocks[] | .block]' '[13,12]'
	run --separate-stderr memhp --json offline --size 2304M --dry-run --force=memory
	assert_json '[.blocks[-3:][] | .block]' '[14,39,38]'
	sed -i '2c100000000-13fffffff : virtio7\n  100000000-13fffffff : System RAM (virtio_mem)' "$ROOT/proc/iomem"
	mkdir -p "$ROOT/sys/bus/virtio/devices/virtio7" "$ROOT/sys/bus/virtio/drivers/virtio_mem"
	echo 0x0018 >"$ROOT/sys/bus/virtio/devices/virtio7/device"
	ln -s ../../drivers/virtio_mem "$ROOT/sys/bus/virtio/devices/virtio7/driver"
	run --separate-stderr memhp --json offline --size 256M --dry-run --force=memory
	assert_json '[.blocks[] | .block]' '[13,12]'
	local id
	gpu "100000000-13fffffff : System RAM (NVIDIA)"
	for id in 3 33; do
		echo offline >"$ROOT/sys/devices/system/memory/memory$id/state"
		echo "Normal Movable" >"$ROOT/sys/devices/system/memory/memory$id/valid_zones"
	done
	run --separate-stderr memhp --json online --zone movable --size 128M --dry-run
	assert_json '[.blocks[] | .block]' '[3]'
}

@test "memory that drivers manage: their words, in any place of /proc/iomem" {
	gpu "100000000-11fffffff : System RAM (My (big) GPU)" "120000000-13fffffff : System RAM (AMD)"
	assert_equal "$(drivers)" '[[0,15,null],[32,35,"My (big) GPU"],[36,39,"AMD"]]'
	run --separate-stderr memhp list -r -n -o BLOCK --driver "My (big) GPU"
	assert_output 32-35
	gpu "100000000-1ffffffff : PCI Bus 0009:00" "  100000000-13fffffff : 0009:01:00.0" \
		"    100000000-107ffffff : System RAM (NVIDIA)" "    108000000-13fffffff : System RAM (NVIDIA)"
	assert_equal "$(drivers)" '[[0,15,null],[32,39,"NVIDIA"]]'
	assert_equal "$(device NVIDIA)" '["NVIDIA","managed",4294967296,1073741824,1,[32,33,34,35,36,37,38,39],1073741824,0,false]'
	gpu "100000000-107ffffff : System RAM (NVIDIA)" "138000000-13fffffff : System RAM (NVIDIA)"
	assert_equal "$(device NVIDIA)" '["NVIDIA","managed",null,null,1,[32,39],268435456,0,false]'
	# a part of a block, two words in one, and none
	gpu "104000000-10bffffff : System RAM (NVIDIA)" "10c000000-10fffffff : System RAM (AMD)"
	assert_equal "$(drivers)" '[[0,15,null],[32,33,"NVIDIA"],[34,39,null]]'
	gpu "100000000-13fffffff : System RAM ()"
	assert_equal "$(drivers)" '[[0,15,null],[32,39,null]]'
	# drivers of which no device is to be seen
	gpu "100000000-11fffffff : System RAM (kmem)" "120000000-13fffffff : System RAM (virtio_mem)"
	assert_equal "$(drivers)" '[[0,15,null],[32,35,"kmem"],[36,39,"virtio_mem"]]'
	refused 3 kmem "only its driver" -- remove 32-35
	# without root
	gpu "00000000-00000000 : System RAM (NVIDIA)"
	sed -i 's/^[0-9a-f]*-[0-9a-f]*/00000000-00000000/' "$ROOT/proc/iomem"
	assert_equal "$(drivers)" '[[0,15,null],[32,39,null]]'
	# where its own file claims it, nothing else does
	tree devices
	assert_equal "$(drivers)" '[[0,23,null],[32,35,"acpi"],[40,43,"virtio_mem"],[44,47,"virtio_mem"],[48,51,"kmem"],[52,55,"kmem"]]'
}
