// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The client's stub: marshal, call, unmarshal.
 *
 * Locking: none.  Called by programs.
 */
#include <errno.h>
#include <stdlib.h>

#include "mbox_rpc.h"

/* Three words stand before the arguments. */
enum { HEAD = 3 * BYTES_PER_XDR_UNIT };

/* The request at @buf, which has room for @len bytes; 0 or -1. */
static int marshal(char *buf, size_t len, const struct mbox_rpc *rpc,
		   uint32_t procedure, xdrproc_t xdr_args, void *args)
{
	uint32_t head[] = { rpc->program, rpc->version, procedure };
	bool_t ok;
	XDR xdr;

	xdrmem_create(&xdr, buf, (u_int)len, XDR_ENCODE);
	ok = xdr_u_int(&xdr, &head[0]) && xdr_u_int(&xdr, &head[1]) &&
	     xdr_u_int(&xdr, &head[2]) && (!xdr_args || xdr_args(&xdr, args));
	xdr_destroy(&xdr);
	if (ok)
		return 0;
	errno = EINVAL;
	return -1;
}

/* The status that came, with 0 the result; or -1. */
static int unmarshal(char *buf, size_t len, xdrproc_t xdr_result, void *result)
{
	uint32_t status;
	bool_t ok;
	XDR xdr;

	xdrmem_create(&xdr, buf, (u_int)len, XDR_DECODE);
	ok = xdr_u_int(&xdr, &status) && status <= INT32_MAX;
	if (ok && status == MBOX_RPC_SUCCESS && xdr_result)
		ok = xdr_result(&xdr, result);
	/* What is left over was meant for somebody else. */
	ok = ok && xdr_getpos(&xdr) == len;
	xdr_destroy(&xdr);
	if (ok)
		return (int)status;
	if (xdr_result)
		xdr_free(xdr_result, result);
	errno = EPROTO;
	return -1;
}

static int is_zero(const struct mbox_rpc *rpc)
{
	return !(rpc->reserved0 || rpc->reserved[0] || rpc->reserved[1] ||
		 rpc->reserved[2] || rpc->reserved[3]);
}

int mbox_rpc_call(struct mbox_rpc *rpc, uint32_t procedure, xdrproc_t xdr_args,
		  void *args, xdrproc_t xdr_result, void *result)
{
	size_t len = HEAD + (xdr_args ? xdr_sizeof(xdr_args, args) : 0);
	size_t room = rpc->room ? rpc->room : MBOX_RPC_ROOM;
	struct mbox_call_options options = { .tag = procedure };
	struct mbox_answer answer;
	ssize_t got;
	char *buf;
	int ret = -1;

	rpc->taken = 0;
	if (!is_zero(rpc)) {
		errno = EINVAL;
		return -1;
	}
	/* One buffer: the request has left it when the answer comes. */
	buf = malloc(len > room ? len : room);
	if (!buf)
		return -1;
	if (marshal(buf, len, rpc, procedure, xdr_args, args))
		goto out_free;
	if (rpc->timeout)
		options.deadline = mbox_deadline_in(rpc->timeout);
	got = mbox_call_with(rpc->mb, buf, len, buf, room, &options, &answer);
	rpc->taken = answer.taken;
	if (got < 0)
		goto out_free;
	rpc->server = answer.uid;
	ret = unmarshal(buf, (size_t)got, xdr_result, result);
out_free:
	free(buf);
	return ret;
}
