// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_plugged: the stubs that rpcgen makes, unchanged, over a mailbox.
 *
 * Notes: S290 (003:342), S292 (003:344)
 * Watch: rpcgen's stubs of calc.x know no transport. The client's calls
 *        clnt_call() of a CLIENT, the server's asks an SVCXPRT for the arguments
 *        and hands it the result; both are tables of functions. libtirpc has
 *        tables for TCP and UDP. Here is one of each for a mailbox.
 * See:   the same object files that rpc_onc links with TCP work over a mailbox.
 *        Even an error of the server's stub, a procedure that it does not know,
 *        arrives as what it is.
 */
#include "../check.h"

#include <mbox.h>
#include <mbox_rpc.h>

#include "calc.h" /* by rpcgen */

/* The client's side: a call is a call. */
static enum clnt_stat plug_call(CLIENT *client, rpcproc_t procedure,
				xdrproc_t xdr_args, void *args,
				xdrproc_t xdr_result, void *result,
				struct timeval timeout)
{
	struct mbox_rpc *rpc = client->cl_private;
	int status;

	rpc->timeout = timeout.tv_sec * 1000000000ULL;
	status = mbox_rpc_call(rpc, procedure, xdr_args, args, xdr_result,
			       result);
	switch (status) {
	case MBOX_RPC_SUCCESS:
		return RPC_SUCCESS;
	case MBOX_RPC_NO_PROCEDURE:
		return RPC_PROCUNAVAIL;
	case MBOX_RPC_BAD_ARGUMENTS:
		return RPC_CANTDECODEARGS;
	default:
		return errno == ETIMEDOUT ? RPC_TIMEDOUT : RPC_CANTRECV;
	}
}

static struct clnt_ops client_side = { .cl_call = plug_call };

/* The server's side: one request, from its first byte to its answer. */
struct turn {
	struct mbox *mb;
	struct mbox_message request;
	XDR in; /* behind the header: the arguments */
};

static bool_t plug_getargs(SVCXPRT *transport, xdrproc_t xdr_args, void *args)
{
	struct turn *turn = transport->xp_p1;

	return xdr_args(&turn->in, args);
}

static bool_t plug_freeargs(SVCXPRT *transport, xdrproc_t xdr_args, void *args)
{
	(void)transport;
	xdr_free(xdr_args, args);
	return TRUE;
}

static bool_t plug_reply(SVCXPRT *transport, struct rpc_msg *msg)
{
	struct turn *turn = transport->xp_p1;
	uint32_t status = msg->acpted_rply.ar_stat;
	char reply[64];
	bool_t ok;
	XDR out;

	xdrmem_create(&out, reply, sizeof(reply), XDR_ENCODE);
	ok = xdr_u_int(&out, &status) &&
	     (status != SUCCESS ||
	      msg->acpted_rply.ar_results.proc(
		      &out, msg->acpted_rply.ar_results.where));
	return ok && !mbox_reply(turn->mb, turn->request.token, reply,
				 xdr_getpos(&out));
}

static const struct xp_ops server_side = { .xp_getargs = plug_getargs,
					   .xp_reply = plug_reply,
					   .xp_freeargs = plug_freeargs };

static void serve(struct mbox *mb)
{
	struct turn turn = { .mb = mb };
	SVCXPRT transport = { .xp_ops = &server_side, .xp_p1 = &turn };
	struct svc_req request = { .rq_xprt = &transport };
	char bytes[64];
	ssize_t len;

	for (;;) {
		len = need(mbox_recv_with(mb, bytes, sizeof(bytes), NULL,
					  &turn.request));
		xdrmem_create(&turn.in, bytes, len, XDR_DECODE);
		if (xdr_u_int(&turn.in, &request.rq_prog) &&
		    xdr_u_int(&turn.in, &request.rq_vers) &&
		    xdr_u_int(&turn.in, &request.rq_proc))
			calc_program_1(&request, &transport);
	}
}

/* What the server's stub of rpcgen calls. */
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

int main(void)
{
	struct mbox_rpc rpc = { .program = CALC_PROGRAM,
				.version = CALC_VERSION };
	CLIENT client = { .cl_ops = &client_side, .cl_private = &rpc };
	int *sum, *value, nothing = 0;
	enum clnt_stat unknown;
	struct mbox *both;
	pid_t server;

	both = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	rpc.mb = need_ptr(mbox_copy(both, MBOX_SEND));
	server = need(fork());
	if (!server)
		serve(both);
	mbox_close(both); /* now only the server can receive */

	sum = add_1(2, 3, &client);
	say("add_1(2, 3) = %d", sum ? *sum : -1);
	check(sum && *sum == 5, "S290 S292",
	      "rpcgen's stubs call each other over a mailbox");
	count_1(20, &client);
	value = count_1(3, &client);
	say("count_1(20), count_1(3) = %d", value ? *value : -1);
	check(value && *value == 23, "S292",
	      "each call is carried out once, by the same server");
	unknown = clnt_call(&client, 7, (xdrproc_t)xdr_int, (char *)&nothing,
			    (xdrproc_t)xdr_int, (char *)&nothing,
			    ((struct timeval){ .tv_sec = 20 }));
	say("procedure 7: %s", clnt_sperrno(unknown));
	check(unknown == RPC_PROCUNAVAIL, "S292",
	      "an error of the server's stub arrives as what it is");

	need(kill(server, SIGKILL));
	ended(server);
	value = count_1(1, &client);
	check(!value, "S290", "and a server that is not there as an error");
	mbox_close(rpc.mb);
	return done();
}
