// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_daemon: a call is a message to a daemon, its result is another message.
 *
 * Notes: S277 (003:334), S278 (003:335), S280 (003:337)
 * Watch: a client calls add(2, 3) and count(10) by its stubs (client_stub.c,
 *        link.c). The daemon here receives and replies by hand and shows the
 *        bytes; server_stub.c carries the calls out.
 * See:   each message says which function by a number, and has the arguments
 *        behind it. The result comes in a second message, in the client's own
 *        mailbox; both carry the same transaction number.
 */
#include "../check.h"

#include <arpa/inet.h>
#include <mbox.h>

#include "stubs.h"

static int real_add(int a, int b)
{
	return a + b;
}

static int real_count(int by)
{
	static int counter = 100;

	return counter += by;
}

static const struct procedures procedures = { real_add, real_count };

/* Four words of a message on a line. */
static void show(const char *title, const char *msg, size_t len)
{
	char line[80];

	for (size_t at = 0; at < len; at += 16) {
		int used = snprintf(line, sizeof(line),
				    "%-6s %2zu:", at ? "" : title, at);

		for (size_t i = at; i < len && i < at + 16; i++)
			used += snprintf(line + used, sizeof(line) - used,
					 "%s%02x", i % 4 ? "" : " ",
					 (unsigned char)msg[i]);
		say("%s", line);
	}
}

/* The word of a message that starts at this byte. */
static uint32_t word(const char *msg, int at)
{
	uint32_t net;

	memcpy(&net, msg + at, sizeof(net));
	return ntohl(net);
}

static int client(void)
{
	int sum, counter;

	need(bind_stubs("mbox:rpc"));
	sum = add(2, 3);
	counter = count(10);
	return sum == 5 && counter == 110 ? 0 : 1;
}

int main(void)
{
	char call[2][MESSAGE_ROOM], reply[2][MESSAGE_ROOM], name[40];
	struct mbox_status daemons, clients;
	struct mbox_message from[2];
	struct mbox *rpc, *back;
	ssize_t len[2], reply_len[2];
	pid_t pid;

	say("bytes 20 to 23 of a call: the function; from byte 40: arguments");
	rpc = need_ptr(mbox_create("rpc", MBOX_RECV, 0666, NULL));
	pid = need(fork());
	if (!pid)
		_exit(client());
	for (int i = 0; i < 2; i++) {
		len[i] = need(mbox_recv_with(rpc, call[i], sizeof(call[i]),
					     NULL, &from[i]));
		show("call", call[i], len[i]);
		reply_len[i] = answer(&procedures, call[i], len[i], reply[i],
				      sizeof(reply[i]));
		show("reply", reply[i], reply_len[i]);
		snprintf(name, sizeof(name), "rpc-%d", from[i].pid);
		back = need_ptr(mbox_open(name, MBOX_SEND));
		need(mbox_send_with(
			back, reply[i], reply_len[i],
			&(struct mbox_send_options){ .tag = from[i].tag }));
		need(mbox_status(back, &clients));
		mbox_close(back);
	}
	need(mbox_status(rpc, &daemons));
	check(word(call[0], 20) == CALC_ADD && word(call[1], 20) == CALC_COUNT,
	      "S278 S277", "each message names its function by a number");
	check(len[0] == 48 && word(call[0], 40) == 2 &&
		      word(call[0], 44) == 3 && len[1] == 44 &&
		      word(call[1], 40) == 10,
	      "S278 S277", "and has the function's parameters behind it");
	check(!strcmp(daemons.name, "rpc") && daemons.received == 2 &&
		      from[0].pid == pid,
	      "S278", "the daemon got both where it listens, from that client");
	check(!strcmp(clients.name, name) && clients.sent == 2 &&
		      daemons.sent == 2 && word(reply[0], 24) == 5 &&
		      word(reply[1], 24) == 110,
	      "S280", "each result went out in a message of its own");
	check(word(reply[0], 0) == from[0].tag &&
		      word(reply[1], 0) == from[1].tag &&
		      from[0].tag != from[1].tag,
	      "S280", "the transaction number says which call it answers");
	check(ended(pid) == 0, "S280 S277",
	      "the client has been told 5 and 110 by messages alone");
	mbox_close(rpc);
	return done();
}
