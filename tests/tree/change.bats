#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# `online` and `offline` on simulated trees: what is chosen, written, reported.
# shellcheck disable=SC2030,SC2031 # each test sets its own ROOT

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	HOLDER=
}

teardown() {
	[[ -z $HOLDER ]] || kill "$HOLDER" 2>/dev/null || true
}

# hold_lock SECONDS: another changing memhp, its pid in $HOLDER
hold_lock() {
	mkdir -p "$ROOT/run/memhp"
	# shellcheck disable=SC2016
	bash -c 'exec 9>"$1"; flock 9; echo $$ >&9; touch "$1.held"; exec sleep "$2"' \
		_ "$ROOT/run/memhp/lock" "$1" 3>&- &
	HOLDER=$!
	until [[ -e $ROOT/run/memhp/lock.held ]]; do sleep 0.02; done
}

@test "online: named blocks, states and nothing else" {
	tree two-nodes
	run memhp online 40-41
	assert_success
	assert_equal "$(blocks 40 41 42)" "online online offline"
	run memhp list -r -n -o BLOCK,STATE 40-42
	assert_output "$(printf '40-41 online\n42 offline')"
}

@test "online --zone writes the kernel's word into state, never into online" {
	tree two-nodes
	run memhp online --zone movable 40
	assert_success
	run memhp online --zone kernel 41
	assert_success
	run memhp online --zone default 42
	assert_success
	assert_equal "$(blocks 40 41 42)" "online_movable online_kernel online"
	assert_equal "$(cat "$ROOT"/sys/devices/system/memory/memory4[012]/online)" "$(printf '0\n0\n0')"
}

@test "--trace is of the live system, and of a change" {
	tree two-nodes
	refused 3 "--trace follows the kernel of the live system only" -- offline 33 --trace --force
	refused 3 "--trace=try" -- online 40 --trace=/dev/null
	echo kept >"$BATS_TEST_TMPDIR/trace"
	refused 3 "live system only" -- online 40 "--trace=$BATS_TEST_TMPDIR/trace"
	assert_equal "$(<"$BATS_TEST_TMPDIR/trace")" kept
	refused 1 "cannot be written: No such file or directory (ENOENT)" "nothing was changed" -- \
		online 40 --trace=/nowhere/trace
	usage_error "explain --path" -- offline 33 --trace --dry-run
	usage_error "with --dry-run there is none" -- probe 0x800000000 --trace --dry-run
	run -0 --separate-stderr memhp offline 33 --trace=try --force
	assert_words "the kernel cannot be followed (EOPNOTSUPP): changing without a trace"
	assert_equal "$(blocks 33)" offline
}

@test "offline leaves no rest of a longer word" {
	tree two-nodes
	echo online_movable >"$ROOT/sys/devices/system/memory/memory39/state"
	run memhp offline 39
	assert_success
	assert_equal "$(tr '\n' . <"$ROOT/sys/devices/system/memory/memory39/state" | sed 's/\.$//')" offline
}

@test "offline json: the report" {
	tree two-nodes
	run memhp --json offline 38-39
	assert_success
	assert_json '[.schema, .requested, .done, .already, .complete, .dry_run]' \
		'["memhp.offline/1",{"blocks":2,"size":268435456},{"blocks":2,"size":268435456},{"blocks":0,"size":0},true,false]'
	assert_json '.blocks | map([.block, .start, .node, .outcome, .state, .errno]) | sort' \
		'[[38,5100273664,1,"done","offline",null],[39,5234491392,1,"done","offline",null]]'
	assert_json '[(.elapsed_ms | type), (.warnings | type), (["block","elapsed_ms","errno","node","outcome","pages","reason","start","state","zone"] - (.blocks[0] | keys))]' \
		'["number","array",[]]'
}

@test "online json: the report" {
	tree two-nodes
	run memhp online --json --zone movable --size 256M --node 1
	assert_success
	assert_json '[.schema, .done, .complete]' '["memhp.online/1",{"blocks":2,"size":268435456},true]'
	assert_json '[.blocks[] | [.block, .outcome, .state]] | sort' '[[46,"done","online"],[47,"done","online"]]'
}

@test "already and absent hold nothing up" {
	tree desktop
	run memhp --json online 20-35
	assert_success
	assert_json '[.complete, .done.blocks, .already]' '[true,0,{"blocks":8,"size":1073741824}]'
	assert_json '[.blocks[].outcome] | unique' '["absent","already"]'
	remember
	run memhp online 24-31
	assert_failure 1
	assert_untouched
}

@test "offline already offline: success, no write" {
	tree two-nodes
	remember
	run memhp --json offline 40-47
	assert_success
	assert_json '[.already.blocks, .done.blocks]' '[8,0]'
	assert_untouched
}

@test "nothing but holes is not complete" {
	tree two-nodes
	for command in "offline 24-31" "offline 24-31 --dry-run" "online 25-26,28-30"; do
		# shellcheck disable=SC2086 # words on purpose
		run -1 memhp --json $command
		assert_json '[.complete, .done.blocks, ([.blocks[].outcome] | unique)]' '[false,0,["absent"]]'
	done
	run -0 memhp --json online 24-31,39
	assert_json .complete true
}

@test "a dry run says would fail of what is known to, before any write" {
	tree two-nodes
	run -1 memhp offline 0 --dry-run
	assert_line --index 0 "memory0: would fail (online, zone none): it spans zones or nodes and can never go offline"
	run -1 memhp online --zone movable 32 --dry-run
	assert_line --index 0 --partial "memory32: would fail (online, zone Normal): it is online in zone Normal"
	run -1 memhp offline 0
	assert_line --index 0 "memory0: failed (online, zone none): EINVAL: it spans zones or nodes and can never go offline"
}

@test "partly done is 64, nothing done is 1" {
	tree two-nodes
	run memhp --json offline 0,39
	assert_failure 64
	assert_json '[.complete, .done.blocks]' '[false,1]'
	assert_json '[.blocks[] | select(.block == 0) | .outcome, (.reason | type)]' '["failed","string"]'
	assert_equal "$(blocks 0 39)" "online offline"
	remember
	run memhp offline 0
	assert_failure 1
	assert_output --partial 0
	assert_untouched
}

@test "a block in several zones is tried with --force=unmovable only" {
	tree two-nodes
	run memhp offline --force 0
	assert_failure 1
	assert_equal "$(block 0)" online
	run memhp offline --force=unmovable 0
	assert_success
	assert_equal "$(block 0)" offline
}

@test "offline --size: Movable first, then from the highest block down" {
	tree two-nodes
	run memhp offline --node 1 --size 256M
	assert_success
	assert_equal "$(blocks 32 33 34 35 36 37 38 39)" "online online online online online online offline offline"
	run memhp offline --node 1 --size 512M
	assert_success
	assert_equal "$(blocks 32 33 34 35 36 37 38 39)" "online online offline offline offline offline offline offline"
}

@test "online --size: kernel zones from the lowest up, Movable from the highest down" {
	tree two-nodes
	run memhp online --zone kernel --size 256M
	assert_success
	assert_equal "$(blocks 40 41 42 46 47)" "online_kernel online_kernel offline offline offline"
	run memhp online --zone movable --size 256M
	assert_success
	assert_equal "$(blocks 42 45 46 47)" "offline offline online_movable online_movable"
}

@test "--size more than there is: all of it, 64" {
	tree two-nodes
	run memhp --json online --size 2G
	assert_failure 64
	assert_json '[.requested.size, .done.size, .complete]' '[2147483648,1073741824,false]'
	assert_equal "$(blocks 40 47)" "online online"
}

@test "filters choose" {
	tree two-nodes
	run memhp offline --zone movable
	assert_success
	assert_equal "$(blocks 35 36 37 38 39)" "online offline offline offline offline"
	run memhp online --device PNP0C80:01
	assert_success
	assert_equal "$(blocks 36 40 47)" "offline online online"
}

@test "--dry-run shows the plan and writes nothing" {
	tree two-nodes
	remember
	run memhp --json offline --dry-run --zone Movable --size 256M
	assert_success
	assert_json '[.dry_run, .requested.size, ([.blocks[].block] | sort)]' '[true,268435456,[38,39]]'
	run memhp offline --dry-run 32-33
	assert_success
	assert_output --partial 33
	assert_untouched
	assert_not_exist "$ROOT/run/memhp/lock"
}

@test "online --zone movable on a block online elsewhere fails without a write" {
	tree two-nodes
	remember
	run --separate-stderr memhp --json online --zone movable 32
	assert_failure 1
	assert_json '[.blocks[0].outcome, (.blocks[0].reason | contains("Normal"))]' '["failed",true]'
	run memhp --json online --zone movable 36
	assert_success
	assert_json '.blocks[0].outcome' '"already"'
	run memhp --json online --zone kernel 32
	assert_success
	assert_json '.blocks[0].outcome' '"already"'
	run memhp online --zone kernel 36
	assert_failure 1
	run memhp --json online 0
	assert_success
	assert_json '.blocks[0].outcome' '"already"'
	assert_untouched
}

@test "a zone that valid_zones lacks fails without a write" {
	tree_of zones <<-END
		block_size 128M
		blocks 0-3
		blocks 4 state=offline zones=Normal
		blocks 5 state=offline zones=Movable
	END
	remember
	run memhp --json online --zone movable 4
	assert_failure 1
	assert_json '.blocks[0].outcome' '"failed"'
	run memhp online --zone kernel 5
	assert_failure 1
	assert_untouched
	run memhp online --zone movable 4-5
	assert_failure 64
	assert_equal "$(blocks 4 5)" "offline online_movable"
}

# A tree has no kernel that would offer Movable once the block is off: the way back is what it can show.
@test "--rezone that cannot reach the zone brings the block back into its own" {
	tree two-nodes
	run memhp --json online --zone movable --rezone 32
	assert_failure 1
	assert_json '.blocks[0] | [.outcome, .code, .state, .zone]' '["failed","zone-refused","online","Normal"]'
	assert_equal "$(block 32)" online_kernel
}

@test "a block going offline is waited for, up to the time limit" {
	tree going-offline
	run memhp --json offline --timeout 1s 5
	assert_failure 1
	assert_json '.blocks[0].outcome == "done"' false
	assert_equal "$(block 5)" going-offline
}

@test "a block that somebody else takes off meanwhile is not counted as ours" {
	tree going-offline
	(sleep 0.5; echo offline >"$ROOT/sys/devices/system/memory/memory5/state") 3>&- &
	run memhp --json offline --timeout 10s 5
	wait
	assert_json '[.done.blocks, .blocks[0].outcome, .blocks[0].state]' '[0,"already","offline"]'
	assert_success
}

@test "old kernels without valid_zones" {
	tree no-zones
	run memhp online 4
	assert_success
	run memhp offline --force 3
	assert_success
	assert_equal "$(blocks 3 4)" "offline online"
}

@test "memory check: refused with the numbers, passed by force" {
	tree desktop
	remember
	run --separate-stderr memhp offline 32-199
	assert_failure 1
	assert_words 19.1G 21G --force=memory
	assert_untouched
	run memhp --json offline 32-199
	assert_failure 1
	assert_json '(.error.message | type)' '"string"'
	run memhp offline --force=memory 190-199
	assert_success
	run memhp offline --force 32-199
	assert_success
	assert_equal "$(cat "$ROOT"/sys/devices/system/memory/memory{32,120,199}/state)" "$(printf 'offline\noffline\noffline')"
}

@test "memory check: no room in the other nodes" {
	tree two-nodes
	sed -i '/^Node 0/,/^Node 1/s/nr_free_pages .*/nr_free_pages 10/; /^Node 0/,/^Node 1/s/pages free .*/pages free 10/' \
		"$ROOT/proc/zoneinfo"
	sed -i '/^Node 1, zone    DMA32/,$s/nr_free_pages .*/nr_free_pages 900/; /^Node 1/,$s/pages free .*/pages free 900/' \
		"$ROOT/proc/zoneinfo"
	# all-zero flags: every page is in use
	truncate -s $((48 * 32768 * 8)) "$ROOT/proc/kpageflags"
	remember
	run --separate-stderr memhp offline 36-39
	assert_failure 1
	assert_words node
	assert_untouched
}

@test "usage: nothing chosen, wrong sizes" {
	tree two-nodes
	usage_error -- online
	usage_error -- offline
	usage_error 128M 100M -- online --size 100M
	usage_error 128M 256M -- offline --size 200M
	usage_error 0 -- offline --size 0
	usage_error 1X -- offline --size 1X
	usage_error -- offline --size ''
	usage_error -1G -- offline --size=-1G
	usage_error 99999999999P -- offline --size 99999999999P
	usage_error 18446744073709551616 -- offline --size 18446744073709551616
	usage_error 16777216T -- offline --size 16777216T
}

@test "usage: wrong blocks, zones, options" {
	tree two-nodes
	usage_error Moveable -- online --zone Moveable 40
	usage_error Normal -- online --zone Normal 40
	usage_error 32-0x13fffffff -- offline 32-0x13fffffff
	usage_error 100000000-0x -- offline 0x100000100-0x13fffffff
	usage_error memroy4 -- offline 40 memroy4
	usage_error frob -- offline --force=frob 39
	usage_error soon -- offline --timeout soon 39
	usage_error --rollback -- offline --rollback 39
	usage_error --rollback -- offline --rollback 39
	usage_error --frob -- online --frob 40
	usage_error onlin -- offline --state onlin
}

@test "nothing of it here: exit 1, nothing changed" {
	tree two-nodes
	remember
	for args in "online 9999" "offline --node 9" "offline --device dax9.0" "online 0x2000000000"; do
		# shellcheck disable=SC2086
		run memhp $args
		assert_failure 1
	done
	assert_untouched
}

@test "json: bad usage is one document too" {
	tree two-nodes
	run --separate-stderr memhp --json offline --size 100M
	assert_failure 2
	assert_json '[.schema, .error.code, (.error.message | contains("100M"))]' '["memhp.offline/1","usage",true]'
}

@test "lock: another changing memhp is named at once" {
	tree two-nodes
	hold_lock 15
	remember
	local start=$SECONDS
	run --separate-stderr memhp online 40
	assert_failure 1
	assert_words "$HOLDER"
	assert [ $((SECONDS - start)) -lt 5 ]
	assert_untouched
	run memhp list
	assert_success
	run memhp online --dry-run 40
	assert_success
}

@test "lock: --wait waits for it, and not longer" {
	tree two-nodes
	hold_lock 2
	run --separate-stderr memhp online --wait 200ms 40
	assert_failure 1
	assert_words "did not end in the time of --wait"
	[[ $stderr != *"waits for it"* ]]
	assert_equal "$(block 40)" offline
	run memhp online --wait 10s 40
	assert_success
	assert_equal "$(block 40)" online
}

@test "lock: its directory is 0755 and of root" {
	tree two-nodes
	run memhp online 40
	assert_success
	assert_equal "$(stat -c '%a %u' "$ROOT/run/memhp")" "755 $(id -u)"
}

@test "read-only /sys: exit 4, stop at the first, the cause named" {
	unshare -m true 2>/dev/null || skip "needs to mount something"
	tree two-nodes
	remember
	# shellcheck disable=SC2016
	run --separate-stderr unshare -m bash -c '
		mount --bind "$1/sys" "$1/sys" && mount -o remount,bind,ro "$1/sys" &&
			exec timeout 20 "$2" --sysroot "$1" offline 38-39' _ "$ROOT" "${MEMHP:-memhp}"
	assert_failure 4
	assert_words read-only
	assert_untouched
}

@test "standard output full: the changed blocks go to standard error, exit 1" {
	tree two-nodes
	run --separate-stderr bash -c '"$@" >/dev/full' _ timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" online 40-41
	assert_failure 1
	assert_words 40 41
	assert_equal "$(blocks 40 41)" "online online"
}

@test "a s390 block that is deconfigured is no block" {
	tree s390
	run memhp online 12-13
	assert_success
	assert_equal "$(blocks 12 13)" "online online"
	run memhp online 14
	assert_failure 1
}

@test "the last memory of a node and of a cpuset is warned of, and goes" {
	tree two-nodes
	mkdir -p "$ROOT/sys/fs/cgroup/db" "$ROOT/sys/fs/cgroup/web"
	echo 1 >"$ROOT/sys/fs/cgroup/db/cpuset.mems"
	echo 0-1 >"$ROOT/sys/fs/cgroup/web/cpuset.mems"
	run --separate-stderr memhp --json offline --force --node 1 --state online
	assert_success
	assert_json '.warnings | map(select(contains("last memory")))' \
		'["this takes the last memory of node 1","this takes the last memory that the cpuset /sys/fs/cgroup/db is bound to"]'
	tree two-nodes
	run --separate-stderr memhp --json offline --force 39
	assert_json '.warnings' '[]'
}

@test "a cpuset of many nodes is warned of, too" {
	tree two-nodes
	mkdir -p "$ROOT/sys/fs/cgroup/db"
	echo "1,$(seq -s , 1000 2 1400)" >"$ROOT/sys/fs/cgroup/db/cpuset.mems"
	run --separate-stderr memhp --json offline --force --node 1 --state online
	assert_success
	assert_json '.warnings | map(select(contains("cpuset"))) | length' 1
}

@test "no link of a tree leads a write out of it" {
	tree two-nodes
	local outside=$BATS_TEST_TMPDIR/outside
	echo offline >"$outside"
	ln -sf "$outside" "$ROOT/sys/devices/system/memory/memory40/state"
	ln -sf ../../../../../../outside "$ROOT/sys/devices/system/memory/memory41/state"
	mkdir "$BATS_TEST_TMPDIR/elsewhere"
	rm -rf "$ROOT/run"
	ln -s "$BATS_TEST_TMPDIR/elsewhere" "$ROOT/run"
	run memhp online 40-41
	assert_failure
	assert_equal "$(<"$outside")" offline
	assert_equal "$(ls -A "$BATS_TEST_TMPDIR/elsewhere")" ""
}
