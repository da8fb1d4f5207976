#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# pipe_hello_printed: what is wrong with the notes' pipe program "hello, world".
#
# Notes: S177 (001:216-252), S316 (001:243), S317 (001:248),
#        S318 (001:234,239,251), S319 (001:249), S320 (001:243),
#        S321 (001:247-248)
# Watch: gcc's messages about pipe_hello.printed, mended one by one; then what
#        it prints, byte by byte, and what it does when a call fails.
# See:   it sends one byte too many, waits in the wrong process, and takes an
#        error for a length.
# shellcheck disable=SC2016,SC2154  # check evals; check.bash sets
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash"

cp "$here/pipe_hello.c" .
cp "$here/pipe_hello.printed" x.c
errors=$(messages | grep -c ': error: ')
say "as printed: $errors errors"
check S177 "as printed it does not compile" test "$errors" -ge 2
check S316 "a dot is not a comma" mends 's/fd\[1\]\./fd[1],/' \
	"line 23: error: expected identifier before string constant" \
	"line 23: error: too few arguments to function 'write'"
check S317 "lien is not line" \
	mends 's/lien/line/' "line 28: error: 'lien' undeclared"
check S318 "exit() is in stdlib.h, which is not included" \
	mends '3s/$/\n#include <stdlib.h>\n#line 4/' \
	"line 14: warning: implicit declaration of function 'exit'"
check S319 "waitpid() is in sys/wait.h, which is not included" \
	mends '3s/$/\n#include <sys\/wait.h>\n#line 4/' \
	"line 29: warning: implicit declaration of function 'waitpid'"
check S319 "its third argument is an int" mends 's/NULL, NULL/NULL, 0/' \
	"line 29: warning: passing argument 3 of 'waitpid' makes integer from"
check S177 "then gcc has nothing more to say" test -z "$(messages)"

gcc -o x x.c && ./x | od -An -c | sed 's/^/  as printed: /' | tee bytes
check S320 "14 bytes: the end of the string is sent and printed as well" \
	grep -q ' d *\\n *\\0$' bytes
gcc -o pipe_hello pipe_hello.c && ./pipe_hello | od -An -c |
	sed 's/^/  corrected:  /' | tee bytes
check "S177 S320" "corrected, it prints 13 bytes: hello, world and a newline" \
	test "$(./pipe_hello | wc -c) $(./pipe_hello)" = "13 hello, world"

# With room for one descriptor more, there can be no pipe.
few() {
	(exec 3>&- && ulimit -n 4 && exec ./"$1" 2>&1)
}

text=$(few x)
status=$?
say "no room for a pipe: \"$text\", status $status"
check S318 "of exit(-1) one byte arrives: 255" test $status = 255
text=$(few pipe_hello)
status=$?
check S318 "corrected it is exit(1), and 1 arrives" test $status = 1

run x 's/waitpid(.*/& perror("pid is 0: waitpid");/'
say "in the child: $(echo "$text" | tail -n 1)"
check S319 "the child waits, but has no child to wait for: ECHILD" \
	eval '[[ $text = *"waitpid: No child processes"* ]]'
text=$( (./x >/dev/full) 2>&1)
status=$?
say "its output cannot be written: status $status"
check "S319 S321" "nobody looks how it went: the status is that of success" \
	test $status = 0
text=$( (./pipe_hello >/dev/full) 2>&1)
status=$?
say "corrected: $text, status $status"
check S319 "corrected, the parent waits, and passes the child's failure on" \
	test $status = 1

fail='s/n = read(fd\[0\]/n = read(-1/'
run x "$fail; s/write(STDOUT.*/& fprintf(stderr, \"%d: %m\", n);/"
say "read() fails: write() of $text"
check S321 "the error becomes the length of write(), which fails too" \
	test "$text" = "-1: Bad address"
run pipe_hello "$fail"
say "corrected: $text"
check S321 "corrected, the child looks at what read() returned" \
	test "$text" = "read error: Bad file descriptor"
finish
