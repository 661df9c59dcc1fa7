#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# Help, man pages, completions, schemas, header and symbols speak of the same things.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	TOP=$(cd "$TESTS/.." && pwd)
	LIB=${LIBMEMHP:-$TOP/build/libmemhp.so}
}

complete() {
	"${MEMHP:-memhp}" --complete "$@" | cut -f 1
}

# help has no page of its own, no options and no schema.
commands() {
	complete commands | grep -vx help
}

# has_word FILE WORD: the whole word, not a part of a longer one
has_word() {
	grep -qE -e "(^|[^A-Za-z0-9_-])$2([^A-Za-z0-9_-]|\$)" "$1"
}

# lacking FILE WORDS...: prints those that FILE lacks
lacking() {
	local file=$1 word
	shift
	for word; do
		has_word "$file" "$word" || echo "$(basename "$file"): $word"
	done
}

exported() {
	nm -D --defined-only "$LIB" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort
}

mapped() {
	grep -oE '\bmemhp_[a-z0-9_]+;' "$TOP/libmemhp/libmemhp.map" | tr -d ';' | sort
}

# The functions that a text with C prototypes declares.
declared() {
	grep -oE '\bmemhp_[a-z0-9_]+\([^)]' | tr -d '(' | sed 's/.$//' | sort -u
}

@test "every command has a page, a heading in memhp(8) and a schema" {
	local command bad=""
	for command in $(commands); do
		[[ -e $TOP/man/memhp-$command.8.scd ]] || bad+="no page: $command "
		grep -q "^\*memhp-$command\*(8)$" "$TOP/man/memhp.8.scd" || bad+="not in memhp(8): $command "
		[[ -e $TOP/schemas/memhp.$command.schema.json ]] || bad+="no schema: $command "
	done
	assert_equal "$bad" ""
}

@test "every page and schema is of a command" {
	local file name bad=""
	for file in "$TOP"/man/memhp-*.8.scd "$TOP"/schemas/memhp.*.schema.json; do
		name=$(basename "$file")
		name=${name#memhp?}
		[[ ${name%%.*} != version && ${name%%.*} != error ]] || continue # documents of no command
		complete commands | grep -qx -- "${name%%.*}" || bad+="$file "
	done
	assert_equal "$bad" ""
}

@test "every option is in the command's page and help" {
	local command options bad=""
	for command in $(commands); do
		mapfile -t options < <(complete options "$command")
		[[ ${#options[@]} -gt 5 ]] || fail "$command: no options"
		"${MEMHP:-memhp}" "$command" --help >"$BATS_TEST_TMPDIR/$command--help"
		bad+=$(lacking "$TOP/man/memhp-$command.8.scd" "${options[@]}")
		bad+=$(lacking "$BATS_TEST_TMPDIR/$command--help" "${options[@]}")
	done
	assert_equal "$bad" ""
}

@test "every option that a page describes exists" {
	local command word bad=""
	for command in $(commands); do
		for word in $(sed -n '/^# OPTIONS/,/^# [^O]/p' "$TOP/man/memhp-$command.8.scd" | grep '^\*-' |
			grep -oE -e '\*--?[A-Za-z-]+' | tr -d '*'); do
			complete options "$command" | grep -qx -e "$word" || bad+="$command $word "
		done
	done
	assert_equal "$bad" ""
}

@test "zsh and fish know every option" {
	local command option bad=""
	for command in $(commands); do
		for option in $(complete options "$command"); do
			grep -qE -e "[{ ,'*]$option\b" "$TOP/completions/_memhp" || bad+="zsh $option "
			case $option in
			--*) grep -qE -e "-l ${option#--}\b" "$TOP/completions/memhp.fish" ;;
			*) grep -qE -e "-s ${option#-}\b" "$TOP/completions/memhp.fish" ;;
			esac || bad+="fish $option "
		done
	done
	assert_equal "$bad" ""
}

@test "every column is in the page and in the help of list" {
	local columns bad
	mapfile -t columns < <(complete columns)
	"${MEMHP:-memhp}" list --help >"$BATS_TEST_TMPDIR/list--help"
	bad=$(lacking "$TOP/man/memhp-list.8.scd" "${columns[@]}")
	bad+=$(lacking "$BATS_TEST_TMPDIR/list--help" "${columns[@]}")
	assert_equal "$bad" ""
}

@test "every policy key is in the page of policy" {
	local keys bad
	mapfile -t keys < <(complete policy-keys)
	bad=$(lacking "$TOP/man/memhp-policy.8.scd" "${keys[@]}")
	assert_equal "$bad" ""
}

@test "each schema names its command" {
	local file name
	for file in "$TOP"/schemas/*.schema.json; do
		name=$(basename "$file" .schema.json)
		assert_equal "$(jq -r .properties.schema.const "$file")" "$name/1"
	done
}

@test "the library exports what the map lists, the header declares and libmemhp(3) describes" {
	exported >"$BATS_TEST_TMPDIR/exported"
	[[ -s $BATS_TEST_TMPDIR/exported ]]
	diff <(mapped) "$BATS_TEST_TMPDIR/exported"
	# comments speak of functions as `memhp_memcheck()`: without an argument
	diff <(declared <"$TOP/libmemhp/memhp.h") "$BATS_TEST_TMPDIR/exported"
	sed -n '/^# FUNCTIONS/,$p' "$TOP/man/libmemhp.3.scd" | declared | diff - "$BATS_TEST_TMPDIR/exported"
}

@test "the example of libmemhp(3) compiles" {
	sed -n '/^# EXAMPLE/,/^# DESCRIPTION/p' "$TOP/man/libmemhp.3.scd" |
		sed -n '/^```/,/^```/p' | sed '/^```/d; s/\\\\/\\/g' >"$BATS_TEST_TMPDIR/example.c"
	grep -q main "$BATS_TEST_TMPDIR/example.c"
	"${CC:-cc}" -Wall -Wextra -Werror -fsyntax-only -I"$TOP/libmemhp" "$BATS_TEST_TMPDIR/example.c"
}

# The worked example in the head of memhp.h.
worked_example() {
	sed -n '/^ \* Example:$/,/^ \*\/$/p' "$TOP/libmemhp/memhp.h" | sed -n 's/^ \*\t//p; s/^ \*$//p'
}

@test "each function is used by the tool or shown in an example" {
	local name bad=""
	for name in $(exported); do
		grep -rqw "$name" "$TOP/cli" || worked_example | grep -qw "$name" || bad+="$name "
	done
	assert_equal "$bad" ""
}

@test "the example of memhp.h is C99 and C++, and takes blocks offline" {
	local example=$BATS_TEST_TMPDIR/example flags=(-Wall -Wextra -Werror -pedantic -I"$TOP/libmemhp")
	worked_example >"$example.c"
	"${CXX:-c++}" -x c++ -std=c++11 "${flags[@]}" -fsyntax-only "$example.c"
	"${CC:-cc}" -std=c99 "${flags[@]}" "$example.c" -L"${LIB%/*}" -lmemhp -Wl,-rpath,"${LIB%/*}" \
		-o "$example"
	tree two-nodes
	remember
	run "$example" "$ROOT"
	assert_success
	assert_line "memory39: done"
	assert_equal "${#lines[@]}" 8
	assert_equal "$(blocks {32..39})" "$(yes offline | head -n 8 | xargs)"
}

@test "the pages are valid scdoc" {
	local page
	for page in "$TOP"/man/*.scd; do
		scdoc <"$page" >/dev/null || fail "$page"
	done
}

@test "messages are plain ASCII: a terminal in the C locale shows nothing else" {
	local file bad=""
	# the map draws in UTF-8 where the locale has it, and its picture is a file
	for file in "$TOP"/cli/*.c "$TOP"/cli/*/*.[ch] "$TOP"/libmemhp/*/*.[ch]; do
		[[ $file != */map-text.c && $file != */map-svg.c ]] || continue
		# without comments
		"${CC:-cc}" -fpreprocessed -dD -E -P "$file" 2>/dev/null | grep -qP '[^\x00-\x7F]|\\[xu][0-9a-f]{2}' &&
			bad+="$file "
	done
	assert_equal "$bad" ""
}
