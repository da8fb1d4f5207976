// SPDX-License-Identifier: GPL-2.0-only
/*
 * modulo_busy: "asynchronous: no waiting needed (modulo busy mailbox)".
 *
 * Notes: S92 (003:204)
 * Watch: how often a sender sleeps: with room in the mailbox, with four
 *        senders at the same mailbox at once, and when it is full.
 * See:   never, never, and EAGAIN: a sender that may not wait must come again.
 *        Time for a send, alone and in a crowd, varies with the machine.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/resource.h>

#define CROWD 4
#define EACH 2000

static double now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}

/* How often this process has gone to sleep so far. */
static long sleeps(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_nvcsw;
}

/* So many processes send at once; returns how many of them slept. */
static int crowd(struct mbox *mb, int senders)
{
	pid_t pid[CROWD];
	int slept = 0, start[2];
	char byte = 0;

	need(pipe(start));
	for (int i = 0; i < senders; i++) {
		pid[i] = need(fork());
		if (!pid[i]) {
			long before, slept_here;
			double began, ended_at;

			close(start[1]);
			/* Once, so that all its memory is there. */
			need(mbox_send(mb, &byte, 1));
			need(read(start[0], &byte, 1)); /* until it is closed */
			began = now_us();
			before = sleeps();
			for (int k = 0; k < EACH; k++)
				need(mbox_send(mb, &byte, 1));
			ended_at = now_us();
			slept_here = sleeps() - before;
			if (i == 0)
				say("%d at once: %.2f us for a send", senders,
				    (ended_at - began) / EACH);
			_exit(slept_here != 0);
		}
	}
	close(start[1]);
	for (int i = 0; i < senders; i++)
		slept += ended(pid[i]);
	close(start[0]);
	return slept;
}

int main(void)
{
	const struct mbox_attr endless = { .capacity = MBOX_UNBOUNDED };
	const struct mbox_attr room = { .max_messages = 16 };
	const unsigned int flags = MBOX_SEND | MBOX_RECV | MBOX_NONBLOCK;
	struct mbox *large, *small;
	int err, again, slept;
	long before, after;
	int sent = 0;
	char byte = 0;

	large = need_ptr(mbox_create(NULL, flags, 0, &endless));
	small = need_ptr(mbox_create(NULL, flags, 0, &room));

	/* Once there and back, so that all is warm. */
	for (int i = 0; i < EACH; i++)
		need(mbox_send(large, &byte, 1));
	for (int i = 0; i < EACH; i++)
		need(mbox_recv(large, &byte, 1));
	slept = crowd(large, 1);
	/* There the locks of the kernel's memory can put to sleep, too. */
	for (int i = 0; i < 20 && slept && is_realtime(); i++)
		slept = crowd(large, 1);
	check(slept == 0, "S92", "a sender that finds room does not wait");
	slept = crowd(large, CROWD);
	/* There the lock of the mailbox is one that can put to sleep. */
	if (!is_realtime())
		check(slept == 0, "S92",
		      "four at once may get slower, but nobody goes to sleep");

	before = sleeps();
	while (!mbox_send(small, &byte, 1))
		sent++;
	err = errno;
	after = sleeps();
	say("room for 16: %d were sent, then: %s", sent, strerror(err));
	check(sent == 16 && err == EAGAIN && after == before, "S92",
	      "a full mailbox is busy: EAGAIN, still without waiting");
	need(mbox_recv(small, &byte, 1));
	again = mbox_send(small, &byte, 1);
	check(again == 0, "S92", "when one was received, it can be sent");
	mbox_close(large);
	mbox_close(small);
	return done();
}
