// SPDX-License-Identifier: GPL-2.0-only
/*
 * udp_broadcast: a datagram goes to one receiver, unless asked otherwise.
 *
 * Notes: S248 (003:295), S265 (000:357)
 * Watch: two receivers at the same port; a datagram to the computer, then one
 *        to the broadcast address of its network.
 * See:   one of them gets the first. The second is refused (EACCES) until the
 *        sender sets SO_BROADCAST; then both get it. The notes call datagram
 *        sockets "one-to-many", DatagramSocket "broadcasting": by themselves,
 *        they are not.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

static struct sockaddr_in name_of(const char *ip)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(7000),
				     .sin_addr.s_addr = inet_addr(ip) };
}

/* Two of these may share a port, so that both hear a broadcast. */
static int receiver(void)
{
	struct sockaddr_in any = name_of("0.0.0.0");
	int fd = need(socket(AF_INET, SOCK_DGRAM, 0)), one = 1;
	struct timeval patience = { .tv_sec = 10 };

	need(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	need(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			sizeof(patience)));
	need(bind(fd, &any, sizeof(any)));
	return fd;
}

static ssize_t send_to(int fd, const char *ip, char letter)
{
	struct sockaddr_in name = name_of(ip);
	ssize_t n = sendto(fd, &letter, 1, 0, &name, sizeof(name));

	say("%c to %s: %s", letter, ip, n == -1 ? strerror(errno) : "sent");
	return n;
}

/* Reads up to the letter B; how many came before it? -1: B never came. */
static int before_b(int fd)
{
	char letter = 0;
	int count = 0;

	while (recv(fd, &letter, 1, 0) == 1 && letter != 'B')
		count++;
	return letter == 'B' ? count : -1;
}

int main(void)
{
	struct pollfd both[2] = { { .events = POLLIN }, { .events = POLLIN } };
	int first, second, sender, one = 1, a, b;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	first = receiver();
	second = receiver();
	sender = need(socket(AF_INET, SOCK_DGRAM, 0));

	need(send_to(sender, "127.0.0.1", 'A'));
	both[0].fd = first;
	both[1].fd = second;
	need(poll(both, 2, -1)); /* until A is there; B must not overtake it */
	check(send_to(sender, "127.255.255.255", '?') == -1 && errno == EACCES,
	      "S248 S265", "a datagram socket does not broadcast: EACCES");
	need(setsockopt(sender, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)));
	need(send_to(sender, "127.255.255.255", 'B'));

	a = before_b(first);
	b = before_b(second);
	say("before B, the first receiver got %d, the second %d", a, b);
	check(a + b == 1 && a >= 0 && b >= 0, "S248 S265",
	      "a datagram to a computer has one receiver, not many");
	check(a >= 0 && b >= 0, "S248",
	      "with SO_BROADCAST, a datagram to all reaches both");
	return done();
}
