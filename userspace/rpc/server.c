// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The server's stub: unmarshal, run the procedure, marshal; and the loop.
 *
 * Locking: none.  Called by programs.
 */
#include <errno.h>
#include <stdlib.h>

#include "mbox_rpc.h"

/* Which procedure is asked for; a status. */
static uint32_t find(XDR *xdr, const struct mbox_rpc_program *program,
		     const struct mbox_rpc_procedure **found)
{
	uint32_t number, version, procedure;

	if (!xdr_u_int(xdr, &number) || !xdr_u_int(xdr, &version) ||
	    !xdr_u_int(xdr, &procedure))
		return MBOX_RPC_BAD_ARGUMENTS;
	if (number != program->program)
		return MBOX_RPC_NO_PROGRAM;
	if (version != program->version)
		return MBOX_RPC_NO_VERSION;
	for (size_t i = 0; i < program->count; i++) {
		*found = &program->procedures[i];
		if ((*found)->number == procedure)
			return MBOX_RPC_SUCCESS;
	}
	return MBOX_RPC_NO_PROCEDURE;
}

/* Runs it with the arguments that are left in @in; a status. */
static uint32_t run(XDR *in, size_t len, const struct mbox_rpc_procedure *p,
		    void *args, void *result,
		    const struct mbox_message *request)
{
	if ((p->xdr_args && !p->xdr_args(in, args)) || xdr_getpos(in) != len)
		return MBOX_RPC_BAD_ARGUMENTS;
	return p->run(args, result, request);
}

/* Status, and with success the result, into @reply; its length, or 0. */
static size_t marshal(char *reply, size_t room, uint32_t status,
		      xdrproc_t xdr_result, void *result)
{
	size_t len = 0;
	XDR xdr;

	xdrmem_create(&xdr, reply, (u_int)room, XDR_ENCODE);
	if (xdr_u_int(&xdr, &status) &&
	    (status != MBOX_RPC_SUCCESS || !xdr_result ||
	     xdr_result(&xdr, result)))
		len = xdr_getpos(&xdr);
	xdr_destroy(&xdr);
	return len;
}

size_t mbox_rpc_answer(const struct mbox_rpc_program *program, const void *data,
		       size_t len, const struct mbox_message *request,
		       void *reply, size_t room)
{
	const struct mbox_rpc_procedure *p = NULL;
	void *args = NULL, *result = NULL;
	uint32_t status;
	size_t out = 0;
	XDR in;

	/* Decoding only reads. */
	xdrmem_create(&in, (char *)data, (u_int)len, XDR_DECODE);
	status = find(&in, program, &p);
	if (status == MBOX_RPC_SUCCESS) {
		/* A size may be 0. */
		args = calloc(1, p->args_size + 1);
		result = calloc(1, p->result_size + 1);
		if (args && result)
			status = run(&in, len, p, args, result, request);
		else
			status = MBOX_RPC_FAILED;
	}
	if (status == MBOX_RPC_SUCCESS) {
		out = marshal(reply, room, status, p->xdr_result, result);
		if (!out)
			status = MBOX_RPC_FAILED;
	}
	if (!out)
		out = marshal(reply, room, status, NULL, NULL);
	if (args && p->xdr_args)
		xdr_free(p->xdr_args, args);
	if (result && p->xdr_result)
		xdr_free(p->xdr_result, result);
	free(result);
	free(args);
	xdr_destroy(&in);
	return out;
}

static int serve(struct mbox *mb, const struct mbox_rpc_program *program,
		 uint64_t count, char *in, char *out, size_t room)
{
	struct mbox_message request = { .token = 0 };
	uint64_t answered = 0;
	size_t reply = 0;

	for (;;) {
		ssize_t len =
			mbox_reply_recv(mb, out, reply, in, room, &request);
		size_t most;

		reply = 0;
		/* The caller did not wait; the next may. */
		if (len < 0 && errno == ESTALE) {
			request.token = 0;
			continue;
		}
		if (len < 0)
			return -1;
		if (!request.token)
			continue;
		most = request.reply_room < room ? request.reply_room : room;
		reply = mbox_rpc_answer(program, in, (size_t)len, &request, out,
					most);
		answered++;
		if (answered == count)
			break;
	}
	if (mbox_reply(mb, request.token, out, reply) && errno != ESTALE)
		return -1;
	return 0;
}

int mbox_rpc_serve(struct mbox *mb, const struct mbox_rpc_program *program,
		   uint64_t count)
{
	struct mbox_status status;
	char *in, *out;
	int ret = -1;

	if (mbox_status(mb, &status))
		return -1;
	in = malloc(status.max_size);
	out = malloc(status.max_size);
	if (in && out)
		ret = serve(mb, program, count, in, out, status.max_size);
	free(out);
	free(in);
	return ret;
}
