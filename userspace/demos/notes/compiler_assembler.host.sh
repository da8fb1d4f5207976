#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# compiler_assembler: a compiler produces assembly code, an assembler consumes it.
#
# Notes: S46 (000:24)
# Watch: gcc -S -x c -o - - | as -o hello.o -; the compiler's source is held
#        back, so both processes can be looked at.
# See:   the assembler runs already, and sleeps: the pipe is empty. When the
#        source comes, the compiler's output goes through the pipe, no file.
# shellcheck disable=SC2016  # check evals
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash"

running() {
	grep -qs '^State:[[:space:]]*[RSD]' "/proc/$1/status"
}

sleeps_on_pipe() {
	grep -qs '^State:[[:space:]]*S' "/proc/$assembler/status" &&
		[ "$(readlink "/proc/$assembler/exe")" = "$(readlink -f \
			"$(command -v as)")" ]
}

mkfifo source
{ echo "$BASHPID" >producer && exec gcc -S -x c -o - -; } <source |
	{ echo "$BASHPID" >consumer && exec as -o hello.o -; } &
exec 3>source # opened by both ends, still empty
for ((i = 0; i < 2000; i++)); do
	[ ! -s producer ] || [ ! -s consumer ] || break
	sleep 0.01
done
compiler=$(cat producer) assembler=$(cat consumer)
for ((i = 0; i < 2000; i++)); do
	! sleeps_on_pipe || break
	sleep 0.01
done

out=$(readlink "/proc/$compiler/fd/1")
in=$(readlink "/proc/$assembler/fd/0")
say "compiler $compiler writes to $out, assembler $assembler reads $in"
check S46 "producer and consumer run at the same time" \
	eval 'running $compiler && running $assembler'
check S46 "one pipe is the output of the compiler and the assembler's input" \
	eval '[[ $out = pipe:* && $in = "$out" ]]'
check S46 "the assembler sleeps: there is nothing to consume yet" \
	sleeps_on_pipe

cat >&3 <<'C'
#include <stdio.h>

int main(void)
{
	puts("hello from a pipe");
	return 7;
}
C
exec 3>&-
wait
gcc -o hello hello.o
text=$(./hello)
status=$?
say "hello.o was linked; the program says \"$text\" and returns $status"
check S46 "what the assembler made of it links and runs" \
	test "$text $status" = "hello from a pipe 7"
say "files: $(echo *)"
check S46 "no file has the assembly code: it went through the pipe" test -z "$(find . -name '*.s')"
finish
