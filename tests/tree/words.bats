#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# How the words of a command line are taken: global options, help, names and numbers.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
}

# Without the --sysroot that memhp() puts first.
plain() {
	timeout 20 "$MEMHP" "$@"
}

@test "-s is --sysroot: for every command, before it and after it" {
	local command expected line
	tree two-nodes
	for command in $("$MEMHP" --complete commands | cut -f 1); do
		case $command in
		online) line=(online 32 --dry-run) ;;
		offline | remove) line=("$command" 39 --dry-run) ;;
		probe) line=(probe 0x140000000 --dry-run) ;;
		page) line=(page show 0x100000000) ;;
		help) continue ;;
		*) line=("$command") ;;
		esac
		run plain --sysroot "$ROOT" "${line[@]}"
		[[ $output == *[a-z]* ]] || fail "$command: nothing printed"
		expected="$status $output"
		run plain -s "$ROOT" "${line[@]}"
		assert_equal "$status $output" "$expected"
		run plain "-s$ROOT" "${line[@]}"
		assert_equal "$status $output" "$expected"
		run plain "${line[@]}" -s "$ROOT"
		assert_equal "$status $output" "$expected"
		run plain "$command" "-s$ROOT" "${line[@]:1}"
		assert_equal "$status $output" "$expected"
	done
}

@test "-s has one meaning, and its argument is no other option" {
	tree two-nodes
	ln -s "$ROOT" "$BATS_TEST_TMPDIR/J"
	run -0 plain list -as "$BATS_TEST_TMPDIR/J" --summary=never
	refute_output --partial schema
	run -0 plain "-s$BATS_TEST_TMPDIR/J" list --summary=never
	refute_output --partial schema
	mv "$BATS_TEST_TMPDIR/J" "$BATS_TEST_TMPDIR/-J"
	cd "$BATS_TEST_TMPDIR"
	run -0 plain list -s -J --summary=never
	refute_output --partial schema
	run -2 plain info -s
	assert_line --partial "option -s needs an argument"
}

@test "a wrong line is reported as JSON wherever JSON is asked for" {
	local line
	tree two-nodes
	for line in "-J list --frob" "list --frob -J" "list --frob --js" "list -oX -aJ" "list -aJoX" "lisst -J" "-J" \
		"--frob list --json" "list 32 X -J"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -2 memhp $line
		assert_json .error.code '"usage"'
		assert_equal "$stderr" ""
	done
	for line in "list -oJ" "list -- X -J" "list --frob -o -J" "list -S -J"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -2 memhp $line
		assert_equal "$output" ""
	done
}
