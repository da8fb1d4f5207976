#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# java_one_at_a_time: a server without threads lets all wait for a slow client.
#
# Notes: S267 (000:362), S330 (000:366)
# Watch: the notes' date server, then the corrected one with a thread for each
#        client. The service is made to hear a line from the client first: the
#        programs are compiled beside slow/Socket.java. Client 1 says nothing,
#        client 2 has sent its line.
# See:   the server as printed is in read() for client 1, and client 2 is not
#        even accepted. With threads client 2 has its date at once.
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_net
needs_port 6013

# try_out VERSION: starts that server, and connects client 1, which says
# nothing, as descriptor 3, and client 2, which asks, as descriptor 4.
try_out() {
	rm -f ./*
	cp "$here"/slow/*.java .
	cp "$here/$1" DateServer.java
	"${javac[@]}" ./*.java || exit
	start DateServer
	exec 3<>/dev/tcp/127.0.0.1/6013
	wait_for $server grep -q hearing log || exit
	exec 4<>/dev/tcp/127.0.0.1/6013
	echo "my line" >&4
}

# How many clients wait to be accepted.
waiting() {
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk '
		$2 ~ /:177D$/ && $4 == "0A" { n += substr($5, 10) } END { print n }'
}

has_nothing() {
	! read -r -t 0 -u "$1"
}

# Client 2 has come to the queue, or even out of it.
client_2_has_come() {
	queue=$(waiting)
	[ "$queue" = 1 ] || [ "$(grep -c hearing log)" = 2 ]
}

client_2_waits() {
	[ "$queue" = 1 ] && has_nothing 4
}

try_out DateServer.printed
wait_for $server client_2_has_come
# At SIGQUIT a JVM prints where each of its threads is.
kill -QUIT $server
wait_for $server grep -q 'JNI global ref' log
place=$(sed -n '/^"main"/,/^$/p' log |
	grep -oE '(Socket[.]get|DateServer[.])[^)]*\)')
say "the server is in" "${place//$'\n'/ of }"
say "clients that are connected, but not accepted: $queue"
check S267 "as printed: the only thread is busy with the client that is slow" \
	grep -q Socket.getOutputStream <<<"$place"
check S267 "as printed: the next client waits, though it has sent its line" \
	client_2_waits
echo "at last" >&3
read -r -t 30 first <&3
read -r -t 30 second <&4
say "client 1 says its line and gets: $first; client 2: $second"
check S267 "the next client is served when the slow one is done" \
	is_a_date "$second"
exec 3>&- 4>&-
stop
first='' second=''

try_out DateServer.java
read -r -t 30 second <&4
say "with threads client 2 gets, while client 1 is silent: $second"
check "S267 S330" "with a thread for each client a slow one holds up nobody" \
	is_a_date "$second"
check S330 "the slow client has its thread, and nothing was sent to it yet" \
	has_nothing 3
echo "at last" >&3
read -r -t 30 first <&3
say "client 1 says its line and gets: $first"
check S330 "the slow client is served too, when it has spoken" \
	is_a_date "$first"
finish
