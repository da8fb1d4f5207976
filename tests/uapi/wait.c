// SPDX-License-Identifier: GPL-2.0-only
/*
 * wait.c: sleeping: blocking, deadlines, signals, kill.
 *
 * Owns: the claims of C16 and C17, and the cells EAGAIN, ETIMEDOUT and
 * EINTR.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=180
 */
#include "wait.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

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
		int64_t at = mbt_now() + 3000 * mbt_slow() * MBT_MS;
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
