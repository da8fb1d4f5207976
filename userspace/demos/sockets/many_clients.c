// SPDX-License-Identifier: GPL-2.0-only
/*
 * many_clients: more clients at once than there are ports.
 *
 * Notes: S109 (000:388), S271 (000:388)
 * Watch: in a network with only 64 ports for clients, 64 clients from each of
 *        16 addresses (or as many as the argument says) connect to one port.
 * See:   one address runs out after 64; all together are established at once.
 *        A connection is named by both addresses and both ports, so the ports
 *        limit what one address can do, and not what the server can hold.
 */
#include "../check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define PORTS 64

static struct sockaddr_in server;
static int listening;

/* Client number i; port 0: the kernel chooses one. -1: it found none. */
static int connect_from(int address, int port)
{
	struct sockaddr_in name = { .sin_family = AF_INET,
				    .sin_port = htons(port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK +
							     1 + address) };
	int fd = need(socket(AF_INET, SOCK_STREAM, 0)), one = 1;

	/* Choose the port when the whole connection is known, not before. */
	need(setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one,
			sizeof(one)));
	need(bind(fd, &name, sizeof(name)));
	if (connect(fd, &server, sizeof(server)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* proc(5) net/tcp: state 01 is established. */
static int established_at_server(void)
{
	FILE *file = need_ptr(fopen("/proc/self/net/tcp", "r"));
	unsigned int port, state;
	char line[256];
	int count = 0;

	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " %*d: %*8x:%x %*8x:%*x %x", &port, &state) ==
			    2 &&
		    port == 6013 && state == 1)
			count++;
	fclose(file);
	return count;
}

int main(int argc, char **argv)
{
	int addresses = argc > 1 ? atoi(argv[1]) : 16;
	int clients = addresses * PORTS, n, got, right = 0;
	struct rlimit files = { 2 * clients + 64, 2 * clients + 64 };
	int *client, *accepted, range;
	struct sockaddr_in peer[2] = { 0 };
	socklen_t len = sizeof(peer[0]);

	need(unshare(CLONE_NEWNET));
	need0(system("/usr/sbin/ip link set lo up"));
	range = need(open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY));
	need(write(range, "50000 50063", 11));
	need(setrlimit(RLIMIT_NOFILE, &files));
	client = need_ptr(calloc(clients + 2, sizeof(int)));
	accepted = need_ptr(calloc(clients + 2, sizeof(int)));

	server = (struct sockaddr_in){ .sin_family = AF_INET,
				       .sin_port = htons(6013),
				       .sin_addr.s_addr =
					       inet_addr("127.0.0.1") };
	listening = need(socket(AF_INET, SOCK_STREAM, 0));
	need(bind(listening, &server, sizeof(server)));
	need(listen(listening, 8));

	for (n = 0; n < clients; n++) {
		client[n] = need(connect_from(n / PORTS, 0));
		accepted[n] = need(accept(listening, NULL, NULL));
	}
	say("%d clients from %d addresses, %d established at port 6013", n,
	    addresses, established_at_server());
	check(established_at_server() == clients && clients > PORTS,
	      "S109 S271", "many times more clients than ports, all at once");

	got = connect_from(0, 0);
	say("one more from the first address: %s",
	    got < 0 ? strerror(errno) : "connected");
	check(got == -1 && errno == EADDRNOTAVAIL, "S109",
	      "but one address has no more clients than it has ports");

	/* All of them are alive: a number goes through each. */
	for (n = 0; n < clients; n++)
		need(write(client[n], &n, sizeof(n)));
	for (n = 0; n < clients; n++) {
		need(read(accepted[n], &got, sizeof(got)));
		right += got == n;
	}
	check(right == clients && clients > PORTS, "S271",
	      "the one server port talks with each of them");

	for (n = 0; n < 2; n++) {
		client[clients + n] = need(connect_from(n, 40404));
		accepted[clients + n] = need(accept(listening, &peer[n], &len));
		say("a client from %s, port %d", inet_ntoa(peer[n].sin_addr),
		    ntohs(peer[n].sin_port));
	}
	check(peer[0].sin_port == peer[1].sin_port &&
		      peer[0].sin_addr.s_addr != peer[1].sin_addr.s_addr,
	      "S271", "two clients at once even have the same port");
	free(client);
	free(accepted);
	return done();
}
