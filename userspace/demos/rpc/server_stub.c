// SPDX-License-Identifier: GPL-2.0-only
/* server_stub.c: the server's stub (skeleton), made by hand. See stubs.h. */
#define _GNU_SOURCE
#include <rpc/rpc.h>

#include "stubs.h"

/* The arguments must fill the rest of the message exactly. */
static bool_t unmarshal_args(XDR *xdr, size_t len, int *args, size_t nr_args)
{
	if (len - xdr_getpos(xdr) != nr_args * BYTES_PER_XDR_UNIT)
		return FALSE;
	for (size_t i = 0; i < nr_args; i++)
		if (!xdr_int(xdr, &args[i]))
			return FALSE;
	return TRUE;
}

size_t answer(const struct procedures *procedures, char *call, size_t len,
	      char *reply, size_t room)
{
	enum { XID, TYPE, RPC, PROGRAM, VERSION, PROCEDURE, HEAD = 10 };
	uint32_t head[HEAD], status = SUCCESS;
	int args[2], result = 0;
	bool_t ok = TRUE;
	XDR in, out;

	xdrmem_create(&in, call, len, XDR_DECODE);
	for (int i = 0; i < HEAD; i++)
		ok = ok && xdr_u_int(&in, &head[i]);
	if (!ok || head[TYPE] != CALL || head[RPC] != RPC_MSG_VERSION)
		return 0;

	if (head[PROGRAM] != CALC)
		status = PROG_UNAVAIL;
	else if (head[VERSION] != CALC_V1)
		status = PROG_MISMATCH;
	else if (head[PROCEDURE] == CALC_ADD)
		if (unmarshal_args(&in, len, args, 2))
			result = procedures->add(args[0], args[1]);
		else
			status = GARBAGE_ARGS;
	else if (head[PROCEDURE] == CALC_COUNT)
		if (unmarshal_args(&in, len, args, 1))
			result = procedures->count(args[0]);
		else
			status = GARBAGE_ARGS;
	else
		status = PROC_UNAVAIL;
	xdr_destroy(&in);

	xdrmem_create(&out, reply, room, XDR_ENCODE);
	ok = xdr_u_int(&out, &head[XID]) &&
	     xdr_u_int(&out, &(u_int){ REPLY }) &&
	     xdr_u_int(&out, &(u_int){ MSG_ACCEPTED }) &&
	     xdr_u_int(&out, &(u_int){ AUTH_NONE }) &&
	     xdr_u_int(&out, &(u_int){ 0 }) && xdr_u_int(&out, &status) &&
	     (status != SUCCESS || xdr_int(&out, &result));
	if (status == PROG_MISMATCH) /* the lowest and the highest version */
		ok = ok && xdr_u_int(&out, &(u_int){ CALC_V1 }) &&
		     xdr_u_int(&out, &(u_int){ CALC_V1 });
	len = ok ? xdr_getpos(&out) : 0;
	xdr_destroy(&out);
	return len;
}
