#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What --json prints is what the schemas say, on success and on failure.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	SCHEMAS=$(cd "$TESTS/.." && pwd)/schemas
}

# valid STATUS COMMAND ARGS...: exits with STATUS, and the document fits the command's schema
valid() {
	local status_wanted=$1
	shift
	run --separate-stderr memhp --json "$@"
	# shellcheck disable=SC2154 # bats sets status
	[[ $status == "$status_wanted" ]] || fail "memhp $*: exit $status: $output $stderr"
	/usr/bin/python3 "$TESTS/docs/schema.py" "$SCHEMAS/memhp.$1.schema.json" <<<"$output" ||
		fail "memhp $*: $output"
}

# The status of a command that looks at the tree: one of them has files that cannot be read.
complete() {
	[[ $ROOT == */odd ]] && echo 64 || echo 0
}

@test "list and info on every tree" {
	local manifest
	for manifest in "$TESTS"/trees/*.manifest; do
		tree "$(basename "$manifest" .manifest)"
		valid "$(complete)" list
		valid "$(complete)" list --all
		valid "$(complete)" info
	done
}

@test "online and offline" {
	tree two-nodes
	valid 0 online 40-47 --zone movable --dry-run
	valid 0 online 40-47 --zone movable
	valid 0 offline 40-47
	valid 0 offline 40-47
}

@test "holes" {
	tree two-nodes
	valid 1 offline 16-31
	valid 0 offline 47-50
}

@test "devices, probe and remove" {
	local manifest
	for manifest in "$TESTS"/trees/*.manifest; do
		tree "$(basename "$manifest" .manifest)"
		valid "$(complete)" devices
	done
	tree providers
	valid 0 probe 0x280000000 --dry-run
	valid 1 probe 0x280000000
	valid 0 remove 40-43 --dry-run
	valid 1 remove 40-43 --timeout 100ms
	valid 3 remove --device boot
}

@test "metrics on every tree" {
	local manifest
	for manifest in "$TESTS"/trees/*.manifest; do
		tree "$(basename "$manifest" .manifest)"
		valid "$(complete)" metrics
		valid "$(complete)" metrics --explain
	done
}

@test "explain" {
	tree two-nodes
	valid 0 explain
	truncate -s 8M "$ROOT/proc/kpageflags"
	valid 0 explain 0,32,40
}

@test "map" {
	tree map
	valid 0 map
	"$TESTS/lib/pages" "$ROOT" <"$TESTS/trees/map.pages"
	valid 0 map
	assert_json '[.nodes[].blocks[].marks[]] | unique' \
		'["going-offline","no","offline","poisoned","unmovable","unsure"]'
	tree no-numa
	valid 0 map
}

@test "policy" {
	tree two-nodes
	valid 0 policy
	valid 0 policy set auto-online movable
	valid 0 policy unpersist
}

@test "page" {
	tree two-nodes
	truncate -s 8M "$ROOT/proc/kpageflags"
	: >"$ROOT/sys/devices/system/memory/soft_offline_page"
	valid 0 page show 0x8000000 0x7ffff000-0x80000fff
	valid 1 page soft-offline 0x8000000-0x8001fff
	valid 0 page soft-offline --dry-run 0x8000000
	valid 3 page unpoison 0x8000000
}

@test "monitor and wait" {
	tree two-nodes
	valid 3 monitor
	valid 0 wait --state offline 40-47
	valid 1 wait --timeout 20ms --state online 38-50 --device PNP0C80:00
	valid 1 wait --timeout 20ms --device x
}

@test "failures as a whole" {
	local command
	tree two-nodes
	for command in list info explain map online offline probe remove devices page policy monitor wait metrics; do
		valid 2 "$command" --no-such-option
		assert_json .error.code '"usage"'
	done
	valid 2 online
	valid 1 offline --node 7
}

@test "no memory blocks" {
	tree two-nodes
	rm -rf "$ROOT"/sys/devices/system/{memory,node}
	valid 3 list
	valid 3 online 40
}

@test "a document that does not fit is found out" {
	run /usr/bin/python3 "$TESTS/docs/schema.py" "$SCHEMAS/memhp.list.schema.json" <<<'{"schema":"memhp.list/1"}'
	assert_failure
	run /usr/bin/python3 "$TESTS/docs/schema.py" "$SCHEMAS/memhp.list.schema.json" <<<'{"schema":"memhp.list/1","block_size":1,"totals":{"online":0,"offline":0},"blocks":[],"extra":1}'
	assert_failure
}
