// SPDX-License-Identifier: GPL-2.0-only
/*
 * fan-batch.c: batches into and out of broadcast mailboxes.
 *
 * Owns: what C31 means for a subscription; part of the program uapi-fan.  Takes
 * no locks; run by the guest runner.
 */
#include "batch.h"
#include "fan.h"
#include "told.h"

TEST(a_batch_reaches_every_subscription, "C25.1 C31.1")
{
	int fan = fan_new(.capacity = MBOX_CAPACITY_UNBOUNDED), sub[3], i, n;

	for (i = 0; i < 3; i++)
		sub[i] = subscribe();
	lay_out(MBOX_BATCH_MAX);
	ASSERT_EQ(do_sendv(fan, MBOX_BATCH_MAX), MBOX_BATCH_MAX);
	EXPECT_EQ(stat_of(fan).messages, MBOX_BATCH_MAX);
	for (i = 0; i < 3; i++) {
		lay_in(MBOX_BATCH_MAX);
		ASSERT_EQ(do_recvv(sub[i], MBOX_BATCH_MAX), MBOX_BATCH_MAX);
		expect_numbers(0, MBOX_BATCH_MAX);
		for (n = 0; n < MBOX_BATCH_MAX; n++) {
			ASSERT_EQ(in[n].id, n + 1);
			ASSERT_EQ(in[n].tag, n);
			ASSERT_EQ(in[n].drops, 0);
		}
		expect_empty(sub[i]);
	}
	settled(fan, MBOX_BATCH_MAX, MBOX_BATCH_MAX);
}

TEST(a_batch_takes_from_its_own_subscription_alone, "C25.1 C31.2")
{
	int fan = fan_new(), a = subscribe(), b = subscribe();

	put_numbers(fan, 5);
	lay_in(10);
	ASSERT_EQ(do_recvv(a, 3), 3);
	expect_numbers(0, 3);
	EXPECT_EQ(in[3].result, UNTOUCHED);
	lay_in(10);
	ASSERT_EQ(do_recvv(a, 10), 2);
	expect_numbers(3, 2);
	expect_reason(in, 2, EAGAIN);
	lay_in(10);
	ASSERT_EQ(do_recvv(b, 10), 5);
	expect_numbers(0, 5);
	settled(fan, 5, 5);
}

TEST(a_batch_with_nothing_there_is_EAGAIN, "C31.3 RECV:EAGAIN")
{
	int sub;

	fan_new();
	sub = subscribe();
	lay_in(2);
	expect_refused(sub, do_recvv(sub, 2, .flags = MBOX_NOWAIT), EAGAIN);
}

TEST(a_batch_tells_what_the_subscription_missed, "C25.3 C31.1 C13.5")
{
	int fan = fan_new(.max_messages = 4), sub = subscribe();

	/* Nobody waits for who is slow, though it is one call. */
	lay_out(10);
	ASSERT_EQ(do_sendv(fan, 10), 10);
	lay_in(10);
	ASSERT_EQ(do_recvv(sub, 10), 4);
	expect_numbers(6, 4);
	EXPECT_EQ(in[0].drops, 6);
	EXPECT_EQ(in[3].drops, 6);
	balanced(fan);
}

TEST(a_batch_drops_the_newest_for_who_is_full, "C25.3 C31.1 C13.2")
{
	int fan = fan_new(NEWEST, .max_messages = 4), full = subscribe();
	int late = subscribe();

	put_numbers(fan, 3);
	lay_in(3);
	ASSERT_EQ(do_recvv(late, 3), 3);
	lay_out(3);
	ASSERT_EQ(do_sendv(fan, 3), 3);
	lay_in(10);
	ASSERT_EQ(do_recvv(full, 10), 4);
	EXPECT_STR(in_text[2], "2");
	EXPECT_STR(in_text[3], "0");
	lay_in(10);
	ASSERT_EQ(do_recvv(late, 10), 3);
	expect_numbers(0, 3);
	balanced(fan);
}

TEST(a_batch_that_must_not_wait_ends_at_the_slowest, "C25.4 C25.5 C31.3")
{
	int fan = fan_new(BLOCK, .max_messages = 4), slow = subscribe();
	int fast = subscribe();

	lay_out(10);
	ASSERT_EQ(do_sendv(fan, 10, .flags = MBOX_NOWAIT), 4);
	expect_reason(out, 4, EAGAIN);
	lay_in(10);
	ASSERT_EQ(do_recvv(fast, 10), 4);
	expect_numbers(0, 4);
	lay_out(2);
	expect_refused(fan, do_sendv(fan, 2, .flags = MBOX_NOWAIT), EAGAIN);
	lay_in(10);
	ASSERT_EQ(do_recvv(slow, 10), 4);
	expect_numbers(0, 4);
	settled(fan, 4, 4);
}

TEST(batches_wait_for_each_other, "C25.4 C31.1 C31.2 C18.1")
{
	int fan = fan_new(BLOCK, .max_messages = 3), i;
	pid_t sender, receiver[2];

	for (i = 0; i < 2; i++) {
		int sub = subscribe();

		CHILD(receiver[i])
		{
			lay_in(500);
			ASSERT_EQ(do_recvv(sub, 500, .min = 500), 500);
			expect_numbers(0, 500);
		}
		wait_until_blocked(receiver[i]);
		/* The child has it, and is the subscription from now on. */
		ASSERT_OK(close(sub));
	}
	CHILD(sender)
	{
		lay_out(500);
		ASSERT_EQ(do_sendv(fan, 500), 500);
	}
	EXPECT_CHILD_OK(sender);
	EXPECT_CHILD_OK(receiver[0]);
	EXPECT_CHILD_OK(receiver[1]);
	settled(fan, 500, 500);
}

TEST(batches_of_one_subscription_share_its_messages, "C25.1 C31.2 C18.1")
{
	int fan = fan_new(.max_messages = 1000), sub = subscribe(), i;
	struct mbox_stat st;
	pid_t pid[4];

	for (i = 0; i < 4; i++) {
		CHILD(pid[i])
		{
			int n;

			lay_in(100);
			ASSERT_EQ(do_recvv(sub, 100, .min = 100), 100);
			for (n = 1; n < 100; n++)
				ASSERT_GT(in[n].id, in[n - 1].id);
		}
		wait_until_blocked(pid[i]);
	}
	lay_out(400);
	ASSERT_EQ(do_sendv(fan, 400), 400);
	for (i = 0; i < 4; i++)
		EXPECT_CHILD_OK(pid[i]);
	/* Each had a hundred, so nobody had one that another had. */
	st = stat_of(sub);
	EXPECT_EQ(st.pending, 0);
	EXPECT_EQ(st.missed, 0);
	settled(fan, 400, 400);
}

TEST(what_a_batch_cannot_ask_for_stands_in_its_entry,
     "C25.2 C25.8 C31.3 SEND:EOPNOTSUPP RECV:EOPNOTSUPP")
{
	int fan = fan_new(), sub = subscribe(), i;

	for (i = 0; i < 4; i++) {
		lay_out(3);
		out[1].priority = i == 0;
		out[1].flags = i == 1 ? MBOX_URGENT : i == 2 ? MBOX_SYNC : 0;
		out[1].nfds = i == 3;
		ASSERT_EQ(do_sendv(fan, 3), 1);
		expect_reason(out, 1, EOPNOTSUPP);
		expect_refused(fan, do_batch(fan, MBOX_IOC_SENDV, out + 1, 1),
			       EOPNOTSUPP);
		expect_next(sub, "0");
		expect_empty(sub);
	}
	put_numbers(fan, 2);
	lay_in(3);
	in[1].select = MBOX_SELECT_TAG;
	ASSERT_EQ(do_recvv(sub, 3), 1);
	expect_reason(in, 1, EOPNOTSUPP);
	expect_refused(sub, do_batch(sub, MBOX_IOC_RECVV, in + 1, 1),
		       EOPNOTSUPP);
	in[1].select = 99;
	expect_refused(sub, do_batch(sub, MBOX_IOC_RECVV, in + 1, 1), EINVAL);
	expect_next(sub, "1");
}

TEST(what_does_not_fit_a_batch_stays, "C31.3 C10.1 C11.9 RECV:EMSGSIZE")
{
	int fan = fan_new(), sub = subscribe();

	put(fan, "0");
	put(fan, "long");
	lay_in(3);
	in[1].len = 3;
	ASSERT_EQ(do_recvv(sub, 3), 1);
	expect_reason(in, 1, EMSGSIZE);
	EXPECT_EQ(in[1].msg_len, 4);
	EXPECT_EQ(in[1].msg_fds, 0);
	in[1].data = PTR(nowhere());
	in[1].len = 4;
	expect_refused(sub, do_batch(sub, MBOX_IOC_RECVV, in + 1, 1), EFAULT);
	in[1].data = PTR(in_text[1]);
	in[1].len = 3;
	in[1].flags = MBOX_TRUNCATE;
	ASSERT_EQ(do_batch(sub, MBOX_IOC_RECVV, in + 1, 1), 1);
	EXPECT_STR(in_text[1], "lon");
	settled(fan, 2, 2);
}

TEST(a_deadline_ends_a_batch_of_a_subscription, "C31.3 C16.4 RECV:ETIMEDOUT")
{
	int fan = fan_new(), sub = subscribe();

	put_numbers(fan, 2);
	lay_in(5);
	ASSERT_EQ(do_recvv(sub, 5, .min = 5, .deadline = mbt_in_ms(50)), 2);
	expect_numbers(0, 2);
	expect_reason(in, 2, ETIMEDOUT);
}

TEST(the_end_of_all_senders_ends_a_batch_of_a_subscription, "C31.3 C6.9")
{
	int fan = fan_new(), sub = subscribe(.flags = MBOX_OPEN_HANGUP);

	put_numbers(fan, 2);
	ASSERT_OK(close(fan));
	lay_in(5);
	ASSERT_EQ(do_recvv(sub, 5, .min = 5), 2);
	expect_reason(in, 2, EPIPE);
}

TEST(destroy_ends_a_batch_of_a_subscription, "C31.3 C4.12 RECV:EIDRM")
{
	int fan = fan_new(), sub = subscribe();
	pid_t pid;

	CHILD(pid)
	{
		lay_in(5);
		ASSERT_EQ(do_recvv(sub, 5, .min = 5), 1);
		expect_reason(in, 1, EIDRM);
	}
	wait_until_blocked(pid);
	put(fan, "0");
	WAIT_FOR(stat_of(fan).received == 1);
	wait_until_blocked(pid);
	ASSERT_OK(do_destroy(fan));
	EXPECT_CHILD_OK(pid);
}

TEST(a_batch_for_nobody_is_counted, "C25.6 C31.1")
{
	int fan = fan_new();

	lay_out(3);
	ASSERT_EQ(do_sendv(fan, 3), 3);
	EXPECT_EQ(stat_of(fan).sent, 3);
	EXPECT_EQ(stat_of(fan).dropped, 3);
}

TEST(a_batch_to_all_gives_the_signal_of_notify, "C29.5 C31.1")
{
	int fan = fan_new(), sub = subscribe();

	hold_signal(SIGRTMIN);
	ASSERT_OK(do_notify(sub, (__u32)SIGRTMIN, 7));
	put_numbers(fan, 3);
	expect_signal(SIGRTMIN, NULL);
	expect_no_signal(SIGRTMIN);
}
