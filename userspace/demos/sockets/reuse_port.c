// SPDX-License-Identifier: GPL-2.0-only
/*
 * reuse_port: a port is a notion of the kernel: two sockets can share one.
 *
 * Notes: S231 (001:177)
 * Watch: a second socket is bound to the same port, without and with the
 *        option SO_REUSEPORT on both; then datagrams to that port.
 * See:   EADDRINUSE without it. With it, the kernel gives each datagram to one
 *        of the two; which one depends on the sender's port, and varies.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

static struct sockaddr_in name = { .sin_family = AF_INET };

/* A socket at the port; -1 if the kernel does not allow it. */
static int bound(int share)
{
	int fd = need(socket(AF_INET, SOCK_DGRAM, 0));

	need(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &share, sizeof(share)));
	if (bind(fd, &name, sizeof(name)) == 0)
		return fd;
	say("a second socket at port 1625: %s", strerror(errno));
	close(fd);
	return -1;
}

int main(void)
{
	int got[2] = { 0, 0 }, alone, sent, fd;
	struct pollfd both[2] = { { .events = POLLIN }, { .events = POLLIN } };

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	name.sin_port = htons(1625);
	name.sin_addr.s_addr = inet_addr("127.0.0.1");

	alone = bound(0);
	check(alone >= 0 && bound(0) == -1 && errno == EADDRINUSE, "S231",
	      "normally the kernel gives a port to one socket only");
	close(alone);

	both[0].fd = bound(1);
	both[1].fd = bound(1);
	check(both[0].fd >= 0 && both[1].fd >= 0, "S231",
	      "with SO_REUSEPORT, two sockets are bound to one port");

	/* Each from another port, until both have got some; it is quick. */
	for (sent = 0; sent < 1000 && (!got[0] || !got[1]); sent++) {
		fd = need(socket(AF_INET, SOCK_DGRAM, 0));
		need(sendto(fd, "x", 1, 0, &name, sizeof(name)));
		close(fd);
		need(poll(both, 2, 10000));
		for (int i = 0; i < 2; i++)
			got[i] += recv(both[i].fd, &(char){ 0 }, 1,
				       MSG_DONTWAIT) == 1;
	}
	say("sent %d datagrams; one socket got %d, the other %d", sent, got[0],
	    got[1]);
	check(got[0] && got[1] && got[0] + got[1] == sent, "S231",
	      "the kernel decides which socket gets what comes to the port");
	return done();
}
