// SPDX-License-Identifier: GPL-2.0-only
/*
 * fds-loops.c: attempts to make open files that keep each other alive: a
 * mailbox in itself, two in each other, with sockets, epoll and io_uring
 * between.
 *
 * Owns: the proof that what is argued in kmod/fds.c holds: each attempt is
 * refused or freed, so that the number of open files and of handles is what it
 * was.  Part of the program uapi-fds.  Takes no locks; run by the guest runner.
 */
#include "fds.h"

#include <linux/io_uring.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { ROUNDS = 300 };

/* The kernel counts open files roughly: so many for each processor. */
enum { ROUGH = 150 };

static long files_open(void)
{
	char text[64];

	ASSERT_GT(mbt_read_file("/proc/sys/fs/file-nr", text, sizeof(text)), 0);
	return strtol(text, NULL, 10);
}

static long handles_open(void)
{
	char text[64];

	ASSERT_GT(mbt_read_file("/sys/module/mbox/refcnt", text, sizeof(text)),
		  0);
	return strtol(text, NULL, 10);
}

/*
 * Runs the attempt many times, each in a process of its own, which ends with
 * everything open; then all of it must go.
 */
static void expect_all_freed(void (*attempt)(void))
{
	long files = files_open(), handles = handles_open();
	pid_t pid;
	int i, n;

	for (i = 0; i < ROUNDS / 30; i++) {
		CHILD(pid)
		{
			for (n = 0; n < 30; n++)
				attempt();
		}
		EXPECT_CHILD_OK(pid);
	}
	WAIT_FOR(handles_open() == handles);
	WAIT_FOR(files_open() <= files + ROUGH);
	EXPECT_EQ(info_of().used_fds, 0);
}

static int sender_of(int box)
{
	return ASSERT_OK(do_copy(box, R_SEND));
}

/* -- mailboxes alone ------------------------------------------------------------ */

static void into_itself(void)
{
	int box = fds_box(), send = sender_of(box);

	ASSERT_OK(send_fd(send, "myself", send));
	EXPECT_ERRNO(send_fd(send, "to receive", box), EPERM);
	close(box);
	close(send);
}

TEST(a_mailbox_in_itself_is_freed, "C30.3 C36.2")
{
	expect_all_freed(into_itself);
}

static void in_each_other(void)
{
	int a = fds_box(), b = fds_box(), to_a = sender_of(a);
	int to_b = sender_of(b);

	ASSERT_OK(send_fd(to_a, "b", to_b));
	ASSERT_OK(send_fd(to_b, "a", to_a));
	EXPECT_ERRNO(send_fd(to_b, "a", a), EPERM);
}

TEST(two_mailboxes_in_each_other_are_freed, "C30.3 C36.2")
{
	expect_all_freed(in_each_other);
}

static void in_a_ring(void)
{
	enum { N = 5 };
	int box[N], to[N], i;

	for (i = 0; i < N; i++) {
		box[i] = fds_box();
		to[i] = sender_of(box[i]);
	}
	for (i = 0; i < N; i++)
		ASSERT_OK(send_fds(to[i], "all", N, to));
	/* Closed in an order of its own each time. */
	for (i = 0; i < N; i++) {
		close(box[(i + getpid()) % N]);
		close(to[(i * 2 + getpid()) % N]);
	}
}

TEST(a_ring_of_mailboxes_is_freed, "C30.3 C36.2")
{
	expect_all_freed(in_a_ring);
}

static void persistent(void)
{
	int box = fds_named("loops-kept", .lifetime = MBOX_LIFETIME_PERSISTENT);
	int send = sender_of(box);
	pid_t pid;

	ASSERT_OK(send_fd(send, "myself", send));
	CHILD(pid)
	{
		close(box);
		pause();
	}
	close(box);
	close(send);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
}

TEST_FOR(a_persistent_mailbox_in_itself_keeps_nothing, "C30.3 C36.2", 60)
{
	long handles = handles_open();
	int fd, i;

	for (i = 0; i < 30; i++)
		persistent();
	WAIT_FOR(handles_open() == handles);
	fd = ASSERT_OK(box_open(.rights = R_ADMIN, NAMED("loops-kept")));
	EXPECT_EQ(stat_of(fd).messages, 0);
	EXPECT_EQ(stat_of(fd).dropped, 30);
	ASSERT_OK(do_destroy(fd));
}

/* -- with sockets ----------------------------------------------------------------- */

static void send_over(int sock, int file)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 'x';
	struct iovec iov = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &file, sizeof(file));
	ASSERT_EQ(sendmsg(sock, &msg, 0), 1);
}

/* The socket holds the handle to receive; the mailbox may not hold the socket. */
static void with_a_socket(void)
{
	int box = fds_box(), send = sender_of(box), s[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	send_over(s[0], box);
	EXPECT_ERRNO(send_fd(send, "socket", s[1]), EPERM);
	ASSERT_OK(send_fd(send, "myself", send));
	send_over(s[0], send);
	close(box);
	close(send);
	close(s[0]);
	close(s[1]);
}

TEST(a_mailbox_and_a_socket_are_freed, "C30.2 C30.3 C36.2")
{
	expect_all_freed(with_a_socket);
}

/* What the collector of the sockets has to find: sockets in each other. */
static void with_a_ring_of_sockets(void)
{
	int box = fds_box(), send = sender_of(box), s[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	send_over(s[0], s[0]);
	send_over(s[1], s[1]);
	send_over(s[0], box);
	ASSERT_OK(send_fd(send, "myself", send));
	close(box);
	close(send);
	close(s[0]);
	close(s[1]);
}

TEST(a_mailbox_in_a_ring_of_sockets_is_freed, "C30.3 C36.2")
{
	long handles = handles_open();
	int i;

	for (i = 0; i < 20; i++)
		with_a_ring_of_sockets();
	/* The collector runs when a socket is closed. */
	WAIT_FOR(close(ASSERT_OK(socket(AF_UNIX, SOCK_DGRAM, 0))) == 0 &&
		 handles_open() == handles);
	EXPECT_EQ(info_of().used_fds, 0);
}

/* -- with those that watch and those that register ---------------------------------- */

static void with_epoll(void)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT };
	int box = fds_box(), send = sender_of(box), ep, outer;

	ep = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	outer = ASSERT_OK(epoll_create1(EPOLL_CLOEXEC));
	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, box, &ev));
	ASSERT_OK(epoll_ctl(ep, EPOLL_CTL_ADD, send, &ev));
	ASSERT_OK(epoll_ctl(outer, EPOLL_CTL_ADD, ep, &ev));
	EXPECT_ERRNO(send_fd(send, "epoll", ep), EPERM);
	EXPECT_ERRNO(send_fd(send, "epoll", outer), EPERM);
	ASSERT_OK(send_fd(send, "myself", send));
	close(box);
	close(send);
	close(ep);
	close(outer);
}

TEST(a_mailbox_and_epoll_are_freed, "C30.2 C30.3 C36.2")
{
	expect_all_freed(with_epoll);
}

static int uring(void)
{
	struct io_uring_params params = { 0 };

	return (int)syscall(SYS_io_uring_setup, 4, &params);
}

/* The ring holds the handle to receive; the mailbox may not hold the ring. */
static void with_io_uring(void)
{
	int box = fds_box(), send = sender_of(box), ring = uring();
	int files[2] = { box, send };

	ASSERT_OK(ring);
	ASSERT_OK(syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES,
			  files, 2));
	EXPECT_ERRNO(send_fd(send, "ring", ring), EPERM);
	ASSERT_OK(send_fd(send, "myself", send));
	close(box);
	close(send);
	close(ring);
}

TEST_FOR(a_mailbox_and_io_uring_are_freed, "C30.2 C30.3 C36.2", 60)
{
	int ring = uring();

	if (ring < 0)
		SKIP("no io_uring here: %s", mbt_errno_name(errno));
	close(ring);
	expect_all_freed(with_io_uring);
}

static void three_ways(void)
{
	int a = fds_box(), b = fds_box(), to_a = sender_of(a);
	int to_b = sender_of(b), ring = uring(), files[2], s[2];

	ASSERT_OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	/* A lies in a socket, the socket in the ring, B in the ring. */
	send_over(s[0], a);
	files[0] = s[1];
	files[1] = b;
	if (ring >= 0)
		ASSERT_OK(syscall(SYS_io_uring_register, ring,
				  IORING_REGISTER_FILES, files, 2));
	/* What would close it is refused; what may travel does. */
	EXPECT_ERRNO(send_fd(to_a, "socket", s[1]), EPERM);
	EXPECT_ERRNO(send_fd(to_b, "socket", s[0]), EPERM);
	if (ring >= 0)
		EXPECT_ERRNO(send_fd(to_a, "ring", ring), EPERM);
	ASSERT_OK(send_fd(to_a, "b", to_b));
	ASSERT_OK(send_fd(to_b, "a", to_a));
	close(a);
	close(b);
	close(to_a);
	close(to_b);
	close(ring);
	close(s[0]);
	close(s[1]);
}

TEST_FOR(two_mailboxes_a_socket_and_a_ring_are_freed, "C30.2 C30.3 C36.2", 60)
{
	expect_all_freed(three_ways);
}
