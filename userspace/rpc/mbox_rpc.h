/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmbox-rpc: remote procedure call over a mailbox.  Arguments and results
 * travel as XDR (RFC 4506), by the routines of libtirpc and those that rpcgen
 * makes of a .x file.  Link with -lmbox-rpc -lmbox -ltirpc.
 *
 * A call is one mbox_call(), and a turn of the server one mbox_reply_recv().
 * What is sent is
 *
 *   request   program, version, procedure (an XDR unsigned int each), arguments
 *   answer    status (an XDR unsigned int), with 0 the result
 *
 * That is all that is left of the header of ONC RPC (RFC 5531): the kernel knows
 * which answer belongs to which request, and it stamps who sent it, so neither
 * transaction numbers nor credentials travel.
 *
 * Rules: errors are -1 and errno, as in <mbox.h>.  Every function may be called
 * by any number of threads at once; a struct mbox_rpc belongs to one thread at a
 * time.  Since 0.1.
 */
#ifndef MBOX_RPC_H
#define MBOX_RPC_H

#include <mbox.h>
#include <rpc/rpc.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a server says of a call; the numbers of ONC RPC's accept_stat. */
#define MBOX_RPC_SUCCESS 0 /* the result follows */
#define MBOX_RPC_NO_PROGRAM 1 /* another program is served here */
#define MBOX_RPC_NO_VERSION 2 /* another version of it */
#define MBOX_RPC_NO_PROCEDURE 3 /* it has no procedure of this number */
#define MBOX_RPC_BAD_ARGUMENTS 4 /* the arguments cannot be understood */
#define MBOX_RPC_FAILED 5 /* no memory, or no room for the result */

/* Room for an answer where mbox_rpc.room does not say. */
#define MBOX_RPC_ROOM 4096

/* struct mbox_rpc - where a client's calls go, and what came of the last */
struct mbox_rpc {
	struct mbox *mb; /* a handle with MBOX_SEND */
	uint32_t program; /* its number */
	uint32_t version; /* its version */
	uint64_t timeout; /* ns that a call may take, 0: any */
	uint32_t room; /* bytes of the longest answer, 0: MBOX_RPC_ROOM */
	uint32_t taken; /* out: 1: a server had the request; see mbox_call() */
	uid_t server; /* out: the user who answered */
	uint32_t reserved0; /* must be 0 */
	uint64_t reserved[4]; /* must be 0 */
};

/* struct mbox_rpc_procedure - one that a server has */
struct mbox_rpc_procedure {
	uint32_t number; /* in its program */
	xdrproc_t xdr_args; /* of the arguments, NULL: it has none */
	size_t args_size; /* sizeof of what that fills */
	xdrproc_t xdr_result; /* of the result, NULL: it has none */
	size_t result_size; /* sizeof of what that reads */
	/*
	 * The procedure: 0, or a status other than MBOX_RPC_SUCCESS.  Arguments
	 * and result are freed behind it with xdr_free(), the latter begins as
	 * zeroes.  The message says who calls, and until when.
	 */
	uint32_t (*run)(void *args, void *result,
			const struct mbox_message *request);
};

/* struct mbox_rpc_program - what a server serves */
struct mbox_rpc_program {
	uint32_t program; /* its number */
	uint32_t version; /* its version */
	const struct mbox_rpc_procedure *procedures;
	size_t count; /* of procedures */
};

/**
 * mbox_rpc_call() - call a procedure: the client's stub
 * @rpc: where to; its taken and server are stored
 * @procedure: the number of the procedure
 * @xdr_args: of the arguments, for instance ``(xdrproc_t)xdr_int``; NULL: none
 * @args: the arguments
 * @xdr_result: of the result; NULL: there is none
 * @result: where to store it, all zeroes; with 0 to be freed by the caller with
 *	xdr_free(), if it has pointers
 *
 * Context: sleeps until the answer is there; no longer than @rpc->timeout.
 *
 * Return: 0 with the result; an MBOX_RPC_... status, if the server refused; or
 * -1 with errno
 *   EINVAL    a reserved member is not 0, or the arguments cannot be marshalled
 *   EPROTO    the answer cannot be understood
 * and those of mbox_call_with(), of which EPIPE says that the server has ended.
 * @rpc->taken says whether the procedure may have run.
 */
MBOX_API int mbox_rpc_call(struct mbox_rpc *rpc, uint32_t procedure,
			   xdrproc_t xdr_args, void *args, xdrproc_t xdr_result,
			   void *result);

/**
 * mbox_rpc_answer() - make the answer to a request: the server's stub (skeleton)
 * @program: what is served
 * @data: the bytes of the request
 * @len: how many
 * @request: what is known of it
 * @reply: room for the answer
 * @room: bytes of room
 *
 * For servers with a loop of their own.
 *
 * Return: the bytes of the answer, or 0 if there is no room for a status.
 */
MBOX_API size_t mbox_rpc_answer(const struct mbox_rpc_program *program,
				const void *data, size_t len,
				const struct mbox_message *request, void *reply,
				size_t room);

/**
 * mbox_rpc_serve() - answer requests, until something ends that
 * @mb: a handle with MBOX_RECV
 * @program: what is served
 * @count: how many requests to answer, or 0: all
 *
 * A message that is no request is dropped, and so is an answer whose caller has
 * gone.  After EINTR and EAGAIN no request is without an answer, and calling it
 * again goes on.
 *
 * Context: sleeps while there is no request.
 *
 * Return: 0 after @count requests, or -1 with errno
 *   EINTR   a signal came
 *   EPIPE   MBOX_HANGUP, and the last client has closed the mailbox
 *   EIDRM   the mailbox was destroyed
 *   EBADF   @mb is NULL, its descriptor was closed, or it lacks MBOX_RECV
 *   EAGAIN  the descriptor has O_NONBLOCK, and there is no request
 *   EDQUOT  a thread that serves for the first time is over the quota
 *   ENOMEM  no memory
 */
MBOX_API int mbox_rpc_serve(struct mbox *mb,
			    const struct mbox_rpc_program *program,
			    uint64_t count);

#ifdef __cplusplus
}
#endif

#endif /* MBOX_RPC_H */
