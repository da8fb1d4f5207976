// SPDX-License-Identifier: GPL-2.0-only
/*
 * bound_port: a socket is bound to a port and communicates through it.
 *
 * Notes: S230 (001:175)
 * Watch: what ss(8) lists before and after bind(); then a socket that sends
 *        and was never bound.
 * See:   ss shows the port and the process; who sends without bind() is bound
 *        by the kernel, and the receiver can answer to that port.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

/* Does ss list a listening socket at port 1625 of this process? */
static int listed(void)
{
	FILE *file = need_ptr(popen("/usr/bin/ss -H -ltnp", "r"));
	char line[512], owner[32];
	int found = 0;

	snprintf(owner, sizeof(owner), "pid=%d,", getpid());
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		say("ss: %s", line);
		found |= strstr(line, ":1625 ") && strstr(line, owner);
	}
	pclose(file);
	return found;
}

static int port_of(int fd)
{
	struct sockaddr_in name = { 0 };
	socklen_t len = sizeof(name);

	need(getsockname(fd, &name, &len));
	return ntohs(name.sin_port);
}

int main(void)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_port = htons(1625),
				    .sin_addr.s_addr = inet_addr("127.0.0.1") };
	int tcp, receiver, sender, before, chosen;
	socklen_t len = sizeof(name);
	struct sockaddr_in from = { 0 };
	char text[8] = "";

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	/* Closed on exec: else ss, a child, would list itself, too. */
	tcp = need(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	before = listed();
	need(bind(tcp, &name, sizeof(name)));
	need(listen(tcp, 1));
	check(!before && port_of(tcp) == 1625 && listed(), "S230",
	      "after bind() and listen(), ss lists the port and its process");

	receiver = need(socket(AF_INET, SOCK_DGRAM, 0));
	need(bind(receiver, &name, sizeof(name)));
	sender = need(socket(AF_INET, SOCK_DGRAM, 0));
	before = port_of(sender);
	need(sendto(sender, "ping", 5, 0, &name, sizeof(name)));
	chosen = port_of(sender);
	say("a sender without bind(): port %d before it sends, %d after it",
	    before, chosen);
	check(before == 0 && chosen > 0, "S230",
	      "who sends is bound to a port, if need be by the kernel");

	need(recvfrom(receiver, text, sizeof(text), 0, &from, &len));
	need(sendto(receiver, "pong", 5, 0, &from, len));
	need(recv(sender, text, sizeof(text), 0));
	say("the receiver answered to port %d: \"%s\"", ntohs(from.sin_port),
	    text);
	check(ntohs(from.sin_port) == chosen && !strcmp(text, "pong"), "S230",
	      "two processes communicate through their ports");
	return done();
}
