// SPDX-License-Identifier: GPL-2.0-only
/*
 * port_in_header: a port is a number in a header, not a pipe.
 *
 * Notes: S333 (000:333)
 * Watch: the bytes of a datagram to port 1625; then datagrams made by hand,
 *        with other numbers in the same place.
 * See:   the port is two bytes of the UDP header. Whoever writes others there
 *        reaches another socket, and can even come from a port that nobody
 *        has. The notes call a port "the pipe connecting computers".
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <sys/socket.h>

static struct sockaddr_in name_of(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr =
					     inet_addr("127.0.0.1") };
}

static int bound(int port)
{
	struct sockaddr_in name = name_of(port);
	int fd = need(socket(AF_INET, SOCK_DGRAM, 0));
	struct timeval patience = { .tv_sec = 10 };

	need(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			sizeof(patience)));
	need(bind(fd, &name, sizeof(name)));
	return fd;
}

/* Writes the UDP header itself; the address of the computer only is given. */
static void send_by_hand(int raw, int from, int to, char letter)
{
	struct sockaddr_in computer = name_of(0);
	struct {
		struct udphdr head;
		char letter;
	} packet = { .head = { .source = htons(from),
			       .dest = htons(to),
			       .len = htons(sizeof(packet.head) + 1) },
		     .letter = letter };

	need(sendto(raw, &packet, sizeof(packet.head) + 1, 0, &computer,
		    sizeof(computer)));
}

int main(void)
{
	struct sockaddr_in name = name_of(1625), from;
	unsigned char packet[64] = { 0 }, *udp;
	int first, second, sender, raw, own_port;
	socklen_t len = sizeof(from);
	char one = 0, two = 0;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	first = bound(1625);
	second = bound(1626);
	sender = bound(0);
	need(getsockname(sender, &from, &len));
	own_port = ntohs(from.sin_port);

	/* A raw socket gets a copy of each packet, with its headers. */
	raw = need(socket(AF_INET, SOCK_RAW, IPPROTO_UDP));
	need(sendto(sender, "A", 1, 0, &name, sizeof(name)));
	need(recv(raw, packet, sizeof(packet), 0));
	need(recv(first, &one, 1, 0));
	udp = packet + sizeof(struct iphdr);
	say("sent from port %d to port 1625; the UDP header: %02x %02x, "
	    "%02x %02x, ...",
	    own_port, udp[0], udp[1], udp[2], udp[3]);
	check((udp[0] << 8 | udp[1]) == own_port &&
		      (udp[2] << 8 | udp[3]) == 1625 && one == 'A',
	      "S333", "a port is a number of 16 bits in the UDP header");

	send_by_hand(raw, own_port, 1625, 'B');
	send_by_hand(raw, own_port, 1626, 'C');
	recv(first, &one, 1, 0);
	recv(second, &two, 1, 0);
	say("by hand to 1625 and 1626: the sockets received %c and %c", one,
	    two);
	check(one == 'B' && two == 'C', "S333",
	      "the number names a socket: another number, another socket");

	send_by_hand(raw, 9, 1625, 'D');
	need(recvfrom(first, &one, 1, 0, &from, &len));
	say("by hand from port 9, which nobody has: %c from port %d", one,
	    ntohs(from.sin_port));
	check(one == 'D' && ntohs(from.sin_port) == 9, "S333",
	      "nothing is laid between ports: the sender's has no socket");
	return done();
}
