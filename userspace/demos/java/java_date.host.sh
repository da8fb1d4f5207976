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
#        wrong with them: java_one_at_a_time, java_mistakes,
#        java_no_finally, java_charset.
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_net
needs_port 6013

client() {
	"${java[@]}" -Duser.timezone=UTC DateClient
}

# is_now DATE SINCE: the date lies between SINCE and now.
is_now() {
	local time

	time=$(date -d "$1" +%s) && [ "$time" -ge "$2" ] &&
		[ "$time" -le "$(date +%s)" ]
}

for class in DateServer DateClient; do
	cp "$here/$class.printed" $class.java
done
check "S267 S268" "both programs compile as they are printed" \
	"${javac[@]}" DateServer.java DateClient.java

client >out 2>&1
status=$?
say "without a server the client ends with $status: $(head -n 1 out)"
check S264 "no Socket without a server: a connection is made or refused" \
	grep -q 'ConnectException: Connection refused' out

start -Duser.timezone=America/New_York DateServer
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
