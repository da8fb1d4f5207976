// SPDX-License-Identifier: GPL-2.0-only
/*
 * mbox_time_server: client and server with messages.
 *
 * Notes: S37 (001:45)
 * Watch: two clients send a request to the mailbox "time"; each waits for the
 *        answer in a mailbox of its own, named after its process.
 * See:   each gets the time, from the server; the server learned from the
 *        kernel whom to answer.
 */
#include "../check.h"

#include <mbox.h>

#define CLIENTS 2

static void serve(struct mbox *requests)
{
	for (int i = 0; i < CLIENTS; i++) {
		struct mbox_message request;
		struct mbox *client;
		char name[32], text[10];
		time_t answer;

		need(mbox_recv_with(requests, text, sizeof(text), NULL,
				    &request));
		answer = time(NULL);
		snprintf(name, sizeof(name), "time-%d", (int)request.pid);
		client = need_ptr(mbox_open(name, MBOX_SEND));
		need(mbox_send(client, &answer, sizeof(answer)));
		mbox_close(client);
	}
	_exit(0);
}

/* Ends with 0 if the answer came from the server and is the right time. */
static void ask(struct mbox *requests, pid_t server)
{
	struct mbox_message answer;
	struct mbox *reply;
	time_t before = time(NULL), its_time;
	char name[32];

	snprintf(name, sizeof(name), "time-%d", (int)getpid());
	reply = need_ptr(mbox_create(name, MBOX_RECV, 0600, NULL));
	need(mbox_send(requests, "time?", 5));
	need(mbox_recv_with(reply, &its_time, sizeof(its_time), NULL, &answer));
	say("client %d: process %d says it is %.24s", (int)getpid(),
	    (int)answer.pid, ctime(&its_time));
	mbox_close(reply);
	_exit(answer.pid == server && its_time >= before &&
			      its_time <= time(NULL) ?
		      0 :
		      1);
}

int main(void)
{
	struct mbox *requests;
	struct mbox_status box;
	pid_t server, client[CLIENTS];
	int right = 0;

	requests = need_ptr(
		mbox_create("time", MBOX_SEND | MBOX_RECV, 0600, NULL));
	server = need(fork());
	if (!server)
		serve(requests);
	say("the server is process %d", (int)server);
	for (int i = 0; i < CLIENTS; i++) {
		client[i] = need(fork());
		if (!client[i])
			ask(requests, server);
	}
	for (int i = 0; i < CLIENTS; i++)
		right += ended(client[i]) == 0;
	check(right == CLIENTS, "S37",
	      "each client got the right time, and from the server");
	need(mbox_status(requests, &box));
	check(ended(server) == 0 && box.received == CLIENTS, "S37",
	      "the server answered one request of each client");
	mbox_close(requests);
	return done();
}
