// SPDX-License-Identifier: GPL-2.0-only
/*
 * peer_to_peer: each process is a server and a client.
 *
 * Notes: S249 (003:301)
 * Watch: three peers in a ring; each receives a connection from the one before
 *        it, establishes one to the next, and passes on a list with its name.
 * See:   the list comes back to the first peer with all three names; client
 *        and server are roles of a connection, not kinds of programs.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#define PEERS 3

static struct sockaddr_in name_of(int peer)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_port = htons(7000 + peer),
				     .sin_addr.s_addr =
					     inet_addr("127.0.0.1") };
}

/* The role of a server: receives a connection and a list. */
static void receive(int listening, char *list, size_t size)
{
	int fd = need(accept(listening, NULL, NULL));
	ssize_t n = need(read(fd, list, size - 1));

	list[n] = 0;
	close(fd);
}

/* The role of a client: establishes a connection, and sends the list on. */
static void send_on(int peer, const char *list)
{
	struct sockaddr_in next = name_of((peer + 1) % PEERS);
	int fd = need(socket(AF_INET, SOCK_STREAM, 0));

	need(connect(fd, &next, sizeof(next)));
	need(write(fd, list, strlen(list)));
	close(fd);
}

int main(void)
{
	int listening[PEERS], failed = 0;
	char list[64] = "0";
	pid_t pids[PEERS];

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	for (int peer = 0; peer < PEERS; peer++) {
		struct sockaddr_in name = name_of(peer);

		listening[peer] = need(socket(AF_INET, SOCK_STREAM, 0));
		need(bind(listening[peer], &name, sizeof(name)));
		need(listen(listening[peer], 1));
	}
	for (int peer = 1; peer < PEERS; peer++) {
		pids[peer] = need(fork());
		if (pids[peer] == 0) {
			receive(listening[peer], list, sizeof(list));
			sprintf(list + strlen(list), " %d", peer);
			send_on(peer, list);
			_exit(0);
		}
	}
	send_on(0, list);
	receive(listening[0], list, sizeof(list));
	say("the list came back: %s", list);
	for (int peer = 1; peer < PEERS; peer++)
		failed += ended(pids[peer]) != 0;
	check(!failed && !strcmp(list, "0 1 2"), "S249",
	      "with stream sockets, each peer can be server and client");
	return done();
}
