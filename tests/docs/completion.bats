#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The completions in the real shells, on a simulated tree.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	TOP=$(cd "$TESTS/.." && pwd)
	tree devices
	# the shells complete the word "memhp"
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	ln -sf "$(realpath "$(command -v "${MEMHP:-memhp}")")" "$BATS_TEST_TMPDIR/bin/memhp"
	export PATH=$BATS_TEST_TMPDIR/bin:$PATH
	export HOME=$BATS_TEST_TMPDIR
	unset XDG_CONFIG_HOME XDG_DATA_HOME ZDOTDIR
}

# in_SHELL LINE...: the words that SHELL offers for the last of the line's words
in_bash() {
	bash --norc --noprofile -c '
		source "$1"
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_memhp
		printf "%s\n" "${COMPREPLY[@]}"
	' bash "$TOP/completions/memhp.bash" "$@"
}

# made_of LINE: what a real bash makes of it and a Tab, between < and >
made_of() {
	timeout 20 zsh -f "$TESTS/docs/bash-capture" "$TOP/completions/memhp.bash" "$1"
}

in_fish() {
	timeout 20 fish --no-config -c 'source $argv[1]; complete -C "$argv[2]"' \
		"$TOP/completions/memhp.fish" "$*" | cut -f 1
}

in_zsh() {
	timeout 30 zsh -f "$TESTS/docs/zsh-capture" "$TOP/completions" "$*"
}

# offers WORDS... -- LINE...: each shell offers each of the words
offers() {
	local shell word words=()
	while [[ $1 != -- ]]; do
		words+=("$1")
		shift
	done
	shift
	for shell in in_bash in_zsh in_fish; do
		run "$shell" "$@"
		for word in "${words[@]}"; do
			grep -qxF -e "$word" <<<"$output" || fail "$shell: '$*' does not offer '$word': $output"
		done
	done
}

# offers_not WORD -- LINE...
offers_not() {
	local shell word=$1
	shift 2
	for shell in in_bash in_zsh in_fish; do
		run "$shell" "$@"
		if grep -qxF -e "$word" <<<"$output"; then
			fail "$shell: '$*' offers '$word'"
		fi
	done
}

@test "commands" {
	offers list info explain map online offline probe remove devices page policy metrics help -- memhp ""
}

@test "options of a command, and no other's" {
	offers --rezone --timeout --json -- memhp online --
	offers_not --rezone -- memhp offline --
}

@test "block ids of the tree that --sysroot names" {
	offers 32 40 55 all -- memhp --sysroot "$ROOT" offline ""
	offers_not 24 -- memhp --sysroot "$ROOT" offline ""
}

@test "--sysroot after the command counts too" {
	offers 32 55 -- memhp offline --sysroot "$ROOT" ""
}

@test "--sysroot=DIR counts too" {
	offers 32 55 -- memhp "--sysroot=$ROOT" offline ""
}

@test "-s counts too, attached and bundled, before and after the command" {
	offers 32 55 -- memhp -s "$ROOT" offline ""
	offers 32 55 -- memhp "-s$ROOT" offline ""
	offers 32 55 -- memhp list -s "$ROOT" ""
	offers 32 55 -- memhp list "-s$ROOT" ""
	offers 32 55 -- memhp list -as "$ROOT" ""
	offers 32 55 -- memhp list "-as$ROOT" ""
	offers --sysroot -s -- memhp map -
}

@test "a sysroot below ~, with a blank in its name, or that is no tree" {
	mv "$ROOT" "$HOME/tree"
	offers virtio_mem kmem -- memhp --sysroot "~/tree" list --driver ""
	offers virtio_mem kmem -- memhp -s "~/tree" list --driver ""
	mv "$HOME/tree" "$HOME/my tree"
	offers virtio_mem kmem -- memhp --sysroot "~/my\\ tree" list --driver ""
	offers virtio_mem kmem -- memhp --sysroot "'$HOME/my tree'" list --driver ""
	offers_not kmem -- memhp --sysroot "~/tree" list --driver ""
}

@test "bash: a word that is whole ends with a blank, an item of a list does not" {
	mv "$ROOT" "$HOME/tree"
	assert_equal "$(made_of "memhp page sh")" "<memhp page show >"
	assert_equal "$(made_of "memhp --color a")" "<memhp --color a>"
	assert_equal "$(made_of "memhp --color al")" "<memhp --color always >"
	assert_equal "$(made_of "memhp list --summary=o")" "<memhp list --summary=only >"
	assert_equal "$(made_of "memhp online --zone m")" "<memhp online --zone movable >"
	assert_equal "$(made_of "memhp probe --force i")" "<memhp probe --force in-use >"
	assert_equal "$(made_of "memhp --sysroot ~/tree list --driver v")" "<memhp --sysroot ~/tree list --driver virtio_mem>"
	assert_equal "$(made_of "memhp list -s ~/tree --node 0,1 --driver=v")" "<memhp list -s ~/tree --node 0,1 --driver=virtio_mem>"
	assert_equal "$(made_of "memhp list --zone ")" "<memhp list --zone >"
	assert_equal "$(made_of "memhp -s ~/tr")" "<memhp -s ~/tree/>"
}

@test "probe is offered devices that it can add" {
	tree providers
	local device name status
	devices=$(memhp --json devices | jq -r '.devices[] | select(.note // "" | test("memhp probe")).device')
	[[ $devices ]]
	# shellcheck disable=SC2086 # names without blanks
	offers $devices -- memhp --sysroot "$ROOT" probe --device ""
	for device in $(memhp --json devices | jq -r '.devices[].device'); do
		grep -qxF -e "$device" <<<"$devices" || offers_not "$device" -- memhp --sysroot "$ROOT" probe --device ""
	done
}

@test "help takes a command, and no second one" {
	offers list policy help -- memhp help ""
	offers_not list -- memhp help list ""
}

@test "columns that are added" {
	local shell
	for shell in in_bash in_fish; do
		run "$shell" memhp list -o +
		assert_line +NODES
		run "$shell" memhp list --output +NODES,DEV
		assert_line +NODES,DEVICE
	done
	run in_zsh memhp list -o +
	assert_line NODES
	run in_zsh memhp list --output +NODES,DEV
	assert_line DEVICE
}

@test "further items of a comma list" {
	run in_bash memhp --sysroot "$ROOT" offline --node 0,
	assert_line 0,1
	run in_fish memhp --sysroot "$ROOT" offline --node 0,
	assert_line 0,1
	run in_zsh memhp --sysroot "$ROOT" offline --node 0,
	assert_line 1
}

@test "bash: words broken at = and :" {
	run in_bash memhp --sysroot = "$ROOT" offline --node =
	assert_line 1
	run in_bash memhp --sysroot "$ROOT" offline --device PNP0C80 : ""
	assert_line 00
}

@test "nodes, zones, states, devices and drivers" {
	offers 0 1 -- memhp --sysroot "$ROOT" list --node ""
	offers Movable DMA32 -- memhp --sysroot "$ROOT" list --zone ""
	offers offline going-offline -- memhp --sysroot "$ROOT" list --state ""
	offers PNP0C80:00 -- memhp --sysroot "$ROOT" offline --device ""
	offers virtio_mem kmem -- memhp --sysroot "$ROOT" offline --driver ""
}

@test "online takes target zones" {
	offers default kernel movable -- memhp --sysroot "$ROOT" online --zone ""
	offers_not DMA32 -- memhp --sysroot "$ROOT" online --zone ""
}

@test "probe, remove and devices take devices" {
	offers dax0.0 boot -- memhp --sysroot "$ROOT" devices ""
	offers 40 all -- memhp --sysroot "$ROOT" remove ""
	offers address in-use -- memhp probe --force ""
}

@test "map takes blocks, and a file for its picture" {
	offers 32 all -- memhp --sysroot "$ROOT" map ""
	touch "$BATS_TEST_TMPDIR/picture.svg"
	cd "$BATS_TEST_TMPDIR"
	offers picture.svg -- memhp map --svg pic
}

@test "metrics takes a file, and no blocks" {
	touch "$BATS_TEST_TMPDIR/memhp.prom"
	cd "$BATS_TEST_TMPDIR"
	offers memhp.prom -- memhp metrics --output mem
	offers memhp.prom -- memhp metrics -o mem
	offers_not 32 -- memhp --sysroot "$ROOT" metrics ""
	offers RANGE -- memhp list -o ""
}

@test "columns" {
	offers RANGE DEVICE MEMMAP-ON-MEMORY -- memhp list --output ""
}

@test "policy keys and values" {
	offers set unpersist -- memhp policy ""
	offers auto-online auto-movable-ratio -- memhp policy set ""
	offers movable offline -- memhp policy set auto-online ""
	offers auto-online -- memhp policy --wait 3s set ""
	offers movable -- memhp policy set --persist auto-online ""
	offers contig-zones -- memhp policy set online-policy --persist ""
	local word
	for word in set unpersist auto-online; do
		offers_not "$word" -- memhp policy set auto-online ""
		offers_not "$word" -- memhp policy set auto-online movable ""
		offers_not "$word" -- memhp policy unpersist ""
	done
}

@test "page verbs, and what is forced" {
	offers show soft-offline hard-offline unpoison -- memhp page ""
	offers_not show -- memhp page soft-offline ""
	offers_not 32 -- memhp --sysroot "$ROOT" page soft-offline ""
	offers kill -- memhp page hard-offline --force ""
	offers show -- memhp page --force kill ""
	offers_not show -- memhp page --force kill hard-offline ""
}
