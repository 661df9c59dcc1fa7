#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# map on simulated trees whose pages are known: rows, cells, colours, the picture and the document.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	unset COLUMNS
}

# pages LINES...: what the blocks' pages are, as tests/lib/pages reads it
pages() {
	printf '%s\n' "$@" | "$TESTS/lib/pages" "$ROOT"
}

# full_tree: the tree that man page and README show
full_tree() {
	tree map
	"$TESTS/lib/pages" "$ROOT" <"$TESTS/trees/map.pages"
}

# small_tree: one node, blocks 32-47, 16 MiB each
small_tree() {
	tree_of small <<-END
		block_size 16M
		blocks 32-47 zones=${1:-Normal} node=0
	END
}

map() {
	run -0 --separate-stderr memhp map "$@"
}

# row N: the Nth line of the last map
row() {
	sed -n "$1p" <<<"$output"
}

# cells: the last map's first row without its label
cells() {
	row 2 | sed -E 's/^  [^ ]+ +[0-9-]+ +//'
}

terminal() {
	local columns=$1
	shift
	set -o pipefail
	env TERM=xterm LC_ALL="${LOCALE:-C.UTF-8}" \
		script -qec "stty cols $columns; timeout 20 ${MEMHP:-memhp} --sysroot $ROOT map $*" /dev/null |
		sed 's/\r//g; s/\x1b/^[/g'
}

# in_terminal COLUMNS ARGS...: memhp map in a terminal of that width; its escapes are shown as ^[
in_terminal() {
	run -0 terminal "$@"
}

# picture QUERY: what Python says of the last picture; `svg` is its root, `cells` its cells
picture() {
	/usr/bin/python3 -c '
import sys
import xml.etree.ElementTree as tree
S = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
svg = tree.fromstring(sys.stdin.buffer.read())
cells = {}
for g in svg.findall(S + "g"):
    name, words = g.find(S + "title").text.split(": ", 1)
    parts = [p.get("class") for p in g.findall(S + "path")] + [u.get(LINK) for u in g.findall(S + "use")]
    cells[name.removeprefix("memory")] = words, parts
print(eval(sys.argv[1]))' "$1" <<<"$output"
}

@test "a group a node, a row begins with zone and ids, a new one with the zone" {
	full_tree
	map
	assert_equal "$(row 1)" "node 0: 10G in 80 blocks, 4.8G used, 256M offline"
	assert_equal "$(grep -cE '^node [01]: ' <<<"$output")" 2
	assert_equal "$(grep -oE '^  (none|DMA32|Normal|Movable|offline) +[0-9]+(-[0-9]+)?' <<<"$output" | words)" \
		"none 0
DMA32 1-23
Normal 32-55
Normal 56-79
Normal 80-87
Normal 88-111
Normal 112-119
Movable 120-143
Movable 144-151
offline 152-167"
	assert_equal "$(row 7)" "  holes   24-31 (1G)"
}

@test "used share: nothing, a little, half, all" {
	small_tree
	pages "32 used=0" "33 used=1" "34 used=50%" "35 used=100%" "36-47"
	map 32-36
	assert_equal "$(cells)" "0 1 5 9 0"
	assert_equal "$(row 1)" "node 0: 80M in 5 blocks, 24M used"
}

@test "marks: each kind of page" {
	small_tree
	pages "32 slab=1" "33 table=1" "34 reserved=1" "35 poisoned=1" "36 held=1 used=50%" "37 used=1" \
		"38 poisoned=1 slab=5" "39-47 balloon=50%"
	map 32-39
	assert_equal "$(cells)" "1#1#1#1!5?1 1!0"
	assert_line --partial "? unsure whether it can go"
	map 35 38
	refute_line --partial "cannot go: unmovable pages" # no cell shows it
	assert_line "mark  ! poisoned pages"
}

@test "a block whose state cannot be read is unsure" {
	small_tree
	pages "32-47 used=1"
	echo sleeping >"$ROOT/sys/devices/system/memory/memory33/state"
	map 32-34
	assert_equal "$(cells)" "1 ~?1"
}

@test "in Movable the kernel's pages hold nothing" {
	small_tree Movable
	pages "32-47 slab=2"
	map 32
	assert_equal "$(cells)" "1"
}

@test "what cannot go for its zones or holes has a mark of its own" {
	tree_of odd <<-END
		block_size 16M
		blocks 32 zones=none
		blocks 33-34 zones=Normal
		file proc/iomem <<EOT
		20000000-21ffffff : System RAM
		22000000-227fffff : System RAM
		EOT
	END
	pages "32-33 used=20%" "34 hole=50% used=25%"
	map
	assert_equal "$(row 2)" "  none    32     2x"
	assert_equal "$(row 3)" "  Normal  33-34  2 5x"
}

@test "offline and going offline: amid a zone in its rows, else by themselves" {
	full_tree
	map
	assert_line --partial "Normal   56-79   6?6?6?6?----5 5"
	assert_line "  offline 152-167  ---------------- ----------------"
	assert_line --partial "4 4 4 4 1>2 2 2"
	assert_line "      - offline"
	map 60-61
	assert_equal "$(row 2)" "  offline 60-61  ----"
	assert_line "node 0: 256M in 2 blocks, 256M offline"
	refute_line --partial "used  "
}

@test "without page flags the used share is unknown, and the map says so" {
	small_tree
	map 32-34
	assert_equal "$(row 1)" "node 0: 48M in 3 blocks, used share unknown"
	assert_equal "$(cells)" "~?~?~?"
	assert_line "used  ~ not known"
	assert_line --partial "(/proc/kpageflags) could not be read"
}

@test "a block without a single flag tells nothing of its use" {
	small_tree
	pages "32 used=25%" "33-47 blank=100%"
	map 32-33
	assert_equal "$(cells)" "2 ~?"
	assert_equal "$(row 1)" "node 0: 32M in 2 blocks, at least 4M used"
	assert_line "used  0 nothing to 9 all, ~ not known"
	refute_line --partial "could not be read"
}

@test "small gaps stay empty in a row, large ones begin a new one, and both are named" {
	tree_of gaps <<-END
		block_size 16M
		blocks 0-1,4,13,23-24,40-41,43,45,47,49 zones=Normal
	END
	pages "0-49 used=100%"
	map
	assert_equal "$(row 2)" "  Normal   0-13  9 9     9                  9"
	assert_equal "$(row 3)" "  Normal  23-24  9 9"
	assert_equal "$(row 4)" "  Normal  40-49  9 9   9   9   9    9"
	assert_line "  holes   2-3 (32M), 5-12 (128M), 14-22 (144M) and 5 more, 608M in all"
	map 0-1,40
	refute_line --partial holes
}

@test "no nodes, and no zones" {
	tree no-numa
	map
	assert_line --regexp '^memory: '
	tree no-zones
	map
	assert_line --regexp '^  -  '
}

@test "as wide as COLUMNS says, or 80" {
	full_tree
	map
	assert_line --partial "Normal   32-55  "
	COLUMNS=60 map
	assert_line --partial "Normal   32-47  "
	COLUMNS=100 map
	assert_line --partial "Normal   32-63  "
	COLUMNS=200 map
	assert_line --partial "Normal   32-87  "
	for columns in 1 -5 x; do
		COLUMNS=$columns map
	done
	COLUMNS=20 map
	assert_line --partial "Normal   32-39  "
}

@test "no line is longer than it may be" {
	local columns
	full_tree
	for columns in 50 80 100 132 200; do
		COLUMNS=$columns map
		assert_equal "$(awk -v most="$columns" 'length > most' <<<"$output")" ""
	done
}

@test "several blocks a cell: their share, the worst mark, a dozen rows a node" {
	tree_of large <<-END
		block_size 16M
		blocks 0-1023 zones=Normal node=0
		blocks 1024-1031 zones=Normal node=1
	END
	pages "0-3 used=100%" "4-7 used=50%" "8-11 used=0" "9 poisoned=1" "10 slab=1" "12-1023 used=1" \
		"1024-1031 used=0" "1027 blank=100%"
	map
	assert_equal "$(cells | cut -c 1-8)" "9 5 1!1 "
	assert_line "cell  4 blocks, 64M"
	assert_equal "$(grep -c '^  Normal' <<<"$output")" 12
	assert_line "  Normal  1024-1031  ~?0"
}

@test "filters and blocks, and those that there are not" {
	full_tree
	map --node 1 --zone movable
	assert_equal "$(grep -cE '^  [A-Z]' <<<"$output")" 2
	map 40,memory41 0x150000000
	assert_line --partial "Normal  40-42  "
	run -0 --separate-stderr memhp map --zone DMA 40
	assert_words "no memory block matches"
	usage_error "not a block id" -- map forty
}

@test "piped: plain ASCII, in any locale" {
	full_tree
	LC_ALL=C.UTF-8 map
	assert_equal "$(LC_ALL=C tr -d '\n -~' <<<"$output")" ""
	assert_equal "$(grep -c ' $' <<<"$output")" 0
}

@test "on a terminal: its width, colours, bars" {
	small_tree
	pages "32 used=0" "33 used=50%" "34 used=100% " "35 used=90% slab=1" "36 poisoned=1" "37 used=30% held=1"
	in_terminal 31 32-47
	assert_line --partial "Normal  32-39  "
	in_terminal 100 32-37
	assert_line --partial "Normal  32-37  ^["
	# ink and ground of zone Normal, on two grounds by turns
	assert_line --partial '^[[38;5;25;48;5;153m  ^[[0m^[[38;5;25;48;5;189m▄▄^[[0m^[[38;5;25;48;5;153m██^[[0m'
	# a mark on a full cell, an alarm, a mark on an empty one
	assert_line --partial '▇^[[38;5;231;48;5;25m#^[[0m'
	assert_line --partial '▁^[[1;38;5;231;48;5;124m!^[[0m'
	assert_line --partial '▂^[[38;5;25;48;5;189m?^[[0m'
	assert_line --partial '▁▂▃▄▅▆▇█ as high as'
	assert_line --partial '^[[38;5;25;48;5;153m▄▄^[[0m Normal'
}

@test "where the locale is not UTF-8 only the signs change" {
	small_tree
	pages "32 used=50%" "33-47"
	LOCALE=C in_terminal 100 32
	assert_line --partial '^[[38;5;25;48;5;153m5 ^[[0m'
	assert_equal "$(LC_ALL=C tr -d '\n -~' <<<"$output")" ""
}

@test "no colours: --color=never, NO_COLOR, TERM=dumb; colours: --color=always" {
	small_tree
	pages "32-47 used=50%"
	in_terminal 100 --color=never 32
	refute_output --partial '^['
	assert_line "  Normal  32     5"
	NO_COLOR=1 in_terminal 100 32
	refute_output --partial '^['
	map --color=always 32
	assert_line --partial $'\e[38;5;25;48;5;153m'
	TERM=dumb LC_ALL=C.UTF-8 map --color=always 32
	assert_line --partial '▄▄'
}

@test "picture: well-formed, a square a block, with its words" {
	full_tree
	map --svg -
	assert_equal "$(picture 'svg.tag')" "{http://www.w3.org/2000/svg}svg"
	assert_equal "$(picture 'len(cells)')" 160
	assert_equal "$(picture 'cells["4"]')" "('DMA32, 45% used', ['g2', 'i2'])"
	assert_equal "$(picture 'cells["32"]')" "('Normal, 100% used, cannot go: unmovable pages', ['g3', 'i3', '#m3'])"
	assert_equal "$(picture 'cells["0"]')" "('none, 32% used, cannot go: holes, zones, huge pages', ['g7', 'i7', '#m4'])"
	assert_equal "$(picture 'cells["135"]')" "('Movable, 58% used, poisoned pages', ['g5', 'i5', '#m5'])"
	assert_equal "$(picture 'cells["53"]')" "('Normal, 64% used, unsure whether it can go', ['g3', 'i3', '#m1'])"
	assert_equal "$(picture 'cells["112"]')" "('Normal, 0% used', ['g3'])"
	assert_equal "$(picture 'cells["160"]')" "('offline', ['off', '#m0'])"
	assert_output --partial ">node 1: 10G in 80 blocks"
	assert_output --partial ">a cell is one block, 128M; 10G can go offline"
}

@test "picture: what it refers to is in it, and nothing else is loaded" {
	full_tree
	map --svg -
	assert_equal "$(picture 'sorted({u.get(LINK)[1:] for u in svg.iter(S + "use")}
		- {e.get("id") for e in svg.iter()})')" "[]"
	assert_equal "$(picture 'sorted({e.tag.removeprefix(S) for e in svg.iter()}
		& {"image", "script", "foreignObject", "a"})')" "[]"
	assert_equal "$(grep -o 'http[^ ]*' <<<"$output" | sort -u | wc -l)" 2
}

@test "picture: unknown use" {
	small_tree
	map --svg - 32
	assert_equal "$(picture 'cells["32"]')" \
		"('Normal, used share unknown, unsure whether it can go', ['g3', 'unknown', '#m1'])"
	assert_output --partial "not known what is used"
}

@test "picture: a file, whole or not at all" {
	small_tree
	local file=$BATS_TEST_TMPDIR/out/picture.svg
	mkdir "${file%/*}"
	umask 027
	map --svg "$file"
	assert_equal "$output$stderr" ""
	assert_equal "$(stat -c %a "$file")" 640
	output=$(<"$file")
	assert_equal "$(picture 'len(cells)')" 16
	# over an old one, through a link: its mode stays, the link too
	chmod 604 "$file"
	ln -s picture.svg "${file%/*}/link.svg"
	map --svg "${file%/*}/link.svg" 32
	[[ -L ${file%/*}/link.svg ]]
	assert_equal "$(stat -c %a "$file")" 604
	output=$(<"$file")
	assert_equal "$(picture 'len(cells)')" 1
	assert_equal "$(cd "${file%/*}" && echo *)" "link.svg picture.svg"
}

@test "picture: where it cannot be written" {
	small_tree
	refused 1 ENOENT "cannot write" -- map --svg "$BATS_TEST_TMPDIR/none/picture.svg"
	refused 1 ENOENT -- map --svg ""
	refused 1 EISDIR -- map --svg "$BATS_TEST_TMPDIR"
	: >"$BATS_TEST_TMPDIR/file"
	refused 1 ENOTDIR -- map --svg "$BATS_TEST_TMPDIR/file/picture.svg"
	run -2 --separate-stderr memhp map --svg picture.svg --json
	assert_json .error.code '"usage"'
	[[ ! -e picture.svg ]]
	run -1 bash -c '"${MEMHP:-memhp}" --sysroot "$1" map --svg - >/dev/full' bash "$ROOT"
}

# a pipe of the test's own: under root, a program that gets this wrong would replace a real device
@test "picture: what is no regular file is written, not replaced" {
	small_tree
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	timeout 20 cat "$BATS_TEST_TMPDIR/pipe" >"$BATS_TEST_TMPDIR/read" 3>&- &
	map --svg "$BATS_TEST_TMPDIR/pipe"
	wait $!
	[[ -p $BATS_TEST_TMPDIR/pipe ]]
	output=$(<"$BATS_TEST_TMPDIR/read")
	assert_equal "$(picture 'len(cells)')" 16
}

@test "picture: a link to a pipe, and one to nothing yet" {
	small_tree
	local dir=$BATS_TEST_TMPDIR/links
	mkdir "$dir"
	ln -s /proc/self/fd/1 "$dir/stdout"
	output=$(memhp map --svg "$dir/stdout" | cat)
	assert_equal "$(picture 'len(cells)')" 16
	[[ -L $dir/stdout ]]
	ln -s new.svg "$dir/dangling"
	map --svg "$dir/dangling"
	[[ -L $dir/dangling ]]
	output=$(<"$dir/new.svg")
	assert_equal "$(picture 'len(cells)')" 16
}

@test "picture: a file of two names keeps both" {
	small_tree
	echo old >"$BATS_TEST_TMPDIR/one.svg"
	ln "$BATS_TEST_TMPDIR/one.svg" "$BATS_TEST_TMPDIR/two.svg"
	map --svg "$BATS_TEST_TMPDIR/one.svg"
	cmp "$BATS_TEST_TMPDIR/one.svg" "$BATS_TEST_TMPDIR/two.svg"
	output=$(<"$BATS_TEST_TMPDIR/two.svg")
	assert_equal "$(picture 'len(cells)')" 16
}

@test "picture: no room on the disk leaves the old one" {
	small_tree
	echo old >"$BATS_TEST_TMPDIR/picture.svg"
	(
		ulimit -f 1
		trap '' XFSZ
		! memhp map --svg "$BATS_TEST_TMPDIR/picture.svg"
	)
	assert_equal "$(cat "$BATS_TEST_TMPDIR"/picture.svg*)" old
	ln -s picture.svg "$BATS_TEST_TMPDIR/link"
	(
		ulimit -f 1
		trap '' XFSZ
		! memhp map --svg "$BATS_TEST_TMPDIR/link"
	)
	assert_equal "$(cat "$BATS_TEST_TMPDIR"/picture.svg*)" old
}

@test "document: each block by itself, with what its cell shows" {
	full_tree
	run -0 --separate-stderr memhp --json map
	assert_json .block_size 134217728
	assert_json '[.nodes[] | [.node, (.blocks | length), .holes]]' '[[0,80,[{"first":24,"last":31}]],[1,80,[]]]'
	block() {
		json ".nodes[].blocks[] | select(.block == $1) | [.start, .state, .zone, .used, .verdict, .marks]"
	}
	assert_equal "$(block 4)" '[536870912,"online","DMA32",60395520,"yes",[]]'
	assert_equal "$(block 60)" '[8053063680,"offline",null,null,null,["offline"]]'
	assert_equal "$(block 135)" '[18119393280,"online","Movable",77852672,"yes",["poisoned"]]'
	assert_equal "$(block 53 | jq -c '.[4:]')" '["unsure",["unsure"]]'
	assert_equal "$(block 0 | jq -c '.[4:]')" '["no",["no"]]'
	assert_equal "$(block 32 | jq -c '.[4:]')" '["no",["unmovable"]]'
	assert_equal "$(block 140 | jq -c '.[1:2] + .[4:]')" '["going-offline","unsure",["unsure","going-offline"]]'
}

@test "the man page's example and the README's picture are of this program" {
	full_tree
	map
	sed -n '/^node 0: /,/ unsure$/p' "$TESTS/../man/memhp-map.8.scd" | diff - <(echo "$output")
	map --svg -
	diff "$TESTS/../man/memhp-map.svg" <(echo "$output")
}

@test "a map of a kernel that takes nothing offline says so" {
	small_tree
	rm "$ROOT"/sys/devices/system/memory/memory*/valid_zones
	for file in "$ROOT"/sys/devices/system/memory/memory*/removable; do
		echo 0 >"$file"
	done
	map
	assert_output --partial "x cannot go: this kernel takes no memory offline"
	map --svg=/dev/stdout
	assert_output --partial "cannot go: this kernel takes no memory offline"
	refute_output --partial "cannot go: holes"
	full_tree
	map
	assert_output --partial "x cannot go: holes, zones, huge pages"
}
