# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What the tests in a guest share: QEMU's monitor, DIMMs, faults and sysfs.

memory=/sys/devices/system/memory
inject=/sys/kernel/debug/notifier-error-inject/memory/actions

# shellcheck source=../lib/stack.bash
. "${BASH_SOURCE[0]%/*}/stack.bash"

if [[ -d /usr/lib/jq ]]; then
	jq()
	{
		/usr/lib/jq/loader --library-path /usr/lib/jq /usr/lib/jq/jq "$@"
	}
fi

say()
{
	echo "$*" >&2
}

# Runs a command until it succeeds, 0.1 s apart, at most SECONDS.
wait_until()
{
	local end=$((SECONDS + $1))

	shift
	until "$@"; do
		((SECONDS < end)) || { say "still not true: $*"; return 1; }
		sleep 0.1
	done
}

# Sends one command to QEMU, prints its answer's "return"; events go by.
qmp()
{
	local fd line id=m$RANDOM

	exec {fd}<>/dev/monitor
	echo "${1%\}},\"id\":\"$id\"}" >&"$fd"
	while read -r -t 20 -u "$fd" line; do
		[[ $line == *"\"$id\""* ]] && break
	done
	exec {fd}>&-
	if [[ $line != *'"return"'* ]]; then
		say "QEMU: ${line:-no answer}"
		return 1
	fi
	jq -c .return <<<"$line"
}

# Until stty the port echoes QEMU's greeting, or half of it, back to QEMU. hvc sends
# such an echo 16 bytes a write, so empty lines come first; 0xFF then makes QEMU's
# parser forget it all.
qmp_settles()
{
	local fd line

	exec {fd}<>/dev/monitor
	for line in {1..40}; do
		echo >&"$fd"
	done
	printf '\377\n' >&"$fd"
	while read -r -t 0.5 -u "$fd" line; do
		:
	done
	exec {fd}>&-
}

qmp_start()
{
	local try

	for try in 1 2 3 4 5; do
		qmp_settles
		qmp '{"execute":"qmp_capabilities"}' >/dev/null && return
	done
	say "QEMU's monitor does not answer ($try tries)"
}

bytes()
{
	case $1 in
	*G) echo $((${1%G} << 30)) ;;
	*M) echo $((${1%M} << 20)) ;;
	*) echo "$1" ;;
	esac
}

block_size()
{
	echo $((16#$(<$memory/block_size_bytes)))
}

block_ids()
{
	local dir

	for dir in "$memory"/memory[0-9]*; do
		echo "${dir##*/memory}"
	done | sort -n
}

block_count_is()
{
	local dirs=("$memory"/memory[0-9]*)

	((${#dirs[@]} == $1))
}

# qmp_do COMMAND [--arg KEY STRING | --argjson KEY VALUE]...
qmp_do()
{
	# shellcheck disable=SC2016 # jq's variable, not the shell's
	qmp "$(jq -cn '{execute: $ARGS.positional[0], arguments: $ARGS.named}' \
		"${@:2}" --args "$1")" >/dev/null
}

# new_blocks SIZE COMMAND...: runs COMMAND, which is to add that much memory, and
# prints the ids of the new blocks.
new_blocks()
{
	local before count=$(($1 / $(block_size)))

	shift
	before=$(block_ids)
	"$@" || return
	wait_until 30 block_count_is $((count + $(wc -l <<<"$before"))) || return
	block_ids | grep -vxF "$before"
}

# qemu_adds ID SIZE DRIVER NODE [JQ-OPTION...]: a memory device and what backs it.
qemu_adds()
{
	qmp_do object-add --arg qom-type memory-backend-ram --arg id "m$1" --argjson size "$2" \
		--argjson reserve false &&
		qmp_do device_add --arg driver "$3" --arg id "d$1" --arg memdev "m$1" \
			--argjson node "$4" "${@:5}"
}

# plug_dimm ID SIZE NODE: prints the ids of the new blocks.
plug_dimm()
{
	local size

	size=$(bytes "$2")
	new_blocks "$size" qemu_adds "$1" "$size" pc-dimm "$3"
}

# unplug_dimm ID BLOCK...: the blocks are those that plug_dimm printed.
unplug_dimm()
{
	local left

	left=$(($(block_ids | wc -l) - $# + 1))
	qmp_do device_del --arg id "d$1" || return
	wait_until 20 block_count_is "$left" || return
	wait_until 10 qmp_do object-del --arg id "m$1"
}

auto_online()
{
	echo "$1" >$memory/auto_online_blocks
}

kernel_auto_onlines()
{
	! [[ $(uname -r) =~ ^(5|6\.1\.) ]]
}

sysfs_state()
{
	echo "$(<"$memory/memory$1/state")"
}

state_is()
{
	[[ $(<"$memory/memory$1/state") == "$2" ]]
}

block_in_node()
{
	[[ -e $memory/memory$1/node$2 ]]
}

sysfs_zones()
{
	echo "$(<"$memory/memory$1/valid_zones")"
}

# set_state STATE BLOCK...: behind memhp's back, and only where it is needed.
set_state()
{
	local state=$1 id
	local -a files=()

	shift
	for id; do
		state_is "$id" "${state%%_*}" || files+=("$memory/memory$id/state")
	done
	# shellcheck disable=SC2016 # expanded by the inner shell
	timeout 30 busybox sh -ec 'w=$1; shift; for f; do echo "$w" >"$f"; done' \
		set_state "$state" "${files[@]}"
}

count_state()
{
	local state=$1 id n=0

	shift
	for id; do
		state_is "$id" "$state" && n=$((n + 1))
	done
	echo "$n"
}

memtotal()
{
	awk '/^MemTotal:/ { print $2 * 1024 }' /proc/meminfo
}

# What lsmem thinks is online, in bytes.
lsmem_online()
{
	lsmem -bJ -o STATE,SIZE | jq '[.memory[] | select(.state == "online") | .size] | add'
}

errno_number()
{
	case $1 in
	EPERM) echo 1 ;;
	ENOMEM) echo 12 ;;
	EBUSY) echo 16 ;;
	EINVAL) echo 22 ;;
	*) echo 0 ;;
	esac
}

# inject_errno MEM_GOING_OFFLINE|MEM_GOING_ONLINE ERRNO
inject_errno()
{
	modprobe memory-notifier-error-inject || return
	echo "-$(errno_number "$2")" >"$inject/$1/error"
}

inject_nothing()
{
	local file

	for file in "$inject"/*/error; do
		[[ ! -e $file ]] || echo 0 >"$file"
	done
}

# pin_page NODE [unmapped]: sets pinned_block to the block that cannot go offline until unpin.
pin_page()
{
	pin "$@" >/tmp/pin 3>&- &
	pin_pid=$!
	wait_until 5 test -s /tmp/pin || return
	# shellcheck disable=SC2034 # for the tests
	pinned_block=$(($(</tmp/pin) / $(block_size)))
}

unpin()
{
	[[ ${pin_pid-} ]] || return 0
	kill -KILL "$pin_pid"
	wait "$pin_pid" 2>/dev/null || true
	pin_pid=
	rm -f /tmp/pin
}
