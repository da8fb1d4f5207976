// SPDX-License-Identifier: GPL-2.0-only
/*
 * rpc_at_most_once: a request that arrives twice must not be carried out twice.
 *
 * Notes: S294 (gap)
 * Watch: a server that adds to a counter. Client A's request is delivered
 *        twice, as a network may do; A's next reply is lost, so A sends that
 *        request again until there is one; an old request comes late. Client B
 *        uses the same numbers. First the server just does what it is told
 *        (WRONG: at least once), then it remembers, for each client, the
 *        number of the last request and its reply (at most once).
 * See:   without memory the counter goes up with each copy. With it, a copy is
 *        answered by the remembered reply. Retry until answered, and at most
 *        once: together, exactly once, as long as the server lives.
 */
#include "../check.h"

#include <mbox.h>

/* Same program, same machine: no XDR needed. */
struct request {
	int client; /* which mailbox the reply goes to */
	int by;
	int lose_reply; /* the network will lose it */
};

enum { CLIENTS = 2, A = 0, B = 1 };

static struct mbox *requests, *replies[CLIENTS];

static void server(int remember)
{
	struct {
		uint64_t xid;
		int value;
	} last[CLIENTS] = { 0 };
	struct mbox_message info; /* its tag is the number of the request */
	struct request r;
	int counter = 0;

	while (mbox_recv_with(requests, &r, sizeof(r), NULL, &info) > 0) {
		if (remember && info.tag < last[r.client].xid)
			continue; /* late: its reply has long been seen */
		if (!remember || info.tag > last[r.client].xid) {
			counter += r.by;
			last[r.client].xid = info.tag;
			last[r.client].value = counter;
		}
		if (!r.lose_reply)
			need(mbox_send_with(replies[r.client],
					    &last[r.client].value, sizeof(int),
					    &(struct mbox_send_options){
						    .tag = info.tag }));
	}
	_exit(0);
}

static void request(int client, uint64_t xid, int lose_reply)
{
	struct request r = { client, 1, lose_reply };

	need(mbox_send_with(requests, &r, sizeof(r),
			    &(struct mbox_send_options){ .tag = xid }));
}

/* The value of the next reply, or -1 after MS milliseconds, or 20 s. */
static int reply(int client, uint64_t xid, int ms)
{
	struct mbox_recv_options wait = { 0 };
	struct mbox_message info;
	int value;

	wait.deadline = mbox_deadline_in((ms ? ms : 20000) * 1000000ULL);
	if (mbox_recv_with(replies[client], &value, sizeof(value), &wait,
			   &info) < 0)
		return -1;
	return info.tag == xid ? value : -2;
}

/* Each step's replies; the return value is the counter after all of them. */
static int run(int remember, int seen[6])
{
	pid_t pid;

	requests = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	for (int i = 0; i < CLIENTS; i++)
		replies[i] = need_ptr(
			mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	pid = need(fork());
	if (!pid)
		server(remember);

	request(A, 1, 0);
	request(A, 1, 0); /* the same datagram once more */
	seen[0] = reply(A, 1, 0);
	seen[1] = reply(A, 1, 0);
	request(A, 2, 1);
	seen[2] = reply(A, 2, 50); /* -1: there will be none */
	request(A, 2, 0); /* nothing heard: again, with the same number */
	seen[3] = reply(A, 2, 0);
	request(A, 1, 0); /* was under way for long */
	request(B, 1, 0); /* another client, whose numbers are his own */
	seen[4] = reply(B, 1, 0);
	/* If A's late copy has a reply, it was sent before B's. */
	seen[5] = reply(A, 1, 50);
	say("A twice: %d %d; lost: %d, again: %d; A late: %d; B: %d", seen[0],
	    seen[1], seen[2], seen[3], seen[5], seen[4]);

	need(kill(pid, SIGKILL));
	ended(pid);
	mbox_close(requests);
	for (int i = 0; i < CLIENTS; i++)
		mbox_close(replies[i]);
	return seen[4];
}

int main(void)
{
	int seen[6], counter;

	say("at least once; the replies (-1: there is none):");
	counter = run(0, seen);
	check(seen[0] == 1 && seen[1] == 2, "S294",
	      "WRONG: delivered twice, the request is carried out twice");
	check(seen[2] == -1 && seen[3] == 4, "S294",
	      "WRONG: so is a request repeated because its reply was lost");
	check(counter == 6, "S294", "WRONG: three requests have counted to 6");

	say("at most once; the replies:");
	counter = run(1, seen);
	check(seen[0] == 1 && seen[1] == 1, "S294",
	      "delivered twice, it is carried out once; both replies agree");
	check(seen[2] == -1 && seen[3] == 2, "S294",
	      "the repeated one gets the reply that was lost");
	check(seen[5] == -1, "S294", "the late copy is dropped");
	check(counter == 3, "S294",
	      "three requests of two clients have counted to 3");
	return done();
}
