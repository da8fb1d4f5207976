// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp_connects: with TCP, one socket is connected to another one first.
 *
 * Notes: S237 (003:250)
 * Watch: a TCP socket before, during and after its connection.
 * See:   unconnected it cannot send; nobody at the port refuses it; once
 *        connected, what it sends comes from one certain peer.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET,
				      .sin_port = htons(1625),
				      .sin_addr.s_addr =
					      inet_addr("127.0.0.1") };
	int listening, client, connection, refused;
	struct sockaddr_in own, peer;
	socklen_t len = sizeof(own);
	char text[8] = "";
	ssize_t n;

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));

	client = need(socket(AF_INET, SOCK_STREAM, 0));
	n = send(client, "hello", 6, MSG_NOSIGNAL);
	say("send() without a connection: %s", strerror(errno));
	check(n == -1 && errno == EPIPE, "S237",
	      "a TCP socket cannot send before it is connected");

	refused = connect(client, &server, sizeof(server));
	say("connect() where nobody listens: %s", strerror(errno));
	check(refused == -1 && errno == ECONNREFUSED, "S237",
	      "it can connect only to a socket that listens");
	close(client);

	listening = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(listening, &server, sizeof(server)));
	need(listen(listening, 1));
	client = need(socket(AF_INET, SOCK_STREAM, 0));
	need(connect(client, &server, sizeof(server)));
	connection = need(accept(listening, NULL, NULL));
	need(write(client, "hello", 6)); /* no address is given any more */
	need(read(connection, text, sizeof(text)));
	need(getsockname(client, &own, &len));
	need(getpeername(connection, &peer, &len));
	say("connected: \"%s\" from %s:%d", text, inet_ntoa(peer.sin_addr),
	    ntohs(peer.sin_port));
	check(!strcmp(text, "hello") && peer.sin_port == own.sin_port, "S237",
	      "once connected, it needs no address: it has one peer");
	close(client);
	n = read(connection, text, sizeof(text));
	say("the client closes: read() returns %zd", n);
	check(n == 0, "S237", "and the peer learns of the connection's end");
	return done();
}
