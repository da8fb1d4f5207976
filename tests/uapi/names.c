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
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <linux/capability.h>
#include <sys/syscall.h>

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
	pid_t pid[2];
	int i, n;

	for (i = 0; i < 2; i++)
		CHILD(pid[i])
		{
			struct mbox_stat st;
			int fd, got = 0;
			int64_t end = mbt_now() + 2 * MBT_SECOND;

			mbt_become(ALICE, ALICE);
			while (mbt_now() < end) {
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
	for (n = 0; waitpid(pid[0], NULL, WNOHANG) == 0; n++) {
		int fd = box_open(.flags = MBOX_OPEN_CREATE, .mode = 0222,
				  .rights = R_ALL, NAMED("whole"),
				  .max_messages = 7, .max_size = 77,
				  .attrs = MBOX_ATTR_TIMES);

		ASSERT_OK(fd);
		close(fd);
	}
	ASSERT_CHILD_OK(pid[1]);
	EXPECT_GT(n, 0);
}

/* -- Rights ----------------------------------------------------------------- */

TEST(a_handle_can_do_what_its_rights_allow_and_nothing_else,
     "C3.3 C4.14 SEND:EBADF RECV:EBADF UNLINK:EPERM DESTROY:EPERM STAT:EPERM")
{
	struct mbox_waiter w[2];
	struct mbox_stat st;
	struct mbox_recv r;
	char buf[8];
	int all = box_named("rights"), rights, fd;

	for (rights = 0; rights <= R_ALL; rights++) {
		fd = ASSERT_OK(do_copy(all, (__u32)rights));
		EXPECT_EQ(stat_of(fd).rights, rights);
		put(all, "m");
		if (rights & R_SEND) {
			EXPECT_OK(do_send(fd, "n", 1, .flags = MBOX_NOWAIT));
			EXPECT_EQ(write(fd, "n", 1), 1);
		} else {
			expect_refused(fd, do_send(fd, "n", 1), EBADF);
			expect_refused(fd, write(fd, "n", 1), EBADF);
		}
		if (rights & R_RECV) {
			EXPECT_OK(
				do_recv(fd, &r, buf, 8, .flags = MBOX_NOWAIT));
		} else {
			expect_refused(fd, do_recv(fd, &r, buf, 8), EBADF);
			expect_refused(fd, read(fd, buf, 8), EBADF);
		}
		memset(&st, 0, sizeof(st));
		st.size = sizeof(st);
		st.waiters = PTR(w);
		st.nwaiters = 2;
		if (rights & R_ADMIN) {
			EXPECT_OK(box_ioctl(fd, MBOX_IOC_STAT, &st));
		} else {
			expect_refused(fd, box_ioctl(fd, MBOX_IOC_STAT, &st),
				       EPERM);
			expect_refused(fd, do_unlink(fd), EPERM);
			expect_refused(fd, do_destroy(fd), EPERM);
		}
		while (do_recv(all, &r, buf, 8, .flags = MBOX_NOWAIT) == 0)
			;
		close(fd);
	}
}

TEST(rights_show_in_the_access_mode_of_the_descriptor, "C3.3")
{
	int all = box_new(), fd;
	char c;

	fd = ASSERT_OK(do_copy(all, R_SEND));
	EXPECT_ERRNO(read(fd, &c, 1), EBADF);
	fd = ASSERT_OK(do_copy(all, R_RECV));
	EXPECT_ERRNO(write(fd, "x", 1), EBADF);
}

TEST(a_copy_has_fewer_rights_and_never_more, "C3.7 COPY:EACCES")
{
	int all = box_new(), from, to, fd, twice;

	for (from = 0; from <= R_ALL; from++) {
		fd = ASSERT_OK(do_copy(all, (__u32)from));
		for (to = 0; to <= R_ALL; to++) {
			if ((to & from) != to) {
				expect_refused(fd, do_copy(fd, (__u32)to),
					       EACCES);
				continue;
			}
			twice = ASSERT_OK(do_copy(fd, (__u32)to));
			EXPECT_EQ(stat_of(twice).rights, to);
			close(twice);
		}
		close(fd);
	}
}

static void check_mode(unsigned int mode, uid_t uid, gid_t gid,
		       unsigned int granted)
{
	pid_t pid;

	CHILD(pid)
	{
		unsigned int rights;

		mbt_become(uid, gid);
		for (rights = 0; rights <= (R_SEND | R_RECV); rights++) {
			int fd = box_open(.rights = rights, NAMED("mode"));
			/* Even without a right, only who could have one. */
			bool may = rights ? (rights & granted) == rights :
					    granted || uid == ALICE;

			if (may) {
				if (fd < 0)
					FAIL("mode %o uid %d rights %u: %s",
					     mode, (int)uid, rights,
					     mbt_errno_name(errno));
				close(fd);
			} else {
				EXPECT_EQ(fd, -1);
				EXPECT_EQ(errno, EACCES);
			}
		}
	}
	ASSERT_CHILD_OK(pid);
}

static unsigned int rwx(unsigned int bits)
{
	return (bits & 4 ? R_RECV : 0) | (bits & 2 ? R_SEND : 0);
}

TEST_FOR(the_mode_says_who_may_send_and_receive, "C3.4 C2.5 OPEN:EACCES", 90)
{
	static const unsigned int modes[] = { 0,    0600, 0400, 0200, 0060,
					      0040, 0020, 0006, 0004, 0002,
					      0666, 0640, 0026 };
	size_t i;

	umask(0);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		unsigned int m = modes[i];
		int made[2], done[2];
		pid_t pid;
		char c;

		ASSERT_OK(pipe(made));
		ASSERT_OK(pipe(done));
		CHILD(pid)
		{
			int fd;

			close(done[1]);
			mbt_become(ALICE, ALICE);
			/* The creator has what it asked for, mode or not. */
			fd = ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE,
						.rights = R_ALL, .mode = m,
						NAMED("mode")));
			EXPECT_EQ(stat_of(fd).mode, m);
			EXPECT_EQ(stat_of(fd).uid, ALICE);
			EXPECT_EQ(stat_of(fd).gid, ALICE);
			ASSERT_EQ(write(made[1], "x", 1), 1);
			ASSERT_EQ(read(done[0], &c, 1), 0);
		}
		close(made[1]);
		ASSERT_EQ(read(made[0], &c, 1), 1);
		check_mode(m, ALICE, BOB, rwx(m >> 6));
		check_mode(m, BOB, ALICE, rwx(m >> 3));
		check_mode(m, BOB, BOB, rwx(m));
		check_mode(m, 0, 0, R_SEND | R_RECV);
		close(done[0]);
		close(done[1]);
		ASSERT_CHILD_OK(pid);
		close(made[0]);
	}
}

TEST(supplementary_groups_count, "C3.4")
{
	pid_t pid;
	int fd;

	umask(0);
	fd = box_named("grp", .mode = 0060);
	CHILD(pid)
	{
		gid_t groups[] = { 0 };

		ASSERT_OK(syscall(SYS_setgroups, 1, groups));
		ASSERT_OK(setresgid(BOB, BOB, BOB));
		ASSERT_OK(setresuid(BOB, BOB, BOB));
		EXPECT_OK(box_open(.rights = R_SEND | R_RECV, NAMED("grp")));
	}
	ASSERT_CHILD_OK(pid);
	close(fd);
}

TEST(create_applies_the_umask, "C3.5")
{
	static const unsigned int masks[] = { 0, 0022, 0077, 0777, 0246 };
	size_t i;

	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		int fd;

		umask(masks[i]);
		fd = box_named("masked", .mode = 0666);
		EXPECT_EQ(stat_of(fd).mode, 0666 & ~masks[i]);
		close(fd);
	}
}

TEST(rights_are_frozen_into_the_handle, "C3.6")
{
	int fd = box_named("frozen");
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		/* Not one of this user's, yet the handle works. */
		put(fd, "from bob");
		expect_next(fd, "from bob");
		EXPECT_OK(do_unlink(fd));
	}
	ASSERT_CHILD_OK(pid);
	EXPECT_STR(stat_of(fd).name, "");
}

TEST(open_checks_the_caller_and_not_who_opened_the_device, "C2.5")
{
	int dev = box_dev_here(); /* opened by root */
	int fd = box_named("private");
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		expect_refused(fd,
			       box_open_at(dev, .rights = R_SEND,
					   NAMED("private")),
			       EACCES);
		expect_refused(fd,
			       box_open_at(dev, .rights = R_ADMIN,
					   NAMED("private")),
			       EPERM);
	}
	ASSERT_CHILD_OK(pid);
}

static void keep_only_cap(int cap)
{
	struct __user_cap_header_struct h = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct d[2];

	ASSERT_OK(prctl(PR_SET_KEEPCAPS, 1));
	mbt_become(BOB, BOB);
	memset(d, 0, sizeof(d));
	if (cap >= 0) {
		d[cap / 32].permitted = 1U << (cap % 32);
		d[cap / 32].effective = 1U << (cap % 32);
	}
	ASSERT_OK(syscall(SYS_capset, &h, d));
}

TEST(cap_ipc_owner_passes_the_mode_and_has_admin, "C3.8 C3.9 OPEN:EPERM")
{
	int fd = box_named("capped", .mode = 0);
	pid_t pid;

	CHILD(pid)
	{
		keep_only_cap(CAP_IPC_OWNER);
		EXPECT_OK(box_open(.rights = R_ALL, NAMED("capped")));
	}
	ASSERT_CHILD_OK(pid);
	CHILD(pid)
	{
		keep_only_cap(CAP_DAC_OVERRIDE);
		expect_refused(fd, box_open(.rights = R_SEND, NAMED("capped")),
			       EACCES);
		expect_refused(fd, box_open(.rights = R_ADMIN, NAMED("capped")),
			       EPERM);
	}
	ASSERT_CHILD_OK(pid);
	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		/* Asks for nothing: may be seen, if at all, without a right. */
		expect_refused(fd, box_open(.rights = R_ADMIN, NAMED("capped")),
			       EPERM);
	}
	ASSERT_CHILD_OK(pid);
}

/*
 * Alice, root in a user namespace of her own: she rules the network namespace
 * that belongs to it, and no other.
 */
TEST(the_capability_counts_in_the_owner_of_the_network_namespace,
     "C3.8 C3.9 OPEN:EACCES OPEN:EPERM")
{
	int fd = box_named("outside"), dev = box_dev_here(), made[2], go[2];
	char path[64], c;
	pid_t pid;

	ASSERT_OK(pipe(made));
	ASSERT_OK(pipe(go));
	CHILD(pid)
	{
		struct __user_cap_header_struct h = {
			_LINUX_CAPABILITY_VERSION_3, 0
		};
		struct __user_cap_data_struct d[2];
		int inside;

		ASSERT_OK(setresgid(ALICE, ALICE, ALICE));
		ASSERT_OK(setresuid(ALICE, ALICE, ALICE));
		enter_user_ns(CLONE_NEWNET);
		expect_refused(fd,
			       box_open_at(dev, .rights = R_SEND,
					   NAMED("outside")),
			       EACCES);
		expect_refused(fd,
			       box_open_at(dev, .rights = R_ADMIN,
					   NAMED("outside")),
			       EPERM);
		/* default in here belongs to this namespace's root: to her. */
		inside = box_dev_here();
		EXPECT_OK(
			box_open_at(inside, .rights = R_ALL, NAMED("default")));
		umask(0);
		ASSERT_OK(box_open_at(inside, .flags = MBOX_OPEN_CREATE,
				      .rights = 0, .mode = 0, NAMED("closed")));
		EXPECT_OK(
			box_open_at(inside, .rights = R_ALL, NAMED("closed")));
		/* The owner without the capability: ADMIN, but no mode. */
		memset(d, 0, sizeof(d));
		ASSERT_OK(syscall(SYS_capset, &h, d));
		EXPECT_OK(box_open_at(inside, .rights = R_ADMIN,
				      NAMED("closed")));
		expect_refused(fd,
			       box_open_at(inside, .rights = R_SEND,
					   NAMED("closed")),
			       EACCES);
		ASSERT_EQ(write(made[1], "x", 1), 1);
		ASSERT_EQ(read(go[0], &c, 1), 1);
	}
	ASSERT_EQ(read(made[0], &c, 1), 1);
	/* The capability out here counts in there. */
	{
		int home = ASSERT_OK(open("/proc/self/ns/net", O_RDONLY)), ns;

		snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
		ns = ASSERT_OK(open(path, O_RDONLY));
		ASSERT_OK(setns(ns, CLONE_NEWNET));
		EXPECT_OK(box_open_at(box_dev_here(), .rights = R_ALL,
				      NAMED("closed")));
		ASSERT_OK(setns(home, CLONE_NEWNET));
	}
	ASSERT_EQ(write(go[1], "x", 1), 1);
	EXPECT_CHILD_OK(pid);
}

TEST(the_owner_has_admin_whatever_the_mode, "C3.8")
{
	pid_t pid;

	CHILD(pid)
	{
		int fd, again;

		mbt_become(BOB, BOB);
		fd = ASSERT_OK(box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_ALL, NAMED("mine")));
		again = ASSERT_OK(box_open(.rights = R_ADMIN, NAMED("mine")));
		expect_refused(again, box_open(.rights = R_SEND, NAMED("mine")),
			       EACCES);
		EXPECT_OK(do_destroy(again));
		close(fd);
	}
	ASSERT_CHILD_OK(pid);
}

TEST(open_reports_the_owner, "C3.10")
{
	struct mbox_open o = { .size = sizeof(o),
			       .rights = R_SEND,
			       .uid = 77,
			       .gid = 77,
			       NAMED("owned") };
	int made[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(made));
	CHILD(pid)
	{
		struct mbox_open n = { .size = sizeof(n),
				       .flags = MBOX_OPEN_CREATE,
				       .rights = R_ALL,
				       .mode = 0600,
				       NAMED("owned") };

		mbt_become(ALICE, BOB);
		ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_OPEN, &n));
		EXPECT_EQ(n.uid, ALICE);
		EXPECT_EQ(n.gid, BOB);
		ASSERT_EQ(write(made[1], "x", 1), 1);
		pause();
	}
	close(made[1]);
	ASSERT_EQ(read(made[0], &c, 1), 1);
	ASSERT_OK(box_ioctl(box_dev(), MBOX_IOC_OPEN, &o));
	EXPECT_EQ(o.uid, ALICE);
	EXPECT_EQ(o.gid, BOB);
}

TEST(an_expected_owner_that_is_another_is_refused, "C3.11 OPEN:EACCES")
{
	int fd = box_named("identity");

	EXPECT_OK(box_open(.flags = MBOX_OPEN_OWNED, .rights = R_SEND, .uid = 0,
			   NAMED("identity")));
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_OWNED, .rights = R_SEND,
				.uid = ALICE, NAMED("identity")),
		       EACCES);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_OWNED, .rights = R_SEND,
				.uid = 0xffffffff, NAMED("identity")),
		       EACCES);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_OWNED | MBOX_OPEN_CREATE,
				.rights = R_SEND, .uid = ALICE,
				NAMED("identity")),
		       EACCES);
	/* Without OWNED the field is no input. */
	EXPECT_OK(box_open(.rights = R_SEND, .uid = ALICE, NAMED("identity")));
}

/* -- Descriptors run out ------------------------------------------------------ */

TEST(no_descriptor_left_leaves_nothing_behind, "OPEN:EMFILE COPY:EMFILE C11.1")
{
	int fd = box_named("files");
	struct rlimit rl;
	int dir;

	ASSERT_OK(getrlimit(RLIMIT_NOFILE, &rl));
	dir = ASSERT_OK(dup(fd));
	rl.rlim_cur = (rlim_t)dir + 1;
	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &rl));
	expect_refused(fd, do_copy(fd, R_SEND), EMFILE);
	expect_refused(fd, box_open(.rights = R_SEND, NAMED("files")), EMFILE);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_SEND),
		       EMFILE);
	expect_refused(fd,
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_SEND,
				NAMED("new")),
		       EMFILE);
	close(dir);
	/* The name was not left behind. */
	EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("new")), ENOENT);
}

TEST(no_file_left_in_the_system_leaves_nothing_behind,
     "OPEN:ENFILE COPY:ENFILE C11.1")
{
	unsigned long long used, spare, max;
	char text[128], limit[32];
	int fd = box_named("files"), ready_[2], go[2];
	pid_t pid;
	char c;

	umask(0);
	ASSERT_OK(pipe(ready_));
	ASSERT_OK(pipe(go));
	ASSERT_GT(mbt_read_file("/proc/sys/fs/file-nr", text, sizeof(text)), 0);
	ASSERT_EQ(sscanf(text, "%llu %llu %llu", &used, &spare, &max), 3);
	/* Root's CAP_SYS_ADMIN passes the limit, bob has to obey it. */
	CHILD(pid)
	{
		mbt_become(BOB, BOB);
		ASSERT_EQ(write(ready_[1], "x", 1), 1);
		ASSERT_EQ(read(go[0], &c, 1), 1);
		expect_refused(fd, do_copy(fd, R_SEND), ENFILE);
		expect_refused(fd,
			       box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_SEND),
			       ENFILE);
		expect_refused(fd,
			       box_open(.flags = MBOX_OPEN_CREATE,
					.rights = R_SEND, NAMED("new")),
			       ENFILE);
	}
	ASSERT_EQ(read(ready_[0], &c, 1), 1);
	ASSERT_OK(mbt_write_file("/proc/sys/fs/file-max", "0"));
	ASSERT_EQ(write(go[1], "x", 1), 1);
	mbt_reap(__FILE__, __LINE__, pid);
	snprintf(limit, sizeof(limit), "%llu", max);
	ASSERT_OK(mbt_write_file("/proc/sys/fs/file-max", limit));
	EXPECT_EQ(mbt_last_status(), 0);
	EXPECT_ERRNO(box_open(.rights = R_SEND, NAMED("new")), ENOENT);
}

TEST(fdinfo_shows_a_handle, "C1.11 C33.3")
{
	int fd = box_named("shown"), copy = ASSERT_OK(do_copy(fd, R_SEND));
	char path[64], text[4096], want[64];
	int anon = box_new();

	put(fd, "12345");
	put(fd, "678");
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	snprintf(want, sizeof(want), "mbox-id:\t%llu\n",
		 (unsigned long long)stat_of(fd).id);
	EXPECT_TRUE(strstr(text, want));
	EXPECT_TRUE(strstr(text, "mbox-name:\tshown\n"));
	EXPECT_TRUE(strstr(text, "mbox-rights:\tsra\n"));
	EXPECT_TRUE(strstr(text, "mbox-messages:\t2\n"));
	EXPECT_TRUE(strstr(text, "mbox-bytes:\t8\n"));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", copy);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	EXPECT_TRUE(strstr(text, "mbox-rights:\ts\n"));
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", anon);
	ASSERT_GT(mbt_read_file(path, text, sizeof(text)), 0);
	EXPECT_TRUE(strstr(text, "mbox-name:\t-\n"));
}
