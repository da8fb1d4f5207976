#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pipe_greetings_printed: the notes' program "Greetings" compiles and runs.
#
# Notes: S176 (000:279-313), S315 (000:289-313)
# Watch: gcc's messages about pipe_greetings.printed, and what it prints.
# See:   nothing, and what it should. That is no proof: greetings_orphan shows
#        how it fails.
# shellcheck disable=SC1091,SC2016  # check.sh, and what check evals
here=$(dirname "$(readlink -f "$0")")
. "$here/../check.sh"

dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT
cd "$dir" || exit

LC_ALL=C gcc -std=gnu17 -x c -Wall -Wextra -o printed \
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
finish
