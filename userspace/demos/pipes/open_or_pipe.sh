#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# open_or_pipe: which call gives the descriptor of a pipe, which of a FIFO?
#
# Notes: S170 (002:65)
# Watch: strace looks on while a shell runs "echo | cat", and then while echo
#        and cat meet at a FIFO.
# See:   the pipe comes from pipe(), and no open() returns it. The FIFO comes
#        from open(), at both ends. The notes know only open().
. check.sh

fifo=a.fifo
trace=open_or_pipe.trace
rm -f $fifo
mkfifo $fifo

# -y: with each descriptor what it is; -ff: a file for each process.
look() {
	rm -f $trace*
	strace -ff -y -o $trace -e trace=pipe,pipe2,open,openat sh -c "$1"
	cat $trace.* >$trace
}

# How many lines of the trace have this.
lines() {
	grep -c "$1" $trace
}

look 'echo hello | cat >/dev/null'
say "$(grep 'pipe2\?(' $trace)"
check S170 "a pipe is made by pipe()" test "$(lines 'pipe2\?(\[')" = 1
check S170 "not as in the notes: no open() gives the descriptor of a pipe" \
	test "$(lines ' = [0-9]*<pipe:')" = 0

look "echo hello >$fifo & cat <$fifo >/dev/null; wait"
grep " = [0-9]*<.*$fifo>" $trace | sed 's/AT_FDCWD<[^>]*>, //; s/^/  /'
check S170 "the two ends of a FIFO come from two calls of open()" \
	test "$(lines " = [0-9]*<.*$fifo>")" = 2
check S170 "for a FIFO there is no pipe()" test "$(lines 'pipe2\?(')" = 0
rm $fifo $trace*
finish
