// SPDX-License-Identifier: GPL-2.0-only
/*
 * accept_same_port: accept() returns a new socket, but not a new port.
 *
 * Notes: S270 (000:387), S332 (000:387)
 * Watch: three clients connect to port 6013; the names of all six sockets.
 * See:   the accepted sockets all have the server's port 6013; only the port
 *        of the client tells them apart. The notes say "a new port".
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#define CLIENTS 3

int main(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET,
				      .sin_port = htons(6013),
				      .sin_addr.s_addr =
					      inet_addr("127.0.0.1") };
	int listening, client[CLIENTS], accepted[CLIENTS];
	int own[CLIENTS], other[CLIENTS];
	socklen_t len = sizeof(server);
	struct sockaddr_in name = { 0 };

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	listening = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(listening, &server, sizeof(server)));
	need(listen(listening, CLIENTS));

	for (int i = 0; i < CLIENTS; i++) {
		client[i] = need(socket(AF_INET, SOCK_STREAM, 0));
		need(connect(client[i], &server, sizeof(server)));
		accepted[i] = need(accept(listening, NULL, NULL));
		need(getsockname(accepted[i], &name, &len));
		own[i] = ntohs(name.sin_port);
		need(getpeername(accepted[i], &name, &len));
		other[i] = ntohs(name.sin_port);
		say("accepted socket %d: own port %d, the client's port %d",
		    accepted[i], own[i], other[i]);
	}
	check(own[0] == 6013 && own[1] == 6013 && own[2] == 6013, "S270 S332",
	      "every accepted socket has the server's port, not a new one");
	check(own[0] != other[0] && own[1] != other[1] && own[2] != other[2],
	      "S270 S332", "its port is not that of the client either");
	check(other[0] != other[1] && other[1] != other[2] &&
		      other[2] != other[0],
	      "S270", "only the clients' ports tell the connections apart");

	/* New sockets all the same: each leads to its own client. */
	for (int i = 0; i < CLIENTS; i++)
		need(write(accepted[i], &"ABC"[i], 1));
	for (int i = 0; i < CLIENTS; i++) {
		char byte = 0;

		need(read(client[i], &byte, 1));
		own[i] = (unsigned char)byte;
	}
	check(own[0] == 'A' && own[1] == 'B' && own[2] == 'C', "S270",
	      "it is a new socket: each one leads to its own client");
	return done();
}
