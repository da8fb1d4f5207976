// SPDX-License-Identifier: GPL-2.0-only
/*
 * udp_sends: with UDP, each message is sent to an address; no connection.
 *
 * Notes: S237 (003:251), S265 (000:357)
 * Watch: one socket sends to two others, and to a port where nobody is.
 * See:   no connect(), no accept(); each datagram names its receiver, and
 *        comes with the address of its sender. Java: DatagramSocket.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
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

static void send_to(int fd, int port, const char *text)
{
	struct sockaddr_in name = name_of(port);

	need(sendto(fd, text, strlen(text) + 1, 0, &name, sizeof(name)));
}

/* Returns the port of the sender; -1: nothing has come for 10 s. */
static int receive(int fd, char *text, size_t size)
{
	struct sockaddr_in from = { 0 };
	socklen_t len = sizeof(from);

	if (recvfrom(fd, text, size, 0, &from, &len) == -1)
		return -1;
	say("received \"%s\" from port %d", text, ntohs(from.sin_port));
	return ntohs(from.sin_port);
}

int main(void)
{
	char one[16] = "", two[16] = "", reply[16] = "";
	int first, second, sender, ports[2], error;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	first = bound(7001);
	second = bound(7002);
	sender = bound(7000);

	check(send(sender, "?", 1, 0) == -1 && errno == EDESTADDRREQ, "S237",
	      "a datagram needs a receiver's address");
	check(listen(first, 1) == -1 && errno == EOPNOTSUPP, "S237 S265",
	      "nobody listens for connections on a datagram socket");

	send_to(sender, 7001, "to the first");
	send_to(sender, 7002, "to the second");
	ports[0] = receive(first, one, sizeof(one));
	ports[1] = receive(second, two, sizeof(two));
	check(!strcmp(one, "to the first") && !strcmp(two, "to the second"),
	      "S237 S265", "one socket sends to two others, connected to none");
	send_to(second, ports[1], "back");
	receive(sender, reply, sizeof(reply));
	check(ports[0] == 7000 && ports[1] == 7000 && !strcmp(reply, "back"),
	      "S265", "each datagram tells its sender, who can be answered");

	send_to(sender, 7003, "anybody?");
	send_to(first, 7000, "still here");
	receive(sender, reply, sizeof(reply));
	error = recv(first, one, sizeof(one), MSG_DONTWAIT) == -1 ? errno : 0;
	check(!strcmp(reply, "still here") && error == EAGAIN, "S265",
	      "sending to nobody is no error, and nobody else gets it");
	return done();
}
