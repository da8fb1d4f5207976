// SPDX-License-Identifier: GPL-2.0-only
/*
 * three_capacities: no buffering, bounded, unbounded.
 *
 * Notes: S94 (000:120)
 * Watch: three mailboxes, and nobody who receives; up to 1000 messages each.
 * See:   how many it takes before a sender would have to wait: none, 4, all.
 *        Without a buffer the program must keep its messages itself: explicit
 *        buffering; else the system does: automatic.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

#define TRIES 1000

/* Messages that were taken without a receiver. */
static int takes(struct mbox *mb)
{
	int sent = 0;

	while (sent < TRIES && !mbox_send(mb, &sent, sizeof(sent)))
		sent++;
	if (sent < TRIES)
		need(errno == EAGAIN ? 0 : -1);
	return sent;
}

int main(void)
{
	const struct mbox_attr attr[] = {
		{ .capacity = MBOX_RENDEZVOUS },
		{ .capacity = MBOX_BOUNDED, .max_messages = 4 },
		{ .capacity = MBOX_UNBOUNDED },
	};
	int taken[3], in_order = 0, number, met;
	struct mbox *mb[3];
	pid_t receiver;

	for (int i = 0; i < 3; i++) {
		mb[i] = need_ptr(
			mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, &attr[i]));
		/* The same mailbox, by a handle that never waits. */
		struct mbox *hasty =
			need_ptr(mbox_copy(mb[i], MBOX_SEND | MBOX_NONBLOCK));

		taken[i] = takes(hasty);
		mbox_close(hasty);
	}
	say("zero capacity: takes %d messages", taken[0]);
	say("bounded, 4: takes %d messages", taken[1]);
	say("unbounded: takes %d messages of %d", taken[2], TRIES);
	check(taken[1] == 4, "S94", "bounded: the system buffers up to N");
	check(taken[2] == TRIES, "S94", "unbounded: the system buffers all");
	for (int i = 0; i < TRIES; i++) {
		need(mbox_recv(mb[2], &number, sizeof(number)));
		in_order += number == i;
	}
	check(in_order == TRIES, "S94", "and gives them back in order");

	receiver = need(fork());
	if (!receiver)
		_exit(need(mbox_recv(mb[0], &number, sizeof(number))) ==
				      sizeof(number) ?
			      0 :
			      1);
	until(asleep_in(receiver, SYS_ioctl) || state_of(receiver) == 'Z');
	met = mbox_send(mb[0], &taken[0], sizeof(taken[0]));
	say("zero capacity, and a receiver that waits: %s",
	    met ? strerror(errno) : "sent");
	check(taken[0] == 0 && met == 0 && ended(receiver) == 0, "S94",
	      "zero: nothing is buffered, a send needs a receiver");
	for (int i = 0; i < 3; i++)
		mbox_close(mb[i]);
	return done();
}
