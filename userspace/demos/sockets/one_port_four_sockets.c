// SPDX-License-Identifier: GPL-2.0-only
/*
 * one_port_four_sockets: even locally, a port alone names no socket.
 *
 * Notes: S234 (001:183-184)
 * Watch: port 1625 on two addresses of one computer, by TCP and by UDP.
 * See:   four sockets have this port at once. The notes say that locally the
 *        port is enough; it takes protocol, address and port. A second socket
 *        with all three the same is refused.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

static struct sockaddr_in name_of(const char *ip)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(1625),
				     .sin_addr.s_addr = inet_addr(ip) };
}

/* A receiving socket at port 1625 of this address; -1 if it is taken. */
static int receiver(const char *ip, int type)
{
	struct sockaddr_in name = name_of(ip);
	int fd = need(socket(AF_INET, type, 0));

	if (bind(fd, &name, sizeof(name)) == -1) {
		close(fd);
		return -1;
	}
	if (type == SOCK_STREAM)
		need(listen(fd, 1));
	return fd;
}

static void send_to(const char *ip, int type, char letter)
{
	struct sockaddr_in name = name_of(ip);
	int fd = need(socket(AF_INET, type, 0));

	need(connect(fd, &name, sizeof(name)));
	need(write(fd, &letter, 1));
	close(fd);
}

/* The letter that arrived at a receiving socket. */
static char arrived(int fd, int type)
{
	char letter = '?';

	if (type == SOCK_STREAM)
		fd = need(accept(fd, NULL, NULL));
	need(read(fd, &letter, 1));
	return letter;
}

int main(void)
{
	static const struct {
		const char *ip;
		int type;
		char letter;
	} four[] = { { "127.0.0.2", SOCK_STREAM, 'A' },
		     { "127.0.0.3", SOCK_STREAM, 'B' },
		     { "127.0.0.2", SOCK_DGRAM, 'C' },
		     { "127.0.0.3", SOCK_DGRAM, 'D' } };
	int fd[4], bound = 0, again, right = 0;
	char letter;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	for (int i = 0; i < 4; i++) {
		fd[i] = receiver(four[i].ip, four[i].type);
		bound += fd[i] >= 0;
	}
	check(bound == 4, "S234",
	      "four sockets of one computer have the same port at once");

	for (int i = 0; i < 4; i++)
		send_to(four[i].ip, four[i].type, four[i].letter);
	for (int i = 0; i < 4; i++) {
		letter = arrived(fd[i], four[i].type);
		say("%s, %s, port 1625 received %c", four[i].ip,
		    four[i].type == SOCK_STREAM ? "TCP" : "UDP", letter);
		right += letter == four[i].letter;
	}
	check(right == 4, "S234",
	      "a local sender, too, must say protocol and address");

	again = receiver("127.0.0.2", SOCK_STREAM);
	say("127.0.0.2, TCP, port 1625 once more: %s", strerror(errno));
	check(again == -1 && errno == EADDRINUSE, "S234",
	      "protocol, address and port together name one socket");
	return done();
}
