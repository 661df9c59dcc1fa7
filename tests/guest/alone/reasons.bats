# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What the report says of a block that did not go offline, and that finding it out
# leaves the kernel's debugging and tracing as it was.

bats_require_minimum_version 1.5.0
# shellcheck source=../change.bash
. "$BATS_TEST_DIRNAME/change.bash"

pool=/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages
control=/proc/dynamic_debug/control
tracing=/sys/kernel/debug/tracing
event=events/page_isolation/test_pages_isolated

setup_file()
{
	dimm_for_file reasons
}

teardown_file()
{
	dimm_gone reasons
}

setup()
{
	start_with offline
	block=${blocks[0]}
}

teardown()
{
	echo 0 >$pool
	calm_down
}

# fails BLOCK ERRNO TEXT [ARG...]: its offline, for a reason with TEXT.
fails()
{
	memhp_json 1 offline "$1" --timeout 3s "${@:4}"
	one_outcome "$1" failed "$2"
	# shellcheck disable=SC2016 # jq's variable, not the shell's
	report_has '.blocks[0].reason | contains($t)' --arg t "$3"
	report_agrees_with_sysfs
}

# The first ten pages that an attempt dumps count; the kernel prints ten in five seconds.
log_is_open_again()
{
	sleep 6
}

@test "a block with a hole" {
	block=$(block_ids | awk 'NR > 1 && $1 != last + 1 { print last; exit } { last = $1 }')
	fails "$block" EINVAL "it has holes" --force
	report_has '.blocks[0].failure | .kernel_reason == "memory holes" and .pfn == null and .processes == []'
}

@test "a block in several zones" {
	assert_equal "$(sysfs_zones 0 | tr N n)" none
	fails 0 EINVAL "never go offline" --force=unmovable --force
}

@test "a page table" {
	occupy_block table
	fails "$block" EBUSY "(page table) holds a process's page table"
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.blocks[0].failure | .kernel_reason == "failure to isolate range" and
		.page_reason == "unmovable page" and .pfn >= $b * $p and .pfn < ($b + 1) * $p and
		.address == .pfn * 4096 and .refcount >= 1 and (.flags | index("pgtable"))' \
		--argjson b "$block" --argjson p $(($(block_size) / 4096))
}

@test "free huge pages that are promised to a process" {
	set_state online_movable "$block"
	echo 4 >$pool
	start_helper promise $((8 << 20))
	fails "$block" EBUSY "enlarge the pool (vm.nr_hugepages)"
	report_has '.blocks[0].failure.kernel_reason == "failure to dissolve huge pages"'
}

@test "a veto" {
	set_state online_movable "$block"
	inject_errno MEM_GOING_OFFLINE EPERM
	fails "$block" EPERM "a part of the kernel vetoed it"
	report_has '.blocks[0].failure.kernel_reason == "notifier failure"'
	run -1 timeout 30 memhp offline "$block"
	assert_line --partial "memory$block: failed (online, zone Movable): EPERM: a part of the kernel vetoed it"
}

@test "a pinned page and the process that maps it" {
	set_state online_movable "$block"
	log_is_open_again
	pin_page 1
	memhp_json 1 offline "$pinned_block" --timeout 3s
	one_outcome "$pinned_block" timed-out ETIMEDOUT
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.blocks[0].failure | .address == $a and .page_reason == "migration failure" and
		.refcount >= 2 and .mapcount == 1 and .ret > 0 and (.flags | index("anon")) and
		([.processes[] | [.pid, .command]] == [[$p, "pin"]])' \
		--argjson a "$(</tmp/pin)" --argjson p "$pin_pid"
	# shellcheck disable=SC2016 # the same
	report_has '.blocks[0].reason | contains("stays pinned") and contains("mapped once by pin(\($p))")' \
		--argjson p "$pin_pid"
}

@test "a pinned page that no process maps" {
	set_state online_movable "$block"
	log_is_open_again
	pin_page 1 unmapped
	memhp_json 1 offline "$pinned_block" --timeout 3s
	one_outcome "$pinned_block" timed-out ETIMEDOUT
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.blocks[0] | .failure.address == $a and .failure.mapcount == 0 and .failure.processes == [] and
		(.reason | contains("stays pinned") and contains("not mapped"))' --argjson a "$(</tmp/pin)"
}

# log_reason BLOCK: as the kernel would
log_reason()
{
	printf 'memory offlining [mem %#x-%#x] failed due to memory holes\n' $(($1 * $(block_size))) \
		$((($1 + 1) * $(block_size) - 1)) >/dev/kmsg
}

@test "the log of an earlier attempt and of another block does not count" {
	set_state online_movable "${blocks[0]}" "${blocks[1]}"
	start_hanging_write
	block=${blocks[0]}
	[[ $block != "$pinned_block" ]] || block=${blocks[1]}
	log_reason "$block"
	start_memhp offline "$block" --timeout 4s
	sleep 2
	log_reason "$pinned_block"
	memhp_ends 1 10
	one_outcome "$block" timed-out
	report_has '.blocks[0].failure == null'
}

message_is_on()
{
	grep -q "offline_pages =[^ ]*p[^ ]* .*failed due to" $control
}

@test "the kernel's message is on only while memhp works" {
	run ! message_is_on
	cp $control /tmp/control
	set_state online_movable "$block"
	start_hanging_memhp
	assert message_is_on
	kill -TERM "$job"
	memhp_ends 1 10
	cmp $control /tmp/control
	unpin
	memhp_json 0 offline "$block"
	cmp $control /tmp/control
}

@test "a message that was on before stays on" {
	local line

	line=$(sed -n 's/^mm.memory_hotplug.c:\([0-9]*\) .*failed due to.*/\1/p' $control)
	echo "file mm/memory_hotplug.c line $line +p" >$control
	cp $control /tmp/control
	set_state online_movable "$block"
	inject_errno MEM_GOING_OFFLINE EBUSY
	fails "$block" EBUSY "a part of the kernel vetoed it"
	cmp $control /tmp/control
	echo "file mm/memory_hotplug.c line $line -p" >$control
}

instances()
{
	(cd $tracing/instances && echo *)
}

# What somebody else's tracing has and is set to, of that at the top and an instance.
others_tracing()
{
	local dir

	for dir in $tracing $tracing/instances/other; do
		grep -h . $dir/{tracing_on,current_tracer,buffer_size_kb,$event/enable}
		grep -c "kept" $dir/trace
	done
}

@test "a hanging attempt is traced, and nobody else's tracing is touched" {
	mkdir $tracing/instances/other
	echo 1 >$tracing/$event/enable
	echo kept >$tracing/trace_marker
	echo kept >$tracing/instances/other/trace_marker
	others_tracing >/tmp/others
	set_state online_movable "$block"
	start_hanging_memhp
	wait_until 10 grep -q 1 $tracing/instances/memhp/$event/enable
	kill -TERM "$job"
	memhp_ends 1 10
	assert_equal "$(instances)" other
	others_tracing | diff /tmp/others -
	echo 0 >$tracing/$event/enable
	rmdir $tracing/instances/other
}

@test "the trace and the message that a killed memhp left go with the next one's" {
	cp $control /tmp/control
	set_state online_movable "$block"
	start_hanging_memhp
	wait_until 10 test -d $tracing/instances/memhp
	kill -KILL "$job"
	wait_until 10 state_is "$block" online
	[[ $(instances) == memhp ]]
	assert message_is_on
	memhp_json 1 offline "$pinned_block" --timeout 2s
	assert_equal "$(instances)" "*"
	cmp $control /tmp/control
	[[ ! -e /run/memhp/dyndbg ]]
}

@test "without libtracefs there is still a reason" {
	local library

	library=$(busybox find /usr/lib -name 'libtracefs.so.1*')
	mv "$library" /tmp
	set_state online_movable "$block"
	log_is_open_again
	pin_page 1
	memhp_json 1 offline "$pinned_block" --timeout 3s
	mv "/tmp/${library##*/}" "$library"
	report_has '.blocks[0] | .failure.page_reason == "migration failure" and (.reason | contains("pinned"))'
	assert_equal "$(instances)" "*"
}

# The last one: its page comes free only when the kernel likes.
@test "slab" {
	occupy_block slab
	fails "$block" EBUSY "(slab) is the kernel's own and cannot be moved"
	report_has '.blocks[0].failure | .page_type == "slab" and .page_reason == "unmovable page"'
}
