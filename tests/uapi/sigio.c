// SPDX-License-Identifier: GPL-2.0-only
/*
 * sigio.c: O_ASYNC, F_SETOWN and F_SETSIG: a signal for every arrival.
 *
 * Owns: the claims of C29 about SIGIO.  Takes no locks; run by the guest
 * runner.
 *
 * opts: timeout=120
 */
#include "told.h"
#include "wait.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define SIG SIGRTMIN

static void turn_on(int fd)
{
	ASSERT_OK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC));
}

static void turn_off(int fd)
{
	ASSERT_OK(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_ASYNC));
}

/* The caller is to be told by SIG, which it holds. */
static void tell_me(int fd)
{
	hold_signal(SIG);
	ASSERT_OK(fcntl(fd, F_SETOWN, getpid()));
	ASSERT_OK(fcntl(fd, F_SETSIG, SIG));
	turn_on(fd);
}

/* One signal is there, for this descriptor and reason. */
static void expect_told(int fd, int code, int band)
{
	siginfo_t info;

	expect_signal(SIG, &info);
	EXPECT_EQ(info.si_code, code);
	EXPECT_EQ(info.si_fd, fd);
	EXPECT_EQ(info.si_band & band, band);
}

TEST(sigio_comes_for_every_arrival_and_says_where, "C29.1 C29.4")
{
	int fd = box_new();

	tell_me(fd);
	put(fd, "a");
	put(fd, "b");
	put(fd, "c");
	expect_told(fd, POLL_IN, POLLIN);
	expect_told(fd, POLL_IN, POLLIN);
	expect_told(fd, POLL_IN, POLLIN);
	expect_no_signal(SIG);
}

TEST(sigio_comes_for_a_message_handed_to_a_receiver_who_sleeps, "C29.1")
{
	int fd = box_new();
	pid_t pid;

	tell_me(fd);
	pid = receiver(fd, "a");
	put(fd, "a");
	EXPECT_CHILD_OK(pid);
	expect_told(fd, POLL_IN, POLLIN);
	expect_no_signal(SIG);
}

TEST(sigio_comes_for_the_message_of_a_sender_that_waited, "C29.1")
{
	int fd = full_box();
	pid_t pid;

	pid = sender(fd, "second");
	tell_me(fd);
	expect_next(fd, "first");
	EXPECT_CHILD_OK(pid);
	expect_told(fd, POLL_IN, POLLIN);
	expect_no_signal(SIG);
}

TEST(sigio_comes_for_a_message_that_comes_back, "C29.1")
{
	int fd = box_new();
	struct mbox_recv r;

	put(fd, "a");
	tell_me(fd);
	EXPECT_ERRNO(do_recv(fd, &r, nowhere(), 16), EFAULT);
	expect_told(fd, POLL_IN, POLLIN);
	expect_no_signal(SIG);
}

TEST(no_sigio_comes_for_a_message_that_is_dropped, "C29.1")
{
	int fd = box_new(.max_messages = 1, .policy = MBOX_POLICY_DROP_NEWEST);

	put(fd, "a");
	tell_me(fd);
	put(fd, "b");
	expect_no_signal(SIG);
}

TEST(without_f_setsig_it_is_sigio, "C29.1")
{
	int fd = box_new();

	hold_signal(SIGIO);
	ASSERT_OK(fcntl(fd, F_SETOWN, getpid()));
	turn_on(fd);
	put(fd, "a");
	expect_signal(SIGIO, NULL);
}

TEST(who_turned_o_async_off_or_closed_is_told_no_more, "C29.1")
{
	int fd = box_new(), on = ASSERT_OK(do_copy(fd, R_RECV));
	int other = ASSERT_OK(do_copy(fd, R_RECV));

	tell_me(on);
	tell_me(other);
	turn_off(on);
	put(fd, "a");
	expect_told(other, POLL_IN, POLLIN);
	expect_no_signal(SIG);
	turn_on(on);
	close(on);
	close(other);
	put(fd, "b");
	expect_no_signal(SIG);
}

TEST(sigio_goes_to_the_thread_or_process_of_f_setown, "C29.1")
{
	int fd = box_new(), ready_pipe[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(ready_pipe));
	CHILD(pid)
	{
		struct f_owner_ex owner = { F_OWNER_TID, mbt_gettid() };
		siginfo_t info;

		hold_signal(SIG);
		ASSERT_OK(fcntl(fd, F_SETOWN_EX, &owner));
		ASSERT_OK(fcntl(fd, F_SETSIG, SIG));
		turn_on(fd);
		ASSERT_EQ(write(ready_pipe[1], "r", 1), 1);
		await_signal(SIG, &info);
		EXPECT_EQ(info.si_fd, fd);
	}
	hold_signal(SIG);
	ASSERT_EQ(read(ready_pipe[0], &c, 1), 1);
	put(fd, "a");
	EXPECT_CHILD_OK(pid);
	expect_no_signal(SIG);
}

TEST(sigio_does_not_reach_whom_its_asker_may_not_signal, "C29.1")
{
	int fd = box_new();
	pid_t pid, me = getpid();

	hold_signal(SIG);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		ASSERT_OK(fcntl(fd, F_SETOWN, me));
		ASSERT_OK(fcntl(fd, F_SETSIG, SIG));
		turn_on(fd);
	}
	EXPECT_CHILD_OK(pid);
	put(fd, "a");
	expect_no_signal(SIG);
}

TEST(a_handle_that_can_only_send_is_told_of_room, "C29.1 C20.2")
{
	int fd = full_box(), send = ASSERT_OK(do_copy(fd, R_SEND));

	tell_me(send);
	expect_next(fd, "first");
	expect_told(send, POLL_OUT, POLLOUT);
	/* And not of messages. */
	put(fd, "x");
	expect_no_signal(SIG);
}

TEST(a_handle_that_can_receive_is_not_told_of_room, "C29.1")
{
	int fd = full_box();

	tell_me(fd);
	expect_next(fd, "first");
	expect_no_signal(SIG);
}

TEST(in_a_rendezvous_the_sender_is_told_of_a_receiver, "C29.1 C15.4")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	int send = ASSERT_OK(do_copy(fd, R_SEND));
	pid_t pid;

	tell_me(send);
	CHILD(pid)
	{
		struct mbox_recv r;

		ASSERT_OK(do_recv(fd, &r, NULL, 0, .flags = MBOX_TRUNCATE));
		ASSERT_OK(do_recv(fd, &r, pages_before_hole(16),
				  16 * page_size()));
	}
	wait_until_blocked(pid);
	expect_told(send, POLL_OUT, POLLOUT);
	put(send, "a");
	wait_until_blocked(pid);
	put(send, "b");
	EXPECT_CHILD_OK(pid);
}

TEST(sigio_tells_when_the_last_sender_has_gone, "C29.1 C20.4")
{
	int in = ASSERT_OK(
		box_open(.flags = MBOX_OPEN_CREATE | MBOX_OPEN_HANGUP,
			 .rights = R_RECV, .mode = 0600, NAMED("end")));
	int out = ASSERT_OK(box_open(.rights = R_SEND, NAMED("end")));
	char c;

	tell_me(in);
	close(out);
	/* As if there were something: the call that looks does not wait. */
	expect_told(in, POLL_IN, POLLIN);
	EXPECT_EQ(read(in, &c, 1), 0);
	expect_no_signal(SIG);
}

TEST(sigio_tells_of_destroy_on_both_sides, "C29.1 C20.7")
{
	int fd = box_new(), in = ASSERT_OK(do_copy(fd, R_RECV));
	int out = ASSERT_OK(do_copy(fd, R_SEND));

	tell_me(in);
	tell_me(out);
	ASSERT_OK(do_destroy(fd));
	expect_told(in, POLL_HUP, POLLHUP);
	expect_told(out, POLL_HUP, POLLHUP);
	expect_no_signal(SIG);
}

TEST(a_sender_is_told_when_nobody_can_receive_any_more, "C29.1 C20.6")
{
	int fd = box_new(), send = ASSERT_OK(do_copy(fd, R_SEND));

	tell_me(send);
	close(fd);
	expect_told(send, POLL_OUT, POLLOUT);
	EXPECT_EQ(ready(send, POLLOUT), POLLERR);
}

TEST(a_plain_o_rdwr_descriptor_gets_its_rights_with_o_async, "C6.3 C29.1")
{
	int fd = ASSERT_OK(open(DEV, O_RDWR | O_CLOEXEC));

	EXPECT_EQ(stat_of(fd).rights, 0);
	tell_me(fd);
	EXPECT_EQ(stat_of(fd).rights, R_SEND | R_RECV);
	put(fd, "a");
	expect_told(fd, POLL_IN, POLLIN);
	expect_next(fd, "a");
}

TEST(o_async_is_not_for_a_handle_that_can_neither_send_nor_receive, "C3.3")
{
	int fd = box_new(), admin = ASSERT_OK(do_copy(fd, R_ADMIN));

	EXPECT_ERRNO(fcntl(admin, F_SETFL, O_ASYNC), EBADF);
	EXPECT_EQ(fcntl(admin, F_GETFL) & O_ASYNC, 0);
}

TEST(too_many_that_ask_for_sigio_are_refused, "C36.3 C29.1")
{
	struct rlimit many = { 4096, 4096 };
	int fd = box_new(), last, i;

	ASSERT_OK(setrlimit(RLIMIT_NOFILE, &many));
	hold_signal(SIGIO);
	for (i = 0; i < 1024; i++) {
		last = ASSERT_OK(do_copy(fd, R_RECV));
		turn_on(last);
		/* Once more changes nothing. */
		turn_on(last);
	}
	EXPECT_ERRNO(fcntl(fd, F_SETFL, O_ASYNC), EDQUOT);
	tell_me(last);
	put(fd, "a");
	expect_told(last, POLL_IN, POLLIN);
	turn_off(last);
	turn_on(fd);
}
