// SPDX-License-Identifier: GPL-2.0-only
/*
 * did_it_arrive: can process A learn that the message has reached B?
 *
 * Notes: S103 (001:95), S348 (001:96)
 * Watch: a plain write(), a send with MBOX_SYNC, and an answer from B. The
 *        notes say "read itself returns to the sender"; there is no such thing.
 * See:   the write returns before any receiver exists; SYNC when B has the
 *        message; only B's own answer tells that B has done its work.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

static struct mbox_status status_of(struct mbox *mb)
{
	struct mbox_status box;

	need(mbox_status(mb, &box));
	return box;
}

/* A: sends the order; ends with 0 if the send returned 0. */
static pid_t start_a(struct mbox *orders, unsigned int flags)
{
	const struct mbox_send_options how = { .flags = flags };
	pid_t pid = need(fork());

	if (pid)
		return pid;
	_exit(mbox_send_with(orders, "pizza", 5, &how) ? errno : 0);
}

/* B: receives the order; only if it does its work, it answers. */
static int run_b(struct mbox *orders, struct mbox *answers, int works)
{
	pid_t pid = need(fork());
	char order[10];

	if (pid)
		return ended(pid);
	need(mbox_recv(orders, order, sizeof(order)));
	if (works)
		need(mbox_send(answers, "baked", 5));
	_exit(0);
}

/* The errno of looking for an answer, or 0 if there is one. */
static int look_for_answer(struct mbox *answers)
{
	const struct mbox_recv_options look = { .flags = MBOX_NOWAIT };
	char text[10];

	return mbox_recv_with(answers, text, sizeof(text), &look, NULL) < 0 ?
		       errno :
		       0;
}

int main(void)
{
	struct mbox *orders, *answers;
	int written, waited, answer;
	pid_t a;

	orders = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	answers = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));

	a = need(fork());
	if (!a)
		_exit((int)write(mbox_fd(orders), "pizza", 5));
	until(state_of(a) == 'Z' || asleep_in(a, SYS_write));
	waited = state_of(a) != 'Z';
	say("write(): A %s; orders received: %d",
	    waited ? "sleeps" : "has ended", (int)status_of(orders).received);
	check(!waited && status_of(orders).received == 0, "S103 S348",
	      "write() returns with no receiver at all: it tells nothing of B");
	run_b(orders, answers, 1);
	written = ended(a);
	say("B reads it now: %d received; write() returned %d before that",
	    (int)status_of(orders).received, written);
	check(status_of(orders).received == 1 && written == 5 && !waited,
	      "S348",
	      "a read returns to B alone: A's write() had returned before");
	need(look_for_answer(answers) ? -1 : 0);

	a = start_a(orders, MBOX_SYNC);
	until(asleep_in(a, SYS_ioctl) || state_of(a) == 'Z');
	waited = asleep_in(a, SYS_ioctl);
	say("SYNC: A %s, its message is in the mailbox",
	    waited ? "sleeps" : "has ended");
	run_b(orders, answers, 0);
	check(waited && ended(a) == 0 && status_of(orders).received == 2,
	      "S103", "a SYNC send returns when B has the message: a receipt");
	answer = look_for_answer(answers);
	say("but B ended without baking; an answer? %s", strerror(answer));
	check(answer == EAGAIN, "S103",
	      "the receipt does not tell that B did what it was asked");

	a = start_a(orders, 0);
	run_b(orders, answers, 1);
	answer = look_for_answer(answers);
	say("B answers when it has baked: %s",
	    answer ? "nothing" : "\"baked\"");
	check(answer == 0 && ended(a) == 0, "S103",
	      "B's own answer tells that: the end-to-end receipt");
	mbox_close(orders);
	mbox_close(answers);
	return done();
}
