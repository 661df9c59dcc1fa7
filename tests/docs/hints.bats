#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# A hint can be followed, and shows what it says.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	TOP=$(cd "$TESTS/.." && pwd)
	tree two-nodes
}

# follow HINT WORDS...: memhp WORDS fails and names the command HINT, which is run
follow() {
	run --separate-stderr memhp "${@:2}"
	((status)) || fail "memhp ${*:2}: does not fail"
	[[ $output$stderr == *"memhp $1"* ]] || fail "memhp ${*:2}: no 'memhp $1' in: $output $stderr"
	# shellcheck disable=SC2086 # words on purpose
	run -0 --separate-stderr memhp $1
}

@test "each command that a message names is one that works" {
	local phrase count=0
	local -a words
	while read -ra words; do
		count=$((count + 1))
		phrase=${words[*]}
		case ${words[1]} in
		online | offline | remove) words+=(--dry-run 32) ;;
		probe) words+=(--device PNP0C80:00 --dry-run) ;;
		esac
		run --separate-stderr "${words[@]}"
		((status != 2)) || fail "$phrase: $stderr"
		# no column twice
		[[ ! ${lines[0]-} == RANGE* ]] || assert_equal "$(tr -s ' ' '\n' <<<"${lines[0]}" | sort | uniq -d)" ""
	done < <(grep -rhoE '"[^"]*"' "$TOP/cli" "$TOP/libmemhp" --include=*.c |
		grep -oE "\bmemhp (list|info|online|offline|probe|remove|devices|policy|explain|map)( --?[a-z-]+( (offline|online|[+A-Z][A-Za-z0-9,]*))?)*" |
		sort -u)
	((count > 8)) || fail "only $count"
}

@test "what a hint names shows what it is about" {
	follow "list" list 999
	assert_output --partial "32-35"
	follow "info" list --node 9
	assert_output --partial "Node 0"
	follow "list --state offline" online --size 128M --node 0
	assert_output --partial "40-47"
	follow "list --state online" offline --size 128M --state offline
	assert_output --partial "32-35"
	follow "devices" list --device x
	assert_output --partial "PNP0C80:01"
	tree_of kernel <<<$'block_size 128M\nblocks 0-3 zones=Normal\nblocks 4 state=offline zones=Normal\nblocks 5 state=offline zones="Normal Movable"'
	follow "list --valid-zone Movable" online --zone movable 4
	assert_output --regexp " 5 .*Normal/Movable"
	follow "list --state offline" online --zone movable --size 128M 4
	assert_output --regexp " 4 .*Normal"
}

@test "--rezone is advised where it may help, and what it does is said" {
	run -1 memhp online --zone movable 3
	assert_output --partial "--rezone takes it offline and, if the kernel then offers the wanted zone, back online"
	run -1 memhp online --zone movable 0 # of several zones
	assert_output --partial "can never go offline"
	refute_output --partial "--rezone"
	run -1 memhp online --zone movable --rezone 3
	refute_output --partial "--rezone"
}

@test "a size that nothing is left for says why" {
	refused 1 "all of the selection, 8 blocks (1G), is already online" "--state offline" -- online --size 128M --node 0
	refused 1 "already online, 8 of them in another zone" "--rezone" -- online --size 128M --node 0 --zone movable
	refused 1 "all of the selection, 8 blocks (1G), is already offline" -- offline --size 128M --state offline
	refused 1 "no memory block matches" -- online --size 128M --valid-zone DMA
	# filters alone: a script runs twice
	run -0 --separate-stderr memhp online --node 1 --state offline --zone movable
	run -0 --separate-stderr memhp online --node 1 --state offline --zone movable
	assert_words "nothing to do"
}
