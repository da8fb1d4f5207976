// SPDX-License-Identifier: GPL-2.0-only
/*
 * pipe_over_tcp: what joins two pipes over a network is a socket.
 *
 * Notes: S113 (000:268)
 * Watch: two network namespaces are two machines with a cable between them. On
 *        one a process writes to a pipe, on the other one reads from a pipe.
 *        In between two bridges copy: pipe -> TCP -> pipe, as nc does.
 * See:   the bytes arrive, and the cable has carried them.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#define LINE "a pipe knows no addresses, a socket does\n"
#define LINES 1000

static const struct sockaddr_in *far_address(void)
{
	static struct sockaddr_in address = { .sin_family = AF_INET };

	address.sin_port = htons(7000);
	need(inet_aton("10.1.1.2", &address.sin_addr) ? 0 : -1);
	return &address;
}

/* Copies up to the end; one side is a pipe, the other a socket. */
static void bridge(int from, int to)
{
	char buffer[4096];
	ssize_t n;

	while ((n = need(read(from, buffer, sizeof(buffer)))) > 0)
		need(write(to, buffer, n));
}

static int writer(int fd)
{
	say("near machine: process %d writes %d lines to a pipe", getpid(),
	    LINES);
	for (int i = 0; i < LINES; i++)
		need(write(fd, LINE, strlen(LINE)));
	return 0;
}

/* Reads the pipe up to its end; returns 0 if it got all lines. */
static int reader(int fd)
{
	FILE *in = need_ptr(fdopen(fd, "r"));
	char line[100];
	int lines = 0;

	while (fgets(line, sizeof(line), in))
		lines += !strcmp(line, LINE);
	say("far machine: process %d read %d lines from a pipe", getpid(),
	    lines);
	return lines != LINES;
}

static int far_machine(void)
{
	int sock, fd[2];
	pid_t pid;

	need0(system("ip addr add 10.1.1.2/24 dev veth0 && "
		     "ip link set veth0 up"));
	sock = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(sock, (void *)far_address(), sizeof(struct sockaddr_in)));
	need(listen(sock, 1));
	sock = need(accept(sock, NULL, NULL));
	need(pipe(fd));
	pid = need(fork());
	if (!pid) {
		need(close(fd[1]));
		_exit(reader(fd[0]));
	}
	bridge(sock, fd[1]);
	need(close(fd[1]));
	return ended(pid);
}

/* Bytes sent over the cable so far, from /proc/net/dev. */
static long cable_sent(void)
{
	long sent = -1;
	char line[256];
	FILE *file;

	file = need_ptr(fopen("/proc/net/dev", "r"));
	while (fgets(line, sizeof(line), file))
		sscanf(line, " cable: %*d %*d %*d %*d %*d %*d %*d %*d %ld",
		       &sent);
	fclose(file);
	return need(sent);
}

int main(void)
{
	char command[200];
	int sock, fd[2];
	long before, after;
	pid_t far, pid;

	need(unshare(CLONE_NEWNET));
	far = need(fork());
	if (!far) {
		need(unshare(CLONE_NEWNET));
		raise(SIGSTOP); /* until there is a cable */
		_exit(far_machine());
	}
	until(state_of(far) == 'T');
	snprintf(command, sizeof(command),
		 "modprobe -q veth; ip link add cable type veth && "
		 "ip link set veth0 netns %d && "
		 "ip addr add 10.1.1.1/24 dev cable && ip link set cable up",
		 far);
	need0(system(command));
	need(kill(far, SIGCONT));
	until(asleep_in(far, SYS_accept));

	sock = need(socket(AF_INET, SOCK_STREAM, 0));
	need(connect(sock, (void *)far_address(), sizeof(struct sockaddr_in)));
	before = cable_sent();
	need(pipe(fd));
	pid = need(fork());
	if (!pid)
		_exit(writer(fd[1]));
	need(close(fd[1]));
	bridge(fd[0], sock);
	need(close(sock));
	check(ended(pid) == 0 && ended(far) == 0, "S113",
	      "bridged by TCP, a pipe reaches another machine");
	after = cable_sent();
	say("the cable has carried %ld bytes for it", after - before);
	check(after - before >= (long)(LINES * strlen(LINE)), "S113",
	      "the bytes went over the network");
	return done();
}
