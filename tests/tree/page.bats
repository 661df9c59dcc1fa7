#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# `page`, and what else speaks of poisoned pages, on simulated trees.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	tree two-nodes
	MEMORY=$ROOT/sys/devices/system/memory
	UNPOISON=$ROOT/sys/kernel/debug/hwpoison/unpoison-pfn
	mkdir -p "${UNPOISON%/*}"
	: >"$MEMORY/soft_offline_page"
	: >"$MEMORY/hard_offline_page"
	: >"$UNPOISON"
	# block 32 begins at pfn 1048576; the first four pages: in use, poisoned, reserved, nothing
	entry proc/kpageflags 1048576 400005828
	entry proc/kpageflags 1048577 80000
	entry proc/kpageflags 1048578 100000000
	entry proc/kpageflags 1048579 100000
	entry proc/kpageflags 1310719 0
	entry proc/kpagecount 1048576 1
	entry proc/kpagecount 1310719 0
	process 1 init
	process 77 worker
	process 78 bystander
	maps 78 5
}

# entry FILE INDEX HEX: one u64 of a file of the tree; what stands nowhere is 0
entry() {
	local hex bytes="" i
	printf -v hex %016x $((16#$3))
	for ((i = 14; i >= 0; i -= 2)); do
		bytes+="\\x${hex:i:2}"
	done
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$bytes" | dd of="$ROOT/$1" bs=8 seek="$2" conv=notrunc status=none
}

# process PID NAME: it has pages from 0x400000 on
process() {
	mkdir -p "$ROOT/proc/$1"
	echo "$2" >"$ROOT/proc/$1/comm"
	printf '00400000-00404000 r-xp 00000000 00:00 0 /bin/x\n' >"$ROOT/proc/$1/maps"
	entry "proc/$1/pagemap" 1027 0
}

# maps PID PFN: at 0x402000
maps() {
	entry "proc/$1/pagemap" 1026 "$(printf %x $(($2 | 1 << 63)))"
}

corrupted() {
	sed -i "s/^HardwareCorrupted:.*/HardwareCorrupted: $1 kB/" "$ROOT/proc/meminfo"
}

# outcomes: those of the last document, by address
outcomes() {
	json '[.pages[] | [.pfn, .outcome, .code]]'
}

@test "show: flags, block and mappings of each page" {
	maps 77 1048576
	run memhp page show 0x100000000 pfn:0x100001-0x100002 0x140000000
	assert_success
	assert_line --index 0 "0x0000000100000000: uptodate,lru,mmap,anon,swapbacked,owner2 (pfn 1048576, memory32 online), 1 mapping"
	assert_line --index 1 "  mapped by process 77 (worker) at 0x402000"
	assert_line --index 2 "0x0000000100001000: hwpoison (pfn 1048577, memory32 online), 0 mappings"
	assert_line --index 3 --partial reserved
	assert_line --index 4 --partial "memory40 offline"
}

@test "show json" {
	maps 77 1048576
	run memhp --json page show 0x100000fff pfn:1048577-1048577
	assert_success
	assert_json '[.schema, .action, .page_size]' '["memhp.page/1","show",4096]'
	assert_json '.pages[0]' '{"address":4294967296,"pfn":1048576,"block":32,"state":"online","flags":["uptodate","lru","mmap","anon","swapbacked","owner2"],"mapcount":1,"poisoned":false,"mappers":[{"pid":77,"command":"worker","address":4202496}],"mappers_complete":true}'
	assert_json '.pages[1] | [.pfn, .poisoned, .mappers]' '[1048577,true,null]'
}

@test "words that are no pages" {
	local word
	for word in 12345 4096-8191 pfn: pfn:x pfn:-1 pfn:1- pfn:1-x 0x 0xzz 0x1000- 0x1000-2fff 0x1000-0x2fffq "" all 32 memory32 +0x1000; do
		usage_error "not an address" "'$word'" -- page soft-offline -- "$word"
		usage_error "'$word'" -- page show 0x100000000 "$word"
	done
	usage_error "ends before it starts" -- page show 0x2000-0x1fff
	usage_error "not on page boundaries" 0x1000-0x2fff -- page soft-offline 0x1000-0x2000
	usage_error "not on page boundaries" 0x1000-0x1fff -- page soft-offline 0x1001-0x1fff
	usage_error "64-bit address space" -- page show pfn:4503599627370496
	usage_error "'pfn:99999999999999999999'" -- page show pfn:99999999999999999999
	usage_error "more than 65536 pages" -- page soft-offline pfn:1048576-1114112
	usage_error "more than 65536 pages" -- page show pfn:1048576-1114110 pfn:0-1
}

@test "words and options that do not go together" {
	usage_error "page show, soft-offline, hard-offline or unpoison" -- page
	usage_error "offline: it is page show" -- page offline 0x100000000
	usage_error "which pages?" -- page show
	usage_error "no ranges" -- page hard-offline --force=kill 0x100000000-0x100000fff
	usage_error "no ranges" -- page unpoison pfn:1-2
	usage_error "one page at a time" -- page hard-offline --force=kill 0x100000000 0x100001000
	usage_error "may kill" "--force=kill" -- page hard-offline 0x100000000
	usage_error "it is kill" -- page hard-offline --force=memory 0x100000000
	usage_error "goes with hard-offline" -- page soft-offline --force=kill 0x100000000
	usage_error "--dry-run goes with" -- page show --dry-run 0x100000000
	usage_error "--wait" -- page soft-offline --wait x 0x100000000
}

@test "each verb writes what its file takes, and believes only what reads back" {
	run memhp --json page soft-offline 0x100000123
	assert_failure 1
	assert_equal "$(outcomes)" '[[1048576,"failed","no-effect"]]'
	assert_equal "$(cat "$MEMORY/soft_offline_page")" 0x100000000
	run memhp --json page hard-offline --force=kill pfn:1048576
	assert_failure 1
	assert_equal "$(outcomes)" '[[1048576,"failed","no-effect"]]'
	assert_equal "$(cat "$MEMORY/hard_offline_page")" 0x100000000
	run memhp --json page unpoison 0x100001000
	assert_failure 1
	assert_equal "$(outcomes)" '[[1048577,"failed","no-effect"]]'
	assert_equal "$(cat "$UNPOISON")" 1048577
}

@test "a page that is as it should be: already, no write" {
	remember
	run memhp page soft-offline 0x100001000
	assert_success
	assert_line --partial "0x0000000100001000: already"
	assert_line "0 of 0 pages soft-offlined, 1 already; HardwareCorrupted: 0 kB"
	run memhp --json page unpoison 0x100000000
	assert_success
	assert_json '[.requested, .done, .already, .complete]' '[1,0,1,true]'
	assert_untouched
}

# refuses_page ADDRESS OUTCOME CODE WORDS: also beside a page that could be done
refuses_page() {
	local verb
	remember
	for verb in soft-offline unpoison; do
		[[ $3 != reserved || $verb != unpoison ]] || continue
		run memhp --json page "$verb" "$1" pfn:104857{6,7}
		assert_failure 1
		assert_json ".pages[] | select(.address == $(($1))) | [.outcome, .code]" "[\"$2\",\"$3\"]"
		assert_json '[.done, ([.pages[] | select(.outcome == "not-tried") | .code])]' '[0,["stopped"]]'
		run memhp --json page "$verb" --dry-run "$1" pfn:104857{6,7}
		assert_failure 1
		assert_json '[.pages[] | select(.outcome == "not-tried") | .code]' '["stopped"]'
		run memhp page "$verb" "$1"
		assert_failure 1
		assert_line --index 0 --partial "$4"
	done
	run memhp page hard-offline --force=kill "$1"
	assert_failure 1
	assert_line --partial "$4"
	assert_untouched
}

@test "a hole in the address space" {
	refuses_page 0x80000000 absent hole "there is no memory"
}

@test "nothing but a hole is not complete" {
	run -1 memhp --json page soft-offline 0x80000000
	assert_json '.complete' false
}

@test "a hole inside a block" {
	refuses_page 0x100003000 absent hole "there is no memory"
}

@test "an address beyond memory" {
	refuses_page 0x400000000000 absent hole "there is no memory"
	run memhp page show 0x400000000000
	assert_failure 1
	assert_output --partial "there is no memory"
}

@test "a page of an offline block" {
	refuses_page 0x140000000 failed offline "its block is not online"
}

# hides PFN [FROM-TO]: a kernel without "nopage" says nothing of a page; /proc/iomem has that much less RAM
hides() {
	entry proc/kpageflags "$1" 0
	[[ -z ${2-} ]] || sed -i "s/^100000000-13fffffff/$2/" "$ROOT/proc/iomem"
}

@test "a kernel that says nothing of pages that it has not" {
	hides 1048579 100004000-13fffffff
	refuses_page 0x100003000 absent hole "there is no memory"
	run memhp page show 0x100003000
	assert_failure 1
	# one without a flag in memory is there
	run memhp --json page show pfn:1048580
	assert_json '.pages[0] | [.flags, .mapcount, .poisoned]' '[[],0,false]'
	# of an offline block nothing is known, whatever was written there once
	refuses_page 0x140000000 failed offline "its block is not online"
	entry proc/kpageflags 1310720 80000
	run memhp --json page show 0x140000000 pfn:1310721
	assert_success
	assert_json '.pages[] | [.state, .flags, .mapcount, .poisoned]' '["offline",["nopage"],null,null]
["offline",["nopage"],null,null]'
	run memhp page show 0x140000000
	assert_line --index 0 "0x0000000140000000: nopage (pfn 1310720, memory40 offline)"
}

@test "show: a hole is one by address and in a range" {
	local pages
	for pages in 0x80000000 0x80000000-0x80001fff pfn:524288-524289 0x100003000 0x100003000-0x100003fff; do
		refused 1 "there is no memory at this address" -- page show "$pages"
	done
	run memhp page show 0x100002000-0x100003fff
	assert_success
	assert_line --index 1 "0x0000000100003000: no memory (pfn 1048579, memory32 online)"
	run memhp page show 0x7ffff000-0x80000fff
	assert_line --index 1 "0x0000000080000000: no memory (pfn 524288)"
	run memhp --json page show 0x7ffff000-0x80000fff
	assert_json '.pages[1] | [.block, .flags, .mapcount, .poisoned]' '[null,["nopage"],null,null]'
	refused 1 0x80000000 -- page show 0x100000000-0x100003fff 0x80000000
}

@test "a reserved page" {
	refuses_page 0x100002000 failed reserved "reserved"
}

@test "in a range, what cannot be done is left out" {
	run memhp --json page soft-offline 0x100000000-0x100003fff
	assert_failure 1
	assert_equal "$(outcomes)" '[[1048576,"failed","no-effect"],[1048577,"already",null],[1048578,"failed","reserved"],[1048579,"absent","hole"]]'
	assert_equal "$(cat "$MEMORY/soft_offline_page")" 0x100000000
}

@test "a page named twice counts once" {
	run memhp --json page soft-offline 0x100000000 pfn:1048576 0x100000fff 0x100000000-0x100000fff
	assert_json '[.requested, (.pages | length)]' '[1,1]'
	run memhp page hard-offline --force=kill --dry-run 0x100000000 pfn:1048576
	assert_success
}

@test "hard-offline shows who maps the page" {
	maps 77 1048576
	run memhp page hard-offline --dry-run 0x100000000
	assert_success
	assert_line --index 0 "0x0000000100000000:"
	assert_line --index 1 "  mapped by process 77 (worker) at 0x402000"
	assert_line --index 2 --partial "would be hard-offlined"
	run memhp --json page hard-offline --dry-run 0x100000000
	assert_json '[.dry_run, .pages[0].mappers]' '[true,[{"pid":77,"command":"worker","address":4202496}]]'
}

@test "hard-offline of a page of process 1 is refused, whatever the options" {
	maps 77 1048576
	maps 1 1048576
	remember
	run memhp --json page hard-offline --force=kill 0x100000000
	assert_failure 1
	assert_equal "$(outcomes)" '[[1048576,"failed","vital-process"]]'
	assert_json '[.pages[0].mappers[].pid]' '[1,77]'
	run memhp page hard-offline --dry-run 0x100000000
	assert_failure 1
	assert_output --partial "process 1"
	assert_untouched
	run memhp page soft-offline 0x100000000
	assert_equal "$(cat "$MEMORY/soft_offline_page")" 0x100000000
}

@test "hard-offline is refused where process 1 cannot be seen" {
	rm "$ROOT/proc/1/maps"
	remember
	run memhp --json page hard-offline --force=kill 0x100000000
	assert_failure 1
	assert_equal "$(outcomes)" '[[1048576,"failed","unseen-processes"]]'
	assert_untouched
}

@test "--dry-run writes nothing and takes no lock" {
	remember
	run memhp page soft-offline --dry-run 0x100000000 0x100001000
	assert_success
	assert_line "0x0000000100000000: would be soft-offlined (pfn 1048576, memory32 online)"
	assert_line "1 of 1 page would be soft-offlined, 1 already; HardwareCorrupted: 0 kB"
	assert_untouched
	assert_not_exists "$ROOT/run/memhp"
}

@test "a kernel without the interface: exit 3" {
	rm "$MEMORY"/{soft,hard}_offline_page "$UNPOISON"
	run memhp page soft-offline 0x100000000
	assert_failure 3
	assert_output --partial CONFIG_MEMORY_FAILURE
	run memhp page hard-offline --force=kill 0x100000000
	assert_failure 3
	run memhp page unpoison 0x100001000
	assert_failure 3
	assert_output --partial "module hwpoison-inject"
	rm "$ROOT/proc/kpageflags"
	run memhp --json page show 0x100000000
	assert_failure 3
	assert_json '.error.code' '"EOPNOTSUPP"'
}

@test "without permission: exit 4" {
	local powerless=()
	((EUID)) || powerless=(setpriv "--bounding-set=-dac_override,-dac_read_search")
	chmod 0 "$ROOT/proc/kpageflags"
	run --separate-stderr "${powerless[@]}" timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" page show 0x100000000
	assert_failure 4
	assert_words /proc/kpageflags EACCES root
	chmod 644 "$ROOT/proc/kpageflags"
	chmod 0 "$MEMORY/soft_offline_page"
	run --separate-stderr "${powerless[@]}" timeout 20 "${MEMHP:-memhp}" --json --sysroot "$ROOT" \
		page soft-offline 0x100000000 0x13ffff000
	assert_failure 4
	assert_equal "$(outcomes)" '[[1048576,"failed","permission"],[1310719,"not-tried","stopped"]]'
}

@test "the lock of another memhp" {
	mkdir -p "$ROOT/run/memhp"
	exec {lock}>"$ROOT/run/memhp/lock"
	flock "$lock"
	remember
	run memhp page soft-offline 0x100000000
	assert_failure 1
	assert_output --partial "holds memhp's lock"
	assert_untouched
	exec {lock}>&-
}

@test "list: the column POISONED" {
	run memhp list -r -n -o BLOCK,POISONED 32-47
	assert_output "$(printf '32 1\n33-39 0\n40-47 ')"
	entry proc/kpageflags $((1048576 + 32768)) 80000
	run memhp list -r -n -o BLOCK,POISONED 32-39
	assert_output "$(printf '32-33 2\n34-39 0')"
	run memhp list -r -n -o BLOCK,POISONED --split none 32-39
	assert_output "32-39 2"
	run memhp list --json
	assert_json '[.blocks[].poisoned] | unique' '[null]'
	run memhp list --json -o +POISONED
	assert_json '[.blocks[] | [.first, .poisoned]]' '[[0,0],[1,0],[8,0],[32,2],[34,0],[36,0],[40,null]]'
}

@test "offline warns of poisoned pages" {
	run -64 --separate-stderr memhp offline --dry-run 32-33 # block 32 has a reserved page
	assert_equal "$stderr" "" # HardwareCorrupted is 0: the flags were not read
	corrupted 4
	run -64 --separate-stderr memhp offline --dry-run 32-33
	assert_words "warning: block 32 has 1 poisoned page:"
	run memhp --json offline 32-33
	assert_json '[.warnings[] | select(contains("poisoned"))] | length' 1
	corrupted 4
	run --separate-stderr memhp offline --dry-run 34-35
	assert_equal "$stderr" ""
}

@test "online warns of poisoned pages that no online block has" {
	corrupted 4
	run --separate-stderr memhp online --dry-run --zone kernel 40
	assert_success
	assert_equal "$stderr" ""
	corrupted 12
	run --separate-stderr memhp online --dry-run --zone kernel 40
	assert_success
	assert_words "warning: 2 poisoned pages are not in online memory"
	run --separate-stderr memhp online --dry-run --rezone --zone movable 32
	assert_words "warning: block 32 has 1 poisoned page:"
	run --separate-stderr memhp online --dry-run --zone movable 36
	assert_equal "$stderr" "" # nothing would be written
}
