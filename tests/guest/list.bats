# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# memhp list and info on a real kernel.

bats_require_minimum_version 1.5.0
# shellcheck source=change.bash
. "$BATS_TEST_DIRNAME/change.bash"

columns=RANGE,SIZE,STATE,REMOVABLE,BLOCK,NODE,ZONES

setup_file()
{
	dimm_for_file list
}

teardown_file()
{
	dimm_gone list
}

setup()
{
	start_with offline
	set_state online_movable "${blocks[@]:2:3}"
}

# same_as_lsmem ARG...: but for the widths of a table, which are libsmartcols'.
same_as_lsmem()
{
	local expected

	expected=$(lsmem "$@" | tr -s ' ')
	assert [ "$expected" ]
	assert_equal "$(memhp list "$@" | tr -s ' ')" "$expected"
}

@test "list prints what lsmem prints" {
	same_as_lsmem -r -o $columns
	same_as_lsmem -r -b -n -o $columns
	same_as_lsmem -P -a -o $columns
	same_as_lsmem -o $columns --summary=never
}

@test "list --all --json has what sysfs has" {
	local id

	memhp_json 0 list --all
	assert_equal "$(jq -r '.blocks[] | "\(.first) \(.state) \(.valid_zones | join(" ")) \(.nodes[0])"' <<<"$output")" \
		"$(for id in $(block_ids); do facts "$id"; done)"
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.totals.online == $n' --argjson n "$(lsmem_online)"
}

@test "the blocks of a DIMM name their ACPI device" {
	local device

	device=$(readlink -f "$memory/memory${blocks[0]}/firmware_node")
	[[ ${device##*/} == PNP0C80:* ]]
	memhp_json 0 list --all "${blocks[@]}"
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has 'all(.blocks[]; .driver == "acpi" and .device == $d)' --arg d "${device##*/}"
	memhp_json 0 list --all 0-7
	report_has 'all(.blocks[]; .driver == null and .device == null)'
}

@test "info adds up to what the kernel says" {
	memhp_json 0 info
	# shellcheck disable=SC2016 # jq's variables, not the shell's
	report_has '.memory.total == $total and .totals.online == $online and .block_size == $size and
		.kernel.hotplug and .kernel.hotremove' --argjson total "$(memtotal)" \
		--argjson online "$(lsmem_online)" --argjson size "$(block_size)"
	report_has 'any(.drivers[]; contains("acpi"))'
}
