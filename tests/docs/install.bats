#!/usr/bin/env bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# What is built starts where it lies; what is installed finds its library as all programs do.

bats_require_minimum_version 1.5.0

setup() {
	load ../lib/common
	common_setup
	TOP=$(cd "$TESTS/.." && pwd)
	STAGE=$BATS_TEST_TMPDIR/stage
}

# memhp_make TARGET: as by hand, not as a part of the make that runs the tests
memhp_make() {
	env -u MAKEFLAGS -u MAKELEVEL make -s -C "$TOP" B="${MEMHP%/memhp}" DESTDIR="$STAGE" PREFIX=/usr "$1"
}

run_path() {
	readelf -d "$1" | grep -E 'RPATH|RUNPATH'
}

@test "memhp starts from the build tree, and from another folder" {
	cd "$BATS_TEST_TMPDIR"
	run env -u LD_LIBRARY_PATH "$MEMHP" --version
	assert_success
	assert_output --regexp '^memhp [0-9.]+$'
}

@test "what is installed has no run path, and is all gone after uninstall" {
	memhp_make install
	assert_file_executable "$STAGE/usr/bin/memhp"
	run ! run_path "$STAGE/usr/bin/memhp"
	run ! run_path "$STAGE/usr/lib/libmemhp.so"
	memhp_make uninstall
	run find "$STAGE" ! -type d
	assert_output ""
}

@test "a program finds the installed library by pkg-config" {
	memhp_make install
	run env PKG_CONFIG_PATH="$STAGE/usr/lib/pkgconfig" PKG_CONFIG_SYSROOT_DIR="$STAGE" \
		pkg-config --cflags --libs libmemhp
	assert_success
	assert_output --partial "-lmemhp"
}
