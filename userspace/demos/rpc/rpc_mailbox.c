// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_mailbox: the interface of calc.x, with a mailbox as its transport.
 *
 * Notes: S119 (003:345), S120 (003:347), S292 (003:344)
 * Watch: a client and a server on a machine whose network is down. XDR routines
 *        are those that rpcgen has made of calc.x; what carries the calls is
 *        libmbox-rpc. A call that is right, one for a procedure that is not
 *        there, one with an argument missing, one whose server is killed.
 * See:   RPC is a layer: the same marshalling lies on another mechanism, which
 *        needs no port, no connection and no network. What is wrong with a call
 *        comes back as a status, and no procedure runs. The death of the server
 *        ends the call at once, and tells that it may have been carried out.
 */
#include "../check.h"

#include <mbox.h>
#include <mbox_rpc.h>
#include <sched.h>

#include "calc.h" /* by rpcgen */

static int in_procedure[2]; /* a pipe: the server says where it is */

static uint32_t do_add(void *args, void *result,
		       const struct mbox_message *from)
{
	const add_1_argument *a = args;

	say("process %d asks for %d + %d", (int)from->pid, a->arg1, a->arg2);
	*(int *)result = a->arg1 + a->arg2;
	return MBOX_RPC_SUCCESS;
}

/* Never answers: it is killed here. */
static uint32_t do_count(void *args, void *result,
			 const struct mbox_message *from)
{
	(void)args;
	(void)result;
	(void)from;
	need(write(in_procedure[1], "", 1));
	pause();
	return MBOX_RPC_FAILED;
}

static const struct mbox_rpc_procedure procedures[] = {
	{ ADD, (xdrproc_t)xdr_add_1_argument, sizeof(add_1_argument),
	  (xdrproc_t)xdr_int, sizeof(int), do_add },
	{ COUNT, (xdrproc_t)xdr_int, sizeof(int), (xdrproc_t)xdr_int,
	  sizeof(int), do_count },
};

static const struct mbox_rpc_program program = { CALC_PROGRAM, CALC_VERSION,
						 procedures, 2 };

/* The client's stubs: what is left to write by hand. */
static struct mbox_rpc server = { .program = CALC_PROGRAM,
				  .version = CALC_VERSION };

static int add(int a, int b, int *sum)
{
	add_1_argument args = { a, b };

	return mbox_rpc_call(&server, ADD, (xdrproc_t)xdr_add_1_argument, &args,
			     (xdrproc_t)xdr_int, sum);
}

static int count(int by, int *value)
{
	return mbox_rpc_call(&server, COUNT, (xdrproc_t)xdr_int, &by,
			     (xdrproc_t)xdr_int, value);
}

static pid_t start_server(void)
{
	pid_t pid = need(fork());

	if (!pid) {
		mbox_rpc_serve(server.mb, &program, 0);
		_exit(1);
	}
	return pid;
}

/* Kills the server when it is in the procedure. */
static pid_t start_killer(pid_t victim)
{
	pid_t pid = need(fork());
	char byte;

	if (!pid) {
		need(read(in_procedure[0], &byte, 1));
		need(kill(victim, SIGKILL));
		_exit(0);
	}
	return pid;
}

int main(void)
{
	int sum = 0, value = 0, status, no_procedure, bad, error;
	pid_t pid, killer;

	need(unshare(CLONE_NEWNET)); /* a network with nothing in it */
	need(pipe(in_procedure));
	server.mb = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	pid = start_server();

	status = add(2, 3, &sum);
	say("status %d, the sum is %d", status, sum);
	check(!status && sum == 5, "S292 S120",
	      "the same interface and marshalling work over a mailbox");

	no_procedure = mbox_rpc_call(&server, 3, NULL, NULL, NULL, NULL);
	bad = mbox_rpc_call(&server, ADD, (xdrproc_t)xdr_int, &sum,
			    (xdrproc_t)xdr_int, &value);
	say("procedure 3: status %d; add(5): status %d", no_procedure, bad);
	check(no_procedure == MBOX_RPC_NO_PROCEDURE &&
		      bad == MBOX_RPC_BAD_ARGUMENTS,
	      "S292", "what is wrong with a call comes back as its status");

	killer = start_killer(pid);
	status = count(1, &value);
	error = errno;
	say("the server was killed: %s; taken: %u", strerror(error),
	    server.taken);
	check(status == -1 && error == EPIPE, "S119",
	      "the death of the server ends the call at once");
	check(server.taken, "S119",
	      "and the client knows that it may have been carried out");
	ended(killer);
	ended(pid);

	pid = start_server();
	status = add(20, 3, &sum);
	check(!status && sum == 23, "S119",
	      "the next server of the mailbox answers the next call");
	need(kill(pid, SIGKILL));
	ended(pid);
	mbox_close(server.mb);
	return done();
}
