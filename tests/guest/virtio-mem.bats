#!/usr/bin/env bats
# shellcheck disable=SC2154 # variables of guest.bash, change.bash and bats
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# virtio-mem: memhp loads its driver, and leaves growing and shrinking to QEMU.

bats_require_minimum_version 1.5.0

. "${BATS_TEST_DIRNAME}/change.bash"

# The device is there before any test; its driver is not.
setup_file()
{
	modprobe virtio_pci
	qmp_do object-add --arg qom-type memory-backend-ram --arg id mv --argjson size $((1 << 30)) \
		--argjson reserve false &&
		qmp_do device_add --arg driver virtio-mem-pci --arg id dv --arg memdev mv --argjson node 1 \
			--argjson requested-size $((512 << 20))
}

setup()
{
	load_assertions
	auto_online offline
	wait_until 20 virtio_mem_is_there
	ids=()
}

teardown()
{
	calm_down
	auto_online "$(</run/auto_online_default)"
}

# Sets device, as memhp finds it.
virtio_mem_is_there()
{
	device=$(memhp --json devices | jq -er '.devices[] | select(.device | startswith("virtio")) | .device')
}

request_size()
{
	qmp_do qom-set --arg path /machine/peripheral/dv --arg property requested-size --argjson value "$1"
}

device_has()
{
	memhp_json 0 list --all
	[[ $(jq --arg d "$device" '[.blocks[] | select(.device == $d) | .size] | add // 0' <<<"$output") == "$1" ]]
}

@test "a driver that is not installed, and one that may not be loaded" {
	local file

	file=$(busybox find /usr/lib/modules -name 'virtio_mem.ko*')
	mv "$file" /tmp
	memhp_json 3 probe --device "$device"
	report_has '.error.code == "ENOPKG"'
	mv "/tmp/${file##*/}" "$file"
	mkdir -p /etc/modprobe.d
	echo "blacklist virtio_mem" >/etc/modprobe.d/test.conf
	memhp_json 4 probe --device "$device"
	rm /etc/modprobe.d/test.conf
	memhp_json 0 devices "$device"
	report_has '.devices[0].driver == null'
}

@test "a device without a driver gets it, and its memory goes where it is wanted" {
	memhp_json 0 devices "$device"
	report_has '.devices[0] | .driver == null and .module == "available" and .status == "addable"'
	memhp_json 0 probe --device "$device" --dry-run
	memhp_json 0 probe --device "$device" --online=movable
	report_has '.complete and .done.size == 536870912 and all(.blocks[]; .zone == "Movable")'
	report_agrees_with_sysfs
	memhp_json 0 devices "$device"
	report_has '.devices[0] | .driver == "virtio_mem" and .module == "live" and .status == "hypervisor" and
		.online == 536870912'
	memhp_json 0 list --all --driver virtio_mem
	report_has '.blocks | length > 0 and all(.device == $d)' --arg d "$device"
	assert [ -e "/sys/bus/virtio/drivers/virtio_mem/$device" ]
}

@test "QEMU grows it, and memhp refuses to remove it" {
	request_size $((768 << 20))
	wait_until 20 device_has $((768 << 20))
	memhp_json 3 remove --device "$device"
	report_has '.error.hint | contains("requested-size")'
	memhp_json 3 probe --device "$device"
	report_has '.error.hint | contains("requested-size")'
	assert device_has $((768 << 20))
}

@test "QEMU shrinks it to nothing, and its blocks go" {
	request_size 0
	wait_until 60 device_has 0
	memhp_json 0 devices "$device"
	report_has '.devices[0].blocks == []'
}
