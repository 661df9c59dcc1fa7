# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What struct page tells of a block, by /proc/kcore, that page flags do not; and that it is true.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

setup_file()
{
	dimm_for_file kcore
}

teardown_file()
{
	dimm_gone kcore
}

setup()
{
	start_with online_movable
}

teardown()
{
	busybox umount /proc/kcore 2>/dev/null || true
	calm_down
}

# verdict_of BLOCK: with the causes that speak for it.
verdict_of()
{
	memhp_json 0 explain "$1"
	# shellcheck disable=SC2016 # jq's variable, not the shell's
	jq -r '.blocks[0] | .verdict as $v | [$v, (.reasons[] | select(.verdict == $v) | .code)] | join(" ")' <<<"$output"
}

@test "info says that pages are known by struct page" {
	memhp_json 0 info
	report_has '.kernel.page_source == "kcore" and .kernel.no_kcore == null'
}

@test "a page that a pipe holds and a process maps is seen, and its block does not go" {
	pin_page 1
	assert_equal "$(verdict_of "$pinned_block")" "no pinned"
	memhp_json 1 offline "$pinned_block" --timeout 2s
	report_has '.blocks[0].outcome == "timed-out"'
	unpin
	assert_equal "$(verdict_of "$pinned_block" | cut -d' ' -f1)" yes
	memhp_json 0 offline "$pinned_block" --timeout 20s
}

@test "offline --size does not try the block of a page that is mapped and held" {
	local others

	pin_page 1
	others=$((($(wc -w <<<"$DIMM_BLOCKS") - 1) * $(block_size) >> 20))
	memhp_json 0 offline --zone Movable --node 1 --size "${others}M"
	report_has "all(.blocks[]; .block != $pinned_block and .outcome == \"done\")"
	memhp_json 1 offline --zone Movable --node 1 --size "$(($(block_size) >> 20))M"
	report_has '.error.code == "EBUSY"'
	assert state_is "$pinned_block" online
}

@test "slab is told by its caches, and dropping caches is advised where that helps" {
	local name

	memhp_json 0 explain 0
	report_has '.blocks[0].reasons[] | select(.code == "slab") | .holders | length == 3 and
		all(.[]; .kind == "slab-cache" and .pages > 0 and .reclaimable != null)'
	while read -r name; do
		assert [ -e "/sys/kernel/slab/$name" ]
	done < <(jq -r '.blocks[0].reasons[] | select(.code == "slab") | .holders[].name' <<<"$output")
	report_has '.blocks[0].reasons[] | select(.code == "slab") |
		(.next | test("drop_caches")) == any(.holders[]; .reclaimable)'
}

@test "a page that a pipe holds is told from one of a file" {
	pin_page 1
	memhp_json 0 explain "$pinned_block"
	report_has '.blocks[0].reasons[0].holders | length == 1 and .[0].kind == "referenced-memory" and .[0].pages == 1'
}

@test "where /proc/kcore is hidden, flags decide alone, and info says so" {
	mount --bind /dev/null /proc/kcore
	pin_page 1
	memhp_json 0 info
	report_has '.kernel.page_source == "kpageflags" and (.kernel.no_kcore | test("container"))'
	memhp_json 0 explain "$pinned_block"
	report_has '(.warnings // []) == [] and .blocks[0].verdict == "yes"'
	unpin
	pin_page 1 unmapped
	assert_equal "$(verdict_of "$pinned_block")" "unsure pinned"
}
