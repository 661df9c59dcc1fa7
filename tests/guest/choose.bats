# shellcheck shell=bats disable=SC2154 # variables of guest.bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp explain, and memhp offline --size that chooses by it, on a real kernel.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

# Two DIMMs of four blocks each in node 1: one holds data, and one is empty.
setup_file()
{
	local ids

	auto_online offline
	ids=$(plug_dimm full "$((4 * $(block_size)))" 1)
	FULL=${ids//$'\n'/ }
	ids=$(plug_dimm empty "$((4 * $(block_size)))" 1)
	EMPTY=${ids//$'\n'/ }
	DIMM_BLOCKS="$FULL $EMPTY"
	export FULL EMPTY DIMM_BLOCKS
}

setup()
{
	start_with online_movable
	read -ra full <<<"$FULL"
	read -ra empty <<<"$EMPTY"
}

teardown()
{
	calm_down
	busybox umount /mnt 2>/dev/null || true
	busybox umount /proc/kcore 2>/dev/null || true
}

teardown_file()
{
	local -a ids

	read -ra ids <<<"$DIMM_BLOCKS"
	set_state offline "${ids[@]}"
	unplug_dimm full "${ids[@]:0:4}"
	unplug_dimm empty "${ids[@]:4}"
}

# A file of that many blocks in the first DIMM: zone Movable is filled before the others.
fill()
{
	set_state offline "${empty[@]}"
	mkdir -p /mnt
	busybox mount -t tmpfs -o mpol=bind:1,size=90% load /mnt
	dd if=/dev/zero of=/mnt/load bs=1M count=$(($1 * $(block_size) >> 20)) 2>/dev/null
	set_state online_movable "${empty[@]}"
}

# verdicts VERDICT BLOCK...: all of them have it
verdicts()
{
	# shellcheck disable=SC2016 # jq's variable, not the shell's
	memhp_json 0 explain "${@:2}"
	report_has '[.blocks[].verdict] | unique == [$v]' --arg v "$1"
}

# The blocks of the report that were, or would be, taken.
taken()
{
	jq -c '[.blocks[] | select(.outcome == "done" or .outcome == "not-tried") | .block]' <<<"$output"
}

@test "explain says yes to free blocks, and they go at once" {
	verdicts yes "${empty[@]}"
	report_has '[.blocks[] | .pages.free + .pages.blank == 32768 and .migrate == 0 and .reasons[0].code == "free"] | all'
	memhp_json 0 offline "${empty[@]}"
	done_is 4
}

@test "explain says yes to a block full of file pages, and how much there is to migrate" {
	fill 2
	memhp_json 0 explain "${full[@]}"
	report_has '[.blocks[] | .verdict == "yes"] | all'
	report_has '[.blocks[].migrate] | add > 60000'
	report_has '[.blocks[] | select(.reasons[0].code == "movable")] | length >= 2'
}

@test "explain says no to the first block, with its holes and zones" {
	verdicts no 0
	report_has '[.blocks[0].reasons[].code][:3] == ["holes", "several-zones", "reserved"]'
	report_has '.blocks[0].reasons[2] | .first_pfn == 0 and .flags == ["reserved"] and .pages > 0'
}

@test "offline --size takes an empty DIMM as a whole, although the full one comes first" {
	fill 3
	memhp_json 0 offline --zone Movable --node 1 --size "$((4 * $(block_size) >> 20))M"
	done_is 4
	outcome_blocks_are "done" "${empty[@]}"
	report_has '[.blocks[] | .pages.movable < 1000] | all'
	report_agrees_with_sysfs
}

@test "offline --size empties one of two DIMMs before it begins the other" {
	memhp_json 0 offline --zone Movable --node 1 --size "$((2 * $(block_size) >> 20))M"
	done_is 2
	memhp_json 0 offline --zone Movable --node 1 --size "$((2 * $(block_size) >> 20))M"
	done_is 2
	local left
	left="$(count_state online "${full[@]}") $(count_state online "${empty[@]}")"
	[[ $left == "0 4" || $left == "4 0" ]] || { say "online of each: $left"; return 1; }
}

# By page flags: what memhp itself takes while it reads struct page is memory of these blocks, too, and not the
# same in both runs, so that equals may change places.
@test "a dry run of several sizes says what then happens" {
	mount --bind /dev/null /proc/kcore
	local blocks planned
	local -a gone

	fill 3
	for blocks in 1 3 6; do
		memhp_json 0 offline --node 1 --size "$((blocks * $(block_size) >> 20))M" --dry-run
		report_has '.excluded[] | select(.code == "slab" or .code == "reserved" or .code == "holes")'
		report_has '(.blocks | length) + .left.yes + .left.unread + .left.unsure + (.excluded | length) == 16'
		planned=$(taken)
		memhp_json 0 offline --node 1 --size "$((blocks * $(block_size) >> 20))M"
		assert_equal "$(taken)" "$planned"
		report_has '[.blocks[].outcome] | unique == ["done"]'
		read -ra gone < <(jq -r '[.blocks[].block] | join(" ")' <<<"$output")
		memhp_json 0 online --zone default "${gone[@]}"
	done
}

@test "without /proc/kcore offline --size leaves a block with a page that nobody maps for last" {
	mount --bind /dev/null /proc/kcore
	pin_page 1 unmapped
	verdicts unsure "$pinned_block"
	report_has '.blocks[0].reasons[0] | .code == "pinned" and .pages == 1'
	memhp_json 0 offline --zone Movable --node 1 --size "$((7 * $(block_size) >> 20))M"
	done_is 7
	assert state_is "$pinned_block" online
	memhp_json 1 offline --zone Movable --node 1 --size "$(($(block_size) >> 20))M" --timeout 2s
	one_outcome "$pinned_block" timed-out
}

@test "explain says no to a page table, names the first page, and offline --size does not try it" {
	local block=${empty[0]}

	set_state offline "$block"
	occupy_block table
	memhp_json 0 explain "$block"
	report_has '.blocks[0] | .verdict == "no" and .kinds["page-table"] > 0 and
		(.reasons[0] | .code == "page-table" and .pages > 0 and (.flags | index("pgtable")))'
	memhp_json 1 offline "$block" --size "$(($(block_size) >> 20))M"
	report_has '.error.code == "EBUSY" and (.error.hint | test("explain"))'
	memhp_json 1 offline "$block" --size "$(($(block_size) >> 20))M" --force=unmovable --timeout 10s
	one_outcome "$block" failed EBUSY
	assert state_is "$block" online
}
