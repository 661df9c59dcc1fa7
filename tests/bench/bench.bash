# shellcheck shell=bash disable=SC2034,SC2154 # variables of both sides
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the measurements in a guest share: its memory, a load, and rows of results,
# which go out as TAP comments. SEED comes from outside.

set -euo pipefail
here=${BASH_SOURCE[0]%/*}
# shellcheck source-path=SCRIPTDIR source=../guest/guest.bash
. "$here/guest.bash"

disk=/run/disk
load_limit=300
swap_size=2G
load_pid=
page_pools=(/sys/devices/system/node/node*/hugepages/hugepages-2048kB/nr_hugepages)

# uname -r of some lacks the number of the stable release.
kernel=$(uname -r)
[[ ! $(uname -v) =~ Debian\ ([^ ]+) ]] || kernel=${BASH_REMATCH[1]}

# row FILTER JQ-OPTION...: an object with what the options name, passed through FILTER.
row()
{
	local filter=$1

	shift
	# shellcheck disable=SC2016 # jq's variable, not the shell's
	echo "# row $(jq -cn --arg kernel "$kernel" --argjson seed "$SEED" "$@" '$ARGS.named | '"$filter")"
}

progress()
{
	echo "# $*"
}

# The reason of a failed attempt is a debug message, and many would be held back.
log_everything()
{
	echo 'file mm/memory_hotplug.c +p' >/sys/kernel/debug/dynamic_debug/control
	echo 0 >/proc/sys/kernel/printk_ratelimit
}

# log_mark NAME; log_since NAME: the kernel's messages from there on.
log_mark()
{
	echo "bench $1" >/dev/kmsg
}

log_since()
{
	busybox dmesg | sed "1,/bench $1\$/d"
}

# prepare_guest DIMM-SIZE: 0 for none; which node has it depends on the seed.
prepare_guest()
{
	local ids

	log_everything
	modprobe -a virtio_pci virtio_blk ext4
	wait_until 10 test -b /dev/vda
	mkdir -p "$disk"
	auto_online offline
	[[ $1 != 0* ]] || return 0
	ids=$(plug_dimm bench "$1" $((SEED / 2 % 2)))
	# shellcheck disable=SC2086 # one word a block
	set_state online_movable $ids
}

# As every service's, its memory is charged to a control group.
cgroup=/sys/fs/cgroup/load
make_cgroup()
{
	[[ -d $cgroup ]] && return
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir "$cgroup"
}

run_load()
{
	echo "$BASHPID" >"$cgroup/cgroup.procs"
	exec "$here/bench-load" "$@"
}

load_answers()
{
	[[ -s /tmp/load ]] || ! kill -0 "$load_pid" 2>/dev/null
}

# disk_of FS: which of the disks has it
disk_of()
{
	local serial

	for serial in /sys/block/vd*/serial; do
		[[ $(<"$serial") != "$1" ]] || echo "/dev/$(basename "${serial%/serial}")"
	done
}

# Compressed into memory, so that it holds pages itself.
start_swap()
{
	modprobe zram
	wait_until 10 test -b /dev/zram0
	echo "$swap_size" >/sys/block/zram0/disksize
	busybox mkswap /dev/zram0 >/dev/null
	busybox swapon /dev/zram0
}

stop_swap()
{
	grep -q zram0 /proc/swaps || return 0
	busybox swapoff /dev/zram0
	echo 1 >/sys/block/zram0/reset
}

# surroundings KIND: makes what is to be there before the load, sets fs, and load to the program's name of it,
# or skipped to why this kernel has no such kind.
surroundings()
{
	fs=ext4 load=$1 skipped=
	case $1 in
	xfs | btrfs | f2fs) fs=$1 load=files ;;
	swapped) start_swap ;;
	cma)
		load=anon
		grep -q '^CmaTotal: *[1-9]' /proc/meminfo || skipped="the kernel has no CMA"
		;;
	esac
}

# start_load [--busy] KIND: returns when it is there and the kernel has done what it
# put off: freed pages still in a processor's hands, buffers of the last transaction.
# Or sets skipped to why the kernel has no such load.
start_load()
{
	local start=$EPOCHSECONDS fs load

	surroundings "${*: -1}"
	[[ -z $skipped ]] || return 0
	modprobe "$fs"
	mount -t "$fs" "$(disk_of "$fs")" "$disk"
	mkdir "$disk/load"
	make_cgroup
	run_load "${@:1:$#-1}" "$load" "$SEED" "$disk/load" >/tmp/load 2>/tmp/load.err &
	load_pid=$!
	wait_until "$load_limit" load_answers
	[[ $(</tmp/load) != skip:* ]] || { skipped=$(</tmp/load) skipped=${skipped#skip: }; return 0; }
	[[ $(</tmp/load) == ready ]] || { say "load $*: $(</tmp/load.err)"; return 1; }
	sleep 5
	progress "load $*: there after $((EPOCHSECONDS - start)) s;" "$(awk \
		'/^(MemTotal|MemFree|Cached|Slab|AnonPages|Shmem|Mlocked|ShmemHugePages):/ ||
		 /^(SwapTotal|SwapFree|CmaTotal|CmaFree|HugePages_Total|HugePages_Free):/ {
			printf " %s %d", $1, $3 == "kB" ? $2 / 1024 : $2 }' /proc/meminfo)" \
		"merged into $(</sys/kernel/mm/ksm/pages_shared)"
}

let_go_of_disk()
{
	busybox umount "$disk" 2>/dev/null
}

stop_load()
{
	local pool

	[[ $load_pid ]] || return 0
	kill -KILL "$load_pid" 2>/dev/null || true
	wait "$load_pid" 2>/dev/null || true
	load_pid=
	for pool in "${page_pools[@]}"; do
		echo 0 >"$pool"
	done
	rm -rf "$disk/load" /tmp/load
	# Without it the journal would hold pages all through the next load. Processes of the load may still have
	# files there that they are about to end with.
	wait_until 20 let_go_of_disk
	stop_swap
	echo 3 >/proc/sys/vm/drop_caches
	sleep 2
}

# online_as BLOCK ZONE: in the zone it was in before.
online_as()
{
	local word=online_kernel

	[[ $2 != Movable ]] || word=online_movable
	set_state "$word" "$1" && [[ $(<"$memory/memory$1/valid_zones") == "$2" ]]
}

# True once no attempt is under way in the kernel.
settled()
{
	! state_is "$1" going-offline
}

online_blocks()
{
	local id

	for id in $(block_ids); do
		! state_is "$id" online || echo "$id"
	done
}

# Sets now to milliseconds, without a process of its own.
read_clock()
{
	now=$((${EPOCHREALTIME/./} / 1000))
}
