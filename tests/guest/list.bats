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

# sum_of NAME [LABEL...]: what the samples of that name and these labels in $file add up to
sum_of()
{
	local name=$1 label lines

	lines=$(grep "^$name[{ ]" "$file")
	shift
	for label; do
		lines=$(grep -F "$label" <<<"$lines")
	done
	awk '{ sum += $NF } END { printf "%.0f\n", sum }' <<<"$lines"
}

@test "metrics add up to what sysfs and explain have, in a file for all to read" {
	local file=$BATS_TEST_TMPDIR/memhp.prom device size count

	device=$(readlink -f "$memory/memory${blocks[0]}/firmware_node")
	size=$((16#$(<"$memory/block_size_bytes")))
	count=$(block_ids | wc -w)
	(umask 077 && memhp metrics --explain --output "$file")
	assert_equal "$(ls -l "$file" | cut -c 1-10)" "-rw-r--r--"
	assert_equal "$(tail -n 1 "$file")" "# EOF"
	assert_equal "$(sum_of memhp_block_size_bytes)" "$size"
	assert_equal "$(sum_of memhp_memory_bytes)" $((count * size))
	assert_equal "$(sum_of memhp_memory_bytes 'state="online"')" "$(lsmem_online)"
	assert_equal "$(sum_of memhp_memory_bytes 'state="online"' 'zone="Movable"' "device=\"${device##*/}\"" \
		'driver="acpi"')" $((3 * size))
	assert_equal "$(sum_of memhp_blocks)" "$count"
	assert_equal "$(sum_of memhp_poisoned_pages)" \
		$(($(awk '/^HardwareCorrupted/ { print $2 }' /proc/meminfo) / 4))
	assert_equal "$(sum_of memhp_offlineable_bytes)" "$(lsmem_online)"
	assert_equal "$(sum_of memhp_held_bytes)" \
		$(($(sum_of memhp_offlineable_bytes 'verdict="no"') + $(sum_of memhp_offlineable_bytes 'verdict="unsure"' || echo 0)))
	assert [ "$(sum_of memhp_held_bytes 'verdict="no"')" -gt 0 ]
	grep -q '^memhp_policy_info{.*auto_online=' "$file"
	grep -q '^memhp_kdump_reload_due 0$' "$file"
}
