#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Figures for Prometheus: what they are, and that its own tools take them.

bats_require_minimum_version 1.5.0

setup_file() {
	PROMETHEUS=$("${BATS_TEST_DIRNAME%/*}/lib/prometheus")
	export PROMETHEUS
}

setup() {
	load ../lib/common
	common_setup
	tree inject
	FILE=$BATS_TEST_TMPDIR/memhp.prom
}

teardown() {
	[[ ! ${EXPORTER-} ]] || kill "$EXPORTER"
}

with_pages() {
	printf '%s\n' "1 used=100 slab=3" "2 free=10" "8 used=500" "9 held=2" | "$TESTS/lib/pages" "$ROOT"
}

# samples [ARGS...]: the samples alone
samples() {
	memhp metrics "$@" | grep -v '^#'
}

# assert_taken: all three readers take what is on standard input; the strict one prints name, labels and value
assert_taken() {
	cat >"$BATS_TEST_TMPDIR/text"
	run -0 "$PROMETHEUS/promtool" check metrics <"$BATS_TEST_TMPDIR/text"
	assert_output ""
	run -0 /usr/bin/python3 -c '
import sys
from prometheus_client.openmetrics import parser
for family in parser.text_string_to_metric_families(sys.stdin.read()):
    assert family.type == "gauge" and family.documentation, family
    assert family.name.endswith(family.unit), family
    for sample in family.samples:
        print(sample.name, sorted(sample.labels.items()), sample.value)
' <"$BATS_TEST_TMPDIR/text"
}

# scrape: what Debian's node_exporter gives away of memhp.prom
scrape() {
	local log=$BATS_TEST_TMPDIR/exporter.log address=
	"$PROMETHEUS/prometheus-node-exporter" --collector.disable-defaults --collector.textfile \
		--collector.textfile.directory="${FILE%/*}" --web.listen-address=127.0.0.1:0 >"$log" 2>&1 3>&- &
	EXPORTER=$!
	until address=$(sed -n 's/.*Listening on.*address=\([0-9.:]*\).*/\1/p' "$log") && [[ $address ]]; do
		kill -0 "$EXPORTER" || fail "$(<"$log")"
		sleep 0.05
	done
	run -0 /usr/bin/python3 -c '
import sys, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
print(opener.open(sys.argv[1], timeout=20).read().decode(), end="")' "http://$address/metrics"
	kill "$EXPORTER"
	EXPORTER=
}

@test "all figures of a machine" {
	run -0 --separate-stderr memhp metrics
	assert_equal "$stderr" ""
	version=$("${MEMHP:-memhp}" --version)
	diff - <(echo "$output") <<-END
		# TYPE memhp_block_size_bytes gauge
		# UNIT memhp_block_size_bytes bytes
		# HELP memhp_block_size_bytes Size of a memory block.
		memhp_block_size_bytes 16777216
		# TYPE memhp_blocks gauge
		# HELP memhp_blocks Memory blocks by state.
		memhp_blocks{state="online"} 5
		memhp_blocks{state="offline"} 1
		memhp_blocks{state="going-offline"} 0
		# TYPE memhp_memory_bytes gauge
		# UNIT memhp_memory_bytes bytes
		# HELP memhp_memory_bytes Memory by node, zone that it is online in, state, and the device and driver that provide it.
		memhp_memory_bytes{node="0",zone="Normal",state="online"} 33554432
		memhp_memory_bytes{node="0",zone="none",state="online"} 16777216
		memhp_memory_bytes{node="1",state="offline",device="PNP0C80:00",driver="acpi"} 16777216
		memhp_memory_bytes{node="1",zone="Movable",state="online",device="PNP0C80:00",driver="acpi"} 33554432
		# TYPE memhp_poisoned_pages gauge
		# UNIT memhp_poisoned_pages pages
		# HELP memhp_poisoned_pages Pages taken out of use for memory errors.
		memhp_poisoned_pages 0
		# TYPE memhp_movable_kernel_ratio gauge
		# UNIT memhp_movable_kernel_ratio ratio
		# HELP memhp_movable_kernel_ratio Memory of zone Movable and CMA, divided by that of the kernel zones.
		memhp_movable_kernel_ratio 0.666667
		# TYPE memhp_policy_info gauge
		# HELP memhp_policy_info Policy for memory that arrives later, in the kernel's words.
		memhp_policy_info{auto_online="offline",online_policy="contig-zones",auto_movable_ratio="301",auto_movable_numa_aware="Y",memmap_on_memory="N"} 1
		# TYPE memhp_kdump_reload_due gauge
		# HELP memhp_kdump_reload_due Whether the crash kernel must be loaded again after memory has changed (1) or not (0).
		memhp_kdump_reload_due 0
		# TYPE memhp_build_info gauge
		# HELP memhp_build_info The version of memhp.
		memhp_build_info{version="${version#memhp }"} 1
		# TYPE memhp_unread_files gauge
		# UNIT memhp_unread_files files
		# HELP memhp_unread_files Files that could not be read: what they would tell is not here.
		memhp_unread_files 0
		# EOF
	END
}

@test "--explain: what can go, and what holds the rest, as explain says" {
	with_pages
	run -0 samples --explain
	assert_line 'memhp_offlineable_bytes{node="0",verdict="yes"} 16777216'
	assert_line 'memhp_offlineable_bytes{node="0",verdict="no"} 33554432'
	assert_line 'memhp_held_bytes{node="0",verdict="no",cause="several-zones"} 16777216'
	assert_line 'memhp_held_bytes{node="0",verdict="no",cause="slab"} 16777216'
	assert_line 'memhp_held_bytes{node="1",verdict="unsure",cause="pinned"} 16777216'
	told=$(memhp --json explain --state online,going-offline |
		jq -c '.totals.by_node[] | [.node, .yes, .no, .unsure, [.held_by[] | [.code, .size]]]')
	assert_equal "$(memhp --json metrics --explain | jq -c '
		def of($name; $node): .families[] | select(.name == $name).samples[] | select(.labels.node == $node);
		. as $all | ("0", "1") as $node | [
			($node | tonumber),
			(("yes", "no", "unsure") as $verdict | [$all | of("memhp_offlineable_bytes"; $node) |
				select(.labels.verdict == $verdict).value] | add // 0),
			([$all | of("memhp_held_bytes"; $node) | [.labels.cause, .value]])
		]')" "$told"
	run -0 samples
	refute_output --regexp "offlineable|held"
}

@test "--explain without page flags is unsure" {
	tree two-nodes
	run -0 samples --explain
	assert_line 'memhp_offlineable_bytes{node="1",verdict="unsure"} 2147483648'
	assert_line 'memhp_held_bytes{node="1",verdict="unsure",cause="unread"} 2147483648'
	refute_line --regexp 'offlineable.*"yes"'
}

@test "promtool, an OpenMetrics parser and node_exporter take the figures of every tree" {
	local manifest
	for manifest in "$TESTS"/trees/*.manifest; do
		tree "$(basename "$manifest" .manifest)"
		run --separate-stderr memhp metrics --explain
		((status == 0 || status == 64)) || fail "$manifest: $status"
		assert_taken <<<"$output"
		assert_line --regexp "^memhp_memory_bytes .*'state', 'online'"
	done
	tree map
	with_pages
	memhp metrics --explain --output "$FILE"
	scrape
	assert_line "node_textfile_scrape_error 0"
	assert_line "# HELP memhp_blocks Memory blocks by state."
	assert_line 'memhp_blocks{state="offline"} 18'
	assert_equal "$(grep -c '^memhp_' <<<"$output")" "$(grep -c '^memhp_' "$FILE")"
}

@test "labels are escaped, and what is no UTF-8 is told in words" {
	local odd=$'we"ird\\n {x="1"},\xc3\xa9\xff\xed\xa0\x80'
	tree_of odd-names <<<$'block_size 128M\nblocks 0-1 zones=Normal node=0\nblocks 2 zones=Movable node=0'
	mkdir "$ROOT/proc"
	printf '10000000-17ffffff : System RAM (%s)\n' "$odd" >"$ROOT/proc/iomem"
	run -0 samples
	assert_line 'memhp_memory_bytes{node="0",zone="Movable",state="online",device="we\"ird\\n {x=\"1\"},é\\xff\\xed\\xa0\\x80",driver="we\"ird\\n {x=\"1\"},é\\xff\\xed\\xa0\\x80"} 134217728'
	memhp metrics >"$FILE"
	assert_taken <"$FILE"
	assert_output --partial "'we\"ird\\\\n {x=\"1\"},é\\\\xff\\\\xed\\\\xa0\\\\x80'"
	scrape
	assert_line "node_textfile_scrape_error 0"
	assert_output --partial 'driver="we\"ird\\n {x=\"1\"},é\\xff\\xed\\xa0\\x80"'
	# a line break in the name of a directory
	tree inject
	mv "$ROOT/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:00" "$ROOT/sys/devices/LNXSYSTM:00/LNXSYBUS:00/PNP0C80:0"$'\n0'
	local link
	for link in $(find "$ROOT/sys" -lname '*PNP0C80:00'); do
		ln -sfn "$(readlink "$link" | sed 's/PNP0C80:00$/PNP0C80:0/')"$'\n0' "$link"
	done
	run -0 samples
	assert_output --partial 'device="PNP0C80:0'
	memhp metrics | assert_taken
}

@test "JSON has the same figures" {
	with_pages
	run -0 memhp --json metrics --explain
	assert_equal "$(jq -r '.families[] | .name as $name | .samples[] |
		$name + (.labels | to_entries | map("\(.key)=\"\(.value)\"") | join(",") | if . == "" then . else "{\(.)}" end) +
		" \(.value * 1000000 | round / 1000000)"' <<<"$output")" "$(samples --explain)"
	assert_json '[.families[] | select(.unit) | .unit as $unit | .name | endswith($unit)] | all' true
	run -2 --separate-stderr memhp --json metrics --output "$FILE"
	assert_json .error.code '"usage"'
	assert_file_not_exist "$FILE"
}

@test "what cannot be read is left out, and said" {
	rm "$ROOT/sys/devices/system/memory/memory2/state"
	mkdir "$ROOT/sys/devices/system/memory/memory2/state"
	run -64 --separate-stderr memhp metrics
	assert_words "memory2/state" EISDIR
	assert_line 'memhp_memory_bytes{node="0"} 16777216'
	assert_line 'memhp_blocks{state="online"} 4'
	assert_line 'memhp_blocks 1'
	refute_output --partial going-offline # it may be just that
	assert_line 'memhp_unread_files 1'
	assert_taken <<<"$output"
	# the rest is written all the same
	run -64 --separate-stderr memhp metrics -o "$FILE"
	assert_equal "$output" ""
	diff "$FILE" "$BATS_TEST_TMPDIR/text"

	tree inject
	sed -i /HardwareCorrupted/d "$ROOT/proc/meminfo"
	rm "$ROOT/proc/zoneinfo" "$ROOT/sys/kernel/kexec_crash_loaded"
	run -0 samples
	refute_output --regexp "memhp_(poisoned|movable|kdump)"
	sed -i '$aHardwareCorrupted: 24 kB' "$ROOT/proc/meminfo"
	run -0 samples
	assert_line "memhp_poisoned_pages 6"
	mv "$ROOT/proc/meminfo" "$ROOT/proc/was"
	mkdir "$ROOT/proc/meminfo"
	run -64 --separate-stderr memhp metrics
	refute_output --partial poisoned
	assert_words /proc/meminfo EISDIR
}

@test "kdump must be loaded again where the kernel does not tell the crash kernel" {
	echo 0 >"$ROOT/sys/devices/system/memory/crash_hotplug"
	run -0 samples
	assert_line "memhp_kdump_reload_due 1"
}

@test "--output: a new file for all to read, whole or not at all" {
	FILE=$BATS_TEST_TMPDIR/out/memhp.prom
	mkdir "${FILE%/*}"
	umask 077
	run -0 --separate-stderr memhp metrics --output "$FILE"
	assert_equal "$output$stderr" ""
	assert_equal "$(stat -c %a "$FILE")" 644
	diff "$FILE" <(memhp metrics)
	# who reads the old one reads it to its end, by another name too
	ln "$FILE" "$BATS_TEST_TMPDIR/old"
	chmod 600 "$FILE"
	echo 0 >"$ROOT/sys/devices/system/memory/crash_hotplug"
	exec {reader}<"$FILE"
	memhp metrics -o "$FILE"
	diff /dev/fd/$reader "$BATS_TEST_TMPDIR/old"
	exec {reader}<&-
	run ! diff -q "$FILE" "$BATS_TEST_TMPDIR/old"
	assert_equal "$(stat -c %a "$FILE")" 644
	assert_equal "$(ls "${FILE%/*}")" memhp.prom
	diff <(memhp metrics --output -) <(memhp metrics)
	ln -s memhp.prom "${FILE%/*}/link"
	memhp metrics --explain -o "${FILE%/*}/link"
	[[ -L ${FILE%/*}/link ]]
	assert_file_contains "$FILE" offlineable
}

@test "--output: where it cannot be written, nothing is left" {
	local dir=$BATS_TEST_TMPDIR/out powerless=()
	refused 1 ENOENT "cannot write $dir/none/memhp.prom" -- metrics --output "$dir/none/memhp.prom"
	refused 1 ENOENT -- metrics --output ""
	mkdir "$dir"
	refused 1 EISDIR "$dir" -- metrics --output "$dir"
	echo old >"$dir/memhp.prom"
	chmod 555 "$dir"
	((EUID)) || powerless=(setpriv "--bounding-set=-dac_override")
	run -4 --separate-stderr "${powerless[@]}" "${MEMHP:-memhp}" --sysroot "$ROOT" metrics -o "$dir/memhp.prom"
	assert_words "cannot write $dir/memhp.prom: Permission denied (EACCES)" "directory"
	chmod 755 "$dir"
	(
		ulimit -f 1
		trap '' XFSZ
		! memhp metrics -o "$dir/memhp.prom"
	)
	run -1 --separate-stderr bash -c '"${MEMHP:-memhp}" --sysroot "$1" metrics >/dev/full' bash "$ROOT"
	rm -r "$ROOT/sys/devices/system/memory" "$ROOT/sys/devices/system/node"
	run -3 --separate-stderr memhp metrics -o "$dir/memhp.prom"
	assert_equal "$(ls "$dir")" memhp.prom
	assert_equal "$(<"$dir/memhp.prom")" old
}

@test "usage" {
	usage_error "metrics takes no operands" "see memhp metrics --help" -- metrics 32
	usage_error "--output needs an argument" -- metrics --output
	usage_error "--node" -- metrics --node 0
}
