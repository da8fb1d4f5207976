#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# java_no_finally: an exception ends the server, and leaves its socket open.
#
# Notes: S330 (000:366)
# Watch: the date server is a part of LargerProgram, which has another thread.
#        It is allowed no more open files, so that accept() throws.
# See:   as printed main() is gone, but its port listens: clients are connected
#        and wait for nobody. The corrected server says why it waits, and
#        serves the waiting client when it may open files again.
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_net
needs_port 6013

# Lets accept() throw: no new file may have a number above 2. The call in which
# the server waits has its number already, so one more client has to come. (And
# one before: for its first date the JVM has to read files.)
no_more_files() {
	ask
	limit=$(prlimit --pid $server --nofile --noheadings --output SOFT)
	prlimit --pid $server --nofile=3:
	exec 3<>/dev/tcp/127.0.0.1/6013
	wait_for $server grep -q 'Too many open files' log
}

more_files() {
	prlimit --pid $server --nofile="$limit":
}

# At SIGQUIT a JVM prints where its threads are. One called DestroyJavaVM is
# there when main() has ended, and waits for the others to end.
main_has_ended() {
	kill -QUIT $server
	grep -q '^"DestroyJavaVM"' log
}

compile() {
	cp "$here/DateServer.$1" DateServer.java
	cp "$here/LargerProgram.java" .
	"${javac[@]}" ./*.java || exit
}

compile printed
start LargerProgram
no_more_files
more_files
say "as printed: $(grep 'Too many' log)"
wait_for $server main_has_ended
ended=$?
in_state $listens
left=$?
say "main() has ended: $([ $ended = 0 ] && echo yes || echo no);" \
	"port 6013 is $([ $left = 0 ] || echo "not ")open"
check S330 "as printed: a failing accept() ends main(), for all clients" \
	test $ended = 0
check S330 "as printed: the server's socket is left open, and nobody accepts" \
	test $left = 0
stop

compile java
start LargerProgram
no_more_files
say "corrected: $(tail -n 1 log)"
exec 4<>/dev/tcp/127.0.0.1/6013
more_files
line=''
read -r -t 30 line <&4
say "it may open files again, and the client that waited gets: $line"
check S330 "corrected: the server lives on and serves who has waited" \
	is_a_date "$line"
finish
