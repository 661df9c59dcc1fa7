# shellcheck shell=bash
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# bats records the whole stack before every command, which takes several times what the commands
# themselves take. The stack of the one that failed is enough, up to who called a library.

bats_debug_trap()
{
	:
}

bats_error_trap()
{
	bats_check_status_from_trap
	[[ $BATS_DEBUG_LAST_STACK_TRACE_IS_VALID ]] && return
	bats_capture_stack_trace
	while [[ ${BATS_DEBUG_LAST_STACK_TRACE-} == *" /usr/lib/"* ]]; do
		BATS_DEBUG_LAST_STACK_TRACE=("${BATS_DEBUG_LAST_STACK_TRACE[@]:1}")
	done
	BATS_DEBUG_LAST_STACK_TRACE_IS_VALID=1
}
