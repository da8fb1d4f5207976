// SPDX-License-Identifier: GPL-2.0-only
/*
 * name_each_other: direct communication: send(P, message), receive(Q, message).
 *
 * Notes: S65 (000:124), S66 (003:197), S67 (000:127), S68 (000:128), S69 (003:195)
 * Watch: two processes that have nothing but each other's number; no mailbox is
 *        created. A third one sends meanwhile, and nobody waits for it.
 * See:   the link comes with the first message, is one for the pair, and carries
 *        both ways unless its maker said that it shall not.
 */
#include "../check.h"

#include <mbox.h>

static struct mbox *mb; /* any handle will do to name a process */

/* receive(Q, message): the first byte of it. */
static char receive(pid_t q)
{
	char text[16];

	need(mbox_recv_from(mb, q, text, sizeof(text)));
	say("%d: receive(%d): %c", (int)getpid(), (int)q, text[0]);
	return text[0];
}

/* send(P, message); the errno, or 0. */
static int send_it(pid_t p, char byte, unsigned int flags)
{
	const struct mbox_send_options options = { .flags = flags };
	int ret = mbox_send_to_with(mb, p, &byte, 1, &options);

	say("%d: send(%d, %c): %s", (int)getpid(), (int)p, byte,
	    ret ? strerror(errno) : "done");
	return ret ? errno : 0;
}

/* How many links a process has; the last one of them. */
static int links_of(pid_t pid, struct mbox_link *link)
{
	struct mbox_link_listing *walk = need_ptr(mbox_links_open(pid));
	int n = 0;

	while (need(mbox_links_next(walk, link)))
		n++;
	mbox_links_close(walk);
	return n;
}

/* One that answers Q's question with the next letter, if it can; then waits. */
static pid_t start_p(pid_t q)
{
	pid_t pid = need(fork());

	if (pid)
		return pid;
	if (send_it(q, (char)(receive(q) + 1), 0))
		_exit(errno);
	receive(q);
	_exit(0);
}

int main(void)
{
	int before, after, one, sent, wrong;
	struct mbox_link link, again;
	pid_t q = getpid(), p, third;
	char answer;

	mb = need_ptr(mbox_endpoint(0));
	p = start_p(q);
	before = links_of(p, &link);
	sent = send_it(p, 'A', 0);
	after = links_of(p, &link);
	check(!before && !sent && after == 1, "S67",
	      "the first message has made the link, and nobody else has");

	third = need(fork());
	if (!third)
		_exit(send_it(q, 'x', 0));
	ended(third);
	answer = receive(p);
	check(answer == 'B', "S65",
	      "receive(P) gave P's message, though another's came first");
	one = links_of(p, &again);
	check(one == 1 && again.id == link.id && again.pid == p &&
		      again.peer == q,
	      "S68", "one link for the pair, with these two at its ends");
	check(again.sent == 1 && again.peer_sent == 1, "S69",
	      "it has carried a message each way");
	send_it(p, 'C', 0);
	ended(p);
	wrong = send_it(p, 'D', 0);
	check(wrong == ESRCH, "S66",
	      "whoever names a process that is not there reaches nobody");

	p = start_p(q);
	send_it(p, 'A', MBOX_ONEWAY);
	check(ended(p) == EACCES, "S69",
	      "a one-way link refuses the other way");
	mbox_close(mb);
	return done();
}
