// SPDX-License-Identifier: GPL-2.0-only
/*
 * select-many.c: more messages and more receivers than are looked at in one
 * hold of the lock, and what happens between two.
 *
 * Owns: the claims of C36 about searches, with exact numbers of steps; part of
 * the program uapi-select.  Takes no locks; run by the guest runner.
 */
#include "select.h"

#include <pthread.h>

/* What one hold of the lock looks at, at most. */
enum { STEPS = 1024, MANY = 5 * STEPS };

static int large_box(void)
{
	return box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);
}

static void put_many(int fd, int n, uint64_t tag)
{
	while (n--)
		put_tag(fd, "-", tag);
}

/* The steps that searches take during the call. */
#define steps_of(fd, call)                                  \
	({                                                  \
		uint64_t steps_ = stat_of(fd).search_steps; \
		call;                                       \
		stat_of(fd).search_steps - steps_;          \
	})

TEST(a_search_goes_on_over_several_holds_and_looks_at_each_message_once,
     "C36.5 C36.7 C21.2")
{
	int fd = large_box();

	put_many(fd, MANY, 8);
	EXPECT_EQ(steps_of(fd, expect_none(fd, TAG, 7)), MANY);
	put_tag(fd, "7", 7);
	EXPECT_EQ(steps_of(fd, expect_chosen(fd, TAG, 7, "7")), MANY + 1);
	/* Without a selection nothing is searched. */
	EXPECT_EQ(steps_of(fd, expect_next(fd, "-")), 0);
}

TEST(a_filter_is_tested_once_per_message, "C36.7 C21.5")
{
	int fd = large_box(), i;

	put_many(fd, MANY, 8);
	ASSERT_OK(do_filter(fd, TAG, 7));
	EXPECT_EQ(steps_of(fd, ready(fd, POLLIN)), MANY);
	EXPECT_EQ(steps_of(fd, ready(fd, POLLIN)), 0);
	EXPECT_EQ(steps_of(fd, expect_empty(fd)), 0);
	/* What is new is looked at, and one step is over all that is known. */
	put_many(fd, 10, 8);
	EXPECT_EQ(steps_of(fd, ready(fd, POLLIN)), 11);
	EXPECT_EQ(steps_of(fd, expect_empty(fd)), 0);
	for (i = 0; i < 3; i++) {
		put_tag(fd, "7", 7);
		EXPECT_EQ(steps_of(fd, ready(fd, POLLIN)), 2);
		EXPECT_EQ(steps_of(fd, expect_next(fd, "7")), 1);
		EXPECT_EQ(steps_of(fd, expect_empty(fd)), 0);
	}
	/* Another filter has seen nothing. */
	ASSERT_OK(do_filter(fd, TAG, 7));
	EXPECT_EQ(steps_of(fd, expect_empty(fd)), MANY + 10);
}

TEST(a_filter_costs_a_step_for_each_level_that_is_known, "C36.7 C21.5")
{
	int fd = large_box(), i;

	for (i = 0; i < 300; i++)
		put_tag(fd, "-", 8, .priority = (__u32)i % 3);
	ASSERT_OK(do_filter(fd, TAG, 7));
	EXPECT_EQ(steps_of(fd, expect_empty(fd)), 300);
	put_tag(fd, "-", 8, .priority = 1);
	EXPECT_EQ(steps_of(fd, expect_empty(fd)), 4);
	put_tag(fd, "7", 7, .priority = 2);
	EXPECT_EQ(steps_of(fd, expect_next(fd, "7")), 2);
}

TEST(more_priorities_than_a_hold_looks_at_are_searched, "C36.3 C36.5 C21.2")
{
	int fd = large_box(), i;

	for (i = 0; i < 3 * STEPS; i++)
		put_tag(fd, "-", 8, .priority = (__u32)i + 1);
	expect_none(fd, TAG, 7);
	put_tag(fd, "7", 7);
	expect_chosen(fd, TAG, 7, "7");
	/* Nor does poll search for ever. */
	ASSERT_OK(do_filter(fd, TAG, 7));
	EXPECT_EQ(ready(fd, POLLIN), 0);
	put_tag(fd, "7", 7);
	EXPECT_EQ(ready(fd, POLLIN), POLLIN);
	expect_next(fd, "7");
	expect_empty(fd);
}

/* To each its search passes all that came back before: not too many. */
enum { SOME = STEPS + STEPS / 4 };

TEST_FOR(more_messages_that_came_back_than_a_hold_looks_at_are_searched,
	 "C36.3 C36.5 C11.5 C21.2", 90)
{
	int fd = large_box(), i;
	struct mbox_recv r;

	for (i = 0; i < SOME; i++)
		put_tag(fd, "-", 100 + i);
	for (i = 0; i < SOME; i++)
		ASSERT_ERRNO(do_recv(fd, &r, nowhere(), 64,
				     .flags = MBOX_NOWAIT, .select = TAG,
				     .select_value = 100 + (uint64_t)i),
			     EFAULT);
	expect_none(fd, TAG, 7);
	put_tag(fd, "7", 7);
	expect_chosen(fd, TAG, 7, "7");
	ASSERT_OK(do_filter(fd, TAG, 7));
	EXPECT_EQ(ready(fd, POLLIN), 0);
	expect_empty(fd);
}

TEST(the_lowest_tag_of_many_is_found, "C21.3 C36.5")
{
	int fd = large_box(), i;

	/* Each is lower than all before it, but for the last. */
	for (i = MANY; i > 0; i--)
		put_tag(fd, i == 1 ? "1" : "-", i);
	put_tag(fd, "again 1", 1);
	expect_chosen(fd, LOWEST, MANY, "1");
	expect_chosen(fd, LOWEST, MANY, "again 1");
	expect_chosen(fd, LOWEST, 2, "-");
	expect_none(fd, LOWEST, 2);
}

/* -- Between two holds ---------------------------------------------------------------- */

/* A chooser that has looked at some of what is there, and not at all. */
static pid_t start_search(int fd, __u32 kind, uint64_t value, const char *text,
			  int err)
{
	pid_t pid;

	mbt_delay_arm("while-searching");
	pid = start_chooser(fd, kind, value, text, err, 0);
	mbt_delay_wait("while-searching");
	return pid;
}

TEST(a_lowest_tag_that_is_taken_meanwhile_is_not_waited_for, "C21.3 C11.7")
{
	int fd = large_box();
	pid_t pid;

	need_delays();
	put_tag(fd, "second", 4);
	put_tag(fd, "lowest", 3);
	put_many(fd, STEPS, 8);
	pid = start_search(fd, LOWEST, 9, "second", 0);
	expect_chosen(fd, TAG, 3, "lowest");
	mbt_delay_release("while-searching");
	EXPECT_CHILD_OK(pid);
	expect_none(fd, LOWEST, 4);
}

TEST(a_lower_tag_that_comes_meanwhile_is_taken, "C21.3")
{
	int fd = large_box(), i;
	pid_t pid;

	need_delays();
	for (i = 0; i < 2; i++) {
		put_tag(fd, "4", 4);
		put_many(fd, STEPS, 8);
		pid = start_search(fd, LOWEST, 9, "new", 0);
		/* Behind the place of the search, and before it. */
		put_tag(fd, "new", 3, .priority = i ? 5 : 0);
		mbt_delay_release("while-searching");
		EXPECT_CHILD_OK(pid);
		expect_chosen(fd, LOWEST, 9, "4");
	}
}

TEST(what_comes_before_the_place_of_a_search_is_received_first, "C21.2 C9.1")
{
	int fd = large_box();
	pid_t pid;

	need_delays();
	put_many(fd, STEPS + 10, 8);
	put_tag(fd, "low", 7);
	pid = start_search(fd, TAG, 7, "high", 0);
	put_tag(fd, "high", 7, .priority = 5);
	mbt_delay_release("while-searching");
	EXPECT_CHILD_OK(pid);
	expect_chosen(fd, TAG, 7, "low");
	/* The same where there is no other. */
	pid = start_search(fd, TAG, 7, "high", 0);
	put_tag(fd, "high", 7, .priority = 5);
	mbt_delay_release("while-searching");
	EXPECT_CHILD_OK(pid);
}

TEST(what_comes_back_before_the_place_of_a_search_is_received, "C21.2 C11.5")
{
	int fd = large_box();
	pid_t taker_, pid;

	need_delays();
	put_tag(fd, "7", 7);
	put_many(fd, STEPS + 10, 8);
	mbt_delay_arm("while-copying");
	CHILD(taker_)
	{
		struct mbox_recv r;

		EXPECT_ERRNO(do_recv(fd, &r, nowhere(), 64), EFAULT);
	}
	mbt_delay_wait("while-copying");
	pid = start_search(fd, TAG, 7, "7", 0);
	mbt_delay_release("while-copying");
	EXPECT_CHILD_OK(taker_);
	mbt_delay_release("while-searching");
	EXPECT_CHILD_OK(pid);
}

TEST(a_mailbox_is_destroyed_while_it_is_searched, "C4.12 RECV:EIDRM")
{
	int fd = large_box();
	pid_t pid;

	need_delays();
	put_many(fd, STEPS + 1, 8);
	pid = start_search(fd, TAG, 7, "", EIDRM);
	ASSERT_OK(do_destroy(fd));
	mbt_delay_release("while-searching");
	EXPECT_CHILD_OK(pid);
}

TEST(who_searches_can_be_killed, "C17.4 C36.2")
{
	int fd = large_box();
	pid_t pid;

	need_delays();
	put_many(fd, STEPS + 1, 8);
	ASSERT_OK(do_filter(fd, TAG, 7));
	pid = start_search(fd, MBOX_SELECT_ANY, 0, "", EINTR);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	EXPECT_EQ(stat_of(fd).receivers_waiting, 0);
	/* What it has looked at counts for who comes after it. */
	EXPECT_EQ(steps_of(fd, ready(fd, POLLIN)), 1);
}

/* -- A crowd that chooses -------------------------------------------------------------- */

enum { CROWD = STEPS + 100 };

static int crowd_fd;
static pthread_t crowd[CROWD];
static char got[CROWD];

static void *choose_mine(void *arg)
{
	size_t i = (size_t)arg;
	struct mbox_recv r;
	int err;

	err = do_recv(crowd_fd, &r, NULL, 0, .select = TAG, .select_value = i);
	if (err)
		got[i] = errno == EIDRM ? 2 : 3;
	else
		got[i] = 1;
	return NULL;
}

static void gather(int fd)
{
	pthread_attr_t attr;
	size_t i;

	crowd_fd = fd;
	ASSERT_EQ(pthread_attr_init(&attr), 0);
	ASSERT_EQ(pthread_attr_setstacksize(&attr, 65536), 0);
	for (i = 0; i < CROWD; i++)
		ASSERT_EQ(pthread_create(&crowd[i], &attr, choose_mine,
					 (void *)i),
			  0);
	WAIT_FOR(stat_of(fd).receivers_waiting == CROWD);
}

/* Whoever has not received has got EIDRM. */
static void disperse(int fd)
{
	int i, received = 0, others = 0;

	ASSERT_OK(do_destroy(fd));
	for (i = 0; i < CROWD; i++) {
		ASSERT_EQ(pthread_join(crowd[i], NULL), 0);
		received += got[i] == 1;
		others += got[i] != 1 && got[i] != 2;
	}
	EXPECT_EQ(received, 2);
	EXPECT_EQ(others, 0);
}

TEST_FOR(of_a_crowd_that_chooses_the_one_that_wants_the_message_gets_it,
	 "C18.9 C18.2 C36.5 C4.12", 60)
{
	int fd = large_box();
	uint64_t mine;

	gather(fd);
	/* Nobody wants it: each was asked once. */
	EXPECT_EQ(steps_of(fd, put_tag(fd, "", CROWD)), CROWD);
	EXPECT_EQ(stat_of(fd).receivers_waiting, CROWD);
	for (mine = CROWD - 2; mine < CROWD; mine++) {
		EXPECT_LE(steps_of(fd, put_tag(fd, "", mine)), CROWD);
		WAIT_FOR(((volatile char *)got)[mine] == 1);
	}
	EXPECT_EQ(stat_of(fd).receivers_waiting, CROWD - 2);
	disperse(fd);
}

TEST_FOR(freed_room_lets_in_a_sender_past_a_crowd_that_does_not_want_it,
	 "C18.5 C18.9 C36.5", 60)
{
	int fd = box_new(.max_messages = 1);
	pid_t pid[2];
	int i;

	put_tag(fd, "a", CROWD);
	gather(fd);
	for (i = 0; i < 2; i++) {
		CHILD(pid[i])
		ASSERT_OK(do_send(fd, "", 0, .tag = (uint64_t)(CROWD - 1 - i)));
		wait_until_blocked(pid[i]);
	}
	expect_chosen(fd, TAG, CROWD, "a");
	EXPECT_CHILD_OK(pid[0]);
	EXPECT_CHILD_OK(pid[1]);
	WAIT_FOR(stat_of(fd).received == 3);
	disperse(fd);
}
