// SPDX-License-Identifier: GPL-2.0-only
/*
 * sync.c: sends that wait until they were received: rendezvous and SYNC.
 *
 * Owns: the claims of C15 and C19.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=120
 */
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

static int zero_box(void)
{
	return box_new(.capacity = MBOX_CAPACITY_ZERO);
}

/* A child that sends and expects 0, or -1 and err. */
static pid_t sender(int fd, const char *text, __u32 flags, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		if (err)
			EXPECT_ERRNO(do_send(fd, text, strlen(text),
					     .flags = flags),
				     err);
		else
			EXPECT_OK(do_send(fd, text, strlen(text),
					  .flags = flags));
	}
	wait_until_blocked(pid);
	return pid;
}

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

/* -- Rendezvous ---------------------------------------------------------------- */

TEST(a_rendezvous_send_completes_when_a_receiver_has_the_message, "C15.1")
{
	int fd = zero_box();
	pid_t pid = sender(fd, "meet", 0, 0);

	EXPECT_EQ(stat_of(fd).received, 0);
	expect_next(fd, "meet");
	EXPECT_CHILD_OK(pid);
	/* The other way round: the receiver is there first. */
	pid = receiver(fd, "again");
	EXPECT_OK(do_send(fd, "again", 5));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).received, 2);
	EXPECT_EQ(stat_of(fd).messages, 0);
	CHILD(pid)
	EXPECT_EQ(write(fd, "w", 1), 1);
	wait_until_blocked(pid);
	expect_next(fd, "w");
	EXPECT_CHILD_OK(pid);
}

TEST(a_nonblocking_rendezvous_send_needs_a_sleeping_receiver,
     "C15.2 SEND:EAGAIN")
{
	int fd = zero_box();
	pid_t pid;

	expect_refused(fd, do_send(fd, "x", 1, .flags = MBOX_NOWAIT), EAGAIN);
	pid = receiver(fd, "now");
	EXPECT_OK(do_send(fd, "now", 3, .flags = MBOX_NOWAIT));
	EXPECT_CHILD_OK(pid);
	expect_refused(fd, do_send(fd, "x", 1, .flags = MBOX_NOWAIT), EAGAIN);
	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	expect_refused(fd, write(fd, "x", 1), EAGAIN);
	/* One that polls does not sleep in RECV. */
	CHILD(pid)
	{
		struct pollfd p = { .fd = fd, .events = POLLIN };

		FAIL("poll() returned %d", poll(&p, 1, -1));
	}
	wait_until_sleeping(pid, "poll");
	expect_refused(fd, do_send(fd, "x", 1, .flags = MBOX_NOWAIT), EAGAIN);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
}

TEST(a_nonblocking_rendezvous_receive_needs_a_sleeping_sender,
     "C15.3 RECV:EAGAIN")
{
	int fd = zero_box();
	struct mbox_recv r;
	pid_t pid;
	char c;

	expect_refused(fd, do_recv(fd, &r, &c, 1, .flags = MBOX_NOWAIT),
		       EAGAIN);
	pid = sender(fd, "x", 0, 0);
	EXPECT_OK(do_recv(fd, &r, &c, 1, .flags = MBOX_NOWAIT));
	EXPECT_CHILD_OK(pid);
	expect_refused(fd, do_recv(fd, &r, &c, 1, .flags = MBOX_NOWAIT),
		       EAGAIN);
}

TEST(two_sides_that_only_poll_never_meet, "C15.4 C20.1 C20.2")
{
	/* Every receiver here has room for the largest message. */
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO, .max_size = 8);
	pid_t pid;
	char c;

	EXPECT_EQ(ready(fd, POLL_ALL), 0);
	/* With somebody asleep on the other side, and only then. */
	pid = sender(fd, "x", 0, 0);
	EXPECT_EQ(ready(fd, POLL_ALL), POLLIN);
	EXPECT_EQ(read(fd, &c, 1), 1);
	EXPECT_CHILD_OK(pid);
	pid = receiver(fd, "y");
	EXPECT_EQ(ready(fd, POLL_ALL), POLLOUT);
	put(fd, "y");
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(ready(fd, POLL_ALL), 0);
	/* A poller for room hears of the receiver that comes. */
	CHILD(pid)
	{
		struct pollfd p = { .fd = fd, .events = POLLOUT };

		EXPECT_EQ(poll(&p, 1, 15000), 1);
		EXPECT_EQ(p.revents, POLLOUT);
		put(fd, "found");
	}
	wait_until_sleeping(pid, "poll");
	{
		pid_t other;

		CHILD(other)
		{
			struct mbox_recv r;
			char buf[8];

			ASSERT_OK(do_recv(fd, &r, buf, 8));
			EXPECT_MEM(buf, "found", 5);
		}
		EXPECT_CHILD_OK(other);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(waiting_rendezvous_senders_are_served_in_order_of_priority_then_age,
     "C15.1 C9.1 C9.2")
{
	int fd = zero_box(), i;
	pid_t pid[4];

	for (i = 0; i < 4; i++) {
		CHILD(pid[i])
		{
			char text[2] = { (char)('a' + i), 0 };

			ASSERT_OK(do_send(fd, text, 1,
					  .priority = i == 2 ? 1 : 0));
		}
		wait_until_blocked(pid[i]);
	}
	expect_next(fd, "c");
	expect_next(fd, "a");
	expect_next(fd, "b");
	expect_next(fd, "d");
	for (i = 0; i < 4; i++)
		EXPECT_CHILD_OK(pid[i]);
}

TEST(a_rendezvous_deadline_withdraws_the_offer,
     "C15.1 C19.2 SEND:ETIMEDOUT SEND:EINTR")
{
	int fd = zero_box();
	pid_t pid;

	expect_refused(fd, do_send(fd, "x", 1, .deadline = mbt_in_ms(40)),
		       ETIMEDOUT);
	expect_empty(fd);
	CHILD(pid)
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(do_send(fd, "x", 1), EINTR);
	}
	wait_until_blocked(pid);
	EXPECT_EQ(stat_of(fd).senders_waiting, 1);
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	expect_empty(fd);
	EXPECT_EQ(stat_of(fd).messages, 0);
	EXPECT_EQ(stat_of(fd).sent, 0);
	EXPECT_EQ(stat_of(fd).dropped, 0);
}

TEST(a_nowait_send_that_fails_leaves_small_receivers_asleep,
     "C15.2 C11.1 SEND:EAGAIN")
{
	int fd = zero_box(), box = box_new();
	pid_t pid[2];
	int i;

	for (i = 0; i < 2; i++) {
		int at = i ? box : fd;

		CHILD(pid[i])
		{
			struct mbox_recv r;
			char buf[4];

			ASSERT_OK(do_recv(at, &r, buf, 4));
			EXPECT_EQ(r.msg_len, 3);
		}
		wait_until_blocked(pid[i]);
	}
	expect_refused(fd, do_send(fd, "too long", 8, .flags = MBOX_NOWAIT),
		       EAGAIN);
	expect_refused(box,
		       do_send(box, "too long", 8,
			       .flags = MBOX_NOWAIT | MBOX_SYNC),
		       EAGAIN);
	put(fd, "fit");
	put(box, "fit");
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(pid[1]);
}

/* -- SYNC ---------------------------------------------------------------------- */

TEST(a_sync_send_returns_when_a_receiver_has_taken_it, "C19.1 C19.3 C19.4")
{
	static const struct {
		__u32 capacity;
		__u64 messages;
	} kinds[] = { { MBOX_CAPACITY_BOUNDED, 0 },
		      { MBOX_CAPACITY_BOUNDED, 1 },
		      { MBOX_CAPACITY_UNBOUNDED, 0 },
		      { MBOX_CAPACITY_ZERO, 0 } };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		int fd = box_new(.capacity = kinds[i].capacity,
				 .max_messages = kinds[i].messages);
		pid_t pid = sender(fd, "receipt", MBOX_SYNC, 0);

		EXPECT_EQ(stat_of(fd).messages, 1);
		EXPECT_EQ(stat_of(fd).senders_waiting, 1);
		expect_next(fd, "receipt");
		EXPECT_CHILD_OK(pid);
		EXPECT_EQ(stat_of(fd).senders_waiting, 0);
		/* Where a receiver waits already there is no sleep. */
		pid = receiver(fd, "direct");
		EXPECT_OK(do_send(fd, "direct", 6, .flags = MBOX_SYNC));
		EXPECT_CHILD_OK(pid);
		close(fd);
	}
}

TEST(sync_is_per_send, "C19.4")
{
	int fd = box_new();
	pid_t pid;

	put(fd, "one");
	pid = sender(fd, "two", MBOX_SYNC, 0);
	put(fd, "three");
	EXPECT_EQ(stat_of(fd).messages, 3);
	expect_next(fd, "one");
	EXPECT_TRUE(mbt_is_blocked(pid));
	expect_next(fd, "two");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "three");
}

TEST(a_sync_sender_waits_for_room_and_then_for_its_receipt, "C19.1 C18.5")
{
	int fd = box_new(.max_messages = 1);
	pid_t pid;

	put(fd, "first");
	pid = sender(fd, "second", MBOX_SYNC, 0);
	expect_next(fd, "first");
	WAIT_FOR(stat_of(fd).messages == 1);
	wait_until_blocked(pid);
	expect_next(fd, "second");
	EXPECT_CHILD_OK(pid);
}

TEST(a_deadline_withdraws_a_sync_message, "C19.2 SEND:ETIMEDOUT")
{
	int fd = box_new();
	struct mbox_recv r;
	char buf[8];

	put(fd, "before");
	expect_refused(fd,
		       do_send(fd, "gone", 4, .flags = MBOX_SYNC,
			       .deadline = mbt_in_ms(40)),
		       ETIMEDOUT);
	expect_refused(
		fd, do_send(fd, "gone", 4, .flags = MBOX_SYNC, .deadline = 1),
		ETIMEDOUT);
	expect_next(fd, "before");
	expect_empty(fd);
	put(fd, "after");
	ASSERT_OK(do_recv(fd, &r, buf, 8));
	EXPECT_MEM(buf, "after", 5);
	EXPECT_EQ(stat_of(fd).sent, 2);
	EXPECT_EQ(stat_of(fd).dropped, 0);
}

TEST(a_signal_withdraws_a_sync_message, "C19.2 C17.1 SEND:EINTR C17.4")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		catch_signal(SIGUSR1, 0);
		EXPECT_ERRNO(do_send(fd, "gone", 4, .flags = MBOX_SYNC), EINTR);
	}
	wait_until_blocked(pid);
	EXPECT_EQ(stat_of(fd).messages, 1);
	ASSERT_OK(kill(pid, SIGUSR1));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(fd).messages, 0);
	pid = sender(fd, "gone", MBOX_SYNC, EINTR);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	expect_empty(fd);
	EXPECT_EQ(stat_of(fd).sent, 0);
	EXPECT_EQ(stat_of(fd).charged, 0);
}

TEST(a_message_is_withdrawn_from_between_two_others, "C19.2 C9.1")
{
	static const char *const text[] = { "a", "b", "c" };
	int fd = box_new(), i;
	pid_t pid[3];

	for (i = 0; i < 3; i++) {
		CHILD(pid[i])
		EXPECT_OK(do_send(fd, text[i], 1, .flags = MBOX_SYNC,
				  .priority = 1));
		wait_until_blocked(pid[i]);
	}
	ASSERT_OK(kill(pid[1], SIGKILL));
	EXPECT_CHILD_KILLED(pid[1], SIGKILL);
	expect_next(fd, "a");
	expect_next(fd, "c");
	expect_empty(fd);
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(pid[2]);
}

TEST(withdrawing_lets_the_next_sender_in, "C19.2 C18.5 C18.1")
{
	int fd = box_new(.max_messages = 1);
	pid_t first, second;

	first = sender(fd, "first", MBOX_SYNC, 0);
	second = sender(fd, "second", 0, 0);
	ASSERT_OK(kill(first, SIGKILL));
	EXPECT_CHILD_KILLED(first, SIGKILL);
	EXPECT_CHILD_OK(second);
	expect_next(fd, "second");
	expect_empty(fd);
}

TEST(a_restarted_sync_send_sends_once, "C17.2 C19.2")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	{
		catch_signal(SIGUSR1, SA_RESTART);
		EXPECT_OK(do_send(fd, "once", 4, .flags = MBOX_SYNC));
		EXPECT_GE(signals_caught, 1);
	}
	wait_until_blocked(pid);
	ASSERT_OK(kill(pid, SIGUSR1));
	mbt_sleep_ms(20);
	wait_until_blocked(pid);
	EXPECT_EQ(stat_of(fd).messages, 1);
	expect_next(fd, "once");
	EXPECT_CHILD_OK(pid);
	expect_empty(fd);
}

TEST(sync_with_nowait_succeeds_only_if_a_receiver_waits, "C19.6 SEND:EAGAIN")
{
	int fd = box_new();
	pid_t pid;

	expect_refused(fd,
		       do_send(fd, "x", 1, .flags = MBOX_SYNC | MBOX_NOWAIT),
		       EAGAIN);
	pid = receiver(fd, "x");
	EXPECT_OK(do_send(fd, "x", 1, .flags = MBOX_SYNC | MBOX_NOWAIT));
	EXPECT_CHILD_OK(pid);
	expect_refused(fd,
		       do_send(fd, "x", 1, .flags = MBOX_SYNC | MBOX_NOWAIT),
		       EAGAIN);
}

TEST(a_refused_or_faulting_receive_gives_no_receipt,
     "C19.7 RECV:EMSGSIZE ANY:EFAULT")
{
	int fd = box_new();
	pid_t pid = sender(fd, "receipt", MBOX_SYNC, 0);
	struct mbox_recv r;
	char buf[8];

	expect_refused(fd, do_recv(fd, &r, buf, 3), EMSGSIZE);
	EXPECT_TRUE(mbt_is_blocked(pid));
	expect_refused(fd, do_recv(fd, &r, nowhere(), 100), EFAULT);
	EXPECT_TRUE(mbt_is_blocked(pid));
	expect_refused(fd, read(fd, nowhere(), 100), EFAULT);
	EXPECT_TRUE(mbt_is_blocked(pid));
	ASSERT_OK(do_recv(fd, &r, buf, 8));
	EXPECT_EQ(r.id, 1);
	EXPECT_CHILD_OK(pid);
}

TEST(truncating_gives_the_receipt, "C19.1 C10.2")
{
	int fd = box_new();
	pid_t pid = sender(fd, "receipt", MBOX_SYNC, 0);
	struct mbox_recv r;

	ASSERT_OK(do_recv(fd, &r, NULL, 0, .flags = MBOX_TRUNCATE));
	EXPECT_CHILD_OK(pid);
}

static void last_receiver_goes(int all)
{
	int look = ASSERT_OK(do_copy(all, 0));
	int send = ASSERT_OK(do_copy(all, R_SEND));
	int other = ASSERT_OK(do_copy(all, R_RECV));
	pid_t pid;

	CHILD(pid)
	{
		close(all);
		close(other);
		EXPECT_ERRNO(do_send(send, "x", 1, .flags = MBOX_SYNC), EPIPE);
	}
	wait_until_blocked(pid);
	close(other);
	mbt_sleep_ms(10);
	EXPECT_TRUE(mbt_is_blocked(pid));
	close(all);
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(stat_of(look).messages, 0);
	EXPECT_EQ(stat_of(look).sent, 0);
}

TEST(the_last_receivers_end_withdraws_with_epipe, "C19.8 SEND:EPIPE")
{
	last_receiver_goes(box_new());
	last_receiver_goes(zero_box());
}

TEST(destroy_withdraws_with_eidrm, "C19.9 SEND:EIDRM")
{
	struct mbox_info before = info_of();
	int fd = box_new(), zero = zero_box();
	pid_t a = sender(fd, "x", MBOX_SYNC, EIDRM);
	pid_t b = sender(zero, "x", 0, EIDRM);

	ASSERT_OK(do_destroy(fd));
	ASSERT_OK(do_destroy(zero));
	EXPECT_CHILD_OK(a);
	EXPECT_CHILD_OK(b);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(senders_for_a_receipt_show_as_such, "C33.5 C33.6")
{
	struct mbox_waiter w[4];
	struct mbox_stat st = { .size = sizeof(st),
				.waiters = PTR(w),
				.nwaiters = 4 };
	int fd = box_new();
	pid_t pid = sender(fd, "abc", MBOX_SYNC, EIDRM);

	ASSERT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
	ASSERT_EQ(st.nwaiters, 1);
	EXPECT_EQ(w[0].pid, pid);
	EXPECT_EQ(w[0].tid, pid);
	EXPECT_EQ(w[0].what, MBOX_WAIT_RECEIPT);
	EXPECT_EQ(w[0].len, 3);
	ASSERT_OK(do_destroy(fd));
	EXPECT_CHILD_OK(pid);
}
