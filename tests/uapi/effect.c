// SPDX-License-Identifier: GPL-2.0-only
/*
 * effect.c: an error has no effect: copies that fault, stop in the middle, or
 * are killed.
 *
 * Owns: the claims of C11.  A page that userfaultfd watches stops a receiver
 * in the middle of its copy, so that the rest of the world can go on; then
 * the page is given, or taken away for good.  Takes no locks; run by the
 * guest runner.
 *
 * opts: timeout=120
 */
#include "trap.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

/* -- A receiver in a thread ----------------------------------------------------- */

struct copier {
	pthread_t thread;
	struct trap trap;
	int fd;
	bool reads; /* read() rather than RECV */
	__u32 flags;
	int ret, err;
	struct mbox_recv r;
};

static void *copy_out(void *arg)
{
	struct copier *c = arg;

	if (c->reads)
		c->ret = (int)read(c->fd, c->trap.page, page_size());
	else
		c->ret = do_recv(c->fd, &c->r, c->trap.page, page_size(),
				 .flags = c->flags);
	c->err = c->ret < 0 ? errno : 0;
	return NULL;
}

/* Starts a receiver that takes the next message and stops while copying. */
static void copier_start(struct copier *c, int fd, bool reads, __u32 flags)
{
	memset(c, 0, sizeof(*c));
	c->fd = fd;
	c->reads = reads;
	c->flags = flags;
	trap_set(&c->trap);
	ASSERT_EQ(pthread_create(&c->thread, NULL, copy_out, c), 0);
}

static void copier_stopped(struct copier *c, int fd, bool reads)
{
	copier_start(c, fd, reads, 0);
	trap_wait(&c->trap);
}

static void copier_ends(struct copier *c, int ret, int err)
{
	ASSERT_EQ(pthread_join(c->thread, NULL), 0);
	EXPECT_EQ(c->ret, ret);
	EXPECT_EQ(c->err, err);
	close(c->trap.uffd);
}

static pid_t sync_sender(int fd, const char *text, uint64_t deadline, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		if (err)
			EXPECT_ERRNO(do_send(fd, text, strlen(text),
					     .flags = MBOX_SYNC,
					     .deadline = deadline),
				     err);
		else
			EXPECT_OK(do_send(fd, text, strlen(text),
					  .flags = MBOX_SYNC,
					  .deadline = deadline));
	}
	wait_until_blocked(pid);
	return pid;
}

/* -- Copies that stop ----------------------------------------------------------- */

TEST(a_message_that_is_being_copied_keeps_its_place_and_its_charge,
     "C11.3 C11.4 C19.1")
{
	int fd = box_new(.max_messages = 1), kind;

	for (kind = 0; kind < 2; kind++) {
		pid_t sync = sync_sender(fd, "message", 0, 0), waits;
		struct mbox_stat before = stat_of(fd), now;
		struct mbox_info usage = info_of();
		struct copier c;

		copier_stopped(&c, fd, kind);
		now = stat_of(fd);
		EXPECT_EQ(now.messages, 1);
		EXPECT_EQ(now.bytes, 7);
		EXPECT_EQ(now.charged, before.charged);
		EXPECT_EQ(now.received, before.received);
		EXPECT_EQ(info_of().used_messages, usage.used_messages);
		EXPECT_EQ(info_of().used_bytes, usage.used_bytes);
		/* Nobody else can have it, and its room is not free. */
		EXPECT_EQ(ready(fd, POLL_ALL), 0);
		expect_empty(fd);
		expect_refused(fd, do_send(fd, "y", 1, .flags = MBOX_NOWAIT),
			       EAGAIN);
		CHILD(waits)
		ASSERT_OK(do_send(fd, "next", 4));
		wait_until_blocked(waits);
		/* No receipt yet. */
		EXPECT_TRUE(mbt_is_blocked(sync));
		trap_give(&c.trap);
		copier_ends(&c, kind ? 7 : 0, 0);
		EXPECT_MEM(c.trap.page, "message", 7);
		EXPECT_CHILD_OK(sync);
		EXPECT_CHILD_OK(waits);
		now = stat_of(fd);
		EXPECT_EQ(now.received, before.received + 1);
		expect_next(fd, "next");
	}
}

TEST(a_message_whose_copy_faults_returns_to_its_place,
     "C11.5 C11.7 C11.3 ANY:EFAULT")
{
	int fd = box_new(), kind;

	for (kind = 0; kind < 2; kind++) {
		struct mbox_stat before, now;
		struct mbox_recv r;
		struct copier c;
		char buf[16];

		put(fd, "m1");
		put(fd, "m2");
		put(fd, "m3");
		before = stat_of(fd);
		copier_stopped(&c, fd, kind);
		/* Meanwhile another one takes m2, and m4 arrives. */
		expect_next(fd, "m2");
		put(fd, "m4");
		ASSERT_OK(do_send(fd, "high", 4, .priority = 1));
		trap_take(&c.trap);
		copier_ends(&c, -1, EFAULT);
		now = stat_of(fd);
		EXPECT_EQ(now.messages, 4);
		EXPECT_EQ(now.received, before.received + 1);
		EXPECT_EQ(now.sent, before.sent + 2);
		EXPECT_EQ(now.dropped, 0);
		expect_next(fd, "high");
		ASSERT_OK(do_recv(fd, &r, buf, 16, .flags = MBOX_NOWAIT));
		EXPECT_MEM(buf, "m1", 2);
		EXPECT_EQ(r.id, kind ? 6 : 1);
		expect_next(fd, "m3");
		expect_next(fd, "m4");
		expect_empty(fd);
	}
}

TEST(messages_that_return_in_any_order_find_their_places, "C11.5 C9.2")
{
	static const int orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 },
					 { 2, 0, 1 }, { 1, 0, 2 }, { 0, 2, 1 } };
	int fd = box_new();
	size_t i;
	int j;

	for (i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct copier c[3];

		put(fd, "a");
		put(fd, "b");
		put(fd, "c");
		put(fd, "d");
		for (j = 0; j < 3; j++)
			copier_stopped(&c[j], fd, false);
		for (j = 0; j < 3; j++) {
			trap_take(&c[orders[i][j]].trap);
			copier_ends(&c[orders[i][j]], -1, EFAULT);
		}
		expect_next(fd, "a");
		expect_next(fd, "b");
		expect_next(fd, "c");
		expect_next(fd, "d");
	}
}

TEST(an_urgent_message_returns_to_the_front, "C11.5 C9.3")
{
	int fd = box_new();
	struct copier c;

	put(fd, "a");
	ASSERT_OK(do_send(fd, "u", 1, .flags = MBOX_URGENT));
	put(fd, "b");
	copier_stopped(&c, fd, false);
	put(fd, "c");
	trap_take(&c.trap);
	copier_ends(&c, -1, EFAULT);
	expect_next(fd, "u");
	expect_next(fd, "a");
	expect_next(fd, "b");
	expect_next(fd, "c");
}

/*
 * An urgent message that came meanwhile stands before the older ones, and
 * those that return must still find their order among themselves.
 */
TEST(an_urgent_message_does_not_upset_the_order_of_those_that_return,
     "C11.5 C9.2")
{
	int fd = box_new();
	struct copier a, b;
	struct mbox_recv r;
	char buf[4], seen[5] = "";
	int i;

	put(fd, "a");
	put(fd, "b");
	put(fd, "c");
	copier_stopped(&a, fd, false);
	copier_stopped(&b, fd, false);
	trap_take(&a.trap);
	copier_ends(&a, -1, EFAULT);
	ASSERT_OK(do_send(fd, "u", 1, .flags = MBOX_URGENT));
	trap_take(&b.trap);
	copier_ends(&b, -1, EFAULT);
	for (i = 0; i < 4; i++) {
		ASSERT_OK(do_recv(fd, &r, buf, 4, .flags = MBOX_NOWAIT));
		seen[i] = buf[0];
	}
	EXPECT_LT(strchr(seen, 'a') - seen, strchr(seen, 'b') - seen);
	EXPECT_LT(strchr(seen, 'b') - seen, strchr(seen, 'c') - seen);
}

TEST(a_message_that_returns_goes_to_a_waiting_receiver, "C11.5 C18.1")
{
	int fd = box_new();
	struct copier c;
	pid_t pid;

	put(fd, "passed on");
	copier_stopped(&c, fd, false);
	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[16];

		ASSERT_OK(do_recv(fd, &r, buf, 16));
		EXPECT_EQ(r.id, 1);
		EXPECT_MEM(buf, "passed on", 9);
	}
	wait_until_blocked(pid);
	trap_take(&c.trap);
	copier_ends(&c, -1, EFAULT);
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).received, 1);
}

/* More than one hold of the lock may wake. */
TEST(a_message_that_returns_passes_a_crowd_without_room_for_it,
     "C11.5 C10.1 C36.5")
{
	enum { CROWD = 40 };
	pid_t crowd[CROWD];
	int fd = box_new(), i;
	struct copier c;

	put(fd, "too long");
	copier_stopped(&c, fd, false);
	for (i = 0; i < CROWD; i++) {
		CHILD(crowd[i])
		{
			struct mbox_recv r;
			char byte;

			EXPECT_ERRNO(do_recv(fd, &r, &byte, 1), EMSGSIZE);
			EXPECT_EQ(r.msg_len, 8);
		}
		wait_until_blocked(crowd[i]);
	}
	trap_take(&c.trap);
	copier_ends(&c, -1, EFAULT);
	for (i = 0; i < CROWD; i++)
		EXPECT_CHILD_OK(crowd[i]);
	expect_next(fd, "too long");
}

TEST(pollers_hear_of_a_message_that_returns, "C11.5 C18.8")
{
	int fd = box_new();
	struct copier c;
	pid_t pid;

	put(fd, "x");
	copier_stopped(&c, fd, false);
	CHILD(pid)
	{
		struct pollfd p = { .fd = fd, .events = POLLIN };

		EXPECT_EQ(poll(&p, 1, 15000), 1);
		EXPECT_EQ(p.revents, POLLIN);
	}
	wait_until_sleeping(pid, "poll");
	trap_take(&c.trap);
	copier_ends(&c, -1, EFAULT);
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "x");
}

TEST(a_rendezvous_whose_sender_has_gone_holds_the_returned_message, "C11.6")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	struct copier c;
	struct mbox_recv r;
	char buf[8];

	copier_start(&c, fd, false, 0);
	WAIT_FOR(stat_of(fd).receivers_waiting == 1);
	/* A send that does not wait has gone as soon as it succeeded. */
	ASSERT_OK(do_send(fd, "kept", 4, .flags = MBOX_NOWAIT));
	trap_wait(&c.trap);
	EXPECT_EQ(stat_of(fd).messages, 1);
	trap_take(&c.trap);
	copier_ends(&c, -1, EFAULT);
	EXPECT_EQ(stat_of(fd).messages, 1);
	EXPECT_EQ(stat_of(fd).received, 0);
	EXPECT_EQ(ready(fd, POLLIN), POLLIN);
	ASSERT_OK(do_recv(fd, &r, buf, 8, .flags = MBOX_NOWAIT));
	EXPECT_EQ(r.id, 1);
	EXPECT_MEM(buf, "kept", 4);
	expect_empty(fd);
	expect_refused(fd, do_send(fd, "x", 1, .flags = MBOX_NOWAIT), EAGAIN);
}

TEST(a_rendezvous_sender_sleeps_on_while_the_copy_faults, "C11.5 C15.1")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	struct copier c;
	pid_t pid;

	CHILD(pid)
	ASSERT_OK(do_send(fd, "offer", 5));
	wait_until_blocked(pid);
	copier_stopped(&c, fd, false);
	trap_take(&c.trap);
	copier_ends(&c, -1, EFAULT);
	EXPECT_TRUE(mbt_is_blocked(pid));
	expect_next(fd, "offer");
	EXPECT_CHILD_OK(pid);
}

TEST(a_receiver_killed_while_copying_has_received, "C11.8 C17.4 C19.3")
{
	int fd = box_new(), at[2];
	pid_t sync, pid;
	char c;

	ASSERT_OK(pipe(at));
	put(fd, "plain");
	sync = sync_sender(fd, "sync", 0, 0);
	CHILD(pid)
	{
		struct copier first, second;

		copier_stopped(&first, fd, false);
		copier_stopped(&second, fd, true);
		ASSERT_EQ(write(at[1], "x", 1), 1);
		pause();
	}
	ASSERT_EQ(read(at[0], &c, 1), 1);
	EXPECT_EQ(stat_of(fd).messages, 2);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	WAIT_FOR(stat_of(fd).received == 2);
	EXPECT_EQ(stat_of(fd).messages, 0);
	EXPECT_EQ(stat_of(fd).dropped, 0);
	EXPECT_CHILD_OK(sync);
	expect_empty(fd);
}

TEST(a_message_withdrawn_while_it_is_copied_was_not_received,
     "C19.2 C11.1 SEND:ETIMEDOUT RECV:EAGAIN")
{
	int fd = box_new();
	struct copier c;
	pid_t pid;

	pid = sync_sender(fd, "gone", mbt_in_ms(2000 * mbt_slow()), ETIMEDOUT);
	copier_start(&c, fd, false, MBOX_NOWAIT);
	trap_wait(&c.trap);
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).messages, 0);
	EXPECT_EQ(stat_of(fd).sent, 0);
	trap_give(&c.trap);
	copier_ends(&c, -1, EAGAIN);
	EXPECT_EQ(stat_of(fd).received, 0);
	/* One that may wait gets the next message instead. */
	pid = sync_sender(fd, "gone", mbt_in_ms(2000 * mbt_slow()), ETIMEDOUT);
	copier_stopped(&c, fd, true);
	EXPECT_CHILD_OK(pid);
	trap_give(&c.trap);
	WAIT_FOR(stat_of(fd).receivers_waiting == 1);
	put(fd, "real");
	copier_ends(&c, 4, 0);
	EXPECT_MEM(c.trap.page, "real", 4);
	EXPECT_EQ(stat_of(fd).received, 1);
}

TEST(a_message_withdrawn_while_its_copy_faults_is_gone, "C19.2 C11.5")
{
	int fd = box_new();
	struct copier c;
	pid_t pid;

	pid = sync_sender(fd, "gone", mbt_in_ms(2000 * mbt_slow()), ETIMEDOUT);
	copier_start(&c, fd, false, MBOX_NOWAIT);
	trap_wait(&c.trap);
	EXPECT_CHILD_OK(pid);
	trap_take(&c.trap);
	ASSERT_EQ(pthread_join(c.thread, NULL), 0);
	EXPECT_EQ(c.ret, -1);
	EXPECT_TRUE(c.err == EAGAIN || c.err == EFAULT);
	expect_empty(fd);
	EXPECT_EQ(stat_of(fd).charged, 0);
}

TEST(destroy_while_a_message_is_copied_is_eidrm, "C4.12 C4.11 RECV:EIDRM")
{
	struct mbox_info before = info_of();
	int fd = box_new(), kind;

	for (kind = 0; kind < 2; kind++) {
		struct copier c;

		fd = box_new();
		put(fd, "x");
		copier_stopped(&c, fd, kind);
		ASSERT_OK(do_destroy(fd));
		if (kind)
			trap_give(&c.trap);
		else
			trap_take(&c.trap);
		ASSERT_EQ(pthread_join(c.thread, NULL), 0);
		EXPECT_EQ(c.ret, -1);
		EXPECT_EQ(c.err, EIDRM);
		EXPECT_EQ(info_of().used_messages, before.used_messages);
		close(fd);
	}
}

TEST(a_mailbox_is_not_empty_while_its_last_message_is_copied,
     "C6.8 C11.3 C11.5")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	struct copier c;
	pid_t pid;

	put(all, "last");
	copier_stopped(&c, recv, false);
	CHILD(pid)
	{
		char buf[8];

		close(all);
		/* Not the end: the message comes back, then it is. */
		EXPECT_EQ(read(recv, buf, 8), 4);
		EXPECT_EQ(read(recv, buf, 8), 0);
	}
	wait_until_blocked(pid);
	close(all);
	mbt_sleep_ms(20);
	EXPECT_TRUE(mbt_is_blocked(pid));
	EXPECT_EQ(ready(recv, POLLIN), 0);
	trap_take(&c.trap);
	copier_ends(&c, -1, EFAULT);
	EXPECT_CHILD_OK(pid);
}

TEST(a_reader_that_was_passed_over_at_one_end_comes_to_its_end_at_the_next,
     "C6.8 C6.9 C18.1")
{
	int all = box_named("twice"), recv, late, send, round;
	struct copier c;
	pid_t pid;

	recv = ASSERT_OK(do_copy(all, R_RECV));
	put(all, "last");
	close(all);
	copier_stopped(&c, recv, false);
	/* Opened when the sender had gone: it has not seen one. */
	late = ASSERT_OK(box_open(.flags = MBOX_OPEN_HANGUP, .rights = R_RECV,
				  NAMED("twice")));
	CHILD(pid)
	{
		char b;

		EXPECT_EQ(read(late, &b, 1), 0);
	}
	wait_until_blocked(pid);
	/* Now the mailbox is empty, and others come to their end. */
	trap_give(&c.trap);
	copier_ends(&c, 0, 0);
	mbt_sleep_ms(20);
	EXPECT_TRUE(mbt_is_blocked(pid));
	for (round = 0; round < 2; round++) {
		send = ASSERT_OK(box_open(.rights = R_SEND, NAMED("twice")));
		if (round == 0)
			EXPECT_TRUE(mbt_is_blocked(pid));
		close(send);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(a_copy_that_stops_holds_nobody_else_up, "C36.3 C11.7")
{
	int fd = box_new();
	struct copier c;
	int i;

	put(fd, "slow");
	copier_stopped(&c, fd, false);
	for (i = 0; i < 100; i++) {
		put(fd, "quick");
		expect_next(fd, "quick");
	}
	trap_give(&c.trap);
	copier_ends(&c, 0, 0);
	EXPECT_EQ(c.r.id, 1);
}

struct slow_sender {
	int fd;
	struct trap trap;
	int ret, err;
};

static void *send_slowly(void *arg)
{
	struct slow_sender *s = arg;

	s->ret = do_send(s->fd, s->trap.page, 8);
	s->err = errno;
	return NULL;
}

TEST(a_send_whose_bytes_stop_or_fault_holds_nobody_up,
     "C36.3 C11.1 ANY:EFAULT SEND:EIDRM")
{
	int round;

	for (round = 0; round < 3; round++) {
		struct slow_sender s = { .fd = box_new(.max_messages = 1) };
		struct mbox_info before = info_of();
		pthread_t t;

		trap_set(&s.trap);
		ASSERT_EQ(pthread_create(&t, NULL, send_slowly, &s), 0);
		trap_wait(&s.trap);
		EXPECT_EQ(stat_of(s.fd).messages, 0);
		put(s.fd, "quick");
		expect_next(s.fd, "quick");
		if (round == 0) {
			trap_give(&s.trap);
			pthread_join(t, NULL);
			EXPECT_EQ(s.ret, 0);
			expect_next(s.fd, "");
		} else if (round == 1) {
			trap_take(&s.trap);
			pthread_join(t, NULL);
			EXPECT_EQ(s.ret, -1);
			EXPECT_EQ(s.err, EFAULT);
			expect_empty(s.fd);
		} else {
			ASSERT_OK(do_destroy(s.fd));
			trap_give(&s.trap);
			pthread_join(t, NULL);
			EXPECT_EQ(s.ret, -1);
			EXPECT_EQ(s.err, EIDRM);
		}
		EXPECT_EQ(info_of().used_messages, before.used_messages);
		close(s.fd);
	}
}
