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
here=$(dirname "$(readlink -f "$0")")
# shellcheck source=/dev/null
. "$here/../check.sh"
PATH=$PATH:/usr/sbin

# Port 6013 may be taken here: into a network of our own, if one can be made.
if [ -z "${OWN_NET-}" ]; then
	for how in -n -rn; do
		! unshare $how ip link set lo up 2>/dev/null ||
			OWN_NET=1 exec unshare $how "$0"
	done
else
	ip link set lo up
fi
work=$(mktemp -d)
cd "$work" || exit
cleanup() {
	# shellcheck disable=SC2046  # each process is a word
	kill -KILL $(jobs -p)
	wait
	rm -rf "$work"
} 2>/dev/null
trap cleanup EXIT
java=(java -Xshare:auto -XX:TieredStopAtLevel=1 -XX:-UsePerfData)
javac=(javac -J-Xshare:auto -J-XX:TieredStopAtLevel=1 -J-XX:-UsePerfData)

# wait_for PROCESS COMMAND...: until COMMAND succeeds; PROCESS must live.
wait_for() {
	local process=$1 tries

	shift
	for ((tries = 0; tries < 1200; tries++)); do
		! "$@" || return 0
		kill -0 "$process" 2>/dev/null || break
		sleep 0.05
	done
	echo "waited in vain for: $*" >&2
	return 1
}

# in_state STATE: is there a socket of port 6013 (177D) in this TCP state?
in_state() {
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
		awk -v state="$1" '$2 ~ /:177D$/ && $4 == state { found = 1 }
			END { exit !found }'
}
listens=0A connected=01
if in_state $listens; then
	echo "port 6013 is taken" >&2
	exit 1
fi

# start ARGUMENT...: a server; what it says goes to the file log.
start() {
	"${java[@]}" "$@" >log 2>&1 &
	server=$!
	wait_for $server in_state $listens || exit
}

stop() {
	kill $server
	wait $server 2>/dev/null
}

# Sets $line to what a new client is sent.
ask() {
	line=''
	exec 3<>/dev/tcp/127.0.0.1/6013
	read -r -t 30 line <&3
}

is_a_date() {
	LC_ALL=C date -d "${1:-none}" >/dev/null 2>&1
}

# All threads of process $1 are stopped.
is_stopped() {
	! grep -qv ') T ' /proc/"$1"/task/*/stat
}

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
	"${javac[@]}" -encoding UTF-8 ./*.java || exit
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
