#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# java_datagrams: Java's two sockets for datagrams, and who gets what they send.
#
# Notes: S265 (000:357), S266 (000:358)
# Watch: two DatagramSockets share a port; one datagram is sent to the machine,
#        one to the broadcast address. Then one to a port that is nobody's.
#        Then three MulticastSockets: two in a group, one in another.
# See:   a DatagramSocket sends to one receiver, and needs none: it is not
#        connected. It is not "broadcasting": that is an address and an option.
#        A MulticastSocket gets what is sent to a group that it has joined.
# shellcheck source=userspace/demos/check.bash
. "$(dirname "$(readlink -f "$0")")/../check.bash" own_net

cp "$here/Datagrams.java" .
"${javac[@]}" Datagrams.java || exit
# On one processor datagrams over the loopback device keep their order.
cpu=$(awk '/^Cpus_allowed_list/ { print $2 + 0 }' /proc/self/status)
taskset -c "$cpu" "${java[@]}" -Djava.net.preferIPv4Stack=true Datagrams >seen

# count REGEX: how many lines of the program are so.
count() {
	grep -cE "^($1)$" seen
}

say "two DatagramSockets of one port got: $(sed -n 1,2p seen | paste -sd ,)"
check S265 "a datagram to an address goes to one socket" \
	test "$(count '[ab] one all end') $(count '[ab] all end')" = "1 1"
check S265 "one to the broadcast address goes to all of them" \
	test "$(count '[ab].* all end')" = 2
say "to a port that is nobody's: $(sed -n 3,4p seen | paste -sd ,)"
check S265 "no connection: a datagram is sent though nobody is there" \
	test "$(count 'datagram is sent|socket: Connection refused')" = 2
say "with the option SO_BROADCAST off: $(sed -n 5p seen)"
check S265 "broadcasting is an option of the socket, not what it is" \
	test "$(count 'broadcast: Permission denied')" = 1
say "three MulticastSockets got: $(sed -n 6,8p seen | paste -sd ,)"
check S266 "one datagram to a group reaches each of its two members" \
	test "$(count 'member group end')" = 2
check S266 "it does not reach a socket that is not in the group" \
	test "$(count 'other end')" = 1
finish
