// SPDX-License-Identifier: GPL-2.0-only
/*
 * polls.c: what poll says, in every state a mailbox can be in.
 *
 * Owns: the claims of C20.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=180
 */
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/wait.h>

static char big[65536];

/* POLLIN is there exactly where a receive that must not wait succeeds. */
static void agrees(int fd)
{
	struct mbox_recv r;
	int saw = ready(fd, POLLIN) & POLLIN;
	int got =
		do_recv(fd, &r, NULL, 0, .flags = MBOX_NOWAIT | MBOX_TRUNCATE);

	EXPECT_EQ(!!saw, got == 0);
}

TEST(pollin_is_there_when_this_handle_could_receive, "C20.1")
{
	int fd = box_new();
	int send = ASSERT_OK(do_copy(fd, R_SEND));
	int recv = ASSERT_OK(do_copy(fd, R_RECV));
	int none = ASSERT_OK(do_copy(fd, R_ADMIN));
	pid_t pid;

	EXPECT_EQ(ready(recv, POLL_ALL), 0);
	agrees(recv);
	put(fd, "x");
	EXPECT_EQ(ready(fd, POLL_ALL), POLLIN | POLLOUT);
	EXPECT_EQ(ready(recv, POLL_ALL), POLLIN);
	EXPECT_EQ(ready(recv, POLLIN | POLLRDNORM), POLLIN | POLLRDNORM);
	/* Without the right it could not. */
	EXPECT_EQ(ready(send, POLL_ALL), POLLOUT);
	EXPECT_EQ(ready(none, POLL_ALL), 0);
	agrees(recv);
	agrees(recv);
	/* A message of no bytes is one. */
	put(fd, "");
	agrees(recv);
	agrees(recv);
	/* One that a SYNC sender offers is one. */
	CHILD(pid)
	ASSERT_OK(do_send(fd, "s", 1, .flags = MBOX_SYNC));
	wait_until_blocked(pid);
	agrees(recv);
	EXPECT_CHILD_OK(pid);
	agrees(recv);
}

TEST(pollout_is_there_when_a_largest_message_would_not_wait, "C20.2")
{
	int fd = box_new(.max_bytes = 100, .max_size = 60), i;
	int count = box_new(.max_messages = 3);
	int open_end = box_new(.capacity = MBOX_CAPACITY_UNBOUNDED);

	EXPECT_EQ(ready(fd, POLLOUT), POLLOUT);
	EXPECT_EQ(ready(fd, POLLOUT | POLLWRNORM), POLLOUT | POLLWRNORM);
	ASSERT_OK(do_send(fd, big, 40));
	EXPECT_EQ(ready(fd, POLLOUT), POLLOUT);
	ASSERT_OK(do_send(fd, big, 1));
	/* 59 are free: a message of 60 would wait, smaller ones would not. */
	EXPECT_EQ(ready(fd, POLLOUT), 0);
	ASSERT_OK(do_send(fd, big, 59, .flags = MBOX_NOWAIT));
	for (i = 0; i < 3; i++) {
		EXPECT_EQ(ready(count, POLLOUT), POLLOUT);
		put(count, "x");
	}
	EXPECT_EQ(ready(count, POLLOUT), 0);
	for (i = 0; i < 100; i++)
		put(open_end, "x");
	EXPECT_EQ(ready(open_end, POLLOUT), POLLOUT);
}

TEST(pollout_is_never_there_while_a_sender_waits, "C20.3")
{
	int fd = box_new(.max_bytes = 100, .max_size = 60);
	struct mbox_recv r;
	pid_t pid;

	ASSERT_OK(do_send(fd, big, 60));
	ASSERT_OK(do_send(fd, big, 20));
	CHILD(pid)
	ASSERT_OK(do_send(fd, big, 60));
	wait_until_blocked(pid);
	EXPECT_EQ(ready(fd, POLLOUT), 0);
	ASSERT_OK(do_recv(fd, &r, big, 60));
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(ready(fd, POLLOUT), 0);
	ASSERT_OK(do_recv(fd, &r, big, 60));
	EXPECT_EQ(ready(fd, POLLOUT), 0);
	ASSERT_OK(do_recv(fd, &r, big, 60));
	EXPECT_EQ(ready(fd, POLLOUT), POLLOUT);
}

TEST(with_hangup_pollhup_is_where_read_gives_0, "C20.4 C6.9")
{
	int all = box_named("hup");
	int send = ASSERT_OK(do_copy(all, R_SEND)), again;
	int recv = ASSERT_OK(
		box_open(.flags = MBOX_OPEN_HANGUP | MBOX_OPEN_NONBLOCK,
			 .rights = R_RECV, NAMED("hup")));
	char c;

	close(all);
	EXPECT_EQ(ready(recv, POLLIN), 0);
	EXPECT_ERRNO(read(recv, &c, 1), EAGAIN);
	put(send, "x");
	EXPECT_EQ(ready(recv, POLLIN), POLLIN);
	close(send);
	/* The message comes first. */
	EXPECT_EQ(ready(recv, POLLIN), POLLIN);
	EXPECT_EQ(read(recv, &c, 1), 1);
	EXPECT_EQ(ready(recv, POLLIN), POLLHUP);
	EXPECT_EQ(read(recv, &c, 1), 0);
	again = ASSERT_OK(box_open(.rights = R_SEND, NAMED("hup")));
	EXPECT_EQ(ready(recv, POLLIN), 0);
	EXPECT_ERRNO(read(recv, &c, 1), EAGAIN);
	close(again);
	EXPECT_EQ(ready(recv, POLLIN), POLLHUP);
	EXPECT_EQ(read(recv, &c, 1), 0);
	/* A new handle has not seen a sender, so it is not at its end. */
	recv = ASSERT_OK(
		box_open(.flags = MBOX_OPEN_HANGUP | MBOX_OPEN_NONBLOCK,
			 .rights = R_RECV, NAMED("hup")));
	EXPECT_EQ(ready(recv, POLLIN), 0);
	EXPECT_ERRNO(read(recv, &c, 1), EAGAIN);
}

TEST(without_hangup_pollhup_needs_that_nobody_can_ever_send, "C20.5")
{
	int all = box_named("hup"), admin, recv, send;

	recv = ASSERT_OK(do_copy(all, R_RECV));
	admin = ASSERT_OK(do_copy(all, R_ADMIN));
	send = ASSERT_OK(do_copy(all, R_SEND));
	close(all);
	close(send);
	/* By the name somebody may come. */
	EXPECT_EQ(ready(recv, POLLIN), 0);
	ASSERT_OK(do_unlink(admin));
	EXPECT_EQ(ready(recv, POLLIN), POLLHUP);
	/* Without a name, but with a sender. */
	all = box_new();
	recv = ASSERT_OK(do_copy(all, R_RECV));
	EXPECT_EQ(ready(recv, POLLIN), 0);
	put(all, "x");
	close(all);
	EXPECT_EQ(ready(recv, POLLIN) & POLLHUP, POLLHUP);
	EXPECT_EQ(ready(recv, POLLIN) & POLLIN, POLLIN);
}

TEST(pollers_hear_that_nobody_can_ever_send, "C20.5")
{
	int all = box_new();
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	pid_t pid;

	CHILD(pid)
	{
		struct pollfd p = { .fd = recv, .events = POLLIN };

		close(all);
		EXPECT_EQ(poll(&p, 1, 15000), 1);
		EXPECT_EQ(p.revents, POLLHUP);
	}
	wait_until_sleeping(pid, "poll");
	close(all);
	EXPECT_CHILD_OK(pid);
}

TEST(pollerr_is_where_send_would_give_epipe, "C20.6 SEND:EPIPE")
{
	int all = box_new(), send = ASSERT_OK(do_copy(all, R_SEND));
	pid_t pid;

	EXPECT_EQ(ready(send, POLLOUT), POLLOUT);
	CHILD(pid)
	{
		struct pollfd p = { .fd = send, .events = 0 };

		close(all);
		EXPECT_EQ(poll(&p, 1, 15000), 1);
		EXPECT_EQ(p.revents, POLLERR);
	}
	wait_until_sleeping(pid, "poll");
	close(all);
	EXPECT_CHILD_OK(pid);
	EXPECT_EQ(ready(send, POLLOUT) & POLLERR, POLLERR);
	EXPECT_ERRNO(do_send(send, "x", 1), EPIPE);
}

TEST(both_are_there_after_destroy, "C20.7")
{
	int fd = box_new(), copies[4], i;

	for (i = 0; i < 4; i++)
		copies[i] = ASSERT_OK(do_copy(fd, (__u32)i));
	put(fd, "dropped");
	ASSERT_OK(do_destroy(fd));
	EXPECT_EQ(ready(fd, POLL_ALL) & (POLLHUP | POLLERR), POLLHUP | POLLERR);
	EXPECT_EQ(ready(fd, 0) & (POLLHUP | POLLERR), POLLHUP | POLLERR);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(ready(copies[i], POLL_ALL) & (POLLHUP | POLLERR),
			  POLLHUP | POLLERR);
}

TEST(epoll_tells_levels_and_edges, "C1.4 C20.1 C20.2")
{
	int fd = box_new(.max_messages = 1);
	int level = ASSERT_OK(epoll_create1(0));
	int edge = ASSERT_OK(epoll_create1(0));
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT };

	ASSERT_OK(epoll_ctl(level, EPOLL_CTL_ADD, fd, &ev));
	ev.events |= EPOLLET;
	ASSERT_OK(epoll_ctl(edge, EPOLL_CTL_ADD, fd, &ev));
	EXPECT_EQ(epoll_wait(level, &ev, 1, 0), 1);
	EXPECT_EQ(ev.events, EPOLLOUT);
	EXPECT_EQ(epoll_wait(edge, &ev, 1, 0), 1);
	EXPECT_EQ(epoll_wait(edge, &ev, 1, 0), 0);
	put(fd, "x");
	EXPECT_EQ(epoll_wait(edge, &ev, 1, 0), 1);
	EXPECT_EQ(ev.events, EPOLLIN);
	EXPECT_EQ(epoll_wait(edge, &ev, 1, 0), 0);
	EXPECT_EQ(epoll_wait(level, &ev, 1, 0), 1);
	EXPECT_EQ(ev.events, EPOLLIN);
	expect_next(fd, "x");
	EXPECT_EQ(epoll_wait(edge, &ev, 1, 0), 1);
	EXPECT_EQ(ev.events, EPOLLOUT);
	close(fd);
	EXPECT_EQ(epoll_wait(level, &ev, 1, 0), 0);
}

TEST(select_sees_an_end_as_readable, "C1.4 C20.4")
{
	int all = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP);
	int recv = ASSERT_OK(do_copy(all, R_RECV));
	struct timeval now = { 0, 0 };
	fd_set set;
	char c;

	close(all);
	FD_ZERO(&set);
	FD_SET(recv, &set);
	EXPECT_EQ(select(recv + 1, &set, NULL, NULL, &now), 1);
	EXPECT_EQ(read(recv, &c, 1), 0);
}
