# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# In a guest: runs a script beside this file, WHAT, by itself, since bats looks at every
# command of a test, which takes its time under emulation.

@test "measure" {
	bash "$BATS_TEST_DIRNAME/$WHAT" >&3
}
