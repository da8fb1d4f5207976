// SPDX-License-Identifier: GPL-2.0-only
/*
 * names.c: OPEN and COPY: names, rights, modes, owners, creation.
 *
 * Owns: the claims of C1 to C3 that need one network namespace, and the cells
 * of OPEN and COPY.  Takes no locks; run by the guest runner.
 *
 * opts: timeout=120
 */
#include "box.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

TEST(open_returns_a_new_descriptor, "C1.1 C2.7")
{
	int a = box_new(), b = box_new();

	EXPECT_NE(a, b);
	EXPECT_NE(a, box_dev());
	EXPECT_NE(stat_of(a).id, stat_of(b).id);
	EXPECT_STR(stat_of(a).name, "");
}

TEST(the_new_descriptor_is_close_on_exec, "C1.2")
{
	int fd = box_new();
	int copy = ASSERT_OK(do_copy(fd, R_SEND));

	EXPECT_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(copy, F_GETFD), FD_CLOEXEC);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	fd = box_new(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_NONBLOCK);
	EXPECT_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	copy = ASSERT_OK(do_copy(fd, R_SEND, .flags = MBOX_OPEN_NONBLOCK));
	EXPECT_EQ(fcntl(copy, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

TEST(a_handle_reaches_its_own_mailbox_and_no_other, "C1.3")
{
	int a = box_new(), b = box_new();

	put(a, "for a");
	put(b, "for b");
	expect_next(b, "for b");
	expect_empty(b);
	expect_next(a, "for a");
	expect_empty(a);
}

TEST(a_handle_works_with_poll_select_and_epoll, "C1.4")
{
	int fd = box_new(), ep = ASSERT_OK(epoll_create1(0));
	struct epoll_event ev = { .events = EPOLLIN };
	struct timeval now = { 0, 0 };
	fd_set set;

	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev));
	EXPECT_EQ(ready(fd, POLLIN), 0);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	EXPECT_EQ(select(fd + 1, &set, NULL, NULL, &now), 0);
	put(fd, "x");
	EXPECT_EQ(ready(fd, POLLIN), POLLIN);
	EXPECT_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	EXPECT_EQ(select(fd + 1, &set, NULL, NULL, &now), 1);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	EXPECT_EQ(select(fd + 1, NULL, &set, NULL, &now), 1);
}

TEST(one_call_of_read_or_write_is_one_message, "C1.5 C8.1")
{
	struct iovec out[] = {
		{ "one ", 4 }, { "", 0 }, { "mess", 4 }, { "age", 3 }
	};
	char a[3], b[5], c[100];
	struct iovec in[] = { { a, 3 }, { b, 5 }, { c, 100 } };
	int fd = box_new();

	EXPECT_EQ(write(fd, "first", 5), 5);
	EXPECT_EQ(writev(fd, out, 4), 11);
	EXPECT_EQ(write(fd, "third", 5), 5);
	EXPECT_EQ(stat_of(fd).messages, 3);
	EXPECT_EQ(read(fd, c, sizeof(c)), 5);
	EXPECT_MEM(c, "first", 5);
	EXPECT_EQ(readv(fd, in, 3), 11);
	EXPECT_MEM(a, "one", 3);
	EXPECT_MEM(b, " mess", 5);
	EXPECT_MEM(c, "age", 3);
	EXPECT_EQ(readv(fd, in, 3), 5);
	expect_empty(fd);
}

TEST(writing_nothing_sends_nothing, "C1.6")
{
	struct iovec empty[] = { { "", 0 }, { "", 0 } };
	int fd = box_new();
	char c;

	EXPECT_EQ(write(fd, "x", 0), 0);
	EXPECT_EQ(writev(fd, empty, 2), 0);
	EXPECT_EQ(stat_of(fd).sent, 0);
	put(fd, "y");
	EXPECT_EQ(read(fd, &c, 0), 0);
	EXPECT_EQ(stat_of(fd).messages, 1);
}

TEST(a_handle_works_with_dup_and_fork, "C1.7 C1.8")
{
	int fd = box_new(), twin = ASSERT_OK(dup(fd));
	pid_t pid;

	put(fd, "dup");
	expect_next(twin, "dup");
	EXPECT_EQ(stat_of(fd).handles, 1);
	CHILD(pid)
	{
		put(fd, "child");
		close(fd);
		close(twin);
	}
	ASSERT_CHILD_OK(pid);
	close(fd);
	expect_next(twin, "child");
	EXPECT_EQ(stat_of(twin).handles, 1);
}

static void send_fd(int sock, int fd)
{
	char c = 0, ctl[CMSG_SPACE(sizeof(int))] = "";
	struct iovec io = { &c, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = ctl,
			    .msg_controllen = sizeof(ctl) };
	struct cmsghdr *h = CMSG_FIRSTHDR(&m);

	h->cmsg_level = SOL_SOCKET;
	h->cmsg_type = SCM_RIGHTS;
	h->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(h), &fd, sizeof(int));
	ASSERT_EQ(sendmsg(sock, &m, 0), 1);
}

static int recv_fd(int sock)
{
	char c, ctl[CMSG_SPACE(sizeof(int))];
	struct iovec io = { &c, 1 };
	struct msghdr m = { .msg_iov = &io,
			    .msg_iovlen = 1,
			    .msg_control = ctl,
			    .msg_controllen = sizeof(ctl) };
	int fd = -1;

	ASSERT_EQ(recvmsg(sock, &m, 0), 1);
	ASSERT_TRUE(CMSG_FIRSTHDR(&m));
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(int));
	return fd;
}

TEST(a_handle_can_be_passed_over_a_socket, "C1.9 C3.6")
{
	int sv[2], fd = box_named("passed");
	pid_t pid;

	ASSERT_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, sv));
	CHILD(pid)
	{
		int got;

		close(fd);
		mbt_become(ALICE, ALICE);
		got = recv_fd(sv[1]);
		put(got, "from alice");
		EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("passed")),
			     EACCES);
	}
	send_fd(sv[0], fd);
	ASSERT_CHILD_OK(pid);
	expect_next(fd, "from alice");
}

TEST(nonblock_can_be_set_and_cleared_later, "C1.10 C16.2")
{
	int fd = box_new(.max_messages = 1);
	struct mbox_recv r;
	pid_t pid;
	char c;

	ASSERT_OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	EXPECT_ERRNO(read(fd, &c, 1), EAGAIN);
	expect_refused(fd, do_recv(fd, &r, &c, 1), EAGAIN);
	EXPECT_EQ(write(fd, "x", 1), 1);
	expect_refused(fd, write(fd, "y", 1), EAGAIN);
	expect_refused(fd, do_send(fd, "y", 1), EAGAIN);
	ASSERT_OK(fcntl(fd, F_SETFL, 0));
	CHILD(pid)
	ASSERT_EQ(write(fd, "y", 1), 1);
	wait_until_blocked(pid);
	expect_next(fd, "x");
	ASSERT_CHILD_OK(pid);
	expect_next(fd, "y");
}

/* -- Names ------------------------------------------------------------------ */

TEST(a_name_has_1_to_63_allowed_bytes, "C2.1 C2.2 OPEN:ENAMETOOLONG ANY:EINVAL")
{
	char name[300];
	int watch = box_new(), c, fd;

	memset(name, 'n', sizeof(name));
	for (c = 0; c < 256; c++) {
		bool good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
			    (c >= '0' && c <= '9') || c == '.' || c == '_' ||
			    c == '-';
		int where;

		for (where = 0; where < 3; where++) {
			name[where] = (char)c;
			fd = box_open(.flags = MBOX_OPEN_CREATE,
				      .rights = R_ALL, .name = PTR(name),
				      .name_len = 3);
			if (good && !(c == '.' && where == 0)) {
				EXPECT_GE(fd, 0);
				close(fd);
			} else {
				EXPECT_EQ(fd, -1);
				EXPECT_EQ(errno, EINVAL);
			}
			name[where] = 'n';
		}
	}
	for (c = 1; c <= 63; c++) {
		fd = box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			      .name = PTR(name), .name_len = (__u32)c);
		ASSERT_OK(fd);
		EXPECT_EQ(strlen(stat_of(fd).name), c);
		close(fd);
	}
	for (c = 64; c < 70; c++) {
		expect_refused(watch,
			       box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_ALL, .name = PTR(name),
					.name_len = (__u32)c),
			       ENAMETOOLONG);
		expect_refused(watch,
			       box_open(.rights = R_ALL, .name = PTR(name),
					.name_len = (__u32)c),
			       ENAMETOOLONG);
	}
	expect_refused(watch,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.name = PTR(name), .name_len = 0xffffffff),
		       ENAMETOOLONG);
	expect_refused(watch,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.name = PTR(name), .name_len = 0),
		       EINVAL);
	expect_refused(watch,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.name_len = 5),
		       EINVAL);
	/* No name and no CREATE: there is nothing to open. */
	expect_refused(watch, box_open(.rights = R_ALL), EINVAL);
}

TEST(a_name_that_cannot_be_read_is_refused, "ANY:EFAULT")
{
	char *hole = (char *)pages_before_hole(1) + page_size();
	int watch = box_new();

	expect_refused(watch,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.name = PTR(hole), .name_len = 5),
		       EFAULT);
	memset(hole - 2, 'a', 2);
	expect_refused(watch,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.name = PTR(hole - 2), .name_len = 3),
		       EFAULT);
	/* A 64-bit pointer no 32-bit program has; a kernel address here. */
	expect_refused(watch,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				.name = 0xffff888000000000ULL, .name_len = 5),
		       EFAULT);
	ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
			   .name = PTR(hole - 2), .name_len = 2));
}

TEST(create_makes_and_excl_insists, "C3.1 C3.2 OPEN:ENOENT OPEN:EEXIST")
{
	int watch = box_new(), fd, again;

	expect_refused(watch, box_open(.rights = R_ALL, NAMED("absent")),
		       ENOENT);
	fd = box_named("there", .flags = MBOX_OPEN_CREATE | MBOX_OPEN_EXCL);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_EXCL,
				.rights = R_ALL, NAMED("there")),
		       EEXIST);
	again = ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE, .rights = R_ALL,
				   NAMED("there"), .max_messages = 3));
	EXPECT_EQ(stat_of(again).id, stat_of(fd).id);
	EXPECT_EQ(stat_of(again).max_messages, MBOX_DEFAULT_MESSAGES);
	again = ASSERT_OK(box_open(.rights = R_SEND, NAMED("there")));
	put(again, "x");
	expect_next(fd, "x");
	expect_refused(watch,
		       box_open(.flags = MBOX_OPEN_EXCL, .rights = R_ALL,
				NAMED("absent")),
		       EINVAL);
}

TEST(without_create_the_fields_of_create_must_be_0, "ANY:EINVAL")
{
	int fd = box_named("there");

#define REFUSED(field, value)                                     \
	expect_refused(fd,                                        \
		       box_open(.rights = R_SEND, NAMED("there"), \
				.field = value),                  \
		       EINVAL)
	REFUSED(mode, 0600);
	REFUSED(lifetime, MBOX_LIFETIME_PERSISTENT);
	REFUSED(capacity, MBOX_CAPACITY_ZERO);
	REFUSED(attrs, MBOX_ATTR_TIMES);
	REFUSED(max_messages, 1);
	REFUSED(max_bytes, 1);
	REFUSED(max_size, 1);
#undef REFUSED
}

TEST(two_creators_at_once_get_one_mailbox, "C2.6 C3.2")
{
	int round;

	for (round = 0; round < 50; round++) {
		pid_t pid[4];
		int winners = 0, i, go[2];
		char c;

		ASSERT_OK(pipe(go));
		for (i = 0; i < 4; i++) {
			pid[i] = mbt_fork();
			if (pid[i])
				continue;
			close(go[1]);
			ASSERT_EQ(read(go[0], &c, 1), 0);
			_exit(box_open(.flags = MBOX_OPEN_CREATE |
						MBOX_OPEN_EXCL,
				       .rights = R_ALL, NAMED("race"),
				       .lifetime = MBOX_LIFETIME_PERSISTENT) >=
					      0 ?
				      10 :
				      (errno == EEXIST ? 11 : 12));
		}
		close(go[0]);
		close(go[1]);
		for (i = 0; i < 4; i++) {
			int st = mbt_reap(__FILE__, __LINE__, pid[i]);

			if (WEXITSTATUS(st) == 10)
				winners++;
			else
				ASSERT_EQ(WEXITSTATUS(st), 11);
		}
		ASSERT_EQ(winners, 1);
		i = ASSERT_OK(box_open(.rights = R_ADMIN, NAMED("race")));
		ASSERT_OK(do_destroy(i));
		close(i);
	}
}

/*
 * One process makes the mailbox and takes it away again, others open it: an
 * opener finds nothing, or the whole mailbox.
 */
TEST(a_mailbox_is_seen_only_complete, "C2.6")
{
	int i, n, left = 2, status;
	pid_t pid;

	for (i = 0; i < left; i++)
		CHILD(pid)
		{
			struct mbox_stat st;
			int fd, got = 0;
			int64_t begin = mbt_now();
			int64_t end = begin + 2 * MBT_SECOND;
			int64_t last = begin + MBT_PATIENCE;

			mbt_become(ALICE, ALICE);
			while (mbt_now() < (got ? end : last)) {
				fd = box_open(.rights = R_SEND, NAMED("whole"));
				if (fd < 0) {
					ASSERT_EQ(errno, ENOENT);
					continue;
				}
				got++;
				ASSERT_OK(do_stat(fd, &st));
				ASSERT_EQ(st.mode, 0222);
				ASSERT_EQ(st.uid, 0);
				ASSERT_EQ(st.max_messages, 7);
				ASSERT_EQ(st.max_size, 77);
				ASSERT_EQ(st.attrs, MBOX_ATTR_TIMES);
				ASSERT_STR(st.name, "whole");
				close(fd);
			}
			if (!got)
				FAIL("never saw the mailbox");
		}
	umask(0);
	for (n = 0; left; n++) {
		int fd = box_open(.flags = MBOX_OPEN_CREATE, .mode = 0222,
				  .rights = R_ALL, NAMED("whole"),
				  .max_messages = 7, .max_size = 77,
				  .attrs = MBOX_ATTR_TIMES);

		ASSERT_OK(fd);
		close(fd);
		if (waitpid(-1, &status, WNOHANG) > 0) {
			EXPECT_EQ(status, 0);
			left--;
		}
	}
	EXPECT_GT(n, 0);
}
