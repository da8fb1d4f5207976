// SPDX-License-Identifier: GPL-2.0-only
/*
 * direct-fd.c: the descriptor of an endpoint, for its process and for others.
 *
 * Owns: what ENDPOINT returns; part of the program uapi-direct.  Takes no locks;
 * run by the guest runner.
 */
#include "direct.h"
#include "told.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#define SIG (SIGRTMIN + 3)

static int peek_text(int fd, char *buf, __u32 room)
{
	struct mbox_peek p;

	return do_peek(fd, &p, buf, room);
}

TEST(an_endpoint_can_be_polled_read_peeked_and_flushed, "C23.1 C20.1")
{
	int fd = ASSERT_OK(do_endpoint(0)), other = ASSERT_OK(do_endpoint(0));
	uint64_t messages;
	char buf[16] = "";

	EXPECT_EQ(stat_of(fd).id, stat_of(other).id);
	EXPECT_EQ(stat_of(fd).rights, R_RECV);
	EXPECT_EQ(stat_of(fd).max_messages, MBOX_DEFAULT_MESSAGES);
	EXPECT_EQ(stat_of(fd).max_size, MBOX_DEFAULT_SIZE);
	EXPECT_EQ(ready(fd, POLL_ALL) & POLL_ALL, 0);
	ASSERT_OK(send_to(getpid(), "one"));
	ASSERT_OK(send_to(getpid(), "two"));
	ASSERT_OK(send_to(getpid(), "three"));
	EXPECT_EQ(ready(fd, POLL_ALL) & POLL_ALL, POLLIN);
	ASSERT_OK(peek_text(fd, buf, 15));
	EXPECT_STR(buf, "one");
	EXPECT_EQ(read(fd, buf, 15), 3);
	EXPECT_STR(buf, "one");
	expect_next(other, "two");
	ASSERT_OK(do_flush(fd, &messages));
	EXPECT_EQ(ready(fd, POLL_ALL) & POLL_ALL, 0);
	EXPECT_ERRNO(do_send(fd, "x", 1), EBADF);
	EXPECT_ERRNO(do_destroy(fd), EPERM);
	EXPECT_ERRNO(do_copy(fd, R_SEND), EACCES);
}

TEST(the_descriptor_is_close_on_exec_and_as_it_was_asked_for, "C1.2 C16.1")
{
	int fd = ASSERT_OK(do_endpoint(MBOX_OPEN_NONBLOCK));
	struct mbox_recv r;
	char c;

	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
	EXPECT_ERRNO(do_recv(fd, &r, &c, 1), EAGAIN);
	EXPECT_ERRNO(read(fd, &c, 1), EAGAIN);
	EXPECT_FALSE(fcntl(ASSERT_OK(do_endpoint(0)), F_GETFL) & O_NONBLOCK);
	EXPECT_ERRNO(do_endpoint(MBOX_OPEN_CREATE), EINVAL);
	EXPECT_ERRNO(do_endpoint(MBOX_OPEN_NONBLOCK | MBOX_OPEN_HANGUP),
		     EINVAL);
}

TEST(who_polls_an_endpoint_is_woken_by_a_message, "C20.1 C23.1")
{
	pid_t child;
	int go[2];

	ASSERT_OK(pipe(go));
	CHILD(child)
	{
		struct pollfd p = { .fd = ASSERT_OK(do_endpoint(0)),
				    .events = POLLIN };

		tell(go);
		ASSERT_EQ(poll(&p, 1, -1), 1);
		EXPECT_EQ(p.revents, POLLIN);
		expect_from(0, "wake up");
	}
	hear(go);
	wait_until_sleeping(child, "poll");
	ASSERT_OK(send_to(child, "wake up"));
	EXPECT_CHILD_OK(child);
}

TEST(a_filter_is_for_its_descriptor_and_not_for_recv_from, "C21.5 C23.3")
{
	int fd = ASSERT_OK(do_endpoint(MBOX_OPEN_NONBLOCK)), all;

	all = ASSERT_OK(do_endpoint(MBOX_OPEN_NONBLOCK));
	ASSERT_OK(do_filter(fd, MBOX_SELECT_TAG, 7));
	ASSERT_OK(send_to(getpid(), "eight", .tag = 8));
	EXPECT_EQ(ready(fd, POLLIN) & POLLIN, 0);
	EXPECT_EQ(ready(all, POLLIN) & POLLIN, POLLIN);
	expect_empty(fd);
	ASSERT_OK(send_to(getpid(), "seven", .tag = 7));
	EXPECT_EQ(ready(fd, POLLIN) & POLLIN, POLLIN);
	expect_next(fd, "seven");
	expect_from(0, "eight");
}

TEST(a_signal_tells_of_a_message_to_the_process, "C29.5 C23.1")
{
	int fd = ASSERT_OK(do_endpoint(0));
	siginfo_t info;

	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, 77));
	ASSERT_OK(send_to(getpid(), "x"));
	expect_signal(SIG, &info);
	EXPECT_EQ(value_of(&info), 77);
	EXPECT_EQ(info.si_pid, getpid());
}

/* -- Others that have it ---------------------------------------------------------- */

static void expect_no_use(int fd)
{
	struct mbox_recv r;
	uint64_t messages;
	char buf[8] = "";

	EXPECT_ERRNO(do_recv(fd, &r, buf, 7, NOWAIT), EACCES);
	EXPECT_ERRNO(do_recv(fd, &r, buf, 7), EACCES);
	EXPECT_ERRNO(read(fd, buf, 7), EACCES);
	EXPECT_ERRNO(peek_text(fd, buf, 7), EACCES);
	EXPECT_ERRNO(do_filter(fd, MBOX_SELECT_TAG, 7), EACCES);
	EXPECT_ERRNO(do_flush(fd, &messages), EACCES);
	EXPECT_ERRNO(do_notify(fd, SIG, 1), EACCES);
	EXPECT_ERRNO(fcntl(fd, F_SETFL, O_ASYNC), EACCES);
	EXPECT_EQ(ready(fd, POLL_ALL), POLLERR);
	EXPECT_STR(buf, "");
}

TEST(a_child_of_fork_cannot_use_the_descriptor_of_its_parent,
     "C23.2 RECV:EACCES PEEK:EACCES FILTER:EACCES FLUSH:EACCES NOTIFY:EACCES")
{
	int fd = ASSERT_OK(do_endpoint(0));
	pid_t child;

	ASSERT_OK(send_to(getpid(), "mine"));
	CHILD(child)
	{
		expect_no_use(fd);
		/* Nor what it makes of it. */
		expect_no_use(ASSERT_OK(do_copy(fd, R_RECV)));
		/* What it shows of a mailbox is no secret to who has it. */
		EXPECT_EQ(stat_of(fd).messages, 1);
	}
	EXPECT_CHILD_OK(child);
	EXPECT_EQ(ready(fd, POLLIN) & POLLIN, POLLIN);
	expect_next(fd, "mine");
}

TEST(a_process_that_was_given_the_descriptor_cannot_use_it, "C23.2 RECV:EACCES")
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, data = 'x';
	struct iovec iov = { .iov_base = &data, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int sockets[2], fd;
	pid_t child;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets));
	CHILD(child)
	{
		ASSERT_EQ(recvmsg(sockets[1], &m, 0), 1);
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
		expect_no_use(fd);
	}
	fd = ASSERT_OK(do_endpoint(0));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	ASSERT_EQ(sendmsg(sockets[0], &m, 0), 1);
	EXPECT_CHILD_OK(child);
}

TEST(the_descriptor_of_a_dead_process_is_of_no_use, "C23.2 C24.5 RECV:EACCES")
{
	int fds[2];
	pid_t child;

	/* A child that shares our descriptors, and leaves one. */
	ASSERT_OK(pipe(fds));
	CHILD_WITH_FILES(child)
	{
		int fd = do_endpoint(0);

		ASSERT_EQ(write(fds[1], &fd, sizeof(fd)), sizeof(fd));
	}
	EXPECT_CHILD_OK(child);
	{
		int fd;

		ASSERT_EQ(read(fds[0], &fd, sizeof(fd)), sizeof(fd));
		expect_no_use(fd);
		close(fd);
	}
}

TEST(a_child_that_polls_in_a_shared_epoll_spoils_nothing, "C20.1 C23.2")
{
	struct epoll_event e = { .events = EPOLLIN };
	int fd = ASSERT_OK(do_endpoint(0)), ep = ASSERT_OK(epoll_create1(0));
	pid_t child, sender, parent = getpid();

	CHILD(child)
	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e));
	EXPECT_CHILD_OK(child);
	/* What it was told is not so for us. */
	EXPECT_EQ(epoll_wait(ep, &e, 1, 0), 0);
	CHILD(sender)
	{
		wait_until_sleeping(parent, "epoll");
		ASSERT_OK(send_to(parent, "hello"));
	}
	ASSERT_EQ(epoll_wait(ep, &e, 1, -1), 1);
	EXPECT_EQ(e.events, EPOLLIN);
	EXPECT_CHILD_OK(sender);
	expect_next(fd, "hello");
}

/* -- What whoever made the endpoint has no say in ----------------------------------- */

TEST(the_names_that_the_descriptor_sees_are_those_of_its_process, "C2.3 C23.1")
{
	pid_t child, stranger;
	int here[2], go[2], fd = box_named("here");

	ASSERT_OK(pipe(here));
	ASSERT_OK(pipe(go));
	CHILD(child)
	{
		hear(here);
		fd = ASSERT_OK(do_endpoint(0));
		EXPECT_OK(box_open_at(fd, .rights = R_SEND, NAMED("here")));
		EXPECT_ERRNO(box_open_at(fd, .rights = R_SEND, NAMED("there")),
			     ENOENT);
		tell(go);
	}
	/* One of another network namespace causes the endpoint. */
	CHILD(stranger)
	{
		struct mbox_recv r;
		int dev;

		ASSERT_OK(unshare(CLONE_NEWNET));
		dev = box_dev_here();
		ASSERT_OK(box_open_at(dev, .flags = MBOX_OPEN_CREATE,
				      .rights = R_ALL, .mode = 0666,
				      NAMED("there")));
		EXPECT_ERRNO(recv_by(dev, child, &r, NULL, 0, NOWAIT), EAGAIN);
		tell(here);
		hear(go);
	}
	EXPECT_CHILD_OK(child);
	EXPECT_CHILD_OK(stranger);
}

TEST(the_mailbox_of_an_endpoint_is_that_of_its_process, "C3.7 C23.1")
{
	pid_t child, stranger;
	int ready_[2], go[2];

	ASSERT_OK(pipe(ready_));
	ASSERT_OK(pipe(go));
	CHILD(child)
	{
		mbt_become(BOB, BOB);
		tell(ready_);
		hear(go);
		EXPECT_EQ(stat_of(ASSERT_OK(do_endpoint(0))).uid, BOB);
		EXPECT_EQ(stat_of(ASSERT_OK(do_endpoint(0))).gid, BOB);
	}
	hear(ready_);
	CHILD(stranger)
	{
		mbt_become(ALICE, ALICE);
		EXPECT_ERRNO(try_from(child, NOWAIT), EAGAIN);
	}
	EXPECT_CHILD_OK(stranger);
	tell(go);
	EXPECT_CHILD_OK(child);
}

/* -- Descriptors that run out -------------------------------------------------------- */

TEST(no_descriptor_left_is_emfile, "ENDPOINT:EMFILE C11.1")
{
	struct rlimit limit = { 0 };
	int fd = ASSERT_OK(do_endpoint(0));

	ASSERT_OK(getrlimit(RLIMIT_NOFILE, &limit));
	/* The lowest that is free is the first that is too high. */
	limit.rlim_cur = (rlim_t)fd + 1;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &limit));
	EXPECT_ERRNO(do_endpoint(0), EMFILE);
}

TEST(no_file_left_in_the_system_is_enfile, "ENDPOINT:ENFILE C11.1")
{
	unsigned long long used, spare, max;
	char text[128], limit[32];
	int ready_[2], go[2];
	pid_t pid;

	ASSERT_OK(pipe(ready_));
	ASSERT_OK(pipe(go));
	ASSERT_GT(mbt_read_file("/proc/sys/fs/file-nr", text, sizeof(text)), 0);
	ASSERT_EQ(sscanf(text, "%llu %llu %llu", &used, &spare, &max), 3);
	/* Root's CAP_SYS_ADMIN passes the limit, bob has to obey it. */
	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		tell(ready_);
		hear(go);
		EXPECT_ERRNO(do_endpoint(0), ENFILE);
	}
	hear(ready_);
	ASSERT_OK(mbt_write_file("/proc/sys/fs/file-max", "0"));
	tell(go);
	mbt_reap(__FILE__, __LINE__, pid);
	snprintf(limit, sizeof(limit), "%llu", max);
	ASSERT_OK(mbt_write_file("/proc/sys/fs/file-max", limit));
	EXPECT_EQ(mbt_last_status(), 0);
}
