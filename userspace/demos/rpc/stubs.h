/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stubs.h: the stubs made by hand. Three layers, each knows only the next:
 *
 *   caller, functions.h      numbers in, number out
 *   client_stub.c, server_stub.c
 *                            numbers <-> bytes: marshalling, by XDR
 *   link.c                   bytes to the other side: mailbox or socket
 *
 * The messages are those of ONC RPC (RFC 5531), so the stubs that rpcgen makes
 * understand them.
 */
#ifndef STUBS_H
#define STUBS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "functions.h"

struct mbox;

/* The numbers of calc.x. */
enum { CALC = 0x20001234, CALC_V1 = 1, CALC_ADD = 1, CALC_COUNT = 2 };

/* Room for any message of this interface. */
enum { MESSAGE_ROOM = 128 };

/*
 * The two halves of the client stub; add() in client_stub.c is: marshal, send,
 * receive, unmarshal. A length of 0 means it does not fit. unmarshal_reply()
 * returns 0, or -1 with EPROTO if it is no good reply to xid.
 */
size_t marshal_call(char *msg, size_t room, uint32_t xid, uint32_t procedure,
		    const int *args, int nr_args);
int unmarshal_reply(char *msg, size_t len, uint32_t xid, int *result);

/* The procedures that a server offers. */
struct procedures {
	int (*add)(int a, int b);
	int (*count)(int by);
};

/*
 * The server stub (skeleton): unmarshals a call, calls the procedure, marshals
 * the reply. Returns its length, or 0 if the bytes are no call at all.
 */
size_t answer(const struct procedures *procedures, char *call, size_t len,
	      char *reply, size_t room);

/*
 * A link carries messages. link_open() is for clients, link_listen() for
 * servers; WHERE is "mbox:NAME", "unix:PATH" or "tcp:ADDRESS:PORT". All return
 * -1 with errno. A server's link_send() goes to whom it heard last.
 */
struct link {
	int listener, fd; /* sockets, or -1 */
	struct mbox *in, *out;
	char name[32]; /* of the server's mailbox */
	pid_t peer; /* whose mailbox out is */
};

int link_open(struct link *link, const char *where);
int link_listen(struct link *link, const char *where);
int link_send(struct link *link, const char *msg, size_t len);
ssize_t link_recv(struct link *link, char *msg, size_t room);
void link_close(struct link *link);

/* Binds the stubs: where add() and count() go. Without: to $CALC_SERVER. */
int bind_stubs(const char *where);

#endif /* STUBS_H */
