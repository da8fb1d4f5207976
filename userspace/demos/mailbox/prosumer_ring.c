// SPDX-License-Identifier: GPL-2.0-only
/*
 * prosumer_ring: three processes, each producer and consumer, in a ring.
 *
 * Notes: S42 (000:87), S54 (003:81)
 * Watch: each sends to the next one's mailbox, which has room for one, and
 *        receives from its own. First they receive after each message they
 *        send; then they send two before they receive; then with deadlines.
 * See:   the first ring works; in the second each waits for room that only the
 *        next could make: deadlock; a deadline gets the third one out of it.
 */
#include "../check.h"

#include <mbox.h>
#include <signal.h>
#include <sys/syscall.h>

#define RING 3
#define ITEMS 20

/* Ends with the number of deadlines that passed, or 100 if items are wrong. */
static void prosume(struct mbox *own, struct mbox *next, int at_once,
		    uint64_t patience_ns)
{
	int sent = 0, received = 0, in_order = 0, timeouts = 0, item;

	while (sent < ITEMS || received < ITEMS) {
		struct mbox_send_options how = { 0 };
		int burst = 0;

		while (burst < at_once && sent < ITEMS) {
			if (patience_ns && received < ITEMS)
				how.deadline = mbox_deadline_in(patience_ns);
			else
				how.deadline = 0;
			if (mbox_send_with(next, &sent, sizeof(sent), &how)) {
				need(errno == ETIMEDOUT ? 0 : -1);
				timeouts++;
				break; /* rather consume something */
			}
			sent++;
			burst++;
		}
		if (received < ITEMS) {
			need(mbox_recv(own, &item, sizeof(item)));
			in_order += item == received++;
		}
	}
	_exit(in_order == ITEMS ? timeouts : 100);
}

static void start(pid_t *pid, struct mbox **box, int at_once,
		  uint64_t patience_ns)
{
	const struct mbox_attr one = { .max_messages = 1 };

	for (int i = 0; i < RING; i++)
		box[i] = need_ptr(mbox_create(
			NULL, MBOX_SEND | MBOX_RECV | MBOX_ADMIN, 0, &one));
	for (int i = 0; i < RING; i++) {
		pid[i] = need(fork());
		if (!pid[i])
			prosume(box[i], box[(i + 1) % RING], at_once,
				patience_ns);
	}
}

/* Ends the ring; returns the sum of the exit statuses. */
static int finish(pid_t *pid, struct mbox **box)
{
	int sum = 0;

	for (int i = 0; i < RING; i++) {
		sum += ended(pid[i]);
		mbox_close(box[i]);
	}
	return sum;
}

int main(void)
{
	struct mbox *box[RING];
	int cycle = 0, sum;
	pid_t pid[RING];

	start(pid, box, 1, 0);
	sum = finish(pid, box);
	check(sum == 0, "S42",
	      "each is producer and consumer, and all items go round in order");

	say("now each sends two, into room for one, before it receives");
	start(pid, box, 2, 0);
	for (int i = 0; i < RING; i++)
		until(asleep_in(pid[i], SYS_ioctl));
	for (int i = 0; i < RING; i++) {
		struct mbox_waiter_entry waiter = { 0 };
		ssize_t n = need(mbox_waiters(box[i], &waiter, 1));

		say("the mailbox of %d is full; process %d waits to send to it",
		    (int)pid[i], (int)waiter.pid);
		cycle += n == 1 && waiter.what == MBOX_WAIT_SEND &&
			 waiter.pid == pid[(i + RING - 1) % RING];
	}
	check(cycle == RING, "S42 S54",
	      "deadlock: all are full, each waits for the next in a circle");
	for (int i = 0; i < RING; i++)
		need(kill(pid[i], SIGKILL));
	finish(pid, box);

	say("the same again, but no send waits longer than 10 ms");
	start(pid, box, 2, 10 * 1000000);
	sum = finish(pid, box);
	say("all have ended; %d times a deadline passed", sum);
	check(sum > 0 && sum < 100, "S42 S54",
	      "with deadlines nobody is stuck, and all items arrive in order");
	return done();
}
