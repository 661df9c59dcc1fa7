# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Helpers for the tests on simulated trees.  Nothing but functions: bats reads a file once per test.
# MEMHP, MKTREE and LSMEM_REF name the tools, JQ_DIR what tests/lib/jq does.

# shellcheck source=stack.bash
. "${BASH_SOURCE[0]%/*}/stack.bash"

common_setup() {
	bats_load_library bats-support
	bats_load_library bats-assert
	bats_load_library bats-file
	TESTS=${BATS_TEST_DIRNAME%/*}
	export LC_ALL=C TERM=dumb
	unset MEMHP_COLUMNS MEMHP_LOG NO_COLOR
}

mktree() {
	"${MKTREE:-mktree}" "$@"
}

jq() {
	if [[ ${JQ_DIR-} ]]; then
		"$JQ_DIR/loader" --library-path "$JQ_DIR" "$JQ_DIR/jq" "$@"
	else
		command jq "$@"
	fi
}

# The reference; LSMEM_DIR is what `lsmem-ref --where` says: thousands of runs do without its shell.
lsmem() {
	"$LSMEM_DIR/loader" --argv0 lsmem --library-path "$LSMEM_DIR" "$LSMEM_DIR/lsmem" "$@"
}

# tree NAME: a fresh copy of trees/NAME.manifest; $ROOT names it
tree() {
	ROOT=$BATS_TEST_TMPDIR/$1
	rm -rf "$ROOT"
	mktree "$TESTS/trees/$1.manifest" "$ROOT"
}

# tree_of NAME: the same from a manifest on standard input
tree_of() {
	ROOT=$BATS_TEST_TMPDIR/$1
	rm -rf "$ROOT"
	mktree - "$ROOT"
}

memhp() {
	timeout 20 "${MEMHP:-memhp}" --sysroot "$ROOT" "$@"
}

# The table's and summary's words, whatever the column widths are.
words() {
	tr -s ' ' | sed 's/^ //; s/ $//'
}

block() {
	cat "$ROOT/sys/devices/system/memory/memory$1/state"
}

# The states of a list of blocks in one line.
blocks() {
	local n all=()
	for n in "$@"; do
		all+=("$(block "$n")")
	done
	echo "${all[*]}"
}

# What a test must leave alone: every file of the tree with its content, the lock aside.
fingerprint() {
	(cd "$ROOT" || exit
		find . -path ./run -prune -o -printf '%y %p %l\n' | sort
		find . -path ./run -prune -o -type f -print0 | sort -z | xargs -0 -r cksum)
}

remember() {
	BEFORE=$(fingerprint)
}

assert_untouched() {
	assert_equal "$(fingerprint)" "$BEFORE"
}

# json FILTER: the last run's standard output through jq; it must be one document
json() {
	# shellcheck disable=SC2154 # bats sets it
	jq -es 'if length == 1 then .[0] else error("not one document") end' <<<"$output" >/dev/null
	jq -c "$1" <<<"$output"
}

assert_json() {
	assert_equal "$(json "$1")" "$2"
}

# refused STATUS WORDS... -- ARGS...: exit STATUS, each of the words on standard error, nothing on
# standard output, tree as it was
refused() {
	local wanted=$1 words=()
	shift
	while [[ $1 != -- ]]; do
		words+=("$1")
		shift
	done
	shift
	remember
	run --separate-stderr memhp "$@"
	assert_failure "$wanted"
	assert_equal "$output" ""
	assert_words "${words[@]}"
	assert_untouched
}

usage_error() {
	refused 2 "$@"
}

# Each of the words is on standard error of the last run.
assert_words() {
	local word
	for word; do
		# shellcheck disable=SC2154 # bats sets it
		[[ $stderr == *"$word"* ]] || fail "standard error lacks '$word': $stderr"
	done
}
