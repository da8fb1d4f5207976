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
listens=0A
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

# Lets accept() throw: no new file may have a number above 2. The call in which
# the server waits has its number already, so one more client is served. (And
# one before: for its first date the JVM has to read files.)
no_more_files() {
	ask
	limit=$(prlimit --pid $server --nofile --noheadings --output SOFT)
	prlimit --pid $server --nofile=3:
	ask
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
	"${javac[@]}" -encoding UTF-8 ./*.java || exit
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
exec 3<>/dev/tcp/127.0.0.1/6013
more_files
line=''
read -r -t 30 line <&3
say "it may open files again, and the client that waited gets: $line"
check S330 "corrected: the server lives on and serves who has waited" \
	is_a_date "$line"
finish
