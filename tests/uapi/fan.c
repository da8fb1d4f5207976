// SPDX-License-Identifier: GPL-2.0-only
/*
 * fan.c: broadcast mailboxes: who gets what, in which order, and what cannot be
 * asked for there.
 *
 * Owns: most claims of C25.  Takes no locks; run by the guest runner.
 *
 * opts: module=test timeout=300
 */
#include "fan.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>

TEST(every_subscription_gets_every_message_in_order, "C25.1")
{
	int fan = fan_new(), sub[3], i, n;
	char text[16];

	for (i = 0; i < 3; i++)
		sub[i] = subscribe();
	for (n = 0; n < 10; n++) {
		snprintf(text, sizeof(text), "%d", n);
		put(fan, text);
		/* One keeps up, one is late, one comes at the end. */
		expect_next(sub[0], text);
		if (n % 3 == 2) {
			for (i = n - 2; i <= n; i++) {
				snprintf(text, sizeof(text), "%d", i);
				expect_next(sub[1], text);
			}
		}
	}
	for (n = 0; n < 10; n++) {
		snprintf(text, sizeof(text), "%d", n);
		expect_next(sub[2], text);
	}
	expect_next(sub[1], "9");
	for (i = 0; i < 3; i++)
		expect_empty(sub[i]);
	EXPECT_EQ(stat_of(fan).messages, 0);
	EXPECT_EQ(stat_of(fan).received, 10);
}

TEST(a_subscription_begins_when_it_is_opened, "C25.1")
{
	int fan = fan_new(), early = subscribe(), late;

	put(fan, "a");
	late = subscribe();
	expect_empty(late);
	put(fan, "b");
	expect_next(late, "b");
	expect_next(early, "a");
	expect_next(early, "b");
	expect_empty(late);
}

TEST(dup_and_fork_share_a_subscription, "C25.1")
{
	int fan = fan_new(), sub = subscribe(), same = ASSERT_OK(dup(sub));
	pid_t pid;

	put(fan, "a");
	put(fan, "b");
	put(fan, "c");
	expect_next(sub, "a");
	expect_next(same, "b");
	CHILD(pid)
	expect_next(sub, "c");
	EXPECT_CHILD_OK(pid);
	expect_empty(same);
	/* One that is left is enough. */
	close(sub);
	put(fan, "d");
	expect_next(same, "d");
	EXPECT_EQ(stat_of(fan).receivers, 1);
}

TEST(a_copy_is_a_new_subscription, "C25.1")
{
	int fan = fan_new(), sub = subscribe(), copy;

	put(fan, "a");
	copy = ASSERT_OK(do_copy(sub, R_RECV));
	expect_empty(copy);
	put(fan, "b");
	expect_next(copy, "b");
	expect_next(sub, "a");
	expect_next(sub, "b");
}

TEST(a_handle_without_recv_is_no_subscription, "C25.1 C25.6")
{
	int fan = fan_new();

	ASSERT_OK(box_open(.rights = R_ADMIN, NAMED("fan")));
	ASSERT_OK(do_copy(fan, R_SEND));
	put(fan, "a");
	EXPECT_EQ(stat_of(fan).messages, 0);
	EXPECT_EQ(stat_of(fan).dropped, 1);
}

TEST(who_sends_and_receives_gets_its_own, "C25.1")
{
	int both = box_new(.attrs = MBOX_ATTR_BROADCAST);

	put(both, "a");
	expect_next(both, "a");
}

TEST(a_message_is_stored_once, "C25.1 C14.1")
{
	int fan = fan_new(), sub[50], i;
	struct mbox_info before;
	static char bytes[60000];

	for (i = 0; i < 50; i++)
		sub[i] = subscribe();
	before = info_of();
	ASSERT_OK(do_send(fan, bytes, sizeof(bytes)));
	EXPECT_EQ(info_of().used_messages, before.used_messages + 1);
	EXPECT_LT(info_of().used_bytes, before.used_bytes + 70000);
	EXPECT_EQ(stat_of(fan).messages, 1);
	EXPECT_EQ(stat_of(fan).bytes, sizeof(bytes));
	for (i = 0; i < 50; i++) {
		struct mbox_recv r;

		EXPECT_EQ(stat_of(fan).messages, 1);
		ASSERT_OK(do_recv(sub[i], &r, bytes, sizeof(bytes)));
	}
	EXPECT_EQ(stat_of(fan).messages, 0);
	EXPECT_EQ(info_of().used_bytes, before.used_bytes);
}

TEST(each_gets_the_same_stamp, "C25.1 C8.3")
{
	int fan = fan_new(.attrs = MBOX_ATTR_BROADCAST | MBOX_ATTR_TIMES);
	int a = subscribe(), b = subscribe();
	struct mbox_recv ra, rb;
	char buf[4];

	ASSERT_OK(do_send(fan, "x", 1, .tag = 42));
	ASSERT_OK(do_recv(a, &ra, buf, sizeof(buf)));
	ASSERT_OK(do_recv(b, &rb, buf, sizeof(buf)));
	EXPECT_EQ(ra.tag, 42);
	EXPECT_EQ(ra.id, 1);
	EXPECT_EQ(ra.pid, getpid());
	EXPECT_GT(ra.sent_time, 0);
	EXPECT_MEM(&rb.id, &ra.id, sizeof(ra) - offsetof(struct mbox_recv, id));
}

TEST(read_and_write_work_as_elsewhere, "C25.1 C1.4")
{
	int fan = fan_new(), a = subscribe(), b = subscribe();
	char buf[8] = "";

	ASSERT_EQ(write(fan, "abc", 3), 3);
	ASSERT_EQ(read(a, buf, sizeof(buf)), 3);
	EXPECT_STR(buf, "abc");
	ASSERT_EQ(read(b, buf, sizeof(buf)), 3);
	ASSERT_OK(fcntl(a, F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(read(a, buf, sizeof(buf)), EAGAIN);
}

/* -- What cannot be asked for ------------------------------------------------ */

TEST(there_are_no_priorities_and_no_receipts, "C25.2 C19.5 SEND:EOPNOTSUPP")
{
	static const __u32 policies[] = { MBOX_POLICY_BLOCK,
					  MBOX_POLICY_DROP_NEWEST,
					  MBOX_POLICY_DROP_OLDEST };
	size_t i;

	for (i = 0; i < 3; i++) {
		int fan = fan_new(.policy = policies[i]), sub = subscribe();

		expect_refused(fan, do_send(fan, "x", 1, .priority = 1),
			       EOPNOTSUPP);
		expect_refused(fan, do_send(fan, "x", 1, .flags = MBOX_URGENT),
			       EOPNOTSUPP);
		expect_refused(fan, do_send(fan, "x", 1, .flags = MBOX_SYNC),
			       EOPNOTSUPP);
		expect_empty(sub);
		ASSERT_OK(do_destroy(fan));
	}
}

TEST(there_is_no_selection, "C25.2 RECV:EOPNOTSUPP FILTER:EOPNOTSUPP")
{
	int fan = fan_new(), sub = subscribe();
	struct mbox_recv r;
	char buf[4];

	put(fan, "x");
	expect_refused(sub,
		       do_recv(sub, &r, buf, sizeof(buf),
			       .select = MBOX_SELECT_NOT_TAG,
			       .select_value = 7),
		       EOPNOTSUPP);
	expect_refused(sub, do_filter(sub, MBOX_SELECT_TAG, 0), EOPNOTSUPP);
	EXPECT_OK(do_filter(sub, MBOX_SELECT_ANY, 0));
	expect_next(sub, "x");
}

TEST(a_bad_selection_is_bad_there_too, "ANY:EINVAL")
{
	int sub;
	struct mbox_recv r;

	fan_new();
	sub = subscribe();
	expect_refused(sub, do_recv(sub, &r, NULL, 0, .select = 99), EINVAL);
}

TEST(a_broadcast_mailbox_needs_room, "C12.10 ANY:EINVAL")
{
	int box = box_new();

	expect_refused(box,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.attrs = MBOX_ATTR_BROADCAST,
				.capacity = MBOX_CAPACITY_ZERO),
		       EINVAL);
	EXPECT_OK(box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			   .attrs = MBOX_ATTR_BROADCAST,
			   .capacity = MBOX_CAPACITY_UNBOUNDED));
}

TEST(with_fixed_size_every_message_has_it, "C10.3 ANY:EINVAL")
{
	int fan = fan_new(.attrs = MBOX_ATTR_BROADCAST | MBOX_ATTR_FIXED,
			  .max_size = 4);
	int sub = subscribe();

	expect_refused(fan, do_send(fan, "abc", 3), EINVAL);
	put(fan, "abcd");
	expect_next(sub, "abcd");
}

TEST(the_largest_message_has_max_size, "C10.4 SEND:EMSGSIZE")
{
	int fan = fan_new(.max_size = 4), sub = subscribe();

	expect_refused(fan, do_send(fan, "abcde", 5), EMSGSIZE);
	put(fan, "abcd");
	expect_next(sub, "abcd");
}

TEST(info_tells_of_broadcast, "C25.1")
{
	struct mbox_info info = info_of();

	EXPECT_TRUE(info.features & MBOX_FEATURE_BROADCAST);
	EXPECT_TRUE(info.attrs & MBOX_ATTR_BROADCAST);
	fan_new();
	EXPECT_EQ(stat_of(subscribe()).attrs, MBOX_ATTR_BROADCAST);
}

/* -- Without effect ---------------------------------------------------------- */

TEST(a_recv_that_fails_leaves_the_message, "C11.1 C10.1 RECV:EMSGSIZE")
{
	int fan = fan_new(), sub = subscribe(), other = subscribe();
	struct mbox_recv r;
	char buf[16] = "";

	put(fan, "12345");
	put(fan, "last");
	expect_refused(sub, do_recv(sub, &r, buf, 4), EMSGSIZE);
	EXPECT_EQ(r.msg_len, 5);
	expect_refused(sub, do_recv(sub, &r, nowhere(), 10), EFAULT);
	EXPECT_EQ(stat_of(sub).pending, 2);
	ASSERT_OK(do_recv(sub, &r, buf, 4, .flags = MBOX_TRUNCATE));
	EXPECT_EQ(r.msg_len, 5);
	EXPECT_STR(buf, "1234");
	expect_next(sub, "last");
	expect_next(other, "12345");
	expect_next(other, "last");
}

TEST(a_send_from_bad_memory_reaches_nobody, "C11.1 ANY:EFAULT")
{
	int fan = fan_new(), sub = subscribe();

	expect_refused(fan, do_send(fan, nowhere(), 10), EFAULT);
	expect_empty(sub);
}

TEST(the_limit_of_a_mailbox_holds, "SEND:EDQUOT C14.9")
{
	static char bytes[65536];
	int fan = fan_new(.max_messages = 1000), sub = subscribe(), i;

	for (i = 0; i < 256; i++)
		ASSERT_OK(do_send(fan, bytes, 65536));
	expect_refused(fan, do_send(fan, bytes, 1), EDQUOT);
	EXPECT_EQ(stat_of(sub).pending, 256);
	close(sub);
	EXPECT_EQ(stat_of(fan).messages, 0);
}

/* -- The end of a subscription ------------------------------------------------ */

TEST(what_waited_for_a_subscription_goes_with_it, "C25.1 C14.13")
{
	struct mbox_info before = info_of();
	int fan = fan_new(.max_messages = 100), a = subscribe(), b, i;

	for (i = 0; i < 50; i++)
		put(fan, "for a");
	b = subscribe();
	for (i = 0; i < 50; i++)
		put(fan, "for both");
	close(a);
	EXPECT_EQ(stat_of(fan).messages, 50);
	EXPECT_EQ(stat_of(fan).received, 50);
	balanced(fan);
	expect_next(b, "for both");
	EXPECT_EQ(stat_of(fan).messages, 49);
	close(b);
	EXPECT_EQ(stat_of(fan).messages, 0);
	balanced(fan);
	EXPECT_EQ(info_of().used_messages, before.used_messages);
}

TEST(a_subscription_dies_with_its_process, "C25.1")
{
	int fan = fan_new();
	pid_t pid;

	CHILD(pid)
	{
		subscribe();
		put(fan, "x");
		pause();
	}
	WAIT_FOR(stat_of(fan).messages == 1);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	WAIT_FOR(stat_of(fan).messages == 0);
	EXPECT_EQ(stat_of(fan).receivers, 0);
}

TEST(a_hundred_thousand_waiting_messages_go_at_once, "C36.3 C25.1")
{
	enum { MANY = 100000 };
	int fan = fan_new(.capacity = MBOX_CAPACITY_UNBOUNDED, BLOCK);
	int slow = subscribe(), fast, i;

	for (i = 0; i < MANY / 2; i++)
		ASSERT_OK(do_send(fan, "x", 1));
	fast = subscribe();
	for (i = 0; i < MANY / 2; i++)
		ASSERT_OK(do_send(fan, "y", 1));
	EXPECT_EQ(stat_of(fast).pending, MANY / 2);
	EXPECT_EQ(stat_of(slow).pending, MANY);
	close(slow);
	EXPECT_EQ(stat_of(fan).messages, MANY / 2);
	expect_next(fast, "y");
	close(fast);
	EXPECT_EQ(stat_of(fan).messages, 0);
	balanced(fan);
}

TEST(without_subscribers_a_send_succeeds_and_is_counted, "C25.6")
{
	static const __u32 policies[] = { MBOX_POLICY_BLOCK,
					  MBOX_POLICY_DROP_NEWEST,
					  MBOX_POLICY_DROP_OLDEST };
	size_t i;
	int n;

	for (i = 0; i < 3; i++) {
		int fan = fan_new(.max_messages = 2, .policy = policies[i]);
		struct mbox_stat st;

		for (n = 0; n < 5; n++)
			ASSERT_OK(do_send(fan, "x", 1, .flags = MBOX_NOWAIT));
		st = stat_of(fan);
		EXPECT_EQ(st.sent, 5);
		EXPECT_EQ(st.dropped, 5);
		EXPECT_EQ(st.messages, 0);
		/* The next one knows the number of what came before it. */
		n = subscribe();
		put(fan, "y");
		expect_drops(n, "y", 0);
		ASSERT_OK(do_destroy(fan));
	}
}

TEST(without_a_name_and_a_subscription_it_is_EPIPE, "C7.1 SEND:EPIPE")
{
	int all = box_new(.attrs = MBOX_ATTR_BROADCAST);
	int fan = ASSERT_OK(do_copy(all, R_SEND | R_ADMIN));

	put(all, "x");
	close(all);
	EXPECT_EQ(stat_of(fan).messages, 0);
	expect_refused(fan, do_send(fan, "x", 1), EPIPE);
	EXPECT_EQ(ready(fan, POLL_ALL), POLLERR);
}

TEST(destroy_ends_it_for_all, "C4.12 RECV:EIDRM SEND:EIDRM")
{
	int fan = fan_new(), sub = subscribe(), i;
	pid_t pid[3];
	struct mbox_recv r;

	for (i = 0; i < 3; i++) {
		int mine = subscribe();

		pid[i] = start_receiver(mine, "", EIDRM, 0);
		wait_until_blocked(pid[i]);
		close(mine);
	}
	close(sub);
	sub = subscribe();
	ASSERT_OK(do_destroy(fan));
	for (i = 0; i < 3; i++)
		EXPECT_CHILD_OK(pid[i]);
	EXPECT_ERRNO(do_recv(sub, &r, NULL, 0), EIDRM);
	EXPECT_ERRNO(do_send(fan, NULL, 0), EIDRM);
	EXPECT_ERRNO(do_copy(sub, R_RECV), EIDRM);
}

TEST(destroy_drops_what_waits, "C4.11 C14.13")
{
	struct mbox_info before = info_of();
	int fan = fan_new(), a = subscribe(), b = subscribe();

	put(fan, "x");
	put(fan, "y");
	expect_next(a, "x");
	ASSERT_OK(do_destroy(fan));
	EXPECT_EQ(info_of().used_messages, before.used_messages);
	/* Their places are no places any more. */
	close(a);
	close(b);
	EXPECT_ERRNO(do_destroy(fan), EIDRM);
}

/* -- Looking ------------------------------------------------------------------ */

TEST(poll_tells_of_the_subscription, "C20.1 C20.2")
{
	int fan = fan_new(BLOCK, .max_messages = 1);
	int a = subscribe(), b = subscribe();

	EXPECT_EQ(ready(a, POLL_ALL), 0);
	EXPECT_EQ(ready(fan, POLL_ALL), POLLOUT);
	put(fan, "x");
	EXPECT_EQ(ready(a, POLL_ALL), POLLIN);
	EXPECT_EQ(ready(b, POLL_ALL), POLLIN);
	EXPECT_EQ(ready(fan, POLL_ALL), 0);
	expect_next(a, "x");
	EXPECT_EQ(ready(a, POLL_ALL), 0);
	EXPECT_EQ(ready(b, POLL_ALL), POLLIN);
	EXPECT_EQ(ready(fan, POLL_ALL), 0);
	expect_next(b, "x");
	EXPECT_EQ(ready(fan, POLL_ALL), POLLOUT);
}

TEST(with_hangup_each_comes_to_its_own_end, "C20.4 C6.9 RECV:EPIPE")
{
	int fan = fan_new(), sub[3], i;
	struct mbox_recv r;
	char c;

	for (i = 0; i < 3; i++)
		sub[i] = subscribe(.flags = MBOX_OPEN_HANGUP);
	put(fan, "x");
	expect_next(sub[0], "x");
	EXPECT_EQ(ready(sub[0], POLL_ALL), 0);
	close(fan);
	fan = ASSERT_OK(box_open(.rights = R_ADMIN, NAMED("fan")));
	EXPECT_EQ(ready(sub[0], POLL_ALL), POLLHUP);
	EXPECT_EQ(ready(sub[1], POLL_ALL), POLLIN);
	expect_refused(sub[0], do_recv(sub[0], &r, &c, 1), EPIPE);
	EXPECT_EQ(read(sub[0], &c, 1), 0);
	expect_next(sub[1], "x");
	EXPECT_EQ(ready(sub[1], POLL_ALL), POLLHUP);
	EXPECT_EQ(read(sub[1], &c, 1), 0);
	EXPECT_EQ(ready(sub[2], POLL_ALL), POLLIN);
	/* One that never saw a sender waits for one. */
	i = subscribe(.flags = MBOX_OPEN_HANGUP);
	EXPECT_EQ(ready(i, POLL_ALL), 0);
	fan = ASSERT_OK(box_open(.rights = R_SEND, NAMED("fan")));
	EXPECT_EQ(ready(sub[0], POLL_ALL), 0);
	put(fan, "y");
	expect_next(sub[0], "y");
	expect_next(sub[2], "x");
	expect_next(sub[2], "y");
}

TEST(fdinfo_and_stat_tell_of_the_subscription, "C33.3 C33.5")
{
	int fan = fan_new(.max_messages = 2), sub = subscribe();
	char path[64], text[2048];
	struct mbox_stat st;

	put(fan, "a");
	put(fan, "b");
	put(fan, "c");
	st = stat_of(sub);
	EXPECT_EQ(st.pending, 2);
	EXPECT_EQ(st.missed, 1);
	EXPECT_EQ(st.slowest_pid, 0);
	st = stat_of(fan);
	EXPECT_EQ(st.pending, 0);
	EXPECT_EQ(st.missed, 0);
	EXPECT_EQ(st.slowest_pid, getpid());
	EXPECT_EQ(st.slowest_pending, 2);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", sub);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	EXPECT_TRUE(strstr(text, "mbox-pending:\t2\n"));
	EXPECT_TRUE(strstr(text, "mbox-missed:\t1\n"));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fan);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	EXPECT_FALSE(strstr(text, "mbox-pending:"));
}
