// SPDX-License-Identifier: GPL-2.0-only
/*
 * port_not_socket: a remote machine sees the port, not the socket.
 *
 * Notes: S239 (001:192)
 * Watch: a client on another machine asks port 1625 twice; in between, the
 *        server process and its socket are replaced.
 * See:   the client's machine does not list the server's socket, and the
 *        client does not notice that it talks to another one.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

struct answer {
	pid_t pid;
	ino_t socket;
	struct sockaddr_in port;
};

static struct sockaddr_in server_name(void)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(1625),
				     .sin_addr.s_addr = inet_addr("10.0.0.1") };
}

/* A process with a socket at port 1625, for one client. */
static pid_t start_server(void)
{
	int listening = need(socket(AF_INET, SOCK_STREAM, 0)), one = 1, fd;
	struct sockaddr_in name = server_name();
	struct answer answer;
	struct stat st;
	pid_t pid;

	need(setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one,
			sizeof(one)));
	need(bind(listening, &name, sizeof(name)));
	need(listen(listening, 1));
	pid = need(fork());
	if (pid == 0) {
		need(fstat(listening, &st));
		fd = need(accept(listening, NULL, NULL));
		answer.pid = getpid();
		answer.socket = st.st_ino;
		need(write(fd, &answer, sizeof(answer)));
		_exit(0);
	}
	close(listening);
	return pid;
}

/* How many sockets in the state of listening does this machine list? */
static int listening_here(void)
{
	FILE *file = need_ptr(popen("/usr/bin/ss -H -ltn", "r"));
	char line[256];
	int count = 0;

	while (fgets(line, sizeof(line), file))
		count++;
	pclose(file);
	return count;
}

/* On the other machine: reports what it sees, twice. */
static void client(int report)
{
	struct sockaddr_in name = server_name();
	socklen_t len = sizeof(name);
	struct answer answer;
	int sockets, fd;
	char go;

	need(read(report, &go, 1)); /* the cable is plugged in */
	need0(system("/usr/sbin/ip addr add 10.0.0.2/24 dev eth0"));
	need0(system("/usr/sbin/ip link set eth0 up"));
	sockets = listening_here();
	need(write(report, &sockets, sizeof(sockets)));
	for (int i = 0; i < 2; i++) {
		need(read(report, &go, 1));
		fd = need(socket(AF_INET, SOCK_STREAM, 0));
		need(connect(fd, &name, sizeof(name)));
		need(recv(fd, &answer, sizeof(answer), MSG_WAITALL));
		need(getpeername(fd, &answer.port, &len));
		need(write(report, &answer, sizeof(answer)));
		close(fd);
	}
	_exit(0);
}

int main(void)
{
	int report[2], there = -1, here;
	struct answer answer[2] = { 0 };
	pid_t pid, server[2];
	char command[128];

	need(unshare(CLONE_NEWNET));
	need(socketpair(AF_UNIX, SOCK_STREAM, 0, report));
	pid = need(fork());
	if (pid == 0) {
		close(report[0]);
		need(unshare(CLONE_NEWNET));
		need(write(report[1], "!", 1));
		client(report[1]);
	}
	close(report[1]);
	need(read(report[0], command, 1));
	snprintf(command, sizeof(command),
		 "/usr/sbin/ip link add eth0 type veth peer name eth0 netns %d",
		 pid);
	need0(system(command));
	need0(system("/usr/sbin/ip addr add 10.0.0.1/24 dev eth0"));
	need0(system("/usr/sbin/ip link set eth0 up"));

	server[0] = start_server();
	here = listening_here();
	need(write(report[0], "!", 1));
	need(recv(report[0], &there, sizeof(there), MSG_WAITALL));
	say("listening sockets: %d on the server's machine, %d on the client's",
	    here, there);
	check(here == 1 && there == 0, "S239",
	      "the remote machine does not see the server's socket");

	for (int i = 0; i < 2; i++) {
		if (i == 1)
			server[1] = start_server();
		need(write(report[0], "!", 1));
		need(recv(report[0], &answer[i], sizeof(answer[i]),
			  MSG_WAITALL));
		say("%s:%d answered: process %d, socket %lu",
		    inet_ntoa(answer[i].port.sin_addr),
		    ntohs(answer[i].port.sin_port), answer[i].pid,
		    (unsigned long)answer[i].socket);
		ended(server[i]);
	}
	check(answer[0].pid == server[0] && answer[1].pid == server[1] &&
		      answer[0].socket != answer[1].socket &&
		      !memcmp(&answer[0].port, &answer[1].port,
			      sizeof(answer[0].port)),
	      "S239",
	      "another process and socket, but the client saw one port");
	ended(pid);
	return done();
}
