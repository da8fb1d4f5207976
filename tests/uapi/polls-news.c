// SPDX-License-Identifier: GPL-2.0-only
/*
 * polls-news.c: who is told what: pollers hear of all that concerns them, and
 * of nothing else.
 *
 * Owns: wake-ups of pollers, part of the program uapi-polls.  A poller that
 * must be woken sleeps without a limit: at the end of a limit poll() looks
 * once more, and would hide that nobody told it.  Takes no locks; run by the
 * guest runner.
 */
#include "box.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

/* -- The end of a name ----------------------------------------------------------- */

TEST(pollers_hear_that_the_end_of_the_namespace_left_nobody_to_send, "C20.5")
{
	int home = ASSERT_OK(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
	int all, recv;
	pid_t pid;

	ASSERT_OK(unshare(CLONE_NEWNET));
	all = ASSERT_OK(box_open_at(box_dev_here(), .flags = MBOX_OPEN_CREATE,
				    .rights = R_ALL, .mode = 0600,
				    NAMED("inside")));
	recv = ASSERT_OK(do_copy(all, R_RECV));
	close(all);
	/* By the name somebody may come, and send. */
	EXPECT_EQ(ready(recv, POLLIN), 0);
	CHILD(pid)
	{
		struct pollfd p = { .fd = recv, .events = POLLIN };

		ASSERT_OK(setns(home, CLONE_NEWNET));
		EXPECT_EQ(poll(&p, 1, -1), 1);
		EXPECT_EQ(p.revents, POLLHUP);
	}
	wait_until_sleeping(pid, "poll");
	/* Nobody is left in there: the namespace ends. */
	ASSERT_OK(setns(home, CLONE_NEWNET));
	EXPECT_CHILD_OK(pid);
	EXPECT_STR(stat_of(recv).name, "");
}

/* -- A rendezvous ---------------------------------------------------------------- */

static pid_t receiver(int fd, __u32 room, __u32 flags, int err)
{
	pid_t pid;

	CHILD(pid)
	{
		struct mbox_recv r;
		char buf[100];
		int ret = do_recv(fd, &r, buf, room, .flags = flags);

		EXPECT_EQ(ret < 0 ? errno : 0, err);
		if (!err)
			EXPECT_MEM(buf, "largest", room < 7 ? room : 7);
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(a_rendezvous_is_writable_where_a_receiver_has_room_for_a_largest_message,
     "C20.2 C15.2 C15.4")
{
	char text[64] = "largest";
	int round;

	for (round = 0; round < 2; round++) {
		int fd = box_new(.capacity = MBOX_CAPACITY_ZERO,
				 .max_size = sizeof(text));
		pid_t small[2], big, pid;

		small[0] = receiver(fd, 63, 0, EMSGSIZE);
		EXPECT_EQ(ready(fd, POLLOUT), 0);
		expect_refused(fd,
			       do_send(fd, text, sizeof(text),
				       .flags = MBOX_NOWAIT),
			       EAGAIN);
		CHILD(pid)
		{
			struct pollfd p = { .fd = fd, .events = POLLOUT };

			EXPECT_EQ(poll(&p, 1, -1), 1);
			EXPECT_EQ(p.revents, POLLOUT);
			EXPECT_EQ(stat_of(fd).receivers_waiting, 3);
		}
		wait_until_sleeping(pid, "poll");
		/* Another small one changes nothing ... */
		small[1] = receiver(fd, 0, 0, EMSGSIZE);
		EXPECT_EQ(ready(fd, POLLOUT), 0);
		expect_refused(fd,
			       do_send(fd, text, sizeof(text),
				       .flags = MBOX_NOWAIT),
			       EAGAIN);
		/* ... and one with room, or that cuts what is too long, does. */
		if (round)
			big = receiver(fd, 3, MBOX_TRUNCATE, 0);
		else
			big = receiver(fd, sizeof(text), 0, 0);
		EXPECT_CHILD_OK(pid);
		EXPECT_EQ(ready(fd, POLLOUT), POLLOUT);
		EXPECT_OK(
			do_send(fd, text, sizeof(text), .flags = MBOX_NOWAIT));
		EXPECT_CHILD_OK(big);
		EXPECT_CHILD_OK(small[0]);
		EXPECT_CHILD_OK(small[1]);
		EXPECT_EQ(ready(fd, POLLOUT), 0);
		close(fd);
	}
}

/* -- Many who poll exclusively --------------------------------------------------- */

enum { POLLERS = 5 };

/* Sleeps in an epoll of its own, without the handle that will be closed. */
static pid_t exclusive_poller(int fd, int not_mine, __u32 events,
			      __u32 expected)
{
	pid_t pid;

	CHILD(pid)
	{
		struct epoll_event ev = { .events = events | EPOLLEXCLUSIVE };
		int ep = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));

		if (not_mine >= 0)
			close(not_mine);
		ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
		EXPECT_EQ(epoll_wait(ep, &ev, 1, -1), 1);
		EXPECT_EQ(ev.events, expected);
	}
	wait_until_sleeping(pid, "epoll");
	return pid;
}

static void all_of_them(const pid_t *pid)
{
	int i;

	for (i = 0; i < POLLERS; i++)
		ASSERT_CHILD_OK(pid[i]);
}

static const __u32 interests[] = { EPOLLIN, EPOLLIN | EPOLLOUT, EPOLLOUT };

TEST(all_who_poll_exclusively_hear_of_destroy, "C20.7")
{
	size_t i;
	int n;

	for (i = 0; i < 3; i++) {
		/* Nothing to receive, and nobody to send to. */
		int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
		pid_t pid[POLLERS];

		for (n = 0; n < POLLERS; n++)
			pid[n] = exclusive_poller(fd, -1, interests[i],
						  EPOLLHUP | EPOLLERR);
		ASSERT_OK(do_destroy(fd));
		all_of_them(pid);
		close(fd);
	}
}

TEST(all_who_poll_exclusively_hear_that_the_last_sender_has_gone, "C20.5")
{
	int hangup, n;
	size_t i;

	for (hangup = 0; hangup < 2; hangup++) {
		for (i = 0; i < 2; i++) {
			int all = box_new(.flags = MBOX_OPEN_CREATE |
						   (hangup ? MBOX_OPEN_HANGUP :
							     0));
			int recv = ASSERT_OK(do_copy(all, R_RECV));
			pid_t pid[POLLERS];

			for (n = 0; n < POLLERS; n++)
				pid[n] = exclusive_poller(
					recv, all, interests[i], EPOLLHUP);
			close(all);
			all_of_them(pid);
			close(recv);
		}
	}
}

TEST(all_who_poll_exclusively_hear_that_the_last_receiver_has_gone, "C20.6")
{
	size_t i;
	int n;

	for (i = 0; i < 3; i++) {
		int all = box_new(.max_messages = 1);
		int send = ASSERT_OK(do_copy(all, R_SEND));
		pid_t pid[POLLERS];

		put(all, "full");
		for (n = 0; n < POLLERS; n++)
			pid[n] = exclusive_poller(send, all, interests[i],
						  EPOLLERR);
		close(all);
		all_of_them(pid);
		close(send);
	}
}

/* -- Nobody hears of what is not for it ------------------------------------------ */

static int edges(int fd)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET };
	int ep = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));

	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	return ep;
}

/* What an edge-triggered poller was woken for since it was asked last. */
static __u32 heard(int ep)
{
	struct epoll_event ev;
	int n = ASSERT_OK(epoll_wait(ep, &ev, 1, 0));

	return n ? ev.events : 0;
}

/*
 * All ask for both, and each is ready before and after: an edge comes only of
 * a wake-up, not of what poll says.
 */
TEST(only_who_can_send_is_woken_by_room_and_only_who_can_receive_by_a_message,
     "")
{
	int fd = box_new(.max_messages = 3);
	int recv = edges(ASSERT_OK(do_copy(fd, R_RECV)));
	int send = edges(ASSERT_OK(do_copy(fd, R_SEND)));
	int both = edges(fd);

	put(fd, "a");
	EXPECT_EQ(heard(recv), EPOLLIN);
	EXPECT_EQ(heard(send), EPOLLOUT);
	EXPECT_EQ(heard(both), EPOLLIN | EPOLLOUT);
	EXPECT_EQ(heard(recv) | heard(send) | heard(both), 0);
	put(fd, "b");
	EXPECT_EQ(heard(recv), EPOLLIN);
	EXPECT_EQ(heard(send), 0);
	EXPECT_EQ(heard(both), EPOLLIN | EPOLLOUT);
	expect_next(fd, "a");
	EXPECT_EQ(heard(recv), 0);
	EXPECT_EQ(heard(send), EPOLLOUT);
	EXPECT_EQ(heard(both), EPOLLIN | EPOLLOUT);
}

/* IOCB_CMD_POLL: one request, and whether it is done. */
static void aio_start(aio_context_t ctx, struct iocb *cb, int fd, int events)
{
	*cb = (struct iocb){ .aio_lio_opcode = IOCB_CMD_POLL,
			     .aio_fildes = (__u32)fd,
			     .aio_buf = (__u64)events };
	ASSERT_EQ(syscall(SYS_io_submit, ctx, 1, &cb), 1);
}

static long aio_done(aio_context_t ctx, struct io_event *ev)
{
	memset(ev, 0, sizeof(*ev));
	return ASSERT_OK(syscall(SYS_io_getevents, ctx, 0, 1, ev, NULL));
}

TEST(asynchronous_poll_works_on_a_handle_that_only_sends_or_receives, "")
{
	int fd = box_new(.max_messages = 1);
	int recv = ASSERT_OK(do_copy(fd, R_RECV));
	int send = ASSERT_OK(do_copy(fd, R_SEND));
	aio_context_t ctx = 0;
	struct io_event ev;
	struct iocb cb;

	ASSERT_OK(syscall(SYS_io_setup, 4, &ctx));
	aio_start(ctx, &cb, recv, POLLIN);
	EXPECT_EQ(aio_done(ctx, &ev), 0);
	put(fd, "x");
	WAIT_FOR(aio_done(ctx, &ev) == 1);
	EXPECT_EQ(ev.obj, PTR(&cb));
	EXPECT_EQ(ev.res & POLL_ALL, POLLIN);
	/* Now the mailbox is full. */
	aio_start(ctx, &cb, send, POLLOUT);
	EXPECT_EQ(aio_done(ctx, &ev), 0);
	expect_next(fd, "x");
	WAIT_FOR(aio_done(ctx, &ev) == 1);
	EXPECT_EQ(ev.res & POLL_ALL, POLLOUT);
	/* And the end is told. */
	aio_start(ctx, &cb, recv, POLLIN);
	EXPECT_EQ(aio_done(ctx, &ev), 0);
	ASSERT_OK(do_destroy(fd));
	WAIT_FOR(aio_done(ctx, &ev) == 1);
	EXPECT_EQ(ev.res & (POLLHUP | POLLERR), POLLHUP | POLLERR);
	ASSERT_OK(syscall(SYS_io_destroy, ctx));
}
