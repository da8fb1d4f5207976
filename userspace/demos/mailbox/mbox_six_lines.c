// SPDX-License-Identifier: GPL-2.0-only
/*
 * mbox_six_lines: the notes' producer and consumer, with a mailbox.
 *
 * Notes: S25 (000:91), S61 (000:100)
 * Watch: produce() and consume(): the six lines of the notes, with the mailbox
 *        named, and with an end. The consumer starts late.
 * See:   meanwhile the kernel holds 16 items; all arrive, in order.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

#define ITEMS 100

static void produce(struct mbox *a)
{
	int next_produced = 1;

	while (next_produced <= ITEMS) {
		need(mbox_send(a, &next_produced, sizeof(next_produced)));
		next_produced++;
	}
}

/* Returns how many came in their turn. */
static int consume(struct mbox *a)
{
	int next_consumed = 0, in_order = 0;

	while (next_consumed < ITEMS) {
		need(mbox_recv(a, &next_consumed, sizeof(next_consumed)));
		in_order += next_consumed == in_order + 1;
	}
	return in_order;
}

int main(void)
{
	struct mbox_status box;
	struct mbox *a;
	pid_t producer;
	int in_order;

	a = need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	producer = need(fork());
	if (!producer) {
		produce(a);
		_exit(0);
	}
	until(asleep_in(producer, SYS_ioctl));
	need(mbox_status(a, &box));
	say("no consumer yet: the producer sleeps, the kernel holds %d items",
	    (int)box.messages);
	check(box.messages == MBOX_DEFAULT_MESSAGES, "S25",
	      "the system carries the messages: a queue in the kernel");

	in_order = consume(a);
	say("the consumer received %d of %d items in order", in_order, ITEMS);
	check(in_order == ITEMS && ended(producer) == 0, "S61",
	      "producer and consumer with send and receive work as printed");
	mbox_close(a);
	return done();
}
