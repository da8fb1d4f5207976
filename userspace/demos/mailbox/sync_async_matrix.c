// SPDX-License-Identifier: GPL-2.0-only
/*
 * sync_async_matrix: blocking or not, send and receive: all combinations.
 *
 * Notes: S87 (003:235), S89 (000:146), S299 (003:366)
 * Watch: each of the four, once with the sender first, once with the receiver
 *        first. The other comes when the first has ended, or sleeps.
 * See:   only blocking calls wait. When a blocking one has returned, its work
 *        is certainly done; a non-blocking one does not know.
 */
#include "../check.h"

#include <mbox.h>
#include <sys/syscall.h>

struct party {
	int sends;
	int blocks;
	pid_t pid;
	double started;
	int waited; /* it slept until the other one came */
	double ms; /* how long it took */
	int err; /* how its call ended */
	int handed_over; /* there was a received message when it ended */
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* A process that sends or receives one message; ends with the errno. */
static void start(struct mbox *mb, struct party *p)
{
	struct mbox_send_options send = { 0 };
	struct mbox_recv_options recv = { 0 };
	char byte = 'x';
	long ret;

	send.flags = p->blocks ? MBOX_SYNC : MBOX_NOWAIT;
	recv.flags = p->blocks ? 0 : MBOX_NOWAIT;
	p->started = now_ms();
	p->pid = need(fork());
	if (p->pid)
		return;
	if (p->sends)
		ret = mbox_send_with(mb, &byte, 1, &send);
	else
		ret = mbox_recv_with(mb, &byte, 1, &recv, NULL);
	_exit(ret < 0 ? errno : 0);
}

static void finish(struct mbox *mb, struct party *p)
{
	struct mbox_status box;

	p->err = ended(p->pid);
	p->ms = now_ms() - p->started;
	need(mbox_status(mb, &box));
	p->handed_over = box.received == 1;
}

/* Starts one that meets nobody; true if it sleeps and is left so. */
static int alone(struct mbox *mb, struct party *p)
{
	start(mb, p);
	until(state_of(p->pid) == 'Z' || asleep_in(p->pid, SYS_ioctl));
	p->waited = state_of(p->pid) != 'Z';
	if (!p->waited)
		finish(mb, p);
	return p->waited;
}

static void meet(struct party *first, struct party *second)
{
	struct mbox *mb =
		need_ptr(mbox_create(NULL, MBOX_SEND | MBOX_RECV, 0, NULL));
	struct party late = { .sends = !second->sends };

	if (alone(mb, first)) {
		start(mb, second);
		finish(mb, second);
		finish(mb, first);
	} else if (alone(mb, second)) {
		/* The first has gone with nothing: another one is needed. */
		start(mb, &late);
		finish(mb, &late);
		finish(mb, second);
	}
	mbox_close(mb);
}

int main(void)
{
	int as_told = 0, done_for_sure = 0, not_yet = 0, null = 0, got = 0;
	static const char *const kind[] = { "non-blocking", "blocking" };

	say("send          receive       first     who waited");
	for (int i = 0; i < 8; i++) {
		struct party s = { .sends = 1, .blocks = !(i & 4) };
		struct party r = { .sends = 0, .blocks = !(i & 2) };
		int sender_first = !(i & 1);

		if (sender_first)
			meet(&s, &r);
		else
			meet(&r, &s);
		say("%-12s  %-12s  %-8s  %-8s %3.0f ms%s", kind[s.blocks],
		    kind[r.blocks], sender_first ? "sender" : "receiver",
		    s.waited ? "sender" :
		    r.waited ? "receiver" :
			       "nobody",
		    s.waited ? s.ms :
		    r.waited ? r.ms :
			       0.0,
		    r.err == EAGAIN ? "  null message" : "");
		/* The sender waits if it comes first, or if nobody stayed. */
		as_told += s.waited ==
			   (s.blocks && (sender_first || !r.blocks));
		as_told += r.waited == (r.blocks && !sender_first);
		done_for_sure += s.blocks && !s.err && s.handed_over;
		not_yet += sender_first && !s.blocks && !s.err &&
			   !s.handed_over;
		got += r.blocks && !r.err && r.handed_over;
		null += !r.blocks && r.err == EAGAIN;
	}
	check(as_told == 16, "S87 S299",
	      "all combinations work, and only blocking calls wait");
	check(done_for_sure == 4 && got == 4, "S89 S299",
	      "blocking, synchronous: a return means that it is done");
	check(not_yet == 2 && null == 2, "S89 S299",
	      "non-blocking, asynchronous: it returns though nothing arrived");
	return done();
}
