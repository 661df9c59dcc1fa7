#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# How the words of a command line are taken: global options, help, names and numbers.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
}

# Without the --sysroot that memhp() puts first.
plain() {
	timeout 20 "$MEMHP" "$@"
}

@test "-s is --sysroot: for every command, before it and after it" {
	local command expected line
	tree two-nodes
	for command in $("$MEMHP" --complete commands | cut -f 1); do
		case $command in
		online) line=(online 32 --dry-run) ;;
		offline | remove) line=("$command" 39 --dry-run) ;;
		probe) line=(probe 0x140000000 --dry-run) ;;
		page) line=(page show 0x100000000) ;;
		help) continue ;;
		*) line=("$command") ;;
		esac
		run plain --sysroot "$ROOT" "${line[@]}"
		[[ $output == *[a-z]* ]] || fail "$command: nothing printed"
		expected="$status $output"
		run plain -s "$ROOT" "${line[@]}"
		assert_equal "$status $output" "$expected"
		run plain "-s$ROOT" "${line[@]}"
		assert_equal "$status $output" "$expected"
		run plain "${line[@]}" -s "$ROOT"
		assert_equal "$status $output" "$expected"
		run plain "$command" "-s$ROOT" "${line[@]:1}"
		assert_equal "$status $output" "$expected"
	done
}

@test "-s has one meaning, and its argument is no other option" {
	tree two-nodes
	ln -s "$ROOT" "$BATS_TEST_TMPDIR/J"
	run -0 plain list -as "$BATS_TEST_TMPDIR/J" --summary=never
	refute_output --partial schema
	run -0 plain "-s$BATS_TEST_TMPDIR/J" list --summary=never
	refute_output --partial schema
	mv "$BATS_TEST_TMPDIR/J" "$BATS_TEST_TMPDIR/-J"
	cd "$BATS_TEST_TMPDIR"
	run -0 plain list -s -J --summary=never
	refute_output --partial schema
	run -2 plain info -s
	assert_line --partial "option -s needs an argument"
}

@test "a wrong line is reported as JSON wherever JSON is asked for" {
	local line
	tree two-nodes
	for line in "-J list --frob" "list --frob -J" "list --frob --js" "list -oX -aJ" "list -aJoX" "lisst -J" "-J" \
		"--frob list --json" "list 32 X -J"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -2 memhp $line
		assert_json .error.code '"usage"'
		assert_equal "$stderr" ""
	done
	for line in "list -oJ" "list -- X -J" "list --frob -o -J" "list -S -J"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr -2 memhp $line
		assert_equal "$output" ""
	done
}

@test "help: of memhp, of a command, and what it does not take" {
	run -0 plain help
	assert_line "Usage: memhp [OPTIONS] COMMAND [OPTIONS] [BLOCKS...]"
	assert_line --regexp '^  help +Show help'
	run -0 plain help list
	assert_output "$("$MEMHP" list --help)"
	run -0 plain help help
	assert_line "See memhp(8)."
	run -0 plain help list -s /tmp
	assert_output "$("$MEMHP" list --help)"
	tree two-nodes
	usage_error "memhp help: foo: help takes one COMMAND" -- help list foo
	usage_error "memhp help: lisst: no such command; there are list, info" -- help lisst
	run -2 plain help lisst --json
	assert_json .schema '"memhp.error/1"'
}

@test "sizes: what is not binary is refused with the reason" {
	local size right
	tree two-nodes
	for size in 128MB 128mB 128Mb 128Mi 1.5GB 1GI; do
		right=${size%?}
		usage_error "--size $size: units are binary" "write ${right^^} or ${right^^}iB" -- offline --size "$size"
		run -0 memhp offline --size "${size%?}" --dry-run
		run -0 memhp offline --size "${size%?}iB" --dry-run
	done
	usage_error "write 128M or 128MiB" -- offline --size 128mb
	usage_error "write 1.5G or 1.5GiB" -- offline --size 1.5gi
	usage_error "units are binary" -- probe 0x140000000 --size 128MB
	for size in MB .MB 128B 128MX 128MiBB 128iB 1.5 1. 1.G; do
		usage_error "'$size': not a size like 512M or 4G; a plain number is bytes" -- offline --size "$size"
	done
	run -0 memhp offline --size 134217728 --dry-run
	usage_error "not a duration like 30s, 500ms, 2m or 1h" -- offline 39 --timeout 1d
}

@test "a value that may be left out stands behind a =" {
	local command
	tree two-nodes
	for command in offline remove; do
		usage_error '--force unmovable: its value stands behind a "=": --force=unmovable' -- "$command" --force unmovable 39
		usage_error '--force=memory,unmovable' -- "$command" 39 --force memory,unmovable
		usage_error '--force=nonsense' -- "$command" --forc nonsense
	done
	run -0 memhp offline --force 39 --dry-run
	run memhp offline --dry-run --force all
	assert_line --partial "memory36-39: would be tried (online, zone Movable): 131072 pages"
	usage_error '--summary only: its value stands behind a "=": --summary=only' -- list --summary only
	run -0 memhp list --summary 32-39
	run -0 memhp list --summary
	usage_error '--online movable: its value stands behind a "=": --online=movable' -- probe 0x140000000 --online movable
	refused 3 "no probe interface" -- probe --dry-run --online 0x180000000
	run -2 memhp -J list --summary only
	assert_json .error.code '"usage"'
}

# The range that the last refusal ends in.
suggested() {
	grep -oE '(0x[0-9a-f]+|[0-9]+)-(0x[0-9a-f]+|[0-9]+)$' <<<"${stderr%%$'\n'*}"
}

@test "what is suggested instead of a range is taken" {
	local word
	tree two-nodes
	for word in 3-0x8000000 0x8000000-3 0x138000000-memory32 39-0x100000000 39-32 memory39-memory32 0x13fffffff-0x100000000 \
		0x107ffffff-0x100000000 0x100000001-0x13fffffff 0x100000000-0x100000000 0x1-0xffffffffffffffff \
		0xffffffffffffffff-0x0 0x138000000-0x100000000; do
		run --separate-stderr -2 memhp list "$word"
		run --separate-stderr -0 memhp list "$(suggested)"
		refute_output ""
		run --separate-stderr -2 memhp online --dry-run "$word"
		run --separate-stderr -0 memhp online --dry-run "$(suggested)"
	done
	# nothing is there
	for word in 60-0x1e8000000 61-60 0x1f0000001-0x1f0000002; do
		run --separate-stderr -2 memhp list "$word"
		run ! suggested
	done
	for word in 18446744073709551615-3 3-18446744073709551615 0x8000000-18446744073709551615; do
		usage_error "past the end of the 64-bit address space" -- list "$word"
	done
	usage_error "memory39, which starts at 0x138000000" -- offline 0x138000001
	refused 1 "no such memory block" -- offline 0x800000000001
	usage_error "not a block id" "0x100000000-0x13fffffff" -- list x-y
	assert_equal "$(LC_ALL=C tr -d '\n -~' <<<"$stderr")" ""
}

@test "a device for a block: --device is named, where there is such a device" {
	local command
	tree devices
	for command in list explain map online offline remove; do
		usage_error "PNP0C80:00: a memory device, not a block: --device PNP0C80:00 means" -- "$command" PNP0C80:00
		usage_error "--device dax0.0" -- "$command" 32,dax0.0
		usage_error "--device boot" -- "$command" boot
		usage_error "'PNP0C80:77': not a block id" -- "$command" PNP0C80:77
		[[ $stderr != *--device* ]]
	done
	run -0 memhp list --device PNP0C80:00
	usage_error "'dax0.0': not an address" "--device" -- probe dax0.0
	tree pseries
	word=$(memhp devices --all 2>/dev/null | grep -oE '^lmb-[0-9a-f]{8}' | tail -n 1)
	usage_error "--device $word" -- remove "$word"
}

# same LINE...: the line prints the same with its last word in capitals as in small letters
same() {
	local word=${*: -1} small
	run --separate-stderr memhp "${@:1:$#-1}" "${word,,}"
	assert_success
	small=$output
	run --separate-stderr env LOCPATH="$LOCPATH" LC_ALL="$TURKISH" timeout 20 "$MEMHP" -s "$ROOT" \
		"${@:1:$#-1}" "${word^^}"
	assert_equal "$status $stderr" "0 "
	assert_equal "$output" "$small"
	run --separate-stderr env LOCPATH="$LOCPATH" LC_ALL="$TURKISH" timeout 20 "$MEMHP" -s "$ROOT" \
		"${@:1:$#-1}" "${word,,}"
	assert_equal "$status $output" "0 $small"
}

@test "names are ASCII, in a Turkish locale too" {
	local charmap
	LOCPATH=$BATS_TEST_TMPDIR/locales
	mkdir "$LOCPATH"
	for charmap in UTF-8 ISO-8859-9; do
		TURKISH=tr_TR.$charmap
		run localedef --no-archive -c -i tr_TR -f "$charmap" "$LOCPATH/$TURKISH"
		[[ -e $LOCPATH/$TURKISH/LC_CTYPE ]] || skip "localedef cannot make $TURKISH: $output"
		# an I has no dot there
		[[ $(env LOCPATH="$LOCPATH" LC_ALL="$TURKISH" bash -c 'word=I; echo "${word,,}"') != i ]]
		tree two-nodes
		same list --state online,offline
		same list --zone highmem,movable
		same list --valid-zone device,dma32
		same list --split size,device
		same list --split none
		same list --output range,size,device,driver,memmap-on-memory
		same list --output +nodes
		same online 40 --dry-run --zone movable
		same offline --dry-run --size 128mib
		tree devices
		same policy set auto-online offline
		same policy set online-policy contig-zones
		same policy set auto-movable-numa-aware on
	done
}
