// SPDX-License-Identifier: GPL-2.0-only
/*
 * watch_port: the kernel finds the socket by its port number.
 *
 * Notes: S232 (001:178,194)
 * Watch: two sockets, each with a port; datagrams go to the one, the other,
 *        the one again, and to a port that nobody has. A probe records the
 *        kernel's search: port in, address of the socket out.
 * See:   the same port leads to the same socket of the kernel, another port to
 *        another, and no port to none. The sender names no process. (The last
 *        search is for the sender's own port, to tell it of the error.)
 */
#include "../check.h"
#include <arpa/inet.h>
#include <sys/socket.h>

/* Probes are not part of an instance; this one is added to what is there. */
static void probe(const char *what)
{
	int fd = need(
		open("/sys/kernel/tracing/kprobe_events", O_WRONLY | O_APPEND));

	if (write(fd, what, strlen(what)) < 0 && what[0] != '-')
		give_up(__FILE__, __LINE__, what, strerror(errno));
	need(close(fd));
}

static void forget_probes(void)
{
	probe("-:watch_port/search\n");
	probe("-:watch_port/found\n");
}

/* What the kernel searched for, and what it found. */
static struct search {
	int port;
	unsigned long socket;
} searches[100];
static int count;

static void load(void)
{
	unsigned int port, begun = 0;
	char *word;

	trace_load();
	for (int i = 0; i < event_count && count < 100; i++) {
		word = strstr(events[i].text, " port=");
		if (word && sscanf(word, " port=%u", &port) == 1) {
			searches[count].port = ntohs(port);
			begun = 1;
		}
		word = strstr(events[i].text, " socket=");
		if (word && begun) {
			searches[count++].socket = strtoul(word + 8, NULL, 16);
			begun = 0;
		}
	}
}

/* A socket with a port of its own. */
static int open_port(struct sockaddr_in *addr)
{
	socklen_t len = sizeof(*addr);
	int fd = need(socket(AF_INET, SOCK_DGRAM, 0));

	memset(addr, 0, sizeof(*addr));
	addr->sin_family = AF_INET;
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	need(bind(fd, (struct sockaddr *)addr, len));
	need(getsockname(fd, (struct sockaddr *)addr, &len));
	return fd;
}

/* The kernel's table of UDP: which inode has this port? */
static unsigned long inode_of(int port)
{
	FILE *f = need_ptr(fopen("/proc/net/udp", "r"));
	unsigned long inode = 0;
	unsigned int local;
	char line[300];

	while (!inode && fgets(line, sizeof(line), f))
		if (sscanf(line, " %*d: %*x:%x %*s %*s %*s %*s %*s %*s %*s %lu",
			   &local, &inode) != 2 ||
		    (int)local != port)
			inode = 0;
	fclose(f);
	return inode;
}

/* The socket that the n-th search for this port found; 1: no such search. */
static unsigned long found(int port, int n)
{
	for (int i = 0; i < count; i++)
		if (searches[i].port == port && !n--)
			return searches[i].socket;
	return 1;
}

int main(void)
{
	int from, refused, fd[3], port[3];
	const int to[4] = { 0, 1, 0, 2 };
	struct sockaddr_in addr[3], own;
	struct stat a, b;
	char byte;

	for (int i = 0; i < 3; i++) {
		fd[i] = open_port(&addr[i]);
		port[i] = ntohs(addr[i].sin_port);
	}
	from = open_port(&own);
	close(fd[2]); /* nobody has this port now */
	need(fstat(fd[0], &a));
	need(fstat(fd[1], &b));
	trace_begin();
	forget_probes(); /* of a demo that was broken off */
	/* The port is the fifth argument, which is in r8. */
	probe("p:watch_port/search __udp4_lib_lookup port=%r8:u16\n");
	probe("r:watch_port/found __udp4_lib_lookup socket=$retval:x64\n");
	trace_set("events/watch_port/enable", "1");
	for (int i = 0; i < 4; i++) {
		need(connect(from, (struct sockaddr *)&addr[to[i]],
			     sizeof(addr[0])));
		need(send(from, "m", 1, 0));
		if (to[i] < 2)
			need(recv(fd[to[i]], &byte, 1, 0));
	}
	refused = recv(from, &byte, 1, 0) == -1 ? errno : 0;
	load();
	trace_end();
	forget_probes();

	say("sockets are bound to %d and %d; nobody has %d", port[0], port[1],
	    port[2]);
	for (int i = 0; i < count; i++)
		say("the kernel looks for port %5d, finds socket %#lx",
		    searches[i].port, searches[i].socket);
	say("the sender has port %d; its last send: %s", ntohs(own.sin_port),
	    strerror(refused));
	check(found(port[0], 0) >> 63 && found(port[1], 0) >> 63 &&
		      found(port[0], 0) == found(port[0], 1) &&
		      found(port[0], 0) != found(port[1], 0),
	      "S232", "from the port number the kernel finds the one socket");
	check(found(port[2], 0) == 0 && refused == ECONNREFUSED, "S232",
	      "for a port that nobody has it finds none, and tells the sender");
	check(inode_of(port[0]) == a.st_ino && inode_of(port[1]) == b.st_ino,
	      "S232", "the kernel's table of ports shows these sockets");
	return done();
}
