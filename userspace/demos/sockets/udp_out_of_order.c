// SPDX-License-Identifier: GPL-2.0-only
/*
 * udp_out_of_order: datagrams may overtake each other.
 *
 * Notes: S250 (003:310)
 * Watch: on a network that delays half of the packets by 50 ms, 100 numbers
 *        are sent in order, one in a datagram.
 * See:   all of them come, many after one that was sent later.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#define DATAGRAMS 100

int main(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_port = htons(7000),
				    .sin_addr.s_addr = inet_addr("127.0.0.1") };
	int highest = -1, late = 0, got, number, fd;
	char order[256] = "";

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	need0(system("/usr/sbin/tc qdisc add dev lo root netem "
		     "delay 50ms reorder 50%"));
	fd = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(bind(fd, &name, sizeof(name)));

	for (int i = 0; i < DATAGRAMS; i++)
		need(sendto(fd, &i, sizeof(i), 0, &name, sizeof(name)));
	for (got = 0; got < DATAGRAMS; got++) {
		need(recv(fd, &number, sizeof(number), 0));
		late += number < highest;
		if (number > highest)
			highest = number;
		if (got < 16)
			sprintf(order + strlen(order), " %d", number);
	}
	say("sent 0, 1, 2 ...; the first that came:%s", order);
	say("%d of %d came after one that was sent later", late, got);
	check(late > 0, "S250", "UDP does not keep the order");
	return done();
}
