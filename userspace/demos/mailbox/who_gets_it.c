// SPDX-License-Identifier: GPL-2.0-only
/*
 * who_gets_it: one mailbox, many receivers: who gets the message?
 *
 * Notes: S73 (000:137)
 * Watch: three receivers wait, one after the other has come; three messages.
 *        Then 300 more, for whoever is ready.
 * See:   the one that has waited longest gets the first; each message goes to
 *        exactly one receiver, none is lost.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

#define RECEIVERS 3
#define MESSAGES 303

struct report {
	int receiver;
	int number;
};

/* Reports each message it gets; an empty one is the end. */
static void receive(int me, struct mbox *mb, struct mbox *reports)
{
	struct report report = { .receiver = me };

	while (need(mbox_recv(mb, &report.number, sizeof(report.number))))
		need(mbox_send(reports, &report, sizeof(report)));
	_exit(0);
}

int main(void)
{
	const struct mbox_attr unbounded = { .capacity = MBOX_UNBOUNDED };
	int got[RECEIVERS] = { 0 }, times[MESSAGES] = { 0 }, in_turn = 0;
	const unsigned int flags = MBOX_SEND | MBOX_RECV;
	struct mbox *mb, *reports;
	int once = 0, all = 0, number;
	struct report report;
	pid_t pid[RECEIVERS];

	mb = need_ptr(mbox_create(NULL, flags, 0, &unbounded));
	reports = need_ptr(mbox_create(NULL, flags, 0, &unbounded));
	for (int i = 0; i < RECEIVERS; i++) {
		pid[i] = need(fork());
		if (!pid[i])
			receive(i, mb, reports);
		until(asleep_in(pid[i], SYS_ioctl));
	}
	for (number = 0; number < RECEIVERS; number++) {
		need(mbox_send(mb, &number, sizeof(number)));
		need(mbox_recv(reports, &report, sizeof(report)));
		say("message %d: receiver %d", number, report.receiver);
		in_turn += report.receiver == number && report.number == number;
		got[report.receiver]++;
		times[report.number]++;
	}
	check(in_turn == RECEIVERS, "S73",
	      "the receiver that has waited longest gets the message");

	for (; number < MESSAGES; number++)
		need(mbox_send(mb, &number, sizeof(number)));
	for (int i = RECEIVERS; i < MESSAGES; i++) {
		need(mbox_recv(reports, &report, sizeof(report)));
		got[report.receiver]++;
		times[report.number]++;
	}
	for (int i = 0; i < RECEIVERS; i++)
		need(mbox_send(mb, NULL, 0));
	for (int i = 0; i < RECEIVERS; i++) {
		ended(pid[i]);
		say("receiver %d got %d messages", i, got[i]);
		all += got[i];
	}
	for (int i = 0; i < MESSAGES; i++)
		once += times[i] == 1;
	say("%d messages; %d of them received exactly once", MESSAGES, once);
	check(once == MESSAGES && all == MESSAGES, "S73",
	      "a link of many processes: each message reaches exactly one");
	mbox_close(mb);
	mbox_close(reports);
	return done();
}
