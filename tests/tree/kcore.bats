#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# explain by struct page, from made-up and hostile /proc/kcore.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	tree_of small <<-END
		block_size 16M
		blocks 0-99 zones=Normal node=0
	END
}

# What is said of the pages of each block: verdict, its cause, and the pages that are not free.
judged() {
	memhp explain --json | jq -r '.blocks[] | [.verdict, .reasons[0].code,
		(.pages // {} | to_entries[] | select(.value > 0 and .key != "free") | "\(.key)=\(.value)")] | join(" ")'
}

# agree LAYOUT < LINES: each line is of a block of its own, "WHAT PAGES ...; ... | VERDICT CAUSE KIND=PAGES"
agree() {
	local lines got
	lines=$(cat)
	awk -F'|' '{ n = split($1, what, ";"); for (i = 1; i <= n; i++) print NR - 1, what[i] }' <<<"$lines" |
		"$TESTS/lib/kcore.py" "$ROOT" "$1"
	got=$(paste -d'|' <(sed 's/ *|.*/ /' <<<"$lines") <(judged | sed "s/^/ /; $(wc -l <<<"$lines")q"))
	got=$(diff <(echo "$lines") - <<<"$got" || true)
	assert_equal "$got" ""
}

# What all kernels have, whatever their struct page looks like. A gigantic page begins at an even block.
everywhere() {
	cat <<-END
		blank 7 | yes free blank=1
		blank 7 refs=1 | no kernel unmovable=1
		hugetlb 0-8191 maps=1 | unsure gigantic hugetlb=4096
		isolated 0 | unsure gigantic hugetlb=4096
		free 0-1023 | yes free
		free 0-4095 | yes free
		free 1024-2047; anon 3000 maps=1 | yes movable movable=1
		anon 5-104 maps=1 | yes movable movable=100
		anon 5 maps=2 refs=2 | yes movable movable=1
		anon 5 maps=1 refs=2 | no pinned movable=1
		anon 5 refs=0 | yes free blank=1
		batch 5 maps=1 | yes movable movable=1
		batch 5 maps=1 refs=3 | no pinned movable=1
		swap 5 | yes movable movable=1
		swap 5 maps=1 | yes movable movable=1
		swap 5 maps=1 refs=3 | no pinned movable=1
		file 5-9 | yes movable movable=5
		file 5 maps=3 | yes movable movable=1
		file 5 refs=2 | no pinned movable=1
		shmem 5 maps=1 | yes movable movable=1
		detached 5 | no pinned movable=1
		blockdev 5 | yes movable movable=1
		blockdev 5 refs=3 | no pinned movable=1
		blockdev 5 busy=1 | no pinned movable=1
		filebuffers 5 busy=1 | yes movable movable=1
		filebuffers 5 refs=3 | no pinned movable=1
		thp 512-1023 maps=1 | yes movable movable=512
		thp 512-1023 pages=1 | yes movable movable=512
		thp 512-1023 maps=2 pages=1 refs=515 | no pinned movable=512
		thp 512-1023 maps=1 refs=2 | no pinned movable=512
		filethp 512-1023 | yes movable movable=512
		filethp 512-1023 maps=2 | yes movable movable=512
		filethp 512-1023 maps=2 refs=515 | no pinned movable=512
		filethp 0-1023 | yes movable movable=1024
		hugetlb 512-1023 maps=1 | yes movable hugetlb=512
		hugetlb 512-1023 maps=1 refs=3 | no pinned movable=512
		hugetlbfile 512-1023 maps=1 refs=2 | yes movable hugetlb=512
		hugetlbfile 512-1023 maps=1 refs=3 | no pinned movable=512
		hugetlbfree 512-1023 | no hugetlb-reserved hugetlb=512
		kernel 5 | no kernel unmovable=1
		owner 5 | no kernel unmovable=1
		compound 8-15 | no kernel unmovable=8
		slab 5 | no slab unmovable=1
		slabs 8-15 | no slab unmovable=8
		table 5 | no page-table unmovable=1
		table 5 mapping=0xffff888000003000 | no page-table unmovable=1
		offline 5 refs=0 | yes free offline=1
		reserved 5 | no reserved unmovable=1
		reserved 5 refs=0 | no reserved unmovable=1
		poisoned 5 | yes poisoned poisoned=1
		hole 5 | no holes hole=1
		cma 512-1023 | no cma
		isolated 512-1023 | yes free
	END
}

@test "each rule, where a type is the upper byte of the map count, as in 6.12" {
	agree new <<-END
		$(everywhere)
		filethp 0-1023 maps=1 refs=1026 | no pinned movable=1024
		blank 5 _mapcount=0xf3000000 | no kernel unmovable=1
		movable 5 | yes movable movable=1
		balloon 5 | yes free offline=1
		zsmalloc 5 | yes movable movable=1
		plainzsmalloc 5 | no kernel unmovable=1
	END
}

@test "each rule, where a tail has a mask that leads to its head, and pages of drivers a flag, as in 7.1" {
	agree mask <<-END
		$(everywhere)
		balloon 5 | yes free offline=1
		zsmalloc 5 | yes movable movable=1
		plainzsmalloc 5 | no kernel unmovable=1
		cma 512-1023; isolated 512-1023 | yes free
	END
}

@test "each rule, where a type is a bit that is off and slab is a flag, as in 5.10" {
	agree old <<-END
		$(everywhere)
		movable 5 | yes movable movable=1
		balloon 5 | yes free offline=1
		zsmalloc 5 | yes movable movable=1
		doublethp 512-1023 maps=1 pages=1 | yes movable movable=512
		doublethp 512-1023 maps=1 pages=1 refs=514 | no pinned movable=512
		filethp 512-1023 maps=1 pages=1 | yes movable movable=512
		filethp 512-1023 maps=1 pages=1 refs=1026 | no pinned movable=512
	END
}

@test "each rule, where a folio that is mapped as a whole is counted once, as in 6.2" {
	agree middle <<-END
		$(everywhere)
	END
}

# hostile GROUP: as tests/lib/kcore_hostile.py has it
hostile() {
	"$TESTS/lib/pages" "$ROOT" <<<"0 slab=1"
	run -0 --separate-stderr "$TESTS/lib/kcore_hostile.py" "$ROOT" "$1"
	assert_equal "$output" ""
	# shellcheck disable=SC2154 # bats sets it
	assert [ "$stderr" -gt 20 ]
}

@test "what is no core, or the beginning of one, is not believed" {
	hostile files
}

@test "ranges of a core that cannot be are not read" {
	hostile ranges
}

@test "lines of the note that are missing, or have numbers that cannot be" {
	hostile lines
}

@test "sections that lie nowhere or go round" {
	hostile sections
}

@test "struct pages that point nowhere, to each other or round" {
	hostile pages
}

@test "types that are cut, garbage or hold themselves" {
	hostile types
}
