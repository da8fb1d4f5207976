#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pipe_greetings_printed: the notes' program "Greetings" compiles and runs.
#
# Notes: S176 (000:279-313), S315 (000:289-313)
# Watch: gcc's messages about pipe_greetings.printed, and what it prints; then
#        what gcc says when it is asked for results that nobody looks at.
# See:   no message, and what it should print. That is no proof: three calls
#        are not checked. greetings_orphan shows how it fails.
# shellcheck disable=SC2016,SC2154  # check evals; check.bash sets
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash"

gcc -std=gnu17 -x c -Wall -Wextra -o printed \
	"$here/pipe_greetings.printed" >said 2>&1
compiled=$?
say "gcc: $(wc -l <said) messages, status $compiled"
check "S176 S315" "it compiles as printed, without a warning" \
	eval '[ $compiled = 0 ] && [ ! -s said ]'
# cat ends when the child has, though the parent does not wait for it.
text=$(./printed | cat)
say "it prints: $text"
check "S176 S315" "it prints what the parent wrote" \
	test "$text" = "read Greetings"

# The calls in program $1 of which the result is not used.
unused() {
	gcc -std=gnu17 -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -x c \
		-c -o unused.o "$here/$1" 2>&1 |
		sed -n "s/.*ignoring return value of '\([a-z]*\)'.*/\1/p" | xargs
}

as_printed=$(unused pipe_greetings.printed)
say "with _FORTIFY_SOURCE gcc says that these are not checked: $as_printed"
check S315 "nobody looks at what pipe(), write() and read() return" \
	test "$as_printed" = "pipe write read"
check S315 "the corrected program checks them all" \
	eval '[ -e unused.o ] && [ -z "$(unused pipe_greetings.c)" ]'
finish
