#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# java_mistakes: what the notes' date programs do when something goes wrong.
#
# Notes: S330 (000:366)
# Watch: the programs as printed, then corrected: the server's port is taken,
#        and a client resets its connection before it is served.
# See:   as printed the exception goes out of main() to the user, and
#        PrintWriter keeps quiet about the lost client. The corrected ones say
#        in a line what is wrong, and close what they opened.
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_net
needs_port 6013

has_no_connection() {
	! in_state $connected
}

# A client comes and goes while the server is stopped.
lose_a_client() {
	kill -STOP $server
	wait_for $server is_stopped $server
	"${java[@]}" LostClient
	wait_for $server has_no_connection
	kill -CONT $server
}

lost_clients_are() {
	[ "$(grep -c '^a client is lost' log)" = "$1" ]
}

open_sockets() {
	find /proc/$server/fd -lname 'socket:*' | wc -l
}

compile() {
	cp "$here/DateServer.$1" DateServer.java
	cp "$here/DateClient.$1" DateClient.java
	cp "$here/LostClient.java" .
	"${javac[@]}" ./*.java || exit
}

compile printed
start DateServer
"${java[@]}" DateServer >second 2>&1
say "as printed, a second server: $(head -n 1 second)"
check S330 "as printed: the exception goes out of main(), with its stack" \
	grep -q 'at DateServer.main' second
lose_a_client
ask
say "a client was lost, and the server says: $(cat log)"
say "the next client gets: $line"
check S330 "as printed: it works, and the next client is served" \
	is_a_date "$line"
check S330 "as printed: nobody learns that a client did not get its date" \
	test ! -s log
stop

compile java
"${java[@]}" DateClient >client 2>&1
start DateServer
"${java[@]}" DateServer >second 2>&1
status=$?
say "corrected, a second server: $(cat second)"
say "and a client without a server: $(cat client)"
check S330 "corrected: what goes wrong is said in one line, without a stack" \
	test "$status $(cat second client | wc -l)" = "1 2"
lose_a_client
wait_for $server lost_clients_are 1
before=$(open_sockets)
lose_a_client
wait_for $server lost_clients_are 2
after=$(open_sockets)
ask
say "two clients were lost, and the server says: $(tail -n 1 log)"
say "its open sockets after the first: $before, after the second: $after"
say "the next client gets: $line"
check S330 "corrected: the server says that a client is lost" lost_clients_are 2
check S330 "corrected: the socket of a lost client is closed all the same" \
	test "$after" = "$before"
check S330 "corrected: the next client is served" is_a_date "$line"
stop
finish
