// SPDX-License-Identifier: GPL-2.0-only
/*
 * fds.c: descriptors that travel in messages: what may, how it arrives, and
 * what becomes of it when it does not.
 *
 * Owns: the claims of C30 but for life (fds-life.c), loops (fds-loops.c) and
 * limits (fds-limits.c).  Takes no locks; run by the guest runner.
 *
 * opts: module=test timeout=120
 */
#include "fds.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>

/* -- arriving ----------------------------------------------------------------- */

TEST(what_travels_is_the_same_open_file, "C30.1")
{
	int fd = fds_box(), file = file_at(7), got = -1;
	struct mbox_recv r;

	ASSERT_OK(send_fd(fd, "here", file));
	ASSERT_OK(recv_fds(fd, &r, 1, &got));
	EXPECT_EQ(r.msg_fds, 1);
	EXPECT_EQ(r.msg_len, 4);
	ASSERT_NE(got, file);
	expect_file_at(got, 7);
	ASSERT_EQ(lseek(file, 3, SEEK_CUR), 10);
	expect_file_at(got, 10);
}

TEST(sixteen_travel_in_their_order, "C30.1")
{
	int fd = fds_box(), list[MBOX_FDS_MAX], got[MBOX_FDS_MAX], i;
	struct mbox_recv r;

	for (i = 0; i < MBOX_FDS_MAX; i++)
		list[i] = file_at(100 + i);
	ASSERT_OK(send_fds(fd, "", MBOX_FDS_MAX, list));
	ASSERT_OK(recv_fds(fd, &r, MBOX_FDS_MAX, got));
	EXPECT_EQ(r.msg_fds, MBOX_FDS_MAX);
	for (i = 0; i < MBOX_FDS_MAX; i++)
		expect_file_at(got[i], 100 + i);
}

TEST(seventeen_are_refused, "C30.1 ANY:EINVAL")
{
	int fd = fds_box(), list[MBOX_FDS_MAX + 1], i;

	for (i = 0; i <= MBOX_FDS_MAX; i++)
		list[i] = file_at(0);
	expect_refused(fd, send_fds(fd, "x", MBOX_FDS_MAX + 1, list), EINVAL);
	expect_refused(fd, send_fds(fd, "x", UINT32_MAX, list), EINVAL);
}

TEST(one_descriptor_can_travel_twice_in_a_message, "C30.1")
{
	int fd = fds_box(), file = file_at(5), list[2] = { file, file }, got[2];
	struct mbox_recv r;

	ASSERT_OK(send_fds(fd, "x", 2, list));
	ASSERT_OK(recv_fds(fd, &r, 2, got));
	ASSERT_NE(got[0], got[1]);
	ASSERT_EQ(lseek(got[0], 6, SEEK_SET), 6);
	expect_file_at(got[1], 6);
}

TEST(only_a_mailbox_that_was_made_for_it_takes_descriptors,
     "C30.1 SEND:EOPNOTSUPP")
{
	int fd = box_new(), file = file_at(0);
	int plain = ASSERT_OK(open(DEV, O_WRONLY | O_CLOEXEC));

	expect_refused(fd, send_fd(fd, "x", file), EOPNOTSUPP);
	expect_refused(plain, send_fd(plain, "x", file), EOPNOTSUPP);
	EXPECT_EQ(stat_of(fds_box()).attrs, MBOX_ATTR_FDS);
	EXPECT_TRUE(info_of().attrs & MBOX_ATTR_FDS);
	EXPECT_TRUE(info_of().features & MBOX_FEATURE_FDS);
}

TEST(without_number_the_list_is_not_looked_at, "C30.1")
{
	int fd = fds_box(), got = -1;
	struct mbox_recv r;

	ASSERT_OK(do_send(fd, "x", 1, .fds = PTR(nowhere())));
	ASSERT_OK(do_recv(fd, &r, NULL, 0, .flags = MBOX_TRUNCATE,
			  .fds = PTR(nowhere())));
	EXPECT_EQ(r.msg_fds, 0);
	put(fd, "y");
	ASSERT_OK(recv_fds(fd, &r, 1, nowhere()));
	EXPECT_EQ(r.msg_fds, 0);
	EXPECT_EQ(got, -1);
}

TEST(what_arrives_is_close_on_exec, "C30.5")
{
	int fd = fds_box(), file = file_at(0), got;
	struct mbox_recv r;

	ASSERT_OK(fcntl(file, F_SETFD, 0));
	ASSERT_OK(send_fd(fd, "x", file));
	ASSERT_OK(recv_fds(fd, &r, 1, &got));
	EXPECT_EQ(ASSERT_OK(fcntl(got, F_GETFD)), FD_CLOEXEC);
}

TEST(a_handle_to_send_travels_and_works, "C30.2 C3.3")
{
	int carrier = fds_box(), box = box_new(), got;
	int reply = ASSERT_OK(do_copy(box, R_SEND));
	struct mbox_recv r;

	ASSERT_OK(send_fd(carrier, "reply here", reply));
	ASSERT_OK(recv_fds(carrier, &r, 1, &got));
	put(got, "reply");
	expect_next(box, "reply");
	EXPECT_EQ(stat_of(got).rights, R_SEND);
}

/* -- what may ------------------------------------------------------------------- */

static void expect_travels(const char *what, int file)
{
	int fd = fds_box(), got;
	struct mbox_recv r;

	if (file < 0) {
		FAIL("no %s: %s", what, mbt_errno_name(errno));
		return;
	}
	if (send_fd(fd, what, file))
		FAIL("%s: %s", what, mbt_errno_name(errno));
	else if (recv_fds(fd, &r, 1, &got) || r.msg_fds != 1)
		FAIL("%s did not arrive", what);
	mbt_checked();
	close(fd);
}

TEST(files_pipes_and_eventfds_travel, "C30.2")
{
	int p[2];

	ASSERT_OK(pipe(p));
	expect_travels("end to read", p[0]);
	expect_travels("end to write", p[1]);
	ASSERT_OK(mkfifo("/tmp/fds-fifo", 0600));
	expect_travels("FIFO", open("/tmp/fds-fifo", O_RDWR));
	unlink("/tmp/fds-fifo");
	expect_travels("eventfd", eventfd(0, 0));
	expect_travels("memfd", memfd_create("m", 0));
	expect_travels("file to read", open("/proc/self/exe", O_RDONLY));
	expect_travels("file to write",
		       open("/tmp/fds-file", O_RDWR | O_CREAT, 0600));
	unlink("/tmp/fds-file");
	expect_travels("file of /proc", open("/proc/self/status", O_RDONLY));
	expect_travels("file of /sys",
		       open("/sys/kernel/uevent_seqnum", O_RDONLY));
}

TEST(handles_whose_only_right_is_SEND_travel, "C30.2")
{
	expect_travels("handle",
		       box_open(.flags = MBOX_OPEN_CREATE, .rights = R_SEND));
	expect_travels("plain open to write", open(DEV, O_WRONLY));
}

static int stays_box;

static void expect_stays(const char *what, int file)
{
	struct box_state before;

	if (file < 0) {
		mbt_note("no %s here: %s", what, mbt_errno_name(errno));
		return;
	}
	box_state_get(stays_box, &before);
	if (send_fd(stays_box, "x", file) == 0)
		FAIL("%s could travel", what);
	else if (errno != EPERM)
		FAIL("%s: %s, not EPERM", what, mbt_errno_name(errno));
	box_state_same(__FILE__, __LINE__, stays_box, &before);
	mbt_checked();
}

TEST(sockets_devices_and_directories_do_not_travel, "C30.2 SEND:EPERM")
{
	int s[2];

	stays_box = fds_box();
	ASSERT_OK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
	expect_stays("UNIX socket", s[0]);
	expect_stays("TCP socket", socket(AF_INET, SOCK_STREAM, 0));
	expect_stays("netlink socket", socket(AF_NETLINK, SOCK_RAW, 0));
	expect_stays("/dev/null", ASSERT_OK(open("/dev/null", O_RDWR)));
	expect_stays("terminal", open("/dev/ptmx", O_RDWR));
	expect_stays("directory", ASSERT_OK(open("/tmp", O_RDONLY)));
	expect_stays("file of O_PATH", ASSERT_OK(open("/init", O_PATH)));
	expect_stays("directory of O_PATH", ASSERT_OK(open("/", O_PATH)));
}

TEST(what_holds_or_means_other_things_does_not_travel, "C30.2 SEND:EPERM")
{
	static char params[1024];
	sigset_t set;

	stays_box = fds_box();
	sigemptyset(&set);
	expect_stays("epoll", epoll_create1(0));
	expect_stays("io_uring", (int)syscall(SYS_io_uring_setup, 1, params));
	expect_stays("signalfd", signalfd(-1, &set, 0));
	expect_stays("timerfd", timerfd_create(CLOCK_MONOTONIC, 0));
	expect_stays("inotify", inotify_init());
	expect_stays("userfaultfd", (int)syscall(SYS_userfaultfd, O_CLOEXEC));
	/* Newer kernels say of these that they are regular files. */
	expect_stays("pidfd", (int)syscall(SYS_pidfd_open, getpid(), 0));
	expect_stays("namespace", open("/proc/self/ns/net", O_RDONLY));
	expect_stays("secret memory", (int)syscall(SYS_memfd_secret, 0));
}

TEST(handles_that_can_receive_or_more_do_not_travel, "C30.2 SEND:EPERM")
{
	int all = box_new(), plain;

	stays_box = fds_box();
	expect_stays("handle itself", stays_box);
	expect_stays("RECV", do_copy(all, R_RECV));
	expect_stays("ADMIN", do_copy(all, R_ADMIN));
	expect_stays("SEND and RECV", do_copy(all, R_SEND | R_RECV));
	expect_stays("SEND and ADMIN", do_copy(all, R_SEND | R_ADMIN));
	expect_stays("no right", do_copy(all, 0));
	expect_stays("plain open to read", open(DEV, O_RDONLY));
	plain = ASSERT_OK(open(DEV, O_RDWR));
	/* It has no right yet; what it gets with its first use is the point. */
	expect_stays("plain open for both", plain);
	ready(plain, POLL_ALL);
	expect_stays("the same, used", plain);
}

TEST(one_bad_descriptor_keeps_all_from_travelling, "C30.2 SEND:EPERM C11.1")
{
	struct witness w = witness();
	int fd = fds_box(), list[3] = { w.file, w.file, epoll_create1(0) };

	expect_refused(fd, send_fds(fd, "x", 3, list), EPERM);
	close(w.file);
	expect_closed(&w);
}

TEST(a_descriptor_that_is_not_open_is_EBADFD, "SEND:EBADFD C11.1")
{
	struct witness w = witness();
	int fd = fds_box(), list[2] = { w.file, -1 };

	expect_refused(fd, send_fds(fd, "x", 2, list), EBADFD);
	list[1] = 9999;
	expect_refused(fd, send_fds(fd, "x", 2, list), EBADFD);
	list[1] = INT32_MAX;
	expect_refused(fd, send_fds(fd, "x", 2, list), EBADFD);
	close(w.file);
	expect_closed(&w);
	expect_refused(fd, send_fds(fd, "x", 1, list), EBADFD);
}

TEST(a_list_that_cannot_be_read_is_EFAULT, "ANY:EFAULT C11.1")
{
	char *page = pages_before_hole(1);
	int fd = fds_box(), *list = (void *)(page + page_size() - sizeof(int));

	*list = file_at(0);
	expect_refused(fd, send_fds(fd, "x", 1, nowhere()), EFAULT);
	expect_refused(fd, send_fds(fd, "x", 2, list), EFAULT);
	EXPECT_OK(send_fds(fd, "x", 1, list));
}

TEST(who_may_not_send_learns_nothing_of_descriptors, "C3.3 SEND:EBADF")
{
	int all = fds_box(), fd = ASSERT_OK(do_copy(all, R_RECV | R_ADMIN));

	expect_refused(all, send_fd(fd, "x", -1), EBADF);
}

/* -- room ----------------------------------------------------------------------- */

TEST(who_did_not_ask_gets_the_message_and_their_number, "C30.4")
{
	struct witness w = witness();
	int fd = fds_box(), before, list[3] = { w.file, w.file, w.file };
	struct mbox_recv r;
	char buf[8];

	ASSERT_OK(send_fds(fd, "x", 3, list));
	expect_in_flight(&w);
	before = open_fds();
	ASSERT_OK(do_recv(fd, &r, buf, sizeof(buf)));
	EXPECT_EQ(r.msg_fds, 3);
	EXPECT_EQ(buf[0], 'x');
	EXPECT_EQ(open_fds(), before);
	expect_closed(&w);
}

TEST(read_takes_the_bytes_and_closes_the_descriptors, "C30.4 C1.5")
{
	struct witness w = witness();
	int fd = fds_box();
	char buf[8];

	ASSERT_OK(send_fd(fd, "bytes", w.file));
	expect_in_flight(&w);
	EXPECT_EQ(read(fd, buf, sizeof(buf)), 5);
	EXPECT_MEM(buf, "bytes", 5);
	expect_closed(&w);
}

TEST(room_for_some_is_EMSGSIZE_and_the_message_stays, "C30.4 RECV:EMSGSIZE")
{
	int fd = fds_box(), list[3], got[3] = { -1, -1, -1 }, before, i;
	struct mbox_recv r;
	char byte;

	for (i = 0; i < 3; i++)
		list[i] = file_at(i + 1);
	ASSERT_OK(send_fds(fd, "four", 3, list));
	before = open_fds();
	expect_refused(fd, recv_fds(fd, &r, 2, got), EMSGSIZE);
	EXPECT_EQ(r.msg_len, 4);
	EXPECT_EQ(r.msg_fds, 3);
	EXPECT_EQ(got[0], -1);
	/* Too short for the bytes: both are told. */
	expect_refused(fd,
		       do_recv(fd, &r, &byte, 1, .nfds = 3, .fds = PTR(got)),
		       EMSGSIZE);
	EXPECT_EQ(r.msg_len, 4);
	EXPECT_EQ(r.msg_fds, 3);
	EXPECT_EQ(open_fds(), before);
	ASSERT_OK(recv_fds(fd, &r, 3, got));
	for (i = 0; i < 3; i++)
		expect_file_at(got[i], i + 1);
}

TEST(truncate_takes_the_first_and_closes_the_rest, "C30.4 C10.2")
{
	struct witness w = witness();
	int fd = fds_box(), list[3] = { file_at(1), file_at(2), w.file };
	int got[3] = { -1, -1, -1 }, before;
	struct mbox_recv r;

	ASSERT_OK(send_fds(fd, "four", 3, list));
	expect_in_flight(&w);
	before = open_fds();
	ASSERT_OK(do_recv(fd, &r, NULL, 0, .flags = MBOX_TRUNCATE, .nfds = 2,
			  .fds = PTR(got)));
	EXPECT_EQ(r.msg_len, 4);
	EXPECT_EQ(r.msg_fds, 3);
	expect_file_at(got[0], 1);
	expect_file_at(got[1], 2);
	EXPECT_EQ(got[2], -1);
	EXPECT_EQ(open_fds(), before + 2);
	expect_closed(&w);
}

TEST(more_room_than_descriptors_is_left_alone, "C30.1")
{
	int fd = fds_box(), got[3] = { -2, -2, -2 };
	struct mbox_recv r;

	ASSERT_OK(send_fd(fd, "x", file_at(9)));
	ASSERT_OK(recv_fds(fd, &r, UINT32_MAX, got));
	expect_file_at(got[0], 9);
	EXPECT_EQ(got[1], -2);
}

/* -- none or all ---------------------------------------------------------------- */

/* Descriptors up to this number may be had, beside what is open. */
static void limit_files(int most)
{
	struct rlimit lim = { (rlim_t)most, (rlim_t)most };

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &lim));
}

TEST(without_a_free_descriptor_none_is_installed, "C30.5 C11.1 RECV:EMFILE")
{
	int fd = fds_box(), list[4], got[4] = { -1, -1, -1, -1 }, i, old;
	struct mbox_recv r;

	for (i = 0; i < 4; i++)
		list[i] = file_at(i);
	ASSERT_OK(send_fds(fd, "x", 4, list));
	old = open_fds();
	/* All numbers are taken but two, and then but four. */
	limit_files(list[3] + 1);
	while (dup(fd) >= 0)
		old++;
	for (i = 0; i < 2; i++, old--)
		close(list[i]);
	expect_refused(fd, recv_fds(fd, &r, 4, got), EMFILE);
	EXPECT_EQ(open_fds(), old);
	close(list[2]);
	close(list[3]);
	ASSERT_OK(recv_fds(fd, &r, 4, got));
	for (i = 0; i < 4; i++)
		expect_file_at(got[i], i);
}

TEST(a_list_that_cannot_be_written_changes_nothing, "C30.5 C11.1 ANY:EFAULT")
{
	char *page = pages_before_hole(1);
	int fd = fds_box(), list[2] = { file_at(1), file_at(2) }, before;
	int *got = (void *)(page + page_size() - sizeof(int));
	struct mbox_recv r;

	ASSERT_OK(send_fds(fd, "x", 2, list));
	before = open_fds();
	expect_refused(fd, recv_fds(fd, &r, 2, nowhere()), EFAULT);
	/* The first has a place, the second has none. */
	expect_refused(fd, recv_fds(fd, &r, 2, got), EFAULT);
	EXPECT_EQ(open_fds(), before);
	got = (void *)page;
	ASSERT_OK(recv_fds(fd, &r, 2, got));
	expect_file_at(got[0], 1);
	expect_file_at(got[1], 2);
}

TEST(bytes_that_cannot_be_written_install_nothing, "C30.5 C11.1 ANY:EFAULT")
{
	int fd = fds_box(), got = -1, before;
	struct mbox_recv r;

	ASSERT_OK(send_fd(fd, "x", file_at(3)));
	before = open_fds();
	expect_refused(
		fd, do_recv(fd, &r, nowhere(), 8, .nfds = 1, .fds = PTR(&got)),
		EFAULT);
	EXPECT_EQ(got, -1);
	EXPECT_EQ(open_fds(), before);
	ASSERT_OK(recv_fds(fd, &r, 1, &got));
	expect_file_at(got, 3);
}

TEST(who_cannot_install_leaves_it_to_the_next, "C30.5 C11.3 C18.3")
{
	int fd = fds_box();
	pid_t poor, rich;

	CHILD(poor)
	{
		int got, free = ASSERT_OK(dup(fd));
		struct mbox_recv r;

		close(free);
		limit_files(free);
		EXPECT_ERRNO(recv_fds(fd, &r, 1, &got), EMFILE);
	}
	wait_until_blocked(poor);
	CHILD(rich)
	{
		struct mbox_recv r;
		int got;

		ASSERT_OK(recv_fds(fd, &r, 1, &got));
		expect_file_at(got, 4);
	}
	wait_until_blocked(rich);
	ASSERT_OK(send_fd(fd, "x", file_at(4)));
	EXPECT_CHILD_OK(poor);
	EXPECT_CHILD_OK(rich);
	settled(fd, 1, 1);
}

/* -- waiting receivers -------------------------------------------------------------- */

static pid_t start_fd_receiver(int fd, unsigned int room, int err, int at)
{
	pid_t pid;

	CHILD(pid)
	{
		int got[MBOX_FDS_MAX], before = open_fds();
		struct mbox_recv r;

		if (err) {
			EXPECT_ERRNO(recv_fds(fd, &r, room, got), err);
			EXPECT_EQ(open_fds(), before);
		} else {
			ASSERT_OK(recv_fds(fd, &r, room, got));
			EXPECT_EQ(open_fds(), before + (room ? 2 : 0));
			if (room)
				expect_file_at(got[1], at);
		}
		if (err == EMSGSIZE || !err)
			EXPECT_EQ(r.msg_fds, 2);
	}
	wait_until_blocked(pid);
	return pid;
}

TEST(a_waiting_receiver_without_room_is_passed_over,
     "C18.4 C30.4 RECV:EMSGSIZE")
{
	int fd = fds_box(), list[2] = { file_at(1), file_at(2) };
	pid_t small = start_fd_receiver(fd, 1, EMSGSIZE, 0);
	pid_t large = start_fd_receiver(fd, 2, 0, 2);

	ASSERT_OK(send_fds(fd, "x", 2, list));
	EXPECT_CHILD_OK(small);
	EXPECT_CHILD_OK(large);
}

TEST(a_waiting_receiver_that_did_not_ask_has_it, "C18.3 C30.4")
{
	int fd = fds_box(), list[2] = { file_at(1), file_at(2) };
	pid_t pid = start_fd_receiver(fd, 0, 0, 0);

	ASSERT_OK(send_fds(fd, "x", 2, list));
	EXPECT_CHILD_OK(pid);
}

/* A sender that waited for room has it: its message is there, and it has gone. */
static void let_one_in(const struct trio *t, int file)
{
	pid_t pid;

	put(t->send, "first");
	CHILD(pid)
	ASSERT_OK(send_fd(t->send, "second", file, .flags = 0));
	wait_until_blocked(pid);
	expect_next(t->recv, "first");
	EXPECT_CHILD_OK(pid);
}

TEST(who_waits_for_room_with_descriptors_is_let_in, "C30.1 C30.3 C18.5")
{
	struct trio t = trio_of(fds_box(.max_messages = 1));
	struct mbox_info before = info_of();
	struct witness w = witness(), gone = witness();
	struct mbox_stat empty = stat_of(t.look);
	struct mbox_recv r;
	int got = -1;

	let_one_in(&t, w.file);
	expect_in_flight(&w);
	EXPECT_EQ(info_of().used_fds, before.used_fds + 1);
	ASSERT_OK(recv_fds(t.recv, &r, 1, &got));
	EXPECT_EQ(r.msg_fds, 1);
	EXPECT_EQ(stat_of(t.look).charged, empty.charged);
	close(got);
	expect_closed(&w);
	/* One that was let in is dropped as one that never waited is. */
	let_one_in(&t, gone.file);
	expect_in_flight(&gone);
	close(t.recv);
	expect_closed(&gone);
	EXPECT_EQ(info_of().used_fds, before.used_fds);
}

TEST(a_rendezvous_passes_descriptors, "C15.1 C30.1")
{
	int fd = fds_box(.capacity = MBOX_CAPACITY_ZERO);
	int list[2] = { file_at(1), file_at(2) };
	pid_t pid;

	expect_refused(fd, send_fds(fd, "x", 2, list, .flags = MBOX_NOWAIT),
		       EAGAIN);
	/* Who has room for one alone does not meet the two. */
	pid = start_fd_receiver(fd, 1, EINTR, 0);
	EXPECT_ERRNO(send_fds(fd, "x", 2, list, .flags = MBOX_NOWAIT), EAGAIN);
	ASSERT_OK(kill(pid, SIGKILL));
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	pid = start_fd_receiver(fd, 2, 0, 2);
	ASSERT_OK(send_fds(fd, "x", 2, list, .flags = MBOX_NOWAIT));
	EXPECT_CHILD_OK(pid);
}
