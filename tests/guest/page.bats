# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp page on a real kernel. Marks outlive a test: each takes another block.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

setup_file()
{
	dimm_for_file page
	tr ' ' '\n' <<<"$DIMM_BLOCKS" >"$BATS_FILE_TMPDIR/unused"
}

teardown_file()
{
	dimm_gone page
}

setup()
{
	load_assertions
	read -ra blocks <<<"$DIMM_BLOCKS"
	corrupted_before=$(corrupted)
}

teardown()
{
	[[ -z ${job-} ]] || kill -KILL "$job" 2>/dev/null || true
	let_go
}

# next_block: a block of the DIMM that no test has used, online in Movable.
next_block()
{
	block=$(tail -n 1 "$BATS_FILE_TMPDIR/unused")
	sed -i '$d' "$BATS_FILE_TMPDIR/unused"
	set_state online_movable "$block"
}

corrupted()
{
	awk '/^HardwareCorrupted:/ { print $2 * 1024 }' /proc/meminfo
}

# corrupted_by PAGES: more, or fewer, than at the test's start
corrupted_by()
{
	assert_equal $(($(corrupted) - corrupted_before)) $(($1 * 4096))
}

# poisoned PFN: by the kernel's own word, not memhp's
poisoned()
{
	local flags

	flags=$(busybox dd if=/proc/kpageflags bs=8 skip="$1" count=1 2>/dev/null | busybox od -An -tu8)
	((flags >> 19 & 1))
}

# hold_page NODE: pfn is that of a page that process holder uses.
hold_page()
{
	rm -f /tmp/hold
	hold "$1" >/tmp/hold 3>&- 8>&- 9>&- &
	holder=$!
	wait_until 10 test -s /tmp/hold
	pfn=$(</tmp/hold)
}

let_go()
{
	[[ ${holder-} ]] || return 0
	kill -KILL "$holder" 2>/dev/null || true
	wait "$holder" 2>/dev/null || true
	holder=
}

holder_moved()
{
	(($(wc -l </tmp/hold) > 1))
}

# one_page OUTCOME [CODE]
one_page()
{
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.pages | length == 1 and .[0].pfn == $p and .[0].outcome == $o and
		($c == "" or .[0].code == $c)' --argjson p "$pfn" --arg o "$1" --arg c "${2-}"
}

# The pfn of a page that process PID has written to.
pfn_of_process()
{
	local start

	start=$(awk '$2 == "rw-p" && $6 == "[heap]" { sub(/-.*/, "", $1); print $1; exit }' "/proc/$1/maps")
	busybox dd if="/proc/$1/pagemap" bs=8 skip=$((16#$start / 4096)) count=64 2>/dev/null |
		busybox od -An -v -w8 -tu8 |
		while read -r entry; do
			((entry >> 63 & 1)) && echo $((entry & ((1 << 55) - 1))) && break
		done
}

@test "soft-offline moves a page from under its process, which lives on" {
	hold_page 0
	memhp_json 0 page soft-offline "pfn:$pfn"
	one_page "done"
	report_has '.pages[0].poisoned and .done == 1 and .complete'
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.hardware_corrupted == {before: $b, after: ($b + 4096)} and .warnings == []' \
		--argjson b "$corrupted_before"
	poisoned "$pfn"
	corrupted_by 1
	wait_until 5 holder_moved
	kill -0 "$holder"
	assert_not_equal "$(tail -n 1 /tmp/hold)" "$pfn"
	memhp_json 0 page soft-offline "pfn:$pfn"
	one_page already
	corrupted_by 1
	memhp_json 0 page unpoison "pfn:$pfn"
	one_page "done"
	corrupted_by 0
}

@test "hard-offline shows the process that maps the page, and hits it" {
	hold_page 0
	memhp_json 0 page show "pfn:$pfn"
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.pages[0] | .mappers[0].pid == $pid and .mappers[0].command == "hold" and
		.mapcount == 1 and (.flags | index("anon")) and .state == "online"' --argjson pid "$holder"
	memhp_json 2 page hard-offline "pfn:$pfn"
	memhp_json 0 page hard-offline --dry-run "pfn:$pfn"
	corrupted_by 0
	memhp_json 0 page hard-offline --force=kill "pfn:$pfn"
	one_page "done"
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '[.pages[0].mappers[].pid] == [$pid]' --argjson pid "$holder"
	poisoned "$pfn"
	corrupted_by 1
	run -135 wait "$holder" # SIGBUS
	holder=
	memhp_json 0 page hard-offline --force=kill "pfn:$pfn"
	one_page already
	memhp_json 0 page unpoison "pfn:$pfn"
	one_page "done"
	report_has '.pages[0].poisoned == false'
	corrupted_by 0
	memhp_json 0 page unpoison "pfn:$pfn"
	one_page already
}

@test "hard-offline refuses a page of process 1, whatever the options" {
	pfn=$(pfn_of_process 1)
	((pfn > 0))
	memhp_json 1 page hard-offline --force=kill "pfn:$pfn"
	one_page failed vital-process
	report_has 'any(.pages[0].mappers[]; .pid == 1)'
	run ! poisoned "$pfn"
	corrupted_by 0
}

@test "hard-offline is refused where the true process 1 cannot be seen" {
	hold_page 0
	through=(busybox unshare -p -f -m --mount-proc)
	memhp_json 0 page show "pfn:$pfn"
	report_has '.pages[0].mappers == null and .pages[0].mapcount == 1'
	memhp_json 4 page hard-offline --force=kill "pfn:$pfn"
	one_page failed unseen-processes
	run ! poisoned "$pfn"
	kill -0 "$holder"
}

@test "a reserved page is left alone: its mark could not be taken away again" {
	pfn=160 # video memory
	memhp_json 1 page hard-offline --force=kill "pfn:$pfn"
	one_page failed reserved
	run ! poisoned "$pfn"
	corrupted_by 0
}

@test "a page that the kernel cannot give up is reported as the kernel leaves it" {
	pfn=$(busybox od -An -v -w8 -tu8 /proc/kpageflags | awk '$1 == 128 { print NR - 1; exit }')
	[[ $pfn ]] || skip "no plain slab page"
	memhp_json 1 page soft-offline "pfn:$pfn"
	one_page failed kernel
	run ! poisoned "$pfn"
	memhp_json 1 page hard-offline --force=kill "pfn:$pfn"
	one_page failed
	if poisoned "$pfn"; then
		report_has '.pages[0].poisoned and .pages[0].code == "still-used"'
		corrupted_by 1
	else
		report_has '.pages[0].poisoned == false'
		corrupted_by 0
	fi
}

@test "addresses where no page can be changed" {
	next_block
	pfn=$((block * $(block_size) / 4096 + 5000))
	set_state offline "$block"
	memhp_json 1 page soft-offline "pfn:$pfn"
	one_page failed offline
	memhp_json 1 page hard-offline --force=kill "pfn:$pfn"
	one_page failed offline
	pfn=$((0xc0000000 / 4096)) # the PCI hole
	memhp_json 1 page soft-offline "pfn:$pfn"
	one_page absent hole
	pfn=$((0x400000000000 / 4096))
	memhp_json 1 page hard-offline --force=kill "pfn:$pfn"
	one_page absent hole
	corrupted_by 0
}

@test "a range of free pages" {
	local first
	local -a pfns

	next_block
	first=$((block * $(block_size) / 4096 + 9000))
	memhp_json 0 page soft-offline "pfn:$first-$((first + 15))"
	report_has '.done == 16 and .complete and all(.pages[]; .poisoned)'
	corrupted_by 16
	memhp_json 0 list -o POISONED "$block"
	report_has '[.blocks[].poisoned] == [16]'
	mapfile -t pfns < <(seq "$first" $((first + 15)))
	memhp_json 0 page unpoison "${pfns[@]/#/pfn:}"
	report_has '.done == 16'
	corrupted_by 0
}

some_pages_are_done()
{
	(($(corrupted) > corrupted_before))
}

@test "SIGTERM in a range leaves a true and complete report" {
	local code=0

	next_block
	start_memhp page soft-offline "pfn:$((block * $(block_size) / 4096 + 10000))-$((block * $(block_size) / 4096 + 12999))"
	wait_until 10 some_pages_are_done
	kill -TERM "$job"
	wait_until 5 ended "$job"
	wait "$job" || code=$?
	assert_equal "$code" 64
	output=$(</tmp/report)
	report_has '.done > 0 and .done < 3000 and (.complete | not) and (.pages | length) == 3000 and
		([.pages[] | .outcome] | unique - ["done", "interrupted", "not-tried"]) == [] and
		.pages[-1].code == "interrupted"'
	corrupted_by "$(jq .done <<<"$output")"
}

@test "unpoison loads its module, and says what is missing" {
	local file

	rmmod hwpoison-inject
	memhp_json 1 page unpoison --dry-run pfn:9999999999
	run ! lsmod_has hwpoison_inject
	file=$(busybox find /usr/lib/modules -name 'hwpoison-inject.ko*')
	mv "$file" /tmp
	memhp_json 3 page unpoison 0x10000000
	report_has '.error.message | contains("unpoison-pfn")'
	mv "/tmp/${file##*/}" "$file"
	memhp_json 0 page unpoison 0x10000000
	assert lsmod_has hwpoison_inject
}

lsmod_has()
{
	lsmod | grep -q "^$1 "
}

@test "soft offline that is switched off" {
	[[ -e /proc/sys/vm/enable_soft_offline ]] || skip "before Linux 6.12"
	hold_page 0
	echo 0 >/proc/sys/vm/enable_soft_offline
	memhp_json 3 page soft-offline "pfn:$pfn" "pfn:$((pfn + 1))"
	echo 1 >/proc/sys/vm/enable_soft_offline
	report_has '[.pages[] | .outcome] == ["failed", "not-tried"] and .pages[0].errno == "EOPNOTSUPP"'
	run ! poisoned "$pfn"
}

@test "without root nothing is shown and nothing changed" {
	through=(setpriv --reuid 65534 --regid 65534 --clear-groups)
	memhp_json 4 page show 0x100000000
	memhp_json 4 page soft-offline 0x100000000
	report_has '.error.code == "EACCES"'
	corrupted_by 0
}

@test "a block with a poisoned page goes offline with a warning, and does not come back on new kernels" {
	local not_online='[.warnings[] | select(contains("not in online memory"))] | length == 1'

	next_block
	pfn=$((block * $(block_size) / 4096 + 7000))
	memhp_json 0 page soft-offline "pfn:$pfn"
	memhp_json 0 list -o +POISONED "${blocks[@]}"
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has 'any(.blocks[]; .first == $b and .count == 1 and .poisoned == 1)' --argjson b "$block"
	memhp_json 0 offline "$block"
	report_has '[.warnings[] | select(contains("1 poisoned page"))] | length == 1'
	memhp_json 1 page unpoison "pfn:$pfn"
	one_page failed offline
	if [[ $(uname -r) =~ ^(5|6\.1\.) ]]; then
		memhp_json 0 online --zone movable "$block"
		one_outcome "$block" "done"
		report_has "$not_online"
		run ! poisoned "$pfn"
	else
		memhp_json 1 online --zone movable "$block"
		one_outcome "$block" failed EHWPOISON
		report_has "$not_online"
		assert state_is "$block" offline
	fi
}

# memory_error PFN: the machine reports a memory error there (a deferred one of an AMD processor,
# with a valid address); the kernel sees it when it next asks, each second.
memory_error()
{
	local file status=$((1 << 63 | 1 << 60 | 1 << 59 | 1 << 58 | 1 << 44 | 1 << 43 | 0x9f))

	for file in /sys/devices/system/machinecheck/machinecheck*/check_interval; do
		echo 1 >"$file"
	done
	qmp_do human-monitor-command --arg command-line \
		"$(printf 'mce 0 1 0x%x 0 0x%x 0x8c' $status $(($1 * 4096)))"
}

# The last test: from then on this kernel unpoisons nothing.
@test "after a true memory error unpoison is refused for good, and says so" {
	next_block
	pfn=$((block * $(block_size) / 4096 + 7000))
	memory_error "$pfn"
	wait_until 20 poisoned "$pfn"
	memhp_json 0 page show "pfn:$pfn"
	report_has '.pages[0].poisoned'
	if [[ $(uname -r) == 5.* ]]; then
		memhp_json 0 page unpoison "pfn:$pfn"
		return
	fi
	memhp_json 3 page unpoison "pfn:$pfn"
	one_page failed kernel
	report_has '.pages[0].errno == "EOPNOTSUPP" and .pages[0].poisoned'
	corrupted_by 1
}
