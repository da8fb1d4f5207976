#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# java_date: the date server and client of the notes run as they are printed.
#
# Notes: S264 (000:356), S267 (000:362), S268 (000:392)
# Watch: both are compiled unchanged. The client runs without a server; then
#        with one that lives in New York, twice; then while the server is
#        stopped.
# See:   without a server there is no Socket. The date is the server's, and
#        the client ends when the server closes. A client is connected even
#        while the server is stopped: that is done by the kernel. What is
#        wrong with them: java_one_at_a_time, java_mistakes.
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

# All of its threads are stopped.
is_stopped() {
	! grep -qv ') T ' /proc/"$1"/task/*/stat
}

client() {
	"${java[@]}" -Duser.timezone=UTC DateClient
}

# is_now DATE SINCE: the date lies between SINCE and now.
is_now() {
	local time

	time=$(LC_ALL=C date -d "$1" +%s) && [ "$time" -ge "$2" ] &&
		[ "$time" -le "$(date +%s)" ]
}

for class in DateServer DateClient; do
	cp "$here/$class.printed" $class.java
done
check "S267 S268" "both programs compile as they are printed" \
	"${javac[@]}" -encoding UTF-8 DateServer.java DateClient.java

client >out 2>&1
status=$?
say "without a server the client ends with $status: $(head -n 1 out)"
check S264 "no Socket without a server: a connection is made or refused" \
	grep -q 'ConnectException: Connection refused' out

"${java[@]}" -Duser.timezone=America/New_York DateServer &
server=$!
wait_for $server in_state $listens || exit

since=$(date +%s)
first=$(client)
status=$?
say "the client prints: $first"
check "S267 S268" "the client prints the time of day that the server sent" \
	is_now "$first" "$since"
check "S267 S268" "it is the server's date: the server lives in New York" \
	grep -q 'E[SD]T' <<<"$first"
check "S267 S268" "the client ends well, as the server closes the connection" \
	test "$status" = 0

second=$(client)
say "another client prints: $second"
check S267 "the server goes on and accepts another client" \
	is_now "$second" "$since"

kill -STOP $server
wait_for $server is_stopped $server
client >out &
client=$!
wait_for $client in_state $connected
is_connected=$?
say "the server is stopped; TCP has connected a client: $(in_state $connected &&
	echo yes || echo no); it has read $(wc -c <out) bytes"
kill -CONT $server
check S264 "a Socket is a TCP connection: it is there before it is accepted" \
	test $is_connected = 0
wait $client
say "the server goes on, and the client prints: $(cat out)"
check S268 "the client has waited for its answer" is_now "$(cat out)" "$since"
finish
