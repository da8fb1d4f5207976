// SPDX-License-Identifier: GPL-2.0-only
/*
 * policy.c: what becomes of a message for which there is no room.
 *
 * Owns: the claims of C13.  Takes no locks; run by the guest runner.
 *
 * opts: module=test timeout=60
 */
#include "races.h"

#include <poll.h>
#include <sys/wait.h>

#define NEWEST .policy = MBOX_POLICY_DROP_NEWEST
#define OLDEST .policy = MBOX_POLICY_DROP_OLDEST

static char bytes[65536];

/* Without waiting; one that is dropped was sent all the same. */
static void put_at(int fd, const char *text, unsigned int priority)
{
	ASSERT_OK(do_send(fd, text, strlen(text), .priority = priority,
			  .flags = MBOX_NOWAIT));
}

static void put_urgent(int fd, const char *text, unsigned int priority)
{
	ASSERT_OK(do_send(fd, text, strlen(text), .priority = priority,
			  .flags = MBOX_NOWAIT | MBOX_URGENT));
}

/* The next message is text, and so many were dropped when it was taken. */
static void expect_drops(int fd, const char *text, uint64_t drops)
{
	struct mbox_recv r;
	char buf[16] = "";

	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf), .flags = MBOX_NOWAIT));
	EXPECT_STR(buf, text);
	EXPECT_EQ(r.drops, drops);
}

TEST(block_is_the_default_policy, "C13.1 SEND:EAGAIN")
{
	int fd = box_new(.max_messages = 1);

	EXPECT_EQ(stat_of(fd).policy, MBOX_POLICY_BLOCK);
	put(fd, "a");
	expect_refused(fd, do_send(fd, "b", 1, .flags = MBOX_NOWAIT), EAGAIN);
	fd = box_new(.max_messages = 1, .policy = MBOX_POLICY_BLOCK);
	EXPECT_EQ(stat_of(fd).policy, MBOX_POLICY_BLOCK);
	put(fd, "a");
	expect_refused(fd, do_send(fd, "b", 1, .flags = MBOX_NOWAIT), EAGAIN);
	EXPECT_EQ(stat_of(box_new(NEWEST)).policy, MBOX_POLICY_DROP_NEWEST);
	EXPECT_EQ(stat_of(box_new(OLDEST)).policy, MBOX_POLICY_DROP_OLDEST);
}

TEST(drop_newest_drops_what_comes_last, "C13.2 C13.5")
{
	int fd = box_new(.max_messages = 2, NEWEST);
	struct mbox_stat st;

	put(fd, "a");
	put(fd, "b");
	/* Neither waits nor fails, whatever its priority. */
	put(fd, "c");
	put_at(fd, "d", 9);
	ASSERT_OK(do_send(fd, "e", 1));
	st = stat_of(fd);
	EXPECT_EQ(st.sent, 5);
	EXPECT_EQ(st.dropped, 3);
	EXPECT_EQ(st.messages, 2);
	expect_drops(fd, "a", 3);
	put(fd, "f");
	expect_drops(fd, "b", 3);
	expect_drops(fd, "f", 3);
	expect_empty(fd);
}

TEST(drop_oldest_drops_what_came_first, "C13.3 C13.5")
{
	int fd = box_new(.max_messages = 2, OLDEST);
	struct mbox_stat st;

	put(fd, "a");
	put(fd, "b");
	put(fd, "c");
	ASSERT_OK(do_send(fd, "d", 1));
	st = stat_of(fd);
	EXPECT_EQ(st.sent, 4);
	EXPECT_EQ(st.dropped, 2);
	EXPECT_EQ(st.messages, 2);
	expect_drops(fd, "c", 2);
	put(fd, "e");
	put(fd, "f");
	/* What was dropped since tells who reads what is left. */
	expect_drops(fd, "e", 3);
	expect_drops(fd, "f", 3);
	expect_empty(fd);
}

TEST(drop_oldest_spares_higher_priorities, "C13.3")
{
	int fd = box_new(.max_messages = 4, OLDEST);

	put_at(fd, "high", 7);
	put_at(fd, "low1", 3);
	put_urgent(fd, "urgent", 3);
	put_at(fd, "low2", 3);
	put_at(fd, "new1", 5);
	put_at(fd, "new2", 3);
	put_at(fd, "new3", 9);
	/* low1, then urgent, which was sent before low2, and then low2. */
	expect_drops(fd, "new3", 3);
	expect_drops(fd, "high", 3);
	expect_drops(fd, "new1", 3);
	expect_drops(fd, "new2", 3);
	expect_empty(fd);
}

TEST(drop_oldest_drops_the_oldest_of_the_urgent, "C13.3")
{
	int fd = box_new(.max_messages = 3, OLDEST);

	put_urgent(fd, "first", 2);
	put_urgent(fd, "second", 2);
	put_urgent(fd, "third", 2);
	put_at(fd, "high", 5);
	expect_drops(fd, "high", 1);
	expect_drops(fd, "third", 1);
	expect_drops(fd, "second", 1);
	expect_empty(fd);
}

TEST(drop_oldest_drops_as_many_as_needed, "C13.3")
{
	int fd = box_new(.max_bytes = 1000, .max_size = 1000, OLDEST), i;
	struct mbox_stat st;

	for (i = 0; i < 10; i++)
		ASSERT_OK(do_send(fd, bytes, 100));
	ASSERT_OK(do_send(fd, bytes, 250));
	st = stat_of(fd);
	EXPECT_EQ(st.dropped, 3);
	EXPECT_EQ(st.bytes, 950);
	EXPECT_EQ(st.messages, 8);
	/* All of them, for the largest. */
	ASSERT_OK(do_send(fd, bytes, 1000));
	st = stat_of(fd);
	EXPECT_EQ(st.dropped, 11);
	EXPECT_EQ(st.bytes, 1000);
	EXPECT_EQ(st.messages, 1);
}

/* More than one hold of the lock may handle. */
TEST(drop_oldest_drops_thousands_at_once, "C13.3 C36.3")
{
	int fd = box_new(.max_bytes = 5000, .max_size = 5000, OLDEST), i;
	struct mbox_stat st;

	for (i = 0; i < 5000; i++)
		ASSERT_OK(do_send(fd, bytes, 1));
	ASSERT_OK(do_send(fd, bytes, 4000));
	st = stat_of(fd);
	EXPECT_EQ(st.dropped, 4000);
	EXPECT_EQ(st.messages, 1001);
	EXPECT_EQ(st.bytes, 5000);
}

TEST(drop_oldest_drops_the_new_one_if_its_priority_is_lower, "C13.4 C13.5")
{
	int fd = box_new(.max_messages = 2, OLDEST);
	struct mbox_stat st;

	put_at(fd, "a", 5);
	put_at(fd, "b", 5);
	put_at(fd, "low", 4);
	put_urgent(fd, "urgent", 4);
	st = stat_of(fd);
	EXPECT_EQ(st.sent, 4);
	EXPECT_EQ(st.dropped, 2);
	/* As low is not lower. */
	put_at(fd, "c", 5);
	expect_drops(fd, "b", 3);
	expect_drops(fd, "c", 3);
	expect_empty(fd);
}

TEST(drop_oldest_with_capacity_1_holds_the_latest_value, "C13.6")
{
	int fd = box_new(.max_messages = 1, OLDEST), i;
	char text[16];

	for (i = 1; i <= 100; i++) {
		snprintf(text, sizeof(text), "%d", i);
		put(fd, text);
		if (i % 10 == 0)
			expect_drops(fd, text, (uint64_t)(i / 10 * 9));
	}
	expect_empty(fd);
}

TEST(a_dropped_message_is_paid_back, "C14.13 C13.2 C13.3")
{
	struct mbox_info before = info_of(), after;
	int oldest = box_new(.max_messages = 1, OLDEST);
	int newest = box_new(.max_messages = 1, NEWEST), i;

	for (i = 0; i < 50; i++) {
		ASSERT_OK(do_send(oldest, bytes, 65536));
		ASSERT_OK(do_send(newest, bytes, 65536));
	}
	after = info_of();
	EXPECT_EQ(after.used_messages - before.used_messages, 2);
	EXPECT_LT(after.used_bytes - before.used_bytes, 3 * 65536);
	EXPECT_EQ(stat_of(oldest).charged, stat_of(newest).charged);
}

TEST(a_mailbox_that_drops_is_always_writable, "C20.2 C13.2")
{
	int oldest = box_new(.max_messages = 1, OLDEST);
	int newest = box_new(.max_messages = 1, NEWEST);

	EXPECT_EQ(ready(oldest, POLL_ALL), POLLOUT);
	put(oldest, "a");
	put(newest, "a");
	EXPECT_EQ(ready(oldest, POLL_ALL), POLL_ALL);
	EXPECT_EQ(ready(newest, POLL_ALL), POLL_ALL);
}

TEST(sync_has_no_meaning_where_messages_are_dropped, "C19.5 SEND:EOPNOTSUPP")
{
	int oldest = box_new(OLDEST), newest = box_new(NEWEST);

	expect_refused(oldest, do_send(oldest, "x", 1, .flags = MBOX_SYNC),
		       EOPNOTSUPP);
	expect_refused(newest,
		       do_send(newest, "x", 1,
			       .flags = MBOX_SYNC | MBOX_NOWAIT),
		       EOPNOTSUPP);
}

TEST(a_policy_that_does_not_exist_or_has_no_meaning_is_refused,
     "C12.10 ANY:EINVAL")
{
	int fd = box_named("there");

	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.policy = 4),
		       EINVAL);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.capacity = MBOX_CAPACITY_ZERO, NEWEST),
		       EINVAL);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.capacity = MBOX_CAPACITY_ZERO, OLDEST),
		       EINVAL);
	EXPECT_OK(box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			   .capacity = MBOX_CAPACITY_ZERO,
			   .policy = MBOX_POLICY_BLOCK));
	/* It is an attribute of a new mailbox. */
	expect_refused(fd, box_open(.rights = R_ALL, NAMED("there"), OLDEST),
		       EINVAL);
}

TEST(a_drop_policy_has_the_limit_of_a_mailbox, "SEND:EDQUOT C14.9")
{
	int fd = box_new(.max_messages = 1000, OLDEST), i;

	for (i = 0; i < 256; i++)
		ASSERT_OK(do_send(fd, bytes, 65536));
	expect_refused(fd, do_send(fd, bytes, 1), EDQUOT);
	EXPECT_EQ(stat_of(fd).dropped, 0);
	/* Full by its own bound, and by that limit too: nothing is dropped. */
	fd = box_new(.max_messages = 256, OLDEST);
	for (i = 0; i < 256; i++)
		ASSERT_OK(do_send(fd, bytes, 65536));
	expect_refused(fd, do_send(fd, bytes, 1), EDQUOT);
}

/* -- While a receiver copies ------------------------------------------------ */

TEST(what_is_being_received_takes_no_room, "C13.6 C13.2")
{
	static const __u32 policies[] = { MBOX_POLICY_DROP_OLDEST,
					  MBOX_POLICY_DROP_NEWEST };
	size_t i;

	need_delays();
	for (i = 0; i < 2; i++) {
		int fd = box_new(.max_messages = 1, .policy = policies[i]);
		struct mbox_stat st;
		pid_t pid;

		put(fd, "old");
		mbt_delay_arm("while-copying");
		pid = start_receiver(fd, "old", 0, 0);
		mbt_delay_wait("while-copying");
		put(fd, "new");
		st = stat_of(fd);
		EXPECT_EQ(st.dropped, 0);
		EXPECT_EQ(st.messages, 2);
		mbt_delay_release("while-copying");
		EXPECT_CHILD_OK(pid);
		expect_drops(fd, "new", 0);
		expect_empty(fd);
	}
}

/* The copy fails, and the message comes back to a mailbox that is full. */
TEST(what_comes_back_is_over_the_bound_until_the_next_send, "C13.3 C11.5")
{
	int fd = box_new(.max_messages = 1, OLDEST);
	struct mbox_stat st;
	pid_t pid;

	need_delays();
	put(fd, "old");
	mbt_delay_arm("while-copying");
	CHILD(pid)
	{
		struct mbox_recv r;

		EXPECT_ERRNO(do_recv(fd, &r, nowhere(), 10), EFAULT);
	}
	mbt_delay_wait("while-copying");
	put(fd, "new");
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(pid);
	st = stat_of(fd);
	EXPECT_EQ(st.messages, 2);
	EXPECT_EQ(st.dropped, 0);
	put(fd, "last");
	st = stat_of(fd);
	EXPECT_EQ(st.messages, 1);
	EXPECT_EQ(st.dropped, 2);
	expect_drops(fd, "last", 2);
	expect_empty(fd);
}

static void come_back(int fd, uint64_t tag)
{
	struct mbox_recv r;

	ASSERT_ERRNO(do_recv(fd, &r, nowhere(), 10, .flags = MBOX_NOWAIT,
			     .select = MBOX_SELECT_TAG, .select_value = tag),
		     EFAULT);
}

TEST(what_came_back_is_dropped_in_its_turn, "C13.3 C11.5")
{
	/* Of priority 1 the one that came back is older; "3" is the next. */
	static const char *const left[] = { "5", "3", "new" };
	int n, i;

	for (n = 1; n <= 3; n++) {
		int fd = box_new(.max_messages = 4, OLDEST);

		for (i = 1; i <= 5; i += 2)
			ASSERT_OK(do_send(fd, "135" + i / 2, 1,
					  .priority = (__u32)i,
					  .tag = (uint64_t)i));
		for (i = 1; i <= 5; i += 2)
			come_back(fd, (uint64_t)i);
		put_at(fd, "new", 1);
		for (i = 0; i < n; i++)
			put_at(fd, "high", 9);
		for (i = 0; i < n; i++)
			expect_drops(fd, "high", (uint64_t)n);
		for (i = 0; i < 4 - n; i++)
			expect_drops(fd, left[i], (uint64_t)n);
		expect_empty(fd);
	}
}

/* A receiver that waits gets what is sent; nothing is dropped for it. */
TEST(who_waits_gets_the_message, "C18.3 C13.6")
{
	int fd = box_new(.max_messages = 1, OLDEST);
	pid_t pid[2];
	int i;

	need_delays();
	pid[0] = start_receiver(fd, "a", 0, 0);
	wait_until_blocked(pid[0]);
	pid[1] = start_receiver(fd, "b", 0, 0);
	wait_until_blocked(pid[1]);
	put(fd, "a");
	put(fd, "b");
	for (i = 0; i < 2; i++)
		EXPECT_CHILD_OK(pid[i]);
	EXPECT_EQ(stat_of(fd).dropped, 0);
	expect_empty(fd);
}
