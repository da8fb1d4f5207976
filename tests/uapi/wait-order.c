// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait-order.c: who is woken by what, and in which order.
 *
 * Owns: the claims of C18; part of the program uapi-wait.  Takes no locks; run
 * by the guest runner.
 */
#include "wait.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>

/* -- Who is woken -------------------------------------------------------------- */

TEST(a_message_goes_to_the_longest_waiting_receiver, "C18.3 C18.2")
{
	int fd = box_new(), i;
	pid_t pid[5];
	char text[8];

	for (i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), "m%d", i);
		pid[i] = receiver(fd, text);
	}
	EXPECT_EQ(stat_of(fd).receivers_waiting, 5);
	for (i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), "m%d", i);
		put(fd, text);
		EXPECT_CHILD_OK(pid[i]);
		EXPECT_EQ(stat_of(fd).receivers_waiting, 4 - i);
	}
}

TEST(one_message_wakes_one_receiver, "C18.2")
{
	int fd = box_new(), i;
	long before[6];
	pid_t pid[6];

	for (i = 0; i < 6; i++)
		pid[i] = receiver(fd, "x");
	for (i = 0; i < 6; i++)
		before[i] = mbt_sleeps(pid[i]);
	put(fd, "x");
	EXPECT_CHILD_OK(pid[0]);
	put(fd, "x");
	EXPECT_CHILD_OK(pid[1]);
	mbt_sleep_ms(20);
	for (i = 2; i < 6; i++)
		EXPECT_EQ(mbt_sleeps(pid[i]), before[i]);
	for (i = 2; i < 6; i++)
		put(fd, "x");
	for (i = 2; i < 6; i++)
		EXPECT_CHILD_OK(pid[i]);
}

TEST(freed_room_wakes_only_who_fits, "C18.2 C18.5")
{
	int fd = full_box(), i;
	long before[4];
	pid_t pid[4];

	for (i = 0; i < 4; i++)
		pid[i] = sender(fd, "s");
	for (i = 0; i < 4; i++)
		before[i] = mbt_sleeps(pid[i]);
	expect_next(fd, "first");
	EXPECT_CHILD_OK(pid[0]);
	mbt_sleep_ms(20);
	for (i = 1; i < 4; i++)
		EXPECT_EQ(mbt_sleeps(pid[i]), before[i]);
	for (i = 0; i < 4; i++)
		expect_next(fd, "s");
	for (i = 1; i < 4; i++)
		EXPECT_CHILD_OK(pid[i]);
}

static pid_t small_receiver(int fd, unsigned int room)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r = { 0 };
		char buf[64];

		EXPECT_ERRNO(do_recv(fd, &r, buf, room), EMSGSIZE);
		EXPECT_EQ(r.msg_len, 8);
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(a_receiver_with_too_small_a_buffer_is_told_and_the_next_is_tried,
     "C18.4 C18.3 RECV:EMSGSIZE")
{
	int fd = box_new();
	pid_t small, reader, big, bigger;

	small = small_receiver(fd, 4);
	CHILD(reader)
	{
		char buf[7];

		EXPECT_ERRNO(read(fd, buf, 7), EMSGSIZE);
	}
	wait_until_blocked(reader);
	big = receiver(fd, "8 bytes!");
	bigger = receiver(fd, "next");
	put(fd, "8 bytes!");
	EXPECT_CHILD_OK(small);
	EXPECT_CHILD_OK(reader);
	EXPECT_CHILD_OK(big);
	put(fd, "next");
	EXPECT_CHILD_OK(bigger);
	/* If it fits none of them, it stays in the queue. */
	small = small_receiver(fd, 4);
	reader = small_receiver(fd, 7);
	put(fd, "8 bytes!");
	EXPECT_CHILD_OK(small);
	EXPECT_CHILD_OK(reader);
	expect_next(fd, "8 bytes!");
}

TEST(one_that_truncates_has_room_for_everything, "C18.4 C10.2")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[3];

		ASSERT_OK(do_recv(fd, &r, buf, 3, .flags = MBOX_TRUNCATE));
		EXPECT_EQ(r.msg_len, 8);
		EXPECT_MEM(buf, "8 b", 3);
	}
	wait_until_blocked(pid);
	put(fd, "8 bytes!");
	EXPECT_CHILD_OK(pid);
}

TEST(freed_room_admits_waiting_senders_in_order_as_many_as_fit, "C18.5 C18.6")
{
	static char big[90];
	int fd = box_new(.max_bytes = 100, .max_size = 100);
	pid_t pid[5];
	int i;

	memset(big, 'b', sizeof(big));
	ASSERT_OK(do_send(fd, big, 90));
	pid[0] = sender(fd, "11 bytes: a");
	pid[1] = sender(fd, "b");
	pid[2] = sender(fd, "c");
	CHILD(pid[3])
	ASSERT_OK(do_send(fd, big, 90));
	wait_until_blocked(pid[3]);
	pid[4] = sender(fd, "small, but behind a big one");
	/* b and c would fit now; nobody overtakes. */
	EXPECT_EQ(stat_of(fd).messages, 1);
	EXPECT_EQ(stat_of(fd).senders_waiting, 5);
	{
		struct mbox_recv r;

		ASSERT_OK(do_recv(fd, &r, big, 90));
	}
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(pid[i]);
	EXPECT_EQ(stat_of(fd).messages, 3);
	EXPECT_EQ(stat_of(fd).senders_waiting, 2);
	EXPECT_TRUE(mbt_is_blocked(pid[4]));
	expect_next(fd, "11 bytes: a");
	expect_next(fd, "b");
	EXPECT_TRUE(mbt_is_blocked(pid[4]));
	expect_next(fd, "c");
	EXPECT_CHILD_OK(pid[3]);
	EXPECT_EQ(stat_of(fd).senders_waiting, 1);
	{
		struct mbox_recv r;

		ASSERT_OK(do_recv(fd, &r, big, 90));
	}
	EXPECT_CHILD_OK(pid[4]);
	expect_next(fd, "small, but behind a big one");
}

TEST(nobody_overtakes_a_waiting_sender, "C18.7 SEND:EAGAIN C20.3")
{
	static char big[90];
	int fd = box_new(.max_bytes = 100, .max_size = 100);
	struct mbox_recv r;
	pid_t pid[2], late;

	ASSERT_OK(do_send(fd, big, 50));
	CHILD(pid[0])
	ASSERT_OK(do_send(fd, big, 60));
	wait_until_blocked(pid[0]);
	/* 50 bytes are free, and they are not for the late-comer. */
	expect_refused(fd, do_send(fd, "x", 1, .flags = MBOX_NOWAIT), EAGAIN);
	expect_refused(fd, do_send(fd, NULL, 0, .flags = MBOX_NOWAIT), EAGAIN);
	expect_refused(fd,
		       do_send(fd, "x", 1, .priority = MBOX_PRIORITY_MAX,
			       .flags = MBOX_NOWAIT | MBOX_URGENT),
		       EAGAIN);
	EXPECT_EQ(ready(fd, POLLOUT), 0);
	late = sender(fd, "late");
	ASSERT_OK(do_recv(fd, &r, big, 90));
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(late);
	ASSERT_OK(do_recv(fd, &r, big, 90));
	EXPECT_EQ(r.msg_len, 60);
	expect_next(fd, "late");
}

TEST(a_sender_that_gives_up_lets_the_next_go, "C18.1 C18.5 C17.4")
{
	static char big[90];
	int fd = box_new(.max_bytes = 100, .max_size = 100);
	struct mbox_recv r;
	pid_t first, second;

	ASSERT_OK(do_send(fd, big, 50));
	CHILD(first)
	do_send(fd, big, 60);
	wait_until_blocked(first);
	second = sender(fd, "fits");
	ASSERT_OK(kill(first, SIGKILL));
	EXPECT_CHILD_KILLED(first, SIGKILL);
	/* Nothing was received, and yet the second can go now. */
	EXPECT_CHILD_OK(second);
	ASSERT_OK(do_recv(fd, &r, big, 90));
	expect_next(fd, "fits");
}

TEST(a_receiver_that_gives_up_takes_nothing_along, "C18.1 C17.4")
{
	int fd = box_new(), i, status, spare = 0;

	for (i = 0; i < 50; i++) {
		unsigned long long base = stat_of(fd).received;
		pid_t first = receiver(fd, "one"), second;

		second = receiver(fd, "one");
		/* Kill and message at the same time. */
		ASSERT_OK(kill(first, SIGKILL));
		put(fd, "one");
		/* One of them has it; the first perhaps as it was killed. */
		WAIT_FOR(stat_of(fd).received == base + 1);
		mbt_reap(__FILE__, __LINE__, first);
		while (waitpid(second, &status, WNOHANG) == 0) {
			if (!mbt_is_blocked(second))
				continue;
			put(fd, "one");
			spare++;
			mbt_reap(__FILE__, __LINE__, second);
			status = mbt_last_status();
			break;
		}
		ASSERT_EQ(status, 0);
		ASSERT_EQ(stat_of(fd).messages, 0);
		ASSERT_EQ(stat_of(fd).receivers_waiting, 0);
	}
	mbt_note("%d of 50 killed receivers had the message", spare);
}

struct worker {
	int from, to;
	int n;
	pid_t tid;
};

static void *relay(void *arg)
{
	struct worker *w = arg;
	struct mbox_recv r;
	char buf[16];
	int i;

	for (i = 0; i < w->n; i++) {
		ASSERT_OK(do_recv(w->from, &r, buf, sizeof(buf)));
		ASSERT_OK(do_send(w->to, buf, r.msg_len));
	}
	return NULL;
}

TEST_FOR(ten_thousand_round_trips_lose_no_wake_up, "C18.1", 120)
{
	enum { ROUNDS = 10000 };
	static const unsigned int caps[] = { MBOX_CAPACITY_ZERO,
					     MBOX_CAPACITY_BOUNDED };
	size_t c;

	for (c = 0; c < 2; c++) {
		int there = box_new(.capacity = caps[c]);
		int back = box_new(.capacity = caps[c]);
		struct worker w = { there, back, ROUNDS, 0 };
		struct mbox_recv r;
		char buf[16];
		pthread_t t;
		int i;

		ASSERT_EQ(pthread_create(&t, NULL, relay, &w), 0);
		for (i = 0; i < ROUNDS; i++) {
			ASSERT_OK(do_send(there, &i, sizeof(i)));
			ASSERT_OK(do_recv(back, &r, buf, sizeof(buf)));
			ASSERT_MEM(buf, &i, sizeof(i));
		}
		pthread_join(t, NULL);
		EXPECT_EQ(stat_of(there).received, ROUNDS);
	}
}

/* -- Pollers ------------------------------------------------------------------- */

TEST(pollers_hear_of_every_message_that_is_queued, "C18.8")
{
	int fd = box_new(), ep = ASSERT_OK(epoll_create1(0)), i;
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };

	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	/* Edge-triggered: one event for each message, also if one is there. */
	for (i = 0; i < 10; i++) {
		put(fd, "x");
		EXPECT_EQ(epoll_wait(ep, &ev, 1, 1000), 1);
		EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	}
}

TEST(every_poller_is_woken_by_a_message, "C18.8 C20.1")
{
	int fd = box_new(), i;
	pid_t pid[3];

	for (i = 0; i < 3; i++) {
		CHILD(pid[i])
		{
			struct pollfd p = { .fd = fd, .events = POLLIN };

			EXPECT_EQ(poll(&p, 1, 15000), 1);
			EXPECT_EQ(p.revents, POLLIN);
		}
		wait_until_sleeping(pid[i], "poll");
	}
	put(fd, "x");
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(pid[i]);
	expect_next(fd, "x");
}

TEST(a_poller_for_room_is_woken_by_room, "C20.2")
{
	int fd = full_box();
	pid_t pid;

	CHILD(pid)
	{
		struct pollfd p = { .fd = fd, .events = POLLOUT };

		EXPECT_EQ(poll(&p, 1, 15000), 1);
		EXPECT_EQ(p.revents, POLLOUT);
	}
	wait_until_sleeping(pid, "poll");
	expect_next(fd, "first");
	EXPECT_CHILD_OK(pid);
}
