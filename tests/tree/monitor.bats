#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp monitor: its options, and that a tree has no events. What it tells is shown in the guests.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	tree two-nodes
}

@test "a tree has no events" {
	refused 3 "not the live system" "memhp wait" -- monitor
	refused 3 "not the live system" -- monitor --for 1s --count 1 --exec true --node 1 all
}

@test "a failure is a document on one line" {
	run --separate-stderr -3 memhp --json monitor
	assert_equal "${#lines[@]}" 1
	assert_json '[.schema, .error.code]' '["memhp.monitor/1","EOPNOTSUPP"]'
	assert_equal "$stderr" ""
	run --separate-stderr -2 memhp --json monitor --count 0
	assert_equal "${#lines[@]}" 1
	assert_json .error.code '"usage"'
}

@test "options that can never be right" {
	local line
	for line in "--count 0" "--count -1" "--count x" "--count" "--for 0" "--for 1d" "--for" "--exec" \
		"--exec-timeout x" "--state none" "--node x" "--size 1G"; do
		# shellcheck disable=SC2086 # words
		usage_error "${line%% *}" -- monitor $line
	done
}
