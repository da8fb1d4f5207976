// SPDX-License-Identifier: GPL-2.0-only
/*
 * fan-wait.c: who wakes in a broadcast mailbox, and who sleeps on.
 *
 * Owns: the claims of C18 there, and crowds; part of the program uapi-fan.
 * Takes no locks; run by the guest runner with the test build of the module.
 */
#include "fan.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* A child that sleeps in this subscription until it has text. */
static pid_t sleeper(int sub, const char *text)
{
	pid_t pid = start_receiver(sub, text, 0, 0);

	wait_until_blocked(pid);
	return pid;
}

TEST(a_message_wakes_one_of_each_subscription, "C18.1 C18.2 C25.1")
{
	int fan = fan_new(), a = subscribe(), b = subscribe();
	pid_t a1 = sleeper(a, "1"), a2 = sleeper(a, "2"), b1 = sleeper(b, "1");

	EXPECT_EQ(stat_of(fan).receivers_waiting, 3);
	put(fan, "1");
	EXPECT_CHILD_OK(a1);
	EXPECT_CHILD_OK(b1);
	wait_until_blocked(a2);
	EXPECT_EQ(stat_of(fan).receivers_waiting, 1);
	put(fan, "2");
	EXPECT_CHILD_OK(a2);
	expect_next(b, "2");
	EXPECT_EQ(stat_of(fan).messages, 0);
}

TEST(who_waits_longest_gets_the_first_message, "C18.3")
{
	int fan = fan_new(), sub = subscribe(), i;
	static const char *const text[] = { "0", "1", "2", "3" };
	pid_t pid[4];

	for (i = 0; i < 4; i++)
		pid[i] = sleeper(sub, text[i]);
	for (i = 0; i < 4; i++) {
		put(fan, text[i]);
		EXPECT_CHILD_OK(pid[i]);
	}
	expect_empty(sub);
}

TEST(two_messages_wake_two_of_one_subscription, "C18.1 C18.2")
{
	int fan = fan_new(), sub = subscribe(), i, n = 0;
	pid_t pid[3];

	for (i = 0; i < 3; i++) {
		CHILD(pid[i])
		{
			struct mbox_recv r;
			char c;

			ASSERT_OK(do_recv(sub, &r, &c, 1));
			EXPECT_TRUE(c == 'a' || c == 'b');
		}
		wait_until_blocked(pid[i]);
	}
	put(fan, "a");
	put(fan, "b");
	WAIT_FOR(stat_of(fan).received == 2);
	for (i = 0; i < 3; i++)
		n += mbt_is_blocked(pid[i]);
	EXPECT_EQ(n, 1);
	put(fan, "a");
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(pid[i]);
}

TEST(who_has_no_room_lets_the_next_have_it, "C18.4 C18.1 RECV:EMSGSIZE")
{
	int fan = fan_new(), sub = subscribe();
	pid_t small, large;

	CHILD(small)
	{
		struct mbox_recv r;
		char c;

		EXPECT_ERRNO(do_recv(sub, &r, &c, 1), EMSGSIZE);
		EXPECT_EQ(r.msg_len, 4);
	}
	wait_until_blocked(small);
	large = sleeper(sub, "text");
	put(fan, "text");
	EXPECT_CHILD_OK(small);
	EXPECT_CHILD_OK(large);
}

TEST(who_has_bad_memory_lets_the_next_have_it, "C18.1 C11.1 ANY:EFAULT")
{
	int fan = fan_new(), sub = subscribe();
	pid_t bad, good;

	CHILD(bad)
	{
		struct mbox_recv r;

		EXPECT_ERRNO(do_recv(sub, &r, nowhere(), 10), EFAULT);
	}
	wait_until_blocked(bad);
	good = sleeper(sub, "text");
	put(fan, "text");
	EXPECT_CHILD_OK(bad);
	EXPECT_CHILD_OK(good);
	balanced(fan);
}

TEST(a_deadline_ends_the_wait, "C16.7 RECV:ETIMEDOUT RECV:EINTR C17.1")
{
	int fan = fan_new(), sub = subscribe();
	struct mbox_recv r;
	pid_t pid;
	char c;

	expect_refused(sub, do_recv(sub, &r, &c, 1, .deadline = 1), ETIMEDOUT);
	pid = start_receiver(sub, "", EINTR, 0);
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fan).receivers_waiting, 0);
	put(fan, "x");
	expect_next(sub, "x");
}

TEST(stat_shows_the_receivers_that_wait, "C33.6 C33.7")
{
	int fan = fan_new(), a = subscribe(), b = subscribe();
	struct mbox_waiter w[4] = { 0 };
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(w),
				.nwaiters = 4 };
	pid_t a1 = sleeper(a, "x"), b1 = sleeper(b, "x");

	ASSERT_OK(box_ioctl(fan, MBOX_IOC_STAT, &st));
	ASSERT_EQ(st.nwaiters, 2);
	EXPECT_EQ(w[0].pid, a1);
	EXPECT_EQ(w[0].what, MBOX_WAIT_RECV);
	EXPECT_EQ(w[1].pid, b1);
	st.nwaiters = 1;
	ASSERT_OK(box_ioctl(fan, MBOX_IOC_STAT, &st));
	EXPECT_EQ(st.nwaiters, 1);
	put(fan, "x");
	EXPECT_CHILD_OK(a1);
	EXPECT_CHILD_OK(b1);
}

TEST(every_poller_is_told_exclusive_ones_too, "C18.8 C20.1")
{
	int fan = fan_new(), sub[3], ep[3], i;
	pid_t pid[3];

	for (i = 0; i < 3; i++) {
		struct epoll_event e = { .events = EPOLLIN | EPOLLEXCLUSIVE };

		sub[i] = subscribe();
		ep[i] = ASSERT_OK(epoll_create1(0));
		ASSERT_OK(epoll_ctl(ep[i], EPOLL_CTL_ADD, sub[i], &e));
		CHILD(pid[i])
		{
			ASSERT_EQ(epoll_wait(ep[i], &e, 1, 20000), 1);
			expect_next(sub[i], "x");
		}
		wait_until_sleeping(pid[i], "epoll_wait");
	}
	put(fan, "x");
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(pid[i]);
}

/* -- The end ------------------------------------------------------------------ */

TEST(at_the_end_all_of_a_subscription_wake, "C6.9 C18.1 RECV:EPIPE")
{
	int fan, sub, i;
	pid_t pid[40];

	/* Of senders, those who wait have none open. */
	fan_new(.rights = R_ADMIN);
	sub = subscribe(.flags = MBOX_OPEN_HANGUP);
	for (i = 0; i < 40; i++) {
		pid[i] = start_receiver(sub, "", EPIPE, 0);
		wait_until_blocked(pid[i]);
	}
	fan = ASSERT_OK(box_open(.rights = R_SEND, NAMED("fan")));
	for (i = 0; i < 40; i++)
		wait_until_blocked(pid[i]);
	close(fan);
	for (i = 0; i < 40; i++)
		EXPECT_CHILD_OK(pid[i]);
}

/* The last message wakes one; that it was the last wakes the others. */
TEST(who_has_the_last_message_ends_the_wait_of_the_others, "C6.9 C18.1")
{
	int fan, sub, i;
	pid_t pid[4], first;

	need_delays();
	fan_new(.rights = R_ADMIN);
	sub = subscribe(.flags = MBOX_OPEN_HANGUP);
	first = sleeper(sub, "last");
	for (i = 0; i < 4; i++) {
		pid[i] = start_receiver(sub, "", EPIPE, 0);
		wait_until_blocked(pid[i]);
	}
	mbt_delay_arm("while-copying");
	fan = ASSERT_OK(box_open(.rights = R_SEND, NAMED("fan")));
	put(fan, "last");
	mbt_delay_wait("while-copying");
	close(fan);
	for (i = 0; i < 4; i++)
		wait_until_blocked(pid[i]);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(first);
	for (i = 0; i < 4; i++)
		EXPECT_CHILD_OK(pid[i]);
}

TEST(a_flush_to_the_end_ends_the_wait_of_the_others, "C6.9 C22.5 C18.1")
{
	struct mbox_flush f = { .size = sizeof(f) };
	int fan, sub;
	pid_t first, second;

	need_delays();
	fan_new(.rights = R_ADMIN);
	sub = subscribe(.flags = MBOX_OPEN_HANGUP);
	first = start_receiver(sub, "", EPIPE, 0);
	wait_until_blocked(first);
	second = start_receiver(sub, "", EPIPE, 0);
	wait_until_blocked(second);
	mbt_delay_arm("while-copying");
	fan = ASSERT_OK(box_open(.rights = R_SEND, NAMED("fan")));
	put(fan, "last");
	mbt_delay_wait("while-copying");
	close(fan);
	wait_until_blocked(second);
	ASSERT_OK(box_ioctl(sub, MBOX_IOC_FLUSH, &f));
	EXPECT_EQ(f.messages, 1);
	EXPECT_CHILD_OK(second);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(first);
}

TEST(a_poller_is_told_of_the_end_of_its_subscription, "C20.4 C18.1")
{
	int sub, other, fan;
	pid_t pid;

	fan_new(.rights = R_ADMIN);
	sub = subscribe(.flags = MBOX_OPEN_HANGUP);
	other = subscribe();
	CHILD(pid)
	{
		struct epoll_event e = { .events = EPOLLIN | EPOLLET };
		int ep = ASSERT_OK(epoll_create1(0));

		ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, sub, &e));
		/* Each change is told once, what it is to be looked at then. */
		do
			ASSERT_EQ(epoll_wait(ep, &e, 1, 20000), 1);
		while (!(e.events & EPOLLHUP));
	}
	wait_until_sleeping(pid, "epoll_wait");
	fan = ASSERT_OK(box_open(.rights = R_SEND, NAMED("fan")));
	put(fan, "x");
	put(fan, "y");
	expect_next(sub, "x");
	wait_until_sleeping(pid, "epoll_wait");
	close(fan);
	wait_until_sleeping(pid, "epoll_wait");
	expect_next(sub, "y");
	EXPECT_CHILD_OK(pid);
	expect_next(other, "x");
}

/* -- Crowds ------------------------------------------------------------------- */

enum { CROWD = 1100, FEW = 100, TOLD = 2 };

struct member {
	pthread_t thread;
	int fd;
	int got; /* messages, in order */
	int err;
};

static struct member crowd[CROWD];

static void *listen_to_all(void *arg)
{
	struct member *m = arg;
	struct mbox_recv r;
	uint32_t n;

	for (;;) {
		if (do_recv(m->fd, &r, &n, sizeof(n)) < 0) {
			m->err = errno;
			return NULL;
		}
		if (n != (uint32_t)m->got) {
			m->err = -1;
			return NULL;
		}
		m->got++;
	}
}

static void gather(int look, int n)
{
	const struct rlimit rl = { CROWD + 100, CROWD + 100 };
	pthread_attr_t attr;
	int i;

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &rl));
	ASSERT_EQ(pthread_attr_init(&attr), 0);
	ASSERT_EQ(pthread_attr_setstacksize(&attr, 65536), 0);
	for (i = 0; i < n; i++) {
		crowd[i] = (struct member){ .fd = subscribe() };
		ASSERT_EQ(pthread_create(&crowd[i].thread, &attr, listen_to_all,
					 &crowd[i]),
			  0);
		/* In parts, each with its own patience. */
		if (i % 100 == 99)
			WAIT_FOR(stat_of(look).receivers_waiting ==
				 (__u32)i + 1);
	}
}

static void dismiss(int fan, int n, int messages)
{
	int i;

	ASSERT_OK(do_destroy(fan));
	for (i = 0; i < n; i++) {
		ASSERT_EQ(pthread_join(crowd[i].thread, NULL), 0);
		ASSERT_EQ(crowd[i].err, EIDRM);
		ASSERT_EQ(crowd[i].got, messages);
	}
}

/* More than are woken in one hold of the lock, or looked at. */
TEST_FOR(a_crowd_of_subscriptions_hears_every_message, "C18.1 C25.1 C36.3", 120)
{
	int fan = fan_new(.max_messages = TOLD);
	uint32_t n;

	gather(fan, CROWD);
	for (n = 0; n < TOLD; n++) {
		WAIT_FOR(stat_of(fan).receivers_waiting == CROWD);
		ASSERT_OK(do_send(fan, &n, sizeof(n)));
		WAIT_FOR(stat_of(fan).messages == 0);
	}
	WAIT_FOR(stat_of(fan).receivers_waiting == CROWD);
	EXPECT_EQ(stat_of(fan).received, TOLD);
	dismiss(fan, CROWD, TOLD);
}

/* One sender stops between two holds; another one must not forget the rest. */
TEST(two_senders_wake_a_crowd_together, "C18.1 C25.1")
{
	int fan = fan_new();
	uint32_t n = 1;
	pid_t pid;

	need_delays();
	gather(fan, FEW);
	WAIT_FOR(stat_of(fan).receivers_waiting == FEW);
	mbt_delay_arm("before-wake");
	CHILD(pid)
	{
		uint32_t zero = 0;

		ASSERT_OK(do_send(fan, &zero, sizeof(zero)));
	}
	mbt_delay_wait("before-wake");
	ASSERT_OK(do_send(fan, &n, sizeof(n)));
	mbt_delay_release("before-wake");
	EXPECT_CHILD_OK(pid);
	WAIT_FOR(stat_of(fan).receivers_waiting == FEW);
	EXPECT_EQ(stat_of(fan).received, 2);
	dismiss(fan, FEW, 2);
}
