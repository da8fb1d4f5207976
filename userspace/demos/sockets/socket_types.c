// SPDX-License-Identifier: GPL-2.0-only
/*
 * socket_types: stream and datagram sockets, and what transports them.
 *
 * Notes: S247 (003:290)
 * Watch: which protocol the kernel chooses for a type; the same program over
 *        TCP and over SCTP.
 * See:   stream means TCP and datagram UDP, if nothing else is said. SCTP, if
 *        this kernel has it, is another transport for a stream.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

static struct sockaddr_in name = { .sin_family = AF_INET };

static int option(int fd, int which)
{
	socklen_t len = sizeof(int);
	int value;

	need(getsockopt(fd, SOL_SOCKET, which, &value, &len));
	return value;
}

/* A connection from one socket to another: 0 if what is sent arrives. */
static int stream_over(int protocol, const char *protocol_name)
{
	int listening = socket(AF_INET, SOCK_STREAM, protocol), client, fd;
	char text[8] = "";

	if (listening == -1) {
		say("stream over %s: %s", protocol_name, strerror(errno));
		return errno;
	}
	need(bind(listening, &name, sizeof(name)));
	need(listen(listening, 1));
	client = need(socket(AF_INET, SOCK_STREAM, protocol));
	need(connect(client, &name, sizeof(name)));
	fd = need(accept(listening, NULL, NULL));
	need(write(client, "stream", 7));
	need(read(fd, text, sizeof(text)));
	say("stream over %s, protocol %d: \"%s\"", protocol_name,
	    option(fd, SO_PROTOCOL), text);
	if (option(fd, SO_PROTOCOL) != protocol)
		return EPROTO;
	return strcmp(text, "stream") ? EIO : 0;
}

int main(void)
{
	int stream, dgram, sctp;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	name.sin_port = htons(7000);
	name.sin_addr.s_addr = inet_addr("127.0.0.1");

	stream = need(socket(AF_INET, SOCK_STREAM, 0));
	dgram = need(socket(AF_INET, SOCK_DGRAM, 0));
	say("stream: protocol %d; datagram: protocol %d",
	    option(stream, SO_PROTOCOL), option(dgram, SO_PROTOCOL));
	check(option(stream, SO_PROTOCOL) == IPPROTO_TCP &&
		      option(dgram, SO_PROTOCOL) == IPPROTO_UDP,
	      "S247", "a stream socket uses TCP, a datagram socket UDP");
	check(connect(stream, &name, sizeof(name)) == -1 &&
		      errno == ECONNREFUSED &&
		      connect(dgram, &name, sizeof(name)) == 0,
	      "S247", "a stream is connection-oriented, a datagram is not");
	check(stream_over(IPPROTO_TCP, "TCP") == 0, "S247",
	      "a stream over TCP is delivered");
	sctp = stream_over(IPPROTO_SCTP, "SCTP");
	if (sctp != EPROTONOSUPPORT) /* a kernel need not have it */
		check(sctp == 0, "S247", "so is one over SCTP");
	return done();
}
