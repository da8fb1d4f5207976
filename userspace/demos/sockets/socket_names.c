// SPDX-License-Identifier: GPL-2.0-only
/*
 * socket_names: an endpoint is named by IP address and port.
 *
 * Notes: S228 (000:331), S235 (000:332), S236 (003:249)
 * Watch: two addresses, which stand for two computers, and services at their
 *        ports; then both ends of one connection. (locate_process has real
 *        machines.)
 * See:   the address chooses the computer, the port the process on it; a pair
 *        of processes uses a pair of sockets, each knows the other's name.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>

/* What a server sees and sends: who it is, its own name, its peer's name. */
struct view {
	pid_t pid;
	struct sockaddr_in own, other;
};

static struct view look(int fd)
{
	struct view view = { .pid = getpid() };
	socklen_t len = sizeof(view.own);

	need(getsockname(fd, &view.own, &len));
	need(getpeername(fd, &view.other, &len));
	return view;
}

static struct sockaddr_in name_of(const char *ip, int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(port),
				     .sin_addr.s_addr = inet_addr(ip) };
}

static pid_t start_server(const char *ip, int port)
{
	int listening = need(socket(AF_INET, SOCK_STREAM, 0)), fd;
	struct sockaddr_in name = name_of(ip, port);
	struct view view;
	pid_t pid;

	need(bind(listening, &name, sizeof(name)));
	need(listen(listening, 8));
	pid = need(fork());
	if (pid == 0) {
		fd = need(accept(listening, NULL, NULL));
		view = look(fd);
		need(write(fd, &view, sizeof(view)));
		_exit(0);
	}
	close(listening);
	return pid;
}

static struct view ask(const char *ip, int port, struct view *mine)
{
	struct sockaddr_in name = name_of(ip, port);
	int fd = need(socket(AF_INET, SOCK_STREAM, 0));
	struct view view = { 0 };

	if (connect(fd, &name, sizeof(name)) == 0) {
		*mine = look(fd);
		need(recv(fd, &view, sizeof(view), MSG_WAITALL));
	}
	close(fd);
	say("asked %s:%d, process %d answered", ip, port, view.pid);
	return view;
}

static void tell(const char *whose, struct view view)
{
	char own[INET_ADDRSTRLEN], other[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, &view.own.sin_addr, own, sizeof(own));
	inet_ntop(AF_INET, &view.other.sin_addr, other, sizeof(other));
	say("the %s socket: %s:%d, connected to %s:%d", whose, own,
	    ntohs(view.own.sin_port), other, ntohs(view.other.sin_port));
}

static int same(struct sockaddr_in a, struct sockaddr_in b)
{
	return a.sin_port == b.sin_port &&
	       a.sin_addr.s_addr == b.sin_addr.s_addr;
}

int main(void)
{
	struct sockaddr_in name = { 0 };
	socklen_t len = sizeof(name);
	struct view a, b, c, mine = { 0 };
	pid_t pids[3];
	int fd;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	need0(system("/usr/sbin/ip addr add 161.25.19.8/32 dev lo"));
	need0(system("/usr/sbin/ip addr add 161.25.19.9/32 dev lo"));

	fd = need(socket(AF_INET, SOCK_STREAM, 0));
	check(getpeername(fd, &name, &len) == -1 && errno == ENOTCONN &&
		      send(fd, "x", 1, MSG_NOSIGNAL) == -1,
	      "S228", "one endpoint alone has no peer and carries nothing");
	close(fd);

	pids[0] = start_server("161.25.19.8", 1625);
	pids[1] = start_server("161.25.19.8", 1626);
	pids[2] = start_server("161.25.19.9", 1625);
	c = ask("161.25.19.9", 1625, &mine);
	b = ask("161.25.19.8", 1626, &mine);
	a = ask("161.25.19.8", 1625, &mine);
	check(a.pid == pids[0] && b.pid == pids[1], "S235",
	      "on one address, the port chooses the process");
	check(a.pid == pids[0] && c.pid == pids[2], "S235",
	      "with the same port, the address chooses the process");

	tell("client's", mine);
	tell("server's", a);
	check(same(a.own, name_of("161.25.19.8", 1625)), "S235",
	      "the server's socket is named 161.25.19.8:1625");
	check(a.pid == pids[0] && same(mine.own, a.other) &&
		      same(mine.other, a.own) && !same(mine.own, mine.other),
	      "S228 S236",
	      "a pair of sockets: each end's own name is the other's peer");
	for (int i = 0; i < 3; i++) {
		kill(pids[i], SIGKILL);
		ended(pids[i]);
	}
	return done();
}
