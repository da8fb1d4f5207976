// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_transports: the same stubs over a mailbox, a UNIX socket and TCP.
 *
 * Notes: S120 (003:347), S292 (003:344)
 * Watch: the same calls over three links. client_stub.c and server_stub.c do
 *        not know which; link.c does.
 * See:   same answers, and the same bytes reach the server's stub. If both
 *        processes are on one machine RPC works just as well, and over a
 *        mailbox or a UNIX socket nothing passes the network, not even its
 *        loopback device. The times vary.
 */
#include "../check.h"

#include <mbox.h>
#include <sched.h>
#include <sys/mman.h>

#include "stubs.h"

enum { LINKS = 3, CALLS = 100 };

static const char *const where[LINKS] = { "mbox:rpc_transports",
					  "unix:/tmp/rpc_transports",
					  "tcp:127.0.0.1:2049" };
struct first {
	char call[LINKS][MESSAGE_ROOM]; /* the first that came over each link */
	ssize_t len[LINKS];
};

static struct first *seen;

static int real_add(int a, int b)
{
	return a + b;
}

static void serve(struct link *link, int nr)
{
	const struct procedures procedures = { .add = real_add };
	char call[MESSAGE_ROOM], reply[MESSAGE_ROOM];
	ssize_t len;

	while ((len = link_recv(link, call, sizeof(call))) > 0) {
		if (!seen->len[nr]) {
			memcpy(seen->call[nr], call, len);
			seen->len[nr] = len;
		}
		len = answer(&procedures, call, len, reply, sizeof(reply));
		if (link_send(link, reply, len))
			break;
	}
	_exit(1);
}

/* Packets that have passed the loopback device of our network. */
static long loopback_packets(void)
{
	FILE *file = need_ptr(fopen("/proc/net/dev", "r"));
	char line[256];
	long n = -1;

	while (n < 0 && fgets(line, sizeof(line), file))
		sscanf(line, " lo: %*d %ld", &n);
	fclose(file);
	return n;
}

int main(void)
{
	long packets[LINKS], right[LINKS] = { 0 };
	struct timespec start, end;
	struct link link;
	pid_t server;

	/* A network of our own, where only loopback is, and only our packets. */
	need(unshare(CLONE_NEWNET));
	need0(system("ip link set lo up"));
	seen = need_ptr(mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	for (int i = 0; i < LINKS; i++) {
		need(link_listen(&link, where[i]));
		server = need(fork());
		if (!server)
			serve(&link, i);
		packets[i] = -loopback_packets();
		clock_gettime(CLOCK_MONOTONIC, &start);
		need(bind_stubs(where[i]));
		for (int n = 0; n < CALLS; n++)
			right[i] += add(n, -3 * n) == -2 * n;
		clock_gettime(CLOCK_MONOTONIC, &end);
		packets[i] += loopback_packets();
		say("%-24s %ld of %d right, %4.1f us a call, %ld packets",
		    where[i], right[i], CALLS,
		    ((end.tv_sec - start.tv_sec) * 1e6 +
		     (end.tv_nsec - start.tv_nsec) / 1e3) /
			    CALLS,
		    packets[i]);
		need(kill(server, SIGKILL));
		ended(server);
		link_close(&link);
	}
	need(unlink("/tmp/rpc_transports"));
	check(right[0] == CALLS && right[1] == CALLS && right[2] == CALLS,
	      "S292 S120", "the same stubs give the right answers everywhere");
	check(seen->len[0] == 48 && seen->len[1] == 48 && seen->len[2] == 48 &&
		      !memcmp(seen->call[0] + 4, seen->call[1] + 4, 44) &&
		      !memcmp(seen->call[0] + 4, seen->call[2] + 4, 44),
	      "S292", "but for its number the call has the same bytes on each");
	check(!packets[0] && !packets[1], "S120",
	      "on one machine RPC needs no network");
	check(packets[2] >= 2L * CALLS, "S120",
	      "over TCP to itself each call and each reply is a packet");
	return done();
}
