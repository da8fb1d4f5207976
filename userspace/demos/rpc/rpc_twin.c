// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_twin: one interface, stubs made by rpcgen and by hand.
 *
 * Notes: S284 (000:342), S290 (003:342)
 * Watch: calc.x is the interface. Its stubs by rpcgen and those by hand
 *        (client_stub.c, server_stub.c, over link.c) call each other over TCP,
 *        each client with each server.
 * See:   every pair understands each other, and the bytes are the same. What is
 *        tedious by hand, a compiler of interfaces does from a few lines.
 */
#include "../check.h"

#include <arpa/inet.h>
#include <rpc/rpc.h>
#include <sched.h>
#include <sys/mman.h>

#include <mbox.h>

#include "calc.h" /* by rpcgen */
#include "stubs.h"

enum { BY_RPCGEN, BY_HAND };
static const char *const maker[] = { "rpcgen", "hand" };

/* What the server made by hand has received from each client. */
static char (*seen)[MESSAGE_ROOM];

static int real_add(int a, int b)
{
	return a + b;
}

int *add_1_svc(int a, int b, struct svc_req *request)
{
	static int sum;

	(void)request;
	sum = real_add(a, b);
	return &sum;
}

int *count_1_svc(int by, struct svc_req *request)
{
	static int counter;

	(void)request;
	counter += by;
	return &counter;
}

static void serve_by_hand(struct link *link)
{
	const struct procedures procedures = { .add = real_add };
	char call[MESSAGE_ROOM], reply[MESSAGE_ROOM];
	int client = BY_RPCGEN; /* it comes first */
	ssize_t len;

	while ((len = link_recv(link, call, sizeof(call))) > 0) {
		memcpy(seen[client++], call, len);
		len = answer(&procedures, call, len, reply, sizeof(reply));
		link_send(link, reply, len);
	}
	_exit(1);
}

/* add(20, 3) at this port, by the one stub or the other. */
static int call_by(int maker, int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char where[40];
	int fd = RPC_ANYSOCK, *sum, result;
	CLIENT *client;

	if (maker == BY_HAND) {
		snprintf(where, sizeof(where), "tcp:127.0.0.1:%d", port);
		need(bind_stubs(where));
		result = add(20, 3);
		bind_stubs(NULL);
		return result;
	}
	client = need_ptr(
		clnttcp_create(&to, CALC_PROGRAM, CALC_VERSION, &fd, 0, 0));
	sum = add_1(20, 3, client);
	result = sum ? *sum : -1;
	clnt_destroy(client);
	return result;
}

int main(void)
{
	int right = 0, result, port[2];
	SVCXPRT *transport;
	struct link link;
	pid_t server[2];

	need(unshare(CLONE_NEWNET));
	need0(system("ip link set lo up"));
	seen = need_ptr(mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	port[BY_HAND] = 2049;
	need(link_listen(&link, "tcp:127.0.0.1:2049"));
	transport = need_ptr(svctcp_create(RPC_ANYSOCK, 0, 0));
	port[BY_RPCGEN] = transport->xp_port;
	if (!svc_register(transport, CALC_PROGRAM, CALC_VERSION, calc_program_1,
			  0))
		return 1;
	for (int s = BY_RPCGEN; s <= BY_HAND; s++) {
		server[s] = need(fork());
		if (!server[s] && s == BY_HAND)
			serve_by_hand(&link);
		if (!server[s]) {
			svc_run();
			_exit(1);
		}
	}
	for (int s = BY_RPCGEN; s <= BY_HAND; s++)
		for (int c = BY_RPCGEN; c <= BY_HAND; c++) {
			result = call_by(c, port[s]);
			say("client by %-6s server by %-6s add(20, 3) = %d",
			    maker[c], maker[s], result);
			right += result == 23;
		}
	for (int s = BY_RPCGEN; s <= BY_HAND; s++) {
		need(kill(server[s], SIGKILL));
		ended(server[s]);
	}
	check(right == 4, "S290 S284",
	      "each client's stub works with each server's");
	check(!memcmp(seen[BY_RPCGEN] + 40, "\0\0\0\x14\0\0\0\3", 8) &&
		      !memcmp(seen[BY_HAND] + 40, "\0\0\0\x14\0\0\0\3", 8),
	      "S290",
	      "both client stubs marshal the arguments to the same bytes");
	check(!memcmp(seen[BY_RPCGEN] + 4, seen[BY_HAND] + 4, 44), "S290",
	      "but for the transaction number the whole call is the same");
	return done();
}
