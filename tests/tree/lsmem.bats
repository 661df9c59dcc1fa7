#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# `memhp list` against the reference lsmem, on every tree.
# shellcheck disable=SC2030,SC2031 # each test sets its own ROOT

bats_require_minimum_version 1.5.0

setup_file() {
	local manifest name
	load ../lib/common
	common_setup
	LSMEM_DIR=$("${LSMEM_REF:-$TESTS/lib/lsmem-ref}" --where)
	export LSMEM_DIR
	for manifest in "$TESTS"/trees/*.manifest; do
		name=$(basename "$manifest" .manifest)
		mktree "$manifest" "$BATS_FILE_TMPDIR/$name"
		echo "$name" >"$BATS_FILE_TMPDIR/$name/name"
	done
}

setup() {
	load ../lib/common
	common_setup
	COLUMNS_ALL=(RANGE SIZE STATE REMOVABLE BLOCK NODE ZONES CONFIGURED MEMMAP-ON-MEMORY)
}

# each_tree COMMAND...: its output and exit status on every tree, under a heading each
each_tree() {
	local status
	for ROOT in "$BATS_FILE_TMPDIR"/*/; do
		echo "== $(<"$ROOT/name")"
		status=0
		"$@" 2>&1 || status=$?
		echo "== exit $status"
	done
}

reference() {
	lsmem -s "$ROOT" "$@"
}

# As lsmem, but for the tree that has files which cannot be read: memhp says which, and exits 64.
ours() {
	local status=0
	memhp list "$@" 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
	if [[ $ROOT == */odd/ && $status == 64 ]]; then
		status=0
		sed -i '/warning: cannot read /d' "$BATS_TEST_TMPDIR/stderr"
	fi
	cat "$BATS_TEST_TMPDIR/stderr" >&2
	return "$status"
}

# same FILTER ARGS...: both give the same through FILTER, and the same exit status, on all trees;
# side by side, on two cores
same() {
	local filter=$1
	shift
	each_tree reference "$@" 3>&- | "$filter" >"$BATS_TEST_TMPDIR/lsmem" &
	each_tree ours "$@" | "$filter" >"$BATS_TEST_TMPDIR/memhp"
	wait $!
	cmp -s "$BATS_TEST_TMPDIR/lsmem" "$BATS_TEST_TMPDIR/memhp" && return
	echo "memhp list $*"
	diff -U5 --label lsmem --label memhp "$BATS_TEST_TMPDIR/lsmem" "$BATS_TEST_TMPDIR/memhp" | head -40
	return 1
}

same_bytes() {
	same cat "$@"
}

@test "there are trees to compare" {
	local trees=("$BATS_FILE_TMPDIR"/*/)
	assert [ "${#trees[@]}" -ge 15 ]
	run lsmem --version
	assert_output --partial 2.42
}

@test "raw and pairs, each column alone" {
	for column in "${COLUMNS_ALL[@]}"; do
		same_bytes -r -o "$column"
		same_bytes -P -o "$column"
	done
}

@test "raw, each two columns in each order" {
	for a in "${COLUMNS_ALL[@]}"; do
		# lsmem 2.42 fails with "cannot allocate memory" when a column that it hides stands first
		[[ $a != CONFIGURED && $a != MEMMAP-ON-MEMORY ]] || continue
		for b in "${COLUMNS_ALL[@]}"; do
			same_bytes -r -o "$a,$b"
		done
	done
}

@test "raw and pairs, combinations of columns" {
	for columns in RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES \
		RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES,CONFIGURED,MEMMAP-ON-MEMORY \
		range,size ZONES,NODE,STATE,BLOCK BLOCK,BLOCK Node,zOnEs,Memmap-On-Memory; do
		same_bytes -r -o "$columns"
		same_bytes -P -o "$columns"
		same_bytes -r -b -o "$columns"
		same_bytes -P -a -o "$columns"
	done
}

@test "raw and pairs with every switch" {
	for form in -r -P --raw --pairs; do
		for switches in -a -b -n "-a -b" "-b -n" "-a -b -n" --all --bytes --noheadings; do
			# shellcheck disable=SC2086 # words on purpose
			same_bytes $form $switches -o RANGE,SIZE,STATE,BLOCK,NODE,ZONES
		done
	done
}

@test "all of lsmem's columns; --output-all has them too" {
	for form in -r -P "-r -b" "-P -a" "-r -n"; do
		# shellcheck disable=SC2086
		same_bytes $form -o RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES,CONFIGURED,MEMMAP-ON-MEMORY
	done
	tree s390
	run memhp list -r --output-all
	assert_success
	for column in "${COLUMNS_ALL[@]}"; do
		[[ " ${lines[0]} " == *" $column "* ]] || fail "$column is missing: ${lines[0]}"
	done
}

@test "-o +COLUMN appends" {
	local more shown=RANGE,SIZE,STATE,BLOCK,NODE,ZONES
	for more in ZONES ZONES,CONFIGURED; do
		for ROOT in "$BATS_FILE_TMPDIR"/*/; do
			diff <(lsmem -s "$ROOT" -r -o "$shown,$more") <(MEMHP_COLUMNS=$shown memhp list -r -o "+$more")
		done
	done
}

@test "split by each column, by several, by none" {
	for split in STATE REMOVABLE NODE ZONES CONFIGURED MEMMAP-ON-MEMORY RANGE SIZE BLOCK none \
		STATE,NODE STATE,ZONES,REMOVABLE node,zones; do
		same_bytes -r -S "$split" -o RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES
		same_bytes -P -S "$split" -o RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES,CONFIGURED
		same_bytes -P --split "$split" -o RANGE
	done
}

@test "table and summary have the same words" {
	for columns in RANGE,SIZE,STATE,REMOVABLE,BLOCK RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES \
		BLOCK,ZONES RANGE SIZE,CONFIGURED,MEMMAP-ON-MEMORY; do
		for switches in "" -a -b -n "-a -b" "-S none" "-S ZONES" --summary=always --summary=never; do
			# shellcheck disable=SC2086
			same words $switches -o "$columns"
		done
	done
}

@test "summary alone has the same words" {
	for switches in --summary --summary=only "-b --summary" "-b --summary=only" "-a --summary=only" \
		"-S none --summary=only"; do
		# shellcheck disable=SC2086
		same words $switches
	done
}

@test "raw and pairs with a summary asked for" {
	for when in --summary=always --summary=never; do
		same_bytes -r "$when" -o RANGE,SIZE
		same_bytes "$when" -P -o RANGE,SIZE
	done
	tree desktop
	for args in "-r --summary" "--summary=only -P" "-r -P"; do
		# shellcheck disable=SC2086
		run lsmem -s "$ROOT" $args
		assert_failure 1
		# shellcheck disable=SC2086
		usage_error -- list $args
	done
}

@test "sizes as lsmem rounds them" {
	for size in 1M 16M 64M 128M 256M 512M 2G 32G 1024G; do
		tree_of "size-$size" <<-END
			block_size $size
			blocks 0-2,5-11,100-1123 zones=Normal
			blocks 13-20 zones=Movable state=offline
		END
		cmp <(memhp list -r -o RANGE,SIZE,BLOCK) <(lsmem -s "$ROOT" -r -o RANGE,SIZE,BLOCK)
		cmp <(memhp list --summary=only | words) <(lsmem -s "$ROOT" --summary=only | words)
	done
}

@test "a block in two nodes: the first link that the directory gives" {
	tree block-in-two-nodes
	cmp <(memhp list -a -r -o BLOCK,NODE) <(lsmem -s "$ROOT" -a -r -o BLOCK,NODE)
	for order in 0,1,2 2,1,0 1,0,2 10,9,1; do
		tree_of "order-$order" < <(printf 'block_size 128M\nblocks 0 node=0\nblocks 1 node=%s\n' "$order")
		cmp <(memhp list -a -r -o BLOCK,NODE) <(lsmem -s "$ROOT" -a -r -o BLOCK,NODE)
	done
}
