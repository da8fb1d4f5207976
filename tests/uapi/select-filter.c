// SPDX-License-Identifier: GPL-2.0-only
/*
 * select-filter.c: what a handle lets through, to who receives and who polls.
 *
 * Owns: the claims of C21.5 and C20.8; part of the program uapi-select.  A
 * poller that must be woken sleeps without a limit.  Takes no locks; run by
 * the guest runner.
 */
#include "select.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/wait.h>

/* -- Receiving --------------------------------------------------------------------- */

TEST(a_filter_lets_only_its_messages_through, "C21.5")
{
	int fd = box_new();

	put_tag(fd, "a8", 8);
	put_tag(fd, "a7", 7);
	put_tag(fd, "b8", 8);
	ASSERT_OK(do_filter(fd, TAG, 7));
	expect_next(fd, "a7");
	expect_empty(fd);
	put_tag(fd, "c8", 8);
	put_tag(fd, "b7", 7);
	expect_next(fd, "b7");
	expect_empty(fd);
	ASSERT_OK(do_filter(fd, NOT_TAG, 7));
	expect_next(fd, "a8");
	ASSERT_OK(do_filter(fd, BY_PID, (uint64_t)getppid()));
	expect_empty(fd);
	ASSERT_OK(do_filter(fd, BY_PID, (uint64_t)getpid()));
	expect_next(fd, "b8");
	ASSERT_OK(do_filter(fd, TAG, 7));
	expect_empty(fd);
	ASSERT_OK(do_filter(fd, MBOX_SELECT_ANY, 0));
	expect_next(fd, "c8");
}

TEST(a_filter_and_what_the_call_chooses_both_count, "C21.5 C21.2 C21.3")
{
	int fd = box_new();

	put_tag(fd, "5", 5);
	put_tag(fd, "7", 7);
	put_tag(fd, "6", 6);
	ASSERT_OK(do_filter(fd, NOT_TAG, 5));
	expect_none(fd, TAG, 5);
	expect_none(fd, LOWEST, 5);
	expect_chosen(fd, LOWEST, 9, "6");
	expect_chosen(fd, TAG, 7, "7");
	expect_empty(fd);
}

TEST(a_filter_is_shared_by_dup_and_fork_and_not_copied, "C21.5")
{
	int fd = box_new(), other, copy;
	pid_t pid;

	put_tag(fd, "8", 8);
	other = ASSERT_OK(dup(fd));
	CHILD(pid)
	ASSERT_OK(do_filter(other, TAG, 7));
	EXPECT_CHILD_OK(pid);
	copy = ASSERT_OK(do_copy(fd, R_RECV));
	expect_empty(fd);
	expect_empty(other);
	EXPECT_EQ(ready(other, POLLIN), 0);
	expect_next(copy, "8");
	/* A filter of the copy is no other handle's. */
	ASSERT_OK(do_filter(copy, TAG, 1));
	put_tag(fd, "7", 7);
	expect_empty(copy);
	expect_next(other, "7");
}

TEST(read_honours_the_filter, "C21.5")
{
	int fd = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_NONBLOCK);
	char buf[8] = "";

	put_tag(fd, "-", 8);
	put_tag(fd, "mine", 7);
	ASSERT_OK(do_filter(fd, TAG, 7));
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 4);
	EXPECT_STR(buf, "mine");
	EXPECT_ERRNO(read(fd, buf, sizeof(buf)), EAGAIN);
	/* What is written has the tag 0. */
	EXPECT_EQ(write(fd, "w", 1), 1);
	ASSERT_OK(do_filter(fd, TAG, 0));
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 1);
}

TEST(peek_and_flush_see_what_the_filter_does_not_let_through, "C22.1 C22.5")
{
	int fd = box_new();
	char buf[4] = "";
	struct mbox_peek p = { .size = sizeof(p),
			       .data = PTR(buf),
			       .len = sizeof(buf) };
	struct mbox_flush f = { .size = sizeof(f) };

	put_tag(fd, "8", 8);
	ASSERT_OK(do_filter(fd, TAG, 7));
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_PEEK, &p));
	EXPECT_STR(buf, "8");
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_FLUSH, &f));
	EXPECT_EQ(f.messages, 1);
}

TEST(a_process_id_in_a_filter_stays_that_of_who_set_it, "C21.5 C21.4 C8.8")
{
	int fd = box_new();
	pid_t pid;

	put(fd, "from outside");
	ASSERT_OK(unshare(CLONE_NEWPID));
	CHILD(pid)
	{
		ASSERT_OK(do_filter(fd, BY_PID, 1));
		put(fd, "from inside");
	}
	EXPECT_CHILD_OK(pid);
	/* The namespace has ended, and process 1 in it is who it was. */
	expect_next(fd, "from inside");
	expect_empty(fd);
}

TEST(a_receiver_that_waits_goes_on_with_what_it_began_with, "C21.5")
{
	int fd = box_new();
	pid_t before, after;

	ASSERT_OK(do_filter(fd, TAG, 7));
	before = taker(fd, "7");
	ASSERT_OK(do_filter(fd, TAG, 8));
	after = taker(fd, "8");
	ASSERT_OK(do_filter(fd, MBOX_SELECT_ANY, 0));
	put_tag(fd, "9", 9);
	put_tag(fd, "8", 8);
	put_tag(fd, "7", 7);
	EXPECT_CHILD_OK(before);
	EXPECT_CHILD_OK(after);
	expect_next(fd, "9");
}

TEST(a_filter_is_replaced_while_a_receiver_has_not_gone_to_sleep, "C21.5 C18.1")
{
	int fd = box_new();
	pid_t pid;

	need_delays();
	ASSERT_OK(do_filter(fd, TAG, 7));
	mbt_delay_arm("before-sleep");
	pid = start_receiver(fd, "7", 0, 0);
	mbt_delay_wait("before-sleep");
	ASSERT_OK(do_filter(fd, TAG, 8));
	put_tag(fd, "8", 8);
	put_tag(fd, "7", 7);
	mbt_delay_release("before-sleep");
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "8");
	expect_empty(fd);
}

/* -- Polling ----------------------------------------------------------------------- */

TEST(poll_tells_of_what_the_filter_lets_through, "C20.8 C20.1 C21.5")
{
	int fd = box_new(), all = ASSERT_OK(do_copy(fd, R_RECV));

	ASSERT_OK(do_filter(fd, TAG, 7));
	EXPECT_EQ(ready(fd, POLLIN), 0);
	put_tag(fd, "8", 8);
	EXPECT_EQ(ready(fd, POLLIN), 0);
	EXPECT_EQ(ready(all, POLLIN), POLLIN);
	put_tag(fd, "7", 7);
	EXPECT_EQ(ready(fd, POLLIN), POLLIN);
	expect_next(fd, "7");
	EXPECT_EQ(ready(fd, POLLIN), 0);
	put_tag(fd, "high", 7, .priority = 9);
	EXPECT_EQ(ready(fd, POLLIN), POLLIN);
	/* Somebody else takes it. */
	expect_next(all, "high");
	EXPECT_EQ(ready(fd, POLLIN), 0);
	EXPECT_EQ(ready(all, POLLIN), POLLIN);
	ASSERT_OK(do_filter(fd, TAG, 8));
	EXPECT_EQ(ready(fd, POLLIN), POLLIN);
	ASSERT_OK(do_destroy(fd));
	EXPECT_EQ(ready(fd, POLLIN), POLLHUP | POLLERR);
}

/* A child that polls for this until it is told. */
static pid_t poller(int fd, short revents)
{
	pid_t pid;

	CHILD(pid)
	{
		struct pollfd p = { .fd = fd, .events = POLLIN };

		EXPECT_EQ(poll(&p, 1, -1), 1);
		EXPECT_EQ(p.revents, revents);
	}
	wait_until_sleeping(pid, "poll");
	return pid;
}

TEST(who_polls_a_handle_with_a_filter_hears_of_each_message, "C18.8 C20.8")
{
	int fd = box_new();
	pid_t pid;

	ASSERT_OK(do_filter(fd, TAG, 7));
	pid = poller(fd, POLLIN);
	put_tag(fd, "8", 8);
	wait_until_sleeping(pid, "poll");
	put_tag(fd, "7", 7);
	EXPECT_CHILD_OK(pid);
	expect_next(fd, "7");
}

TEST(who_polls_hears_of_another_filter_and_of_none, "C20.8 C21.5")
{
	int fd = box_new(), round;
	pid_t pid;

	put_tag(fd, "8", 8);
	for (round = 0; round < 2; round++) {
		ASSERT_OK(do_filter(fd, TAG, 7));
		pid = poller(fd, POLLIN);
		if (round)
			ASSERT_OK(do_filter(fd, TAG, 8));
		else
			ASSERT_OK(do_filter(fd, MBOX_SELECT_ANY, 0));
		EXPECT_CHILD_OK(pid);
	}
	/* Of the end as well. */
	ASSERT_OK(do_filter(fd, TAG, 7));
	pid = poller(fd, POLLHUP | POLLERR);
	ASSERT_OK(do_destroy(fd));
	EXPECT_CHILD_OK(pid);
}

/* Sleeps in an epoll of its own until the handle can be received from. */
static pid_t exclusive_poller(int fd)
{
	pid_t pid;

	CHILD(pid)
	{
		struct epoll_event ev = { .events = EPOLLIN | EPOLLEXCLUSIVE };
		int ep = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));

		ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
		EXPECT_EQ(epoll_wait(ep, &ev, 1, -1), 1);
		EXPECT_EQ(ev.events, EPOLLIN);
	}
	wait_until_sleeping(pid, "epoll");
	return pid;
}

TEST(who_polls_exclusively_is_not_passed_over_for_one_with_a_filter,
     "C18.8 C20.8")
{
	int fd = box_new(), i, n;
	int others[4];
	pid_t pid[5];

	/* Whoever is told first, all but one do not want it. */
	for (n = 0; n < 5; n++) {
		for (i = 0; i < 4; i++) {
			others[i] = ASSERT_OK(do_copy(fd, R_RECV));
			ASSERT_OK(do_filter(others[i], TAG, 8));
		}
		for (i = 0; i < 5; i++) {
			int *other = &others[i < n ? i : (i + 3) % 4];

			pid[i] = exclusive_poller(i == n ? fd : *other);
		}
		put_tag(fd, "7", 7);
		EXPECT_CHILD_OK(pid[n]);
		expect_next(fd, "7");
		for (i = 0; i < 5; i++)
			if (i != n)
				ASSERT_OK(kill(pid[i], SIGKILL));
		for (i = 0; i < 5; i++)
			if (i != n)
				EXPECT_CHILD_KILLED(pid[i], SIGKILL);
		for (i = 0; i < 4; i++)
			close(others[i]);
	}
}

TEST(a_handle_with_a_filter_is_closed_while_it_is_polled, "C21.5 C36.2")
{
	int fd = box_new(), other = ASSERT_OK(do_copy(fd, R_RECV));
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	pid_t pid;

	ASSERT_OK(do_filter(other, TAG, 7));
	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, other, &ev));
	CHILD(pid)
	{
		close(other);
		EXPECT_EQ(epoll_wait(ep, &ev, 1, -1), 1);
	}
	wait_until_sleeping(pid, "epoll");
	put_tag(fd, "8", 8);
	/* Woken to look, the child has the file until it sleeps again. */
	wait_until_sleeping(pid, "epoll");
	/* Its file goes, and with it the place in the epoll. */
	close(other);
	put_tag(fd, "7", 7);
	wait_until_sleeping(pid, "epoll");
	EXPECT_EQ(stat_of(fd).receivers, 1);
	ev.data.u32 = 1;
	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	EXPECT_CHILD_OK(pid);
}
