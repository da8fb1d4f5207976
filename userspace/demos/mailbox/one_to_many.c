// SPDX-License-Identifier: GPL-2.0-only
/*
 * one_to_many: can other processes receive the same message from one process?
 *
 * Notes: S101 (003:176)
 * Watch: the same ten messages, to three receivers of an ordinary mailbox, and
 *        to three of a broadcast mailbox, one of which is too slow.
 * See:   in the first each message has one receiver; in the second every
 *        receiver gets every message, and the slow one is told how many it has
 *        missed, while nobody waited for it.
 */
#include "../check.h"

#include <mbox.h>
#include <stdbool.h>

#define RECEIVERS 3
#define SLOW 2
#define MESSAGES 10
#define ROOM 4

/* Receives what is there, which is so many: how many, and that it is in order. */
static int receive_all(struct mbox *mb, uint64_t *missed, bool *in_order)
{
	const struct mbox_recv_options now = { .flags = MBOX_NOWAIT };
	struct mbox_message message;
	int n, number, last = -1;

	for (n = 0;
	     mbox_recv_with(mb, &number, sizeof(number), &now, &message) > 0;
	     n++) {
		*in_order &= number > last;
		last = number;
		*missed = message.drops;
	}
	return n;
}

/*
 * One sends to RECEIVERS; all but SLOW receive after each message, if it is for
 * all. Stores how many messages each got.
 */
static void run(uint32_t flags, int *got, uint64_t *missed, bool *in_order)
{
	const struct mbox_attr attr = { .flags = flags,
					.max_messages = ROOM,
					.policy = MBOX_POLICY_DROP_OLDEST };
	const bool to_all = flags & MBOX_BROADCAST;
	struct mbox *from, *to[RECEIVERS];
	uint64_t none = 0;

	from = need_ptr(mbox_create("news", MBOX_SEND, 0600, &attr));
	for (int i = 0; i < RECEIVERS; i++)
		to[i] = need_ptr(mbox_open("news", MBOX_RECV));
	for (int number = 0; number < MESSAGES; number++) {
		need(mbox_send(from, &number, sizeof(number)));
		for (int i = 0; i < RECEIVERS; i++)
			if (!to_all || i != SLOW)
				got[i] += receive_all(to[i], &none, in_order);
	}
	got[SLOW] += receive_all(to[SLOW], missed, in_order);
	for (int i = 0; i < RECEIVERS; i++) {
		say("receiver %d got %d of %d messages", i, got[i], MESSAGES);
		mbox_close(to[i]);
	}
	mbox_close(from);
}

int main(void)
{
	int one[RECEIVERS] = { 0 }, all[RECEIVERS] = { 0 };
	uint64_t missed = 0;
	bool in_order = true;

	say("an ordinary mailbox:");
	run(0, one, &missed, &in_order);
	check(one[0] + one[1] + one[2] == MESSAGES, "S101",
	      "in a mailbox each message is received by one process only");

	say("a broadcast mailbox:");
	run(MBOX_BROADCAST, all, &missed, &in_order);
	check(all[0] == MESSAGES && all[1] == MESSAGES && in_order, "S101",
	      "in a broadcast mailbox every receiver gets every message");
	say("receiver %d was told that it missed %d", SLOW, (int)missed);
	check(all[SLOW] == ROOM && missed == MESSAGES - ROOM, "S101",
	      "nobody waits for a slow one: it misses the oldest, and knows");
	return done();
}
