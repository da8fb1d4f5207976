// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_onc: ONC RPC as it is used: rpcgen, libtirpc and rpcbind.
 *
 * Notes: S126 (004:169), S274 (000:338), S278 (003:335)
 * Watch: rpcgen has made the stubs of calc.x. A client looks for the program
 *        before there is a server and after it has registered with rpcbind, and
 *        rpcinfo lists what rpcbind knows. Then the same call is made without
 *        any stub, by the bytes of the protocol.
 * See:   the daemon listens on a port that the kernel chose; rpcbind maps the
 *        number of the program to it. So RPC is a protocol (bytes that do the
 *        same as the stub), stubs (one line of C instead), and binding (without
 *        it the client cannot call though it has the other two).
 */
#include "../check.h"

#include <arpa/inet.h>
#include <rpc/pmap_clnt.h>
#include <rpc/rpc.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "calc.h" /* by rpcgen */

/* The procedures; rpcgen calls them so. */
int *add_1_svc(int a, int b, struct svc_req *request)
{
	static int sum;

	(void)request;
	sum = a + b;
	return &sum;
}

int *count_1_svc(int by, struct svc_req *request)
{
	static int counter;

	(void)request;
	counter += by;
	return &counter;
}

/* A network where only loopback is, and a /run of our own, for rpcbind. */
static pid_t start_rpcbind(void)
{
	pid_t pid;

	need(unshare(CLONE_NEWNET | CLONE_NEWNS));
	need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	need(mount("run", "/run", "tmpfs", 0, NULL));
	need0(system("ip link set lo up"));
	pid = need(fork());
	if (!pid) {
		execlp("rpcbind", "rpcbind", "-f", NULL);
		give_up(__FILE__, __LINE__, "rpcbind", strerror(errno));
	}
	until(!system("rpcinfo -p 127.0.0.1 >/dev/null 2>&1") ||
	      state_of(pid) == 'Z');
	return pid;
}

static void serve(int port_to)
{
	SVCXPRT *transport = need_ptr(svctcp_create(RPC_ANYSOCK, 0, 0));
	int port = transport->xp_port;

	if (!svc_register(transport, CALC_PROGRAM, CALC_VERSION, calc_program_1,
			  IPPROTO_TCP))
		_exit(1);
	need(write(port_to, &port, sizeof(port)));
	svc_run();
	_exit(1);
}

/* The port of our program in the list of rpcinfo -p; 0 if it is not there. */
static int port_by_rpcinfo(void)
{
	FILE *list = need_ptr(popen("rpcinfo -p 127.0.0.1", "r"));
	unsigned int program, version;
	int port = 0, p;
	char line[100];

	while (fgets(line, sizeof(line), list))
		if (sscanf(line, "%u %u tcp %d", &program, &version, &p) == 3 &&
		    (program == CALC_PROGRAM ||
		     (program == PMAPPROG && version == PMAPVERS))) {
			say("rpcinfo: %.*s", (int)strcspn(line, "\n"), line);
			if (program == CALC_PROGRAM)
				port = p;
		}
	pclose(list);
	return port;
}

/* add(2, 3) without a stub: these bytes; the last word of the reply. */
static int by_hand(int port)
{
	static const char call[] =
		"\x80\0\0\x30" /* 48 bytes follow, no more after them */
		"\0\0\0\1\0\0\0\0\0\0\0\2" /* transaction 1: a call, RPC 2 */
		"\x20\0\x12\x34\0\0\0\1\0\0\0\1" /* program, version, ADD */
		"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" /* who calls: not said */
		"\0\0\0\2\0\0\0\3"; /* the arguments */
	uint32_t reply[8] = { 0 };
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = need(socket(AF_INET, SOCK_STREAM, 0));

	need(connect(fd, (struct sockaddr *)&to, sizeof(to)));
	need(write(fd, call, sizeof(call) - 1));
	need(recv(fd, reply, sizeof(reply), MSG_WAITALL));
	close(fd);
	return ntohl(reply[7]);
}

int main(void)
{
	int ready[2], port = 0, listed, *sum, unbound;
	pid_t rpcbind, server;
	CLIENT *client;

	rpcbind = start_rpcbind();
	client = clnt_create("127.0.0.1", CALC_PROGRAM, CALC_VERSION, "tcp");
	say("no server yet%s", clnt_spcreateerror(""));
	unbound = !client && rpc_createerr.cf_stat == RPC_PROGNOTREGISTERED;
	check(unbound && !port_by_rpcinfo(), "S126 S278",
	      "protocol and stubs do not do: nobody knows a port (binding)");

	need(pipe(ready));
	server = need(fork());
	if (!server)
		serve(ready[1]);
	close(ready[1]);
	need(read(ready[0], &port, sizeof(port)));
	say("the server has registered and listens on TCP port %d", port);
	listed = port_by_rpcinfo();
	check(port && listed == port, "S278 S126",
	      "rpcbind tells the port on which the daemon listens");
	client = need_ptr(
		clnt_create("127.0.0.1", CALC_PROGRAM, CALC_VERSION, "tcp"));
	sum = add_1(2, 3, client);
	say("by rpcgen's stub: add(2, 3) = %d", sum ? *sum : -1);
	check(sum && *sum == 5, "S274 S126",
	      "the stub calls a function of the other process in one line");
	clnt_destroy(client);
	check(by_hand(listed) == 5, "S126",
	      "the protocol's bytes without a stub do the same");

	need(kill(server, SIGKILL));
	ended(server);
	need(kill(rpcbind, SIGKILL));
	ended(rpcbind);
	return done();
}
