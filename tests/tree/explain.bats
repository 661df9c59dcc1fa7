#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# explain, list's columns and offline --size on simulated trees whose pages are known.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	# Blocks of 4096 pages: 0-7 in a kernel zone, 8-15 movable, 16 and 17 offline.
	# No meminfo: what would be left cannot be checked.
	tree_of small <<-END
		block_size 16M
		blocks 0-7 zones=Normal node=0
		blocks 8-15 zones=Movable node=0
		blocks 16-17 state=offline zones="Normal Movable" node=0
	END
}

# pages LINES...: what the blocks' pages are, as tests/lib/pages reads it
pages() {
	printf '%s\n' "$@" | "$TESTS/lib/pages" "$ROOT"
}

# verdict BLOCK: and the code of the reason that decides
verdict() {
	memhp explain --json "$1" | jq -r '.blocks[0] | "\(.verdict) \(.reasons[0].code)"'
}

# zoneinfo NODE FREE FILE PER-CPU: pages of a zone Normal
zoneinfo() {
	printf 'Node %d, zone   Normal\n  per-node stats\n      nr_inactive_file %d\n' "$1" "$3"
	printf '  pages free     %d\n        high     100\n        present  32768\n        managed  32768\n' "$2"
	printf '        cma      %d\n  pagesets\n    cpu: 0\n              count: %d\n' "${5-0}" "$4"
}

meminfo() {
	printf 'MemTotal: 262144 kB\nMemAvailable: 200000 kB\n' >"$ROOT/proc/meminfo"
	cat >"$ROOT/proc/zoneinfo"
}

@test "the kernel's pages forbid it in a kernel zone" {
	pages "0 slab=1" "1 table=1" "2 reserved=1" "3 used=10 slab=1" "4 balloon=100" "5 used=50%" "6 free=1"
	assert_equal "$(verdict 0)" "no slab"
	assert_equal "$(verdict 1)" "no page-table"
	assert_equal "$(verdict 2)" "no reserved"
	assert_equal "$(verdict 3)" "no slab"
	assert_equal "$(verdict 4)" "yes free"
	assert_equal "$(verdict 5)" "yes movable"
	assert_equal "$(verdict 6)" "yes free"
}

@test "in Movable only reserved pages do" {
	pages "8 reserved=1" "9 blank=5" "10 used=50%" "11 held=3" "12 blank=4096"
	assert_equal "$(verdict 8)" "no reserved"
	assert_equal "$(verdict 9)" "yes free"
	assert_equal "$(verdict 10)" "yes movable"
	assert_equal "$(verdict 11)" "unsure pinned"
	assert_equal "$(verdict 12)" "unsure uninitialised"
	run -0 memhp list --summary=never -r -o BLOCK,FREE,UNMOVABLE 9 12
	assert_line "9 16M 0B"
	assert_line "12 0B 0B"
	run -0 memhp explain --json 12
	assert_equal "$(json '.blocks[0].pages | [.free, .unmovable, .blank]')" "[0,0,4096]"
}

@test "pages without a flag may be free as far as per-cpu lists are long" {
	pages "0 blank=40" "1 blank=41" "2 blank=4096"
	zoneinfo 0 20000 0 40 | meminfo
	assert_equal "$(verdict 0)" "unsure per-cpu"
	assert_equal "$(verdict 1)" "no kernel"
	assert_equal "$(verdict 2)" "unsure uninitialised"
}

@test "there must be room on the other nodes" {
	pages "0 used=2000" "1 used=2001"
	{ zoneinfo 0 20000 5000 0; zoneinfo 1 1100 1000 0; } | meminfo
	assert_equal "$(verdict 0)" "yes movable"
	assert_equal "$(verdict 1)" "unsure no-room"
	run -0 memhp explain 1
	assert_output --partial "2001 pages to migrate, but not that much room where they would go (2000 pages)"
	meminfo </dev/null
	assert_equal "$(verdict 1)" "yes movable" # nothing is known of any room
}

@test "a zone with contiguous memory areas is unsure" {
	pages "0 free=1"
	zoneinfo 0 20000 0 0 64 | meminfo
	assert_equal "$(verdict 0)" "unsure cma"
}

@test "anonymous memory that nobody maps seems pinned" {
	# uptodate, lru, anon
	pages "0 free=1" "8 free=1"
	printf '\x28\x10\0\0\0\0\0\0' | dd of="$ROOT/proc/kpageflags" bs=8 seek=5 conv=notrunc status=none
	assert_equal "$(verdict 0)" "yes movable" # without kpagecount nobody can tell
	truncate -s 8 "$ROOT/proc/kpagecount"
	assert_equal "$(verdict 0)" "yes movable" # nor where it ends too early
	truncate -s 128K "$ROOT/proc/kpagecount"
	assert_equal "$(verdict 0)" "unsure pinned"
	printf '\001' | dd of="$ROOT/proc/kpagecount" bs=8 seek=5 conv=notrunc status=none
	assert_equal "$(verdict 0)" "yes movable"
}

@test "memory that is not System RAM is a hole" {
	pages "0-1 free=1"
	printf '00000000-017fffff : System RAM\n' >"$ROOT/proc/iomem"
	assert_equal "$(verdict 0)" "yes free"
	assert_equal "$(verdict 1)" "no holes"
}

@test "pages without a flag that are no System RAM are holes, as on kernels that say so" {
	pages "1 blank=2048" "2 hole=2048"
	printf '00000000-00ffffff : System RAM\n01800000-01ffffff : System RAM\n02800000-ffffffff : System RAM\n' >"$ROOT/proc/iomem"
	run -0 memhp explain --json 1,2
	assert_equal "$(json '[.blocks[] | .kinds | [.free, .hole, .blank]] | unique')" "[[2048,2048,0]]"
	assert_equal "$(json '[.blocks[] | .pages | [.free, .hole, .unmovable]] | unique')" "[[2048,2048,0]]"
}

# No iomem tells what is System RAM: the kernel's own word for pages that are not there does.
@test "a hole inside a block is one where only the page flags tell" {
	pages "0 free=100 hole=50" "1 hole=50" "2 slab=1 hole=4000 used=95" "3 hole=4096" "4 free=1" "15 hole=7 free=1"
	for block in 0 1 2; do
		assert_equal "$(verdict $block)" "no holes"
	done
	assert_equal "$(verdict 3)" "unsure unread" # all of it: it may have gone offline meanwhile
	# a copy that ends too early
	truncate -s $((15 * 4096 * 8 + 7 * 8)) "$ROOT/proc/kpageflags"
	assert_equal "$(verdict 15)" "unsure unread"
	truncate -s $((15 * 4096 * 8 + 8 * 8)) "$ROOT/proc/kpageflags"
	assert_equal "$(verdict 15)" "no holes"
	printf '00000000-ffffffff : System RAM\n' >"$ROOT/proc/iomem"
	assert_equal "$(verdict 0)" "unsure unread"
}

@test "a memory map on the block itself is unsure" {
	pages "0 reserved=64" "1 used=1 reserved=64"
	mkdir -p "$ROOT/sys/module/memory_hotplug/parameters"
	echo Y >"$ROOT/sys/module/memory_hotplug/parameters/memmap_on_memory"
	assert_equal "$(verdict 0)" "unsure memmap-on-memory"
	assert_equal "$(verdict 1)" "no reserved"
}

@test "huge pages: the pool, what is promised of it, and gigantic ones" {
	local pool=$ROOT/sys/kernel/mm/hugepages/hugepages-2048kB
	mkdir -p "$pool"
	echo 1 >"$pool/free_hugepages"
	echo 0 >"$pool/resv_hugepages"
	pages "0 hugefree=512" "1 huge=512" "2 hugefree=512" "3 hugetail=4096" "4 huge=512"
	assert_equal "$(verdict 0)" "yes hugetlb-pool"
	assert_equal "$(verdict 1)" "yes movable"
	assert_equal "$(verdict 3)" "unsure gigantic"
	echo 1 >"$pool/resv_hugepages"
	assert_equal "$(verdict 2)" "no hugetlb-reserved"
	assert_equal "$(verdict 4)" "yes movable"
}

@test "a page of a folio is what its head is, however far before it that is" {
	tree two-nodes
	pages "0 oldhuge=32768" "1 hugetail=32768" "2 hugefree=16384 oldhuge=16384"
	run memhp explain --json 0-2
	assert_success
	assert_json '[.blocks[].kinds | [.hugetlb, .["hugetlb-free"]]]' '[[32768,0],[32768,0],[16384,16384]]'
	assert_equal "$(verdict 1)" "unsure gigantic"
}

@test "more huge pages in use than the pool can spare are unsure" {
	local pool=$ROOT/sys/kernel/mm/hugepages/hugepages-2048kB
	mkdir -p "$pool"
	echo 3 >"$pool/free_hugepages"
	echo 2 >"$pool/resv_hugepages"
	pages "0 huge=512 free=1 huge=512" "1 huge=512"
	assert_equal "$(verdict 0)" "unsure hugetlb-spare"
	assert_equal "$(verdict 1)" "yes movable"
}

@test "without page flags only zones speak" {
	assert_equal "$(verdict 0)" "unsure unread"
	run -0 memhp explain 0 16
	assert_line "    4096 pages whose flags (/proc/kpageflags) cannot be read"
	if ((EUID)); then
		assert_line --partial "as root, memhp explain tells more"
	else
		assert_line --partial "only a kernel with CONFIG_PROC_PAGE_MONITOR shows them"
	fi
	run -0 memhp explain --json 0
	assert_equal "$(json '.blocks[0] | [.pages, .kinds, .migrate]')" "[null,null,null]"
}

@test "page flags that end too early leave the rest unsure" {
	pages "0-15 used=1" "3 hole=4096"
	assert_equal "$(verdict 3)" "unsure unread"
	truncate -s $((6 * 4096 * 8 + 1000)) "$ROOT/proc/kpageflags"
	assert_equal "$(verdict 5)" "yes movable"
	assert_equal "$(verdict 6)" "unsure unread"
	run -0 memhp explain 6
	assert_line --partial "3971 pages whose flags (/proc/kpageflags) cannot be read; the first is pfn:0x607d (nopage)"
	run -0 memhp offline --force=memory --size 16M
	assert_equal "$(blocks 5)" offline
}

@test "an offline block has no verdict" {
	pages "0 free=1"
	run -0 memhp explain 16
	assert_line --index 0 "memory16: (offline, node 0)"
	run -0 memhp explain --json 16
	assert_equal "$(json '.blocks[0] | [.verdict, .reasons, .pages]')" "[null,[],null]"
}

@test "counts, reasons and the next step in words" {
	pages "0 slab=70 table=2 used=1000"
	run -0 memhp explain 0
	assert_line --index 0 "memory0: no (online, zone Normal, node 0)"
	assert_line "    70 pages of slab, the kernel's own objects: they cannot be moved; the first is pfn:0x0 (slab)"
	assert_line "    2 pages of page tables: they cannot be moved; the first is pfn:0x46 (pgtable)"
	assert_line "    1000 pages to migrate"
	assert_line "    pages: 3024 free, 1000 movable, 70 slab, 2 page-table"
	assert_line --regexp "^    next: choose another block"
	assert_line "0B can go offline, 16M cannot, 0B unsure"
}

@test "neighbours that come out alike are one entry with their sums" {
	pages "0 slab=3 table=2" "1 slab=4" "2-7 used=10" "8-9 used=1" "10 held=1" "11-15 free=1"
	run -0 memhp explain
	assert_line --index 0 "memory0-1: no (online, zone Normal, node 0): 2 blocks, 32M"
	assert_line --index 1 --partial "    7 pages of slab"
	assert_line --index 1 --partial "the first is pfn:0x0 (slab)"
	assert_line --index 2 --regexp "2 pages of page tables.* pfn:0x3 .*, in 1 of them"
	assert_line --index 3 "    pages: 8183 free, 7 slab, 2 page-table"
	assert_line --index 5 "memory2-7: yes (online, zone Normal, node 0): 6 blocks, 96M"
	assert_line --index 6 "    60 pages to migrate"
	# another zone, cause, verdict or state is another entry
	assert_equal "$(grep -o "^memory[^:]*" <<<"$output" | xargs)" \
		"memory0-1 memory2-7 memory8-9 memory10 memory11-15 memory16-17"
	run -0 memhp explain 0-1
	refute_line --partial "CAN GO"
	run -0 memhp explain --all 0-1
	assert_line "memory0: no (online, zone Normal, node 0)"
	assert_line "memory1: no (online, zone Normal, node 0)"
	assert_line --partial "    4 pages of slab"
}

@test "a table says of each node how much can go and what holds most" {
	tree_of nodes <<-END
		block_size 16M
		blocks 0-7 zones=Normal node=0
		blocks 8-15 zones=Movable node=3
		blocks 16-17 zones=Normal node=-
	END
	pages "0 slab=1" "1-2 table=1" "3-5 reserved=1" "6 held=1" "7 free=1" "8-14 used=1" "15 reserved=1" "16-17 free=1"
	run -0 memhp explain
	assert_line --regexp "^NODE +CAN GO +CANNOT +UNSURE +MOST HELD BY$"
	assert_line --regexp "^ +0 +16M +96M +16M reserved 48M, page-table 32M, slab 16M$"
	assert_line --regexp "^ +3 +112M +16M +0B reserved 16M$"
	assert_line --regexp "^ +32M +0B +0B *$"
	run -0 memhp explain --json
	assert_json '.totals | [.yes, .no, .unsure]' '[167772160,117440512,16777216]'
	assert_json '.totals.by_node | map([.node, .yes, .held_by[0].code])' '[[null,33554432,null],[0,16777216,"reserved"],[3,117440512,"reserved"]]'
	assert_json '[.totals[] | numbers] == (.blocks as $b | ["yes","no","unsure"] | map(. as $v | [$b[] | select(.verdict == $v)] | length * 16777216))' true
	assert_json '(.totals.by_node | map(.no) | add) == .totals.no' true
}

@test "where few neighbours are alike, alike blocks are shown together" {
	tree_of many <<<$'block_size 16M\nblocks 0-199 zones=Movable node=0'
	pages "$(seq -s, 0 2 198) used=1" "$(seq -s, 1 2 199) held=1"
	run -0 memhp explain
	assert_line --index 0 "memory0,2,4,6,8,10,12,14 and 92 more ranges: yes (online, zone Movable, node 0): 100 blocks, 1.6G"
	assert_line --index 1 "    100 pages to migrate"
	assert_line --index 3 --partial "memory1,3,5,7,9,11,13,15 and 92 more ranges: unsure"
	assert_line "1.6G can go offline, 0B cannot, 1.6G unsure"
	assert_line --partial "--all shows each"
	run -0 memhp explain --all
	assert_equal "$(grep -c ^memory <<<"$output")" 200
	assert_equal "$(grep -o "^memory[^:]*" <<<"$output" | head -3 | xargs)" "memory0 memory1 memory2"
}

@test "--path tells it along the kernel's way, up to where it fails" {
	pages "0 slab=3 used=5" "1 free=1" "2 free=1" "8 used=10 held=2"
	printf '0000000000000000 %s\n' "T memory_subsys_offline" "t do_migrate_range.isra.0" \
		"t do_migrate_range.isra.0.cold" "T dissolve_free_huge_pages" "T migrate_pages_batch" \
		"t start_isolate_page_range	[module]" >"$ROOT/proc/kallsyms"
	run -0 memhp explain 0 --path
	assert_line --regexp "^take the block offline +memory_subsys_offline +fails$"
	assert_line --regexp "look for holes +passes$"
	assert_line --regexp "isolate +fails: 3 pages of slab, .*"
	assert_line --regexp "migrate, one pass +do_migrate_range.isra.0 +not reached: 5 pages to migrate$"
	assert_line --regexp "dissolve free huge pages +dissolve_free_huge_pages +not reached$"
	assert_line --partial "next: choose another block"
	# of several blocks one way, with their sums
	run -0 memhp explain 1-2 --path
	assert_line --regexp "^memory1-2: yes .*2 blocks"
	assert_equal "$(grep -c STAGE <<<"$output")" 1
	# at each stage the worst of them
	pages "9 used=10 held=2" "10 used=10 held=2 free=1" "0 slab=3" "3 slab=4 reserved=1"
	run -0 memhp explain 9-10 --path
	assert_line --regexp "migrate, one pass .*unsure: 4 pages that something seems to hold"
	pages "4 slab=1" "5 slab=1 held=3"
	run -0 memhp explain 4-5 --path
	assert_line --regexp "migrate, one pass .*not reached: 3 pages that something seems to hold.*, in 1 of them"
}

@test "--path claims nothing where pages cannot be read" {
	run -0 memhp explain 8 --path
	assert_line --regexp "isolate +start|isolate +unsure"
	refute_line --regexp "(migrate, one pass|dissolve free huge pages|take the free pages out).*passes"
}

@test "--path in JSON: what decides at which stage" {
	pages "1 free=1" "8 used=10 held=2" "16 free=1"
	stages() {
		memhp explain "$1" --path --json | jq -c "[.blocks[0].path | .. | objects | select(.stage)] | $2"
	}
	assert_equal "$(stages 8 'map(select(.reasons != []) | [.stage, .expected, .reasons[]])')" \
		'[["migrate, one pass","unsure","pinned","movable"]]'
	assert_equal "$(stages 8 '[.[0].expected, .[1].expected, (.[1].stages | length), .[0].function]')" \
		'["unsure","unsure",12,null]'
	assert_equal "$(stages 1 'map(.expected) | unique')" '["passes"]'
	# nothing is known of an offline block
	assert_equal "$(memhp explain 16 --path --json | jq -c '.blocks[0].path')" null
	run -0 memhp explain 16 --path
	refute_output --partial STAGE
	run -0 memhp explain 1 --json
	assert_equal "$(jq '.blocks[0] | has("path")' <<<"$output")" false
}

@test "filters, all blocks without any, and a hole" {
	pages "0-15 free=1"
	run -0 memhp explain --json --zone Movable
	assert_equal "$(json '[.blocks[].block] == [range(8; 16)]')" true
	run -0 memhp explain --json
	assert_equal "$(json '.blocks | length')" 18
	run -1 --separate-stderr memhp explain 99
	run -0 --separate-stderr memhp explain --json --zone DMA
	assert_json '[.totals.yes, .totals.by_node, .blocks]' '[0,[],[]]'
	run -0 --separate-stderr memhp explain --zone DMA
	assert_words "no memory block matches"
	assert_equal "$output" ""
	run -0 --separate-stderr memhp offline --zone DMA --dry-run
	assert_words "memhp offline: nothing to do: no memory block matches"
}

@test "list shows what is free, movable and unmovable, and splits by verdict" {
	pages "0 used=256 slab=256" "1 used=256 slab=256" "2-7 used=1" "8-15 free=1"
	run -0 memhp list --summary=never -r -o BLOCK,FREE,MOVABLE,UNMOVABLE,OFFLINEABLE
	assert_line "0-1 28M 2M 2M no"
	assert_line "2-15 224M 24K 0B yes"
	assert_line "16-17    "
	run -0 memhp list --json -o +FREE,OFFLINEABLE
	assert_equal "$(json '.blocks[0] | [.free, .movable, .unmovable, .poisoned, .offlineable]')" \
		'[29360128,2097152,2097152,0,"no"]'
	run -0 memhp list --json
	assert_equal "$(json '.blocks[0] | [.free, .offlineable]')" "[null,null]"
}

@test "what is free has one number, in each command and form" {
	pages "0 used=96 slab=100 blank=900" "1 blank=100%" "2 blank=50 used=10" "3 slab=1 blank=30 poisoned=6" \
		"8 used=50 balloon=100 poisoned=2 blank=64 hole=10" "9 hugefree=512 table=1" "16 used=1"
	zoneinfo 0 20000 0 40 | meminfo
	local list explain map text id free
	list=$(memhp list --json --all -o +FREE | jq -c '[.blocks[] | select(.free != null) | [.first, .free]]')
	explain=$(memhp explain --json all)
	map=$(memhp map --json)
	assert_equal "$(jq 'length' <<<"$list")" 16
	assert_equal "$list" "$(jq -c '[.blocks[] | select(.pages) | [.block, .pages.free * 4096]]' <<<"$explain")"
	assert_equal "$list" "$(jq -c '[.blocks[] | select(.kinds) | [.block, .kinds.free * 4096]]' <<<"$explain")"
	assert_equal "$(jq -c '.[:4] + .[8:10]' <<<"$list")" \
		"$(jq -c 'map([.[0], .[1] * 4096])' <<<'[[0,3000],[1,0],[2,4036],[3,4059],[8,3870],[9,3583]]')"
	# used, free and the rest are the block; a block that is blank has no used share
	assert_equal "$(jq -c --argjson explain "$explain" '[.nodes[].blocks[] | . as $cell | $explain.blocks[]
		| select(.block == $cell.block and .kinds) | .kinds
		| ($cell.used // 0) / 4096 + .free + .blank + .offline + .hole] | unique' <<<"$map")" "[4096]"
	assert_equal "$(jq -c '[.nodes[].blocks[] | select(.used == null) | .block]' <<<"$map")" "[1,4,5,6,7,10,11,12,13,14,15,16,17]"
	assert_equal "$(jq -c '[.blocks[] | select(.pages) | .pages | add] | unique' <<<"$explain")" "[4096]"
	text=$(memhp explain --color never 0 2 3 8 9)
	for id in 0 2 3 8 9; do
		free=$(memhp list -b -n -r --summary=never -o FREE "$id")
		[[ $text == *"pages: $((free / 4096)) free"* ]] || fail "block $id: $text"
	done
}

@test "offline --size takes what goes, with the fewest pages to migrate" {
	pages "0 slab=1" "1-7 used=100" "8 used=80%" "9 used=3" "10 held=1" "11 reserved=1" "12-15 used=90%"
	run -0 memhp offline --force=memory --size 48M
	assert_equal "$(blocks 9 7 6)" "offline offline offline"
	assert_equal "$(blocks 0 10 11)" "online online online"
}

@test "a dry run tells why each block was chosen or left out, and what is left" {
	pages "0 slab=1" "1-7 used=100" "8-15 used=80%" "10 held=1"
	remember
	run -0 memhp offline --force=memory --size 16M --dry-run
	assert_line --index 0 "memory7: would go offline (online, zone Normal): 100 pages to migrate"
	assert_line --partial "memory0: left out (online, zone Normal): at least 1 page of slab"
	assert_line --regexp "^240M would be left online; not needed: [0-9]+ more blocks"
	run -0 memhp offline --force=memory --size 16M --dry-run --json
	assert_equal "$(json '[.blocks[0].code, .excluded[0].code, .excluded[0].block, .left.online]')" \
		'["movable","slab",0,251658240]'
	assert_equal "$(json '.left | .yes + .unsure + .unread')" 14
	assert_untouched
}

@test "a dry run of named blocks says what to expect, and its exit status, too" {
	pages "0 slab=70" "1-2 used=10" "3 held=1" "4-7 free=1"
	remember
	run -1 memhp offline --force=memory --dry-run 0
	assert_line --index 0 --partial "memory0: would fail (online, zone Normal): 70 pages of slab"
	assert_line "0B of 16M would go offline"
	run -1 memhp offline --force=memory --dry-run --json 0
	assert_json '[.complete, (.blocks[0] | .outcome, .verdict, .code, .writes)]' '[false,"not-tried","no","slab",["offline"]]'
	run -64 memhp offline --force=memory --dry-run 0-7
	assert_line --index 1 "memory1-2: would go offline (online, zone Normal): 20 pages to migrate"
	assert_line --index 2 --partial "memory3: would be tried (online, zone Normal): 1 page that something seems to hold"
	assert_line --index 3 "memory4-7: would go offline (online, zone Normal): nothing to migrate"
	assert_line "96M of 128M would go offline, 16M would be tried"
	run -0 memhp offline --force=memory --dry-run --force=unmovable 0
	assert_line --index 0 --partial "memory0: would be tried (online, zone Normal): 70 pages of slab"
	assert_untouched
}

@test "a dry run says that a block must go offline before it changes its zone" {
	pages "0 slab=70" "1-2 used=10"
	remember
	run -64 memhp online --zone movable --rezone --dry-run 0-1 8 16
	assert_line --index 0 --partial "memory0: would fail (online, zone Normal): offline is written, then online_movable; 70 pages of slab"
	assert_line --index 1 "memory1: would go offline and back online (online, zone Normal): offline is written, then online_movable; 10 pages to migrate"
	assert_line --index 2 --partial "memory8: already"
	assert_line --index 3 "memory16: would go online (offline)"
	run -64 memhp online --zone movable --rezone --dry-run --json 0-1 8 16
	assert_json '.blocks | map([.block, .writes]) | sort' \
		'[[0,["offline","online_movable"]],[1,["offline","online_movable"]],[8,[]],[16,["online_movable"]]]'
	assert_untouched
}

@test "blocks that came out alike are one line of the report, --verbose each" {
	pages "0-15 free=1"
	run -0 memhp offline --force=memory 4-6 10
	assert_line --index 0 "memory4-6: done (offline)"
	assert_line --index 1 "memory10: done (offline)"
	run -0 memhp offline --force=memory 4-7
	assert_line --index 0 "memory4-6: already (offline)"
	assert_line --index 1 "memory7: done (offline)"
	run -0 --separate-stderr memhp online --verbose 4-6
	assert_line --index 0 "memory4: done (online, zone Normal)"
	assert_line --index 2 "memory6: done (online, zone Normal)"
	run -0 memhp offline --force=memory 4-6 --json
	assert_json '.blocks | length' 3
}

@test "of what is forced, blocks that can never go are tried last" {
	pages "0-13 slab=4096" "14 slab=1 used=4095" "15 reserved=1"
	for block in 12 13; do
		echo none >"$ROOT/sys/devices/system/memory/memory$block/valid_zones"
	done
	printf '00000000-0affffff : System RAM\n0b800000-ffffffff : System RAM\n' >"$ROOT/proc/iomem" # a hole in 11
	run -0 memhp offline --force=memory --force=unmovable --size 256M --dry-run --verbose
	# in the order in which they would be tried
	assert_equal "$(grep -o '^memory[0-9]*' <<<"$output" | tail -3 | sort | xargs)" "memory11 memory12 memory13"
	run memhp offline --force=memory --force=unmovable --size 16M 12-15 --dry-run --json
	assert_json '.blocks[0].block < 12 or .blocks[0].block > 13' true
}

@test "offline --size does not try what cannot go, unless it is forced" {
	pages "0-7 slab=1" "8-15 reserved=1"
	run -1 memhp offline --force=memory --size 16M
	assert_output --partial "no block that is selected can be brought offline: 16 hold pages that cannot be moved"
	assert_equal "$(memhp list -rn -o STATE --summary=never | sort -u | words)" "offline
online"
	run -0 memhp offline --force=memory --size 16M --force=unmovable --dry-run
	assert_line --index 0 --partial "memory15: would be tried"
	run -0 memhp offline --force=memory --size 16M --force=unmovable
}

@test "a block that may not come back is tried last of those that go" {
	pages "0-7 slab=1" "8 used=80%" "9 poisoned=1" "10-15 slab=1 reserved=1"
	run -0 --separate-stderr memhp offline --force=memory --size 32M --verbose
	assert_line --index 0 --partial "memory8: done"
	assert_line --index 1 --partial "memory9: done"
}

@test "what is unsure is tried last" {
	pages "0-7 held=1" "8-14 slab=4000 reserved=1" "15 used=90%"
	run -0 --separate-stderr memhp offline --force=memory --size 32M --verbose
	assert_line --index 0 --partial "memory15: done"
	assert_line --index 1 --partial "memory7: done"
}

@test "a block of several nodes names all of them" {
	tree block-in-two-nodes
	run -0 memhp explain
	assert_line --partial "memory7: no (online, zone none, nodes 0 and 1)"
	assert_line --partial "memory15: no (online, zone none, nodes 1 and 10)"
	assert_line --partial "memory8-14: unsure (online, zone DMA32, node 1)"
	run -0 memhp explain --json 6-7
	assert_json '[.blocks[] | [.node, .nodes]]' '[[0,[0]],[0,[0,1]]]'
	# side by side, they are not one entry
	tree_of many <<-END
		block_size 128M
		blocks 0 zones=none node=0,1
		blocks 1 zones=none node=0,2
		blocks 2-3 zones=none node=0,1,2
	END
	run -0 memhp explain
	assert_line --partial "memory0: no (online, zone none, nodes 0 and 1)"
	assert_line --partial "memory1: no (online, zone none, nodes 0 and 2)"
	assert_line --partial "memory2-3: no (online, zone none, nodes 0, 1 and 2)"
}
