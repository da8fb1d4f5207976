// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_wire: what goes over the wire when a function is called.
 *
 * Notes: S277 (003:334), S279 (003:336), S280 (003:337), S291 (003:343)
 * Watch: a raw socket sees the UDP packets of add(2, 3) and count(10), made by
 *        the stubs of rpcgen.
 * See:   the notes call a port "a number at the start of a message packet". The
 *        port is in the header of UDP, two bytes of it, read by the kernel; the
 *        message begins with the transaction number, and what it has is the
 *        number of the program. The notes also speak of marshalling arguments
 *        "and code": the message is 40 bytes of header and four for each
 *        argument. No code is sent; it was there before.
 */
#include "../check.h"

#include <arpa/inet.h>
#include <rpc/rpc.h>
#include <sched.h>
#include <sys/socket.h>

#include "calc.h" /* by rpcgen */

int *add_1_svc(int a, int b, struct svc_req *request)
{
	static int sum;

	(void)request;
	sum = a + b;
	return &sum;
}

/* The bytes of that function. */
extern const char add_code[] __asm__("add_1_svc");

int *count_1_svc(int by, struct svc_req *request)
{
	static int counter = 100;

	(void)request;
	counter += by;
	return &counter;
}

/* One packet as it passed: IP header of 20 bytes, UDP header of 8, message. */
struct packet {
	unsigned char ip[20], udp[8], message[256];
	size_t len; /* of the message */
};

static void show(const char *title, const unsigned char *bytes, size_t len)
{
	char line[600];
	int used = snprintf(line, sizeof(line), "%-8s", title);

	for (size_t i = 0; i < len; i++)
		used += snprintf(line + used, sizeof(line) - used, "%s%02x",
				 i % 4	 ? "" :
				 i == 24 ? "\n           " :
					   " ",
				 bytes[i]);
	say("%s", line);
}

static void capture(int raw, struct packet *p)
{
	p->len = need(recv(raw, p, 28 + sizeof(p->message), 0)) - 28;
	show("UDP", p->udp, 8);
	show("message", p->message, p->len);
}

static unsigned int port_at(const unsigned char *at)
{
	return at[0] << 8 | at[1];
}

static uint32_t word(const struct packet *p, size_t nr)
{
	uint32_t net;

	memcpy(&net, p->message + 4 * nr, sizeof(net));
	return ntohl(net);
}

int main(void)
{
	enum { XID, TYPE, PROGRAM = 3, PROCEDURE = 5, ARG1 = 10 };
	struct packet add_call, add_reply, count_call, count_reply;
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int raw, fd = RPC_ANYSOCK, sum, counter;
	SVCXPRT *transport;
	CLIENT *client;
	pid_t server;

	need(unshare(CLONE_NEWNET)); /* only our packets */
	raw = need(socket(AF_INET, SOCK_RAW, IPPROTO_UDP));
	need0(system("ip link set lo up"));
	transport = need_ptr(svcudp_create(RPC_ANYSOCK));
	if (!svc_register(transport, CALC_PROGRAM, CALC_VERSION, calc_program_1,
			  0))
		return 1;
	server = need(fork());
	if (!server) {
		svc_run();
		_exit(1);
	}
	to.sin_port = htons(transport->xp_port); /* so rpcbind is not needed */
	client = need_ptr(clntudp_create(&to, CALC_PROGRAM, CALC_VERSION,
					 (struct timeval){ 20, 0 }, &fd));
	clnt_control(client, CLSET_XID, (char *)&(uint32_t){ 7 });
	say("the server's port is %u = %04x, the program %08x",
	    transport->xp_port, transport->xp_port, CALC_PROGRAM);
	sum = *(int *)need_ptr(add_1(2, 3, client));
	say("add(2, 3) = %d: call, then reply:", sum);
	capture(raw, &add_call);
	capture(raw, &add_reply);
	counter = *(int *)need_ptr(count_1(10, client));
	say("count(10) = %d: call, then reply:", counter);
	capture(raw, &count_call);
	capture(raw, &count_reply);
	need(kill(server, SIGKILL));
	ended(server);

	check(port_at(add_call.udp + 2) == transport->xp_port &&
		      port_at(add_call.message) != transport->xp_port &&
		      port_at(add_call.message + 2) != transport->xp_port,
	      "S279",
	      "the port is in UDP's header, not where the message starts");
	check(word(&add_call, PROGRAM) == CALC_PROGRAM &&
		      word(&count_call, PROGRAM) == CALC_PROGRAM,
	      "S279", "the message itself has the number of the program");
	check(word(&add_call, TYPE) == CALL &&
		      word(&add_call, PROCEDURE) == ADD &&
		      word(&add_call, ARG1) == 2 &&
		      word(&add_call, ARG1 + 1) == 3 &&
		      word(&count_call, PROCEDURE) == COUNT,
	      "S277", "the call is a message: which procedure, and arguments");
	check(port_at(add_reply.udp) == transport->xp_port &&
		      word(&add_reply, TYPE) == REPLY &&
		      word(&add_reply, XID) == word(&add_call, XID) &&
		      word(&add_reply, 6) == 5 && add_reply.len == 28,
	      "S280 S277",
	      "the result is a second message, of the same number");
	check(add_call.len == 40 + 2 * 4 && count_call.len == 40 + 1 * 4,
	      "S291", "header and arguments are all the bytes there are");
	check(!memmem(add_call.message, add_call.len, add_code, 8) &&
		      add_call.len - count_call.len == 4,
	      "S291", "no code: one argument less is four bytes less");
	return done();
}
