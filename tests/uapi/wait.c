// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait.c: sleeping: blocking, deadlines, signals, kill, who is woken.
 *
 * Owns: the claims of C16, C17 and C18, and the cells EAGAIN, ETIMEDOUT and
 * EINTR.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=180
 */
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/wait.h>

static int full_box(void)
{
	int fd = box_new(.max_messages = 1);

	put(fd, "first");
	return fd;
}

/* A child that receives one message and expects this text. */
static pid_t receiver(int fd, const char *text)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[64];

		ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf) - 1));
		buf[r.msg_len] = 0;
		EXPECT_STR(buf, text);
	}
	wait_until_blocked(pid);
	return pid;
}

/* A child that sends one message. */
static pid_t sender(int fd, const char *text)
{
	pid_t pid;

	CHILD(pid)
	ASSERT_OK(do_send(fd, text, strlen(text)));
	wait_until_blocked(pid);
	return pid;
}

TEST(blocking_is_the_default, "C16.1")
{
	int fd = box_new(), full = full_box();
	pid_t in, out, rd, wr;

	in = receiver(fd, "hello");
	put(fd, "hello");
	EXPECT_CHILD_OK(in);
	out = sender(full, "second");
	expect_next(full, "first");
	EXPECT_CHILD_OK(out);
	expect_next(full, "second");
	CHILD(rd)
	{
		char c;

		EXPECT_EQ(read(fd, &c, 1), 1);
	}
	wait_until_blocked(rd);
	EXPECT_EQ(write(fd, "x", 1), 1);
	EXPECT_CHILD_OK(rd);
	full = full_box();
	CHILD(wr)
	EXPECT_EQ(write(full, "second", 6), 6);
	wait_until_blocked(wr);
	expect_next(full, "first");
	EXPECT_CHILD_OK(wr);
	expect_next(full, "second");
}

TEST(nowait_gives_eagain, "C16.3 SEND:EAGAIN RECV:EAGAIN")
{
	int fd = box_new(), full = full_box();
	struct mbox_recv r;
	char c;

	expect_refused(fd, do_recv(fd, &r, &c, 1, .flags = MBOX_NOWAIT),
		       EAGAIN);
	expect_refused(full, do_send(full, "x", 1, .flags = MBOX_NOWAIT),
		       EAGAIN);
	expect_refused(full,
		       do_send(full, "x", 1, .priority = MBOX_PRIORITY_MAX,
			       .flags = MBOX_NOWAIT | MBOX_URGENT),
		       EAGAIN);
}

/* -- Deadlines ---------------------------------------------------------------- */

TEST(a_deadline_ends_the_sleep, "C16.4 SEND:ETIMEDOUT RECV:ETIMEDOUT")
{
	int fd = box_new(), full = full_box();
	struct mbox_recv r;
	int64_t at;
	char c;

	at = mbt_now() + 60 * MBT_MS;
	expect_refused(fd, do_recv(fd, &r, &c, 1, .deadline = (__u64)at),
		       ETIMEDOUT);
	EXPECT_GE(mbt_now(), at);
	at = mbt_now() + 60 * MBT_MS;
	expect_refused(full, do_send(full, "x", 1, .deadline = (__u64)at),
		       ETIMEDOUT);
	EXPECT_GE(mbt_now(), at);
	EXPECT_LT(mbt_now(), at + 5 * MBT_SECOND);
	expect_next(full, "first");
	expect_empty(full);
}

TEST(a_deadline_can_be_on_the_real_time_clock,
     "C16.5 SEND:ETIMEDOUT RECV:ETIMEDOUT ANY:EINVAL")
{
	int fd = box_new(), full = full_box();
	struct mbox_recv r;
	int64_t at;
	char c;

	at = mbt_now_real() + 60 * MBT_MS;
	expect_refused(fd,
		       do_recv(fd, &r, &c, 1, .deadline = (__u64)at,
			       .flags = MBOX_REALTIME),
		       ETIMEDOUT);
	EXPECT_GE(mbt_now_real(), at);
	at = mbt_now_real() + 60 * MBT_MS;
	expect_refused(full,
		       do_send(full, "x", 1, .deadline = (__u64)at,
			       .flags = MBOX_REALTIME),
		       ETIMEDOUT);
	EXPECT_GE(mbt_now_real(), at);
	/* A clock without a time has no meaning. */
	expect_refused(fd, do_recv(fd, &r, &c, 1, .flags = MBOX_REALTIME),
		       EINVAL);
	expect_refused(full, do_send(full, "x", 1, .flags = MBOX_REALTIME),
		       EINVAL);
}

TEST(setting_the_real_time_clock_moves_its_deadlines, "C16.5")
{
	int fd = box_new();
	struct timespec ts;
	int64_t start = mbt_now();
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char c;

		EXPECT_ERRNO(do_recv(fd, &r, &c, 1, .flags = MBOX_REALTIME,
				     .deadline = mbt_real_in_ms(3600000)),
			     ETIMEDOUT);
	}
	wait_until_blocked(pid);
	ASSERT_OK(clock_gettime(CLOCK_REALTIME, &ts));
	ts.tv_sec += 4000;
	ASSERT_OK(clock_settime(CLOCK_REALTIME, &ts));
	mbt_reap(__FILE__, __LINE__, pid);
	ts.tv_sec -= 4000 - (mbt_now() - start) / MBT_SECOND;
	ASSERT_OK(clock_settime(CLOCK_REALTIME, &ts));
	EXPECT_EQ(mbt_last_status(), 0);
}

TEST(a_deadline_in_the_past_counts_only_if_waiting_is_needed,
     "C16.7 SEND:ETIMEDOUT RECV:ETIMEDOUT")
{
	static const __u64 past[] = { 1, 2, 1000, 0 };
	int fd = box_new(), full = full_box();
	struct mbox_recv r;
	size_t i;
	char c;

	for (i = 0; i < 4; i++) {
		__u64 at = past[i] ? past[i] : (__u64)mbt_now() - 1;

		expect_refused(fd, do_recv(fd, &r, &c, 1, .deadline = at),
			       ETIMEDOUT);
		expect_refused(full, do_send(full, "x", 1, .deadline = at),
			       ETIMEDOUT);
		EXPECT_OK(do_send(fd, "x", 1, .deadline = at));
		EXPECT_OK(do_recv(fd, &r, &c, 1, .deadline = at));
		expect_refused(fd,
			       do_recv(fd, &r, &c, 1, .deadline = at,
				       .flags = MBOX_REALTIME),
			       ETIMEDOUT);
	}
}

TEST(a_deadline_no_clock_can_reach_is_refused, "ANY:EINVAL")
{
	int fd = box_new();
	struct mbox_recv r;
	char c;

	expect_refused(fd, do_recv(fd, &r, &c, 1, .deadline = 1ULL << 63),
		       EINVAL);
	expect_refused(fd, do_recv(fd, &r, &c, 1, .deadline = ~0ULL), EINVAL);
	expect_refused(fd, do_send(fd, &c, 1, .deadline = 1ULL << 63), EINVAL);
	expect_refused(fd, do_send(fd, &c, 1, .deadline = ~0ULL), EINVAL);
	/* The largest one works: it is a very long time. */
	EXPECT_OK(do_send(fd, "x", 1, .deadline = ~0ULL >> 1));
	EXPECT_OK(do_recv(fd, &r, &c, 1, .deadline = ~0ULL >> 1));
}

TEST(the_farthest_deadline_sleeps, "C16.4")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char c;

		ASSERT_OK(do_recv(fd, &r, &c, 1, .deadline = ~0ULL >> 1));
	}
	wait_until_blocked(pid);
	put(fd, "x");
	EXPECT_CHILD_OK(pid);
}

TEST(nowait_beats_a_deadline, "C16.8 SEND:EAGAIN RECV:EAGAIN")
{
	int fd = box_new(), full = full_box();
	struct mbox_recv r;
	int64_t start = mbt_now();
	char c;

	expect_refused(fd,
		       do_recv(fd, &r, &c, 1, .flags = MBOX_NOWAIT,
			       .deadline = mbt_in_ms(20000)),
		       EAGAIN);
	expect_refused(full,
		       do_send(full, "x", 1, .flags = MBOX_NOWAIT,
			       .deadline = mbt_in_ms(20000)),
		       EAGAIN);
	expect_refused(full,
		       do_send(full, "x", 1, .flags = MBOX_NOWAIT,
			       .deadline = 1),
		       EAGAIN);
	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	expect_refused(fd, do_recv(fd, &r, &c, 1, .deadline = mbt_in_ms(20000)),
		       EAGAIN);
	EXPECT_LT(mbt_now() - start, 10 * MBT_SECOND);
}

TEST(a_deadline_is_in_the_time_namespace_of_the_caller, "C16.6")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		pid_t inner;

		ASSERT_OK(unshare(CLONE_NEWTIME));
		ASSERT_OK(mbt_write_file("/proc/self/timens_offsets",
					 "monotonic 5000 0"));
		CHILD(inner)
		{
			struct mbox_recv r;
			int64_t at, real = mbt_now_real();
			char c;

			/* By the clock in here, 5000 s ahead of the kernel's. */
			ASSERT_GE(mbt_now(), 5000 * MBT_SECOND);
			at = mbt_now() + 60 * MBT_MS;
			EXPECT_ERRNO(do_recv(fd, &r, &c, 1,
					     .deadline = (__u64)at),
				     ETIMEDOUT);
			EXPECT_GE(mbt_now(), at);
			/* A time that has passed only in here. */
			EXPECT_ERRNO(
				do_recv(fd, &r, &c, 1,
					.deadline = (__u64)(1000 * MBT_SECOND)),
				ETIMEDOUT);
			EXPECT_LT(mbt_now_real() - real, 8 * MBT_SECOND);
			/* The real-time clock has no namespace. */
			EXPECT_ERRNO(do_recv(fd, &r, &c, 1,
					     .flags = MBOX_REALTIME,
					     .deadline = mbt_real_in_ms(20)),
				     ETIMEDOUT);
		}
		EXPECT_CHILD_OK(inner);
	}
	EXPECT_CHILD_OK(pid);
}

/* -- Signals ------------------------------------------------------------------ */

TEST(a_signal_ends_the_sleep_without_effect, "C17.1 SEND:EINTR RECV:EINTR")
{
	int fd = box_new(), full = full_box();
	struct mbox_stat before = stat_of(full), after;
	pid_t pid[4];
	int i;

	CHILD(pid[0])
	{
		struct mbox_recv r;
		char c;

		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(do_recv(fd, &r, &c, 1), EINTR);
		EXPECT_EQ(signals_caught, 1);
	}
	CHILD(pid[1])
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(do_send(full, "x", 1), EINTR);
		EXPECT_EQ(signals_caught, 1);
	}
	CHILD(pid[2])
	{
		char c;

		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(read(fd, &c, 1), EINTR);
	}
	CHILD(pid[3])
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(write(full, "x", 1), EINTR);
	}
	for (i = 0; i < 4; i++) {
		wait_until_blocked(pid[i]);
		ASSERT_OK(kill(pid[i], SIGUSR1));
		EXPECT_CHILD_OK(pid[i]);
	}
	after = stat_of(full);
	EXPECT_EQ(after.sent, before.sent);
	EXPECT_EQ(after.messages, before.messages);
	EXPECT_EQ(after.senders_waiting, 0);
	EXPECT_EQ(after.charged, before.charged);
	EXPECT_EQ(stat_of(fd).receivers_waiting, 0);
	expect_next(full, "first");
	expect_empty(full);
}

TEST(under_sa_restart_the_call_goes_on_until_its_deadline, "C17.2")
{
	int fd = box_new();
	pid_t pid;
	int i;

	CHILD(pid)
	{
		struct mbox_recv r;
		int64_t at = mbt_now() + 700 * MBT_MS;
		char c;

		catch_signal(SIGUSR1, SA_RESTART);
		EXPECT_ERRNO(do_recv(fd, &r, &c, 1, .deadline = (__u64)at),
			     ETIMEDOUT);
		EXPECT_GE(mbt_now(), at);
		EXPECT_LT(mbt_now(), at + 5 * MBT_SECOND);
		EXPECT_GE(signals_caught, 2);
	}
	for (i = 0; i < 3; i++) {
		wait_until_blocked(pid);
		ASSERT_OK(kill(pid, SIGUSR1));
		mbt_sleep_ms(30);
	}
	EXPECT_CHILD_OK(pid);
	/* And a message still comes through after a restart. */
	CHILD(pid)
	{
		char c;

		catch_signal(SIGUSR1, SA_RESTART);
		EXPECT_EQ(read(fd, &c, 1), 1);
		EXPECT_EQ(signals_caught, 1);
	}
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	mbt_sleep_ms(20);
	wait_until_blocked(pid);
	put(fd, "x");
	EXPECT_CHILD_OK(pid);
	/* A send that is restarted sends once. */
	fd = full_box();
	CHILD(pid)
	{
		catch_signal(SIGUSR1, SA_RESTART);
		EXPECT_OK(do_send(fd, "once", 4));
		EXPECT_EQ(signals_caught, 1);
	}
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	mbt_sleep_ms(20);
	wait_until_blocked(pid);
	expect_next(fd, "first");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "once");
	expect_empty(fd);
}

TEST(stop_and_continue_change_nothing, "C17.2")
{
	int fd = box_new();
	pid_t pid = receiver(fd, "after");

	ASSERT_OK(kill(pid, SIGSTOP));
	mbt_sleep_ms(30);
	ASSERT_OK(kill(pid, SIGCONT));
	wait_until_blocked(pid);
	put(fd, "after");
	EXPECT_CHILD_OK(pid);
}

TEST(kill_works_at_once, "C17.4")
{
	int fd = box_new(), full = full_box();
	int zero = box_new(.capacity = MBOX_CAPACITY_ZERO);
	pid_t pid[3];
	int64_t start;
	int i;

	pid[0] = receiver(fd, "never");
	pid[1] = sender(full, "never");
	pid[2] = sender(zero, "never");
	start = mbt_now();
	for (i = 0; i < 3; i++) {
		ASSERT_OK(kill(pid[i], SIGKILL));
		EXPECT_CHILD_KILLED(pid[i], SIGKILL);
	}
	EXPECT_LT(mbt_now() - start, 5 * MBT_SECOND);
	EXPECT_EQ(stat_of(fd).receivers_waiting, 0);
	EXPECT_EQ(stat_of(full).senders_waiting, 0);
	EXPECT_EQ(stat_of(zero).messages, 0);
	put(fd, "nobody takes this");
	expect_next(fd, "nobody takes this");
	expect_next(full, "first");
	expect_empty(full);
}

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

/* Times a task slept of its own will, from /proc. */
static long switches(pid_t pid)
{
	char path[64], text[4096], *p;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	p = strstr(text, "\nvoluntary_ctxt_switches:");
	ASSERT_TRUE(p);
	return strtol(p + 25, NULL, 10);
}

TEST(one_message_wakes_one_receiver, "C18.2")
{
	int fd = box_new(), i;
	long before[6];
	pid_t pid[6];

	for (i = 0; i < 6; i++)
		pid[i] = receiver(fd, "x");
	for (i = 0; i < 6; i++)
		before[i] = switches(pid[i]);
	put(fd, "x");
	EXPECT_CHILD_OK(pid[0]);
	put(fd, "x");
	EXPECT_CHILD_OK(pid[1]);
	mbt_sleep_ms(20);
	for (i = 2; i < 6; i++)
		EXPECT_EQ(switches(pid[i]), before[i]);
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
		before[i] = switches(pid[i]);
	expect_next(fd, "first");
	EXPECT_CHILD_OK(pid[0]);
	mbt_sleep_ms(20);
	for (i = 1; i < 4; i++)
		EXPECT_EQ(switches(pid[i]), before[i]);
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
		struct mbox_recv r;
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
