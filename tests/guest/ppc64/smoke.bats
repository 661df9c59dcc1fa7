# shellcheck shell=bats
# SPDX-License-Identifier: LGPL-2.1-or-later
# The guest itself: what the other files rely on.

bats_require_minimum_version 1.5.0
# shellcheck source=../change.bash
. "$BATS_TEST_DIRNAME/change.bash"

@test "x" {
 run true
}
