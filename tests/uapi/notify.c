// SPDX-License-Identifier: GPL-2.0-only
/*
 * notify.c: NOTIFY: when its signal comes, to whom, and what it says.
 *
 * Owns: the claims of C29 about NOTIFY but those of notify-end.c.  Takes no
 * locks; run by the guest runner with the test build of the module.
 *
 * opts: module=test timeout=180
 */
#include "told.h"
#include "wait.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define SIG SIGRTMIN
#define VALUE 0x55667788U

/* A mailbox with which the caller has registered for SIG. */
static int registered(void)
{
	int fd = box_new();

	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	return fd;
}

TEST(notify_sends_its_signal_when_the_first_message_comes, "C29.2 C29.5")
{
	int fd = registered();
	siginfo_t info;

	expect_no_signal(SIG);
	put(fd, "a");
	expect_signal(SIG, &info);
	EXPECT_EQ(info.si_code, SI_MESGQ);
	EXPECT_EQ(value_of(&info), VALUE);
	EXPECT_EQ(info.si_pid, getpid());
	EXPECT_EQ(info.si_uid, getuid());
	expect_next(fd, "a");
}

TEST(notify_is_one_shot, "C29.2")
{
	int fd = registered();

	put(fd, "a");
	expect_signal(SIG, NULL);
	expect_next(fd, "a");
	put(fd, "b");
	expect_no_signal(SIG);
	/* And can be had again. */
	expect_next(fd, "b");
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	put(fd, "c");
	expect_signal(SIG, NULL);
}

TEST(what_waits_already_sends_no_signal, "C29.5")
{
	int fd = box_new();

	hold_signal(SIG);
	put(fd, "a");
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	expect_no_signal(SIG);
	put(fd, "b");
	expect_no_signal(SIG);
	expect_next(fd, "a");
	expect_next(fd, "b");
	put(fd, "c");
	expect_signal(SIG, NULL);
}

TEST(a_message_of_any_priority_that_is_alone_sends_the_signal, "C29.5")
{
	int fd = box_new();

	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	ASSERT_OK(do_send(fd, "a", 1, .priority = 7));
	expect_signal(SIG, NULL);
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	ASSERT_OK(do_send(fd, "b", 1, .priority = 9, .flags = MBOX_URGENT));
	ASSERT_OK(do_send(fd, "c", 1));
	expect_no_signal(SIG);
	expect_next(fd, "b");
	expect_next(fd, "a");
	expect_next(fd, "c");
	ASSERT_OK(do_send(fd, "d", 1, .priority = 9, .flags = MBOX_URGENT));
	expect_signal(SIG, NULL);
}

TEST(a_receiver_who_waits_gets_the_message_and_no_signal_comes, "C29.5")
{
	int fd = registered();
	pid_t pid = receiver(fd, "a");

	put(fd, "a");
	EXPECT_CHILD_OK(pid);
	expect_no_signal(SIG);
	/* The registration is still there. */
	put(fd, "b");
	expect_signal(SIG, NULL);
}

TEST(a_receiver_without_room_for_it_is_none, "C29.5")
{
	int fd = registered();
	struct mbox_recv r;
	char c;
	pid_t pid;

	CHILD(pid)
	EXPECT_ERRNO(do_recv(fd, &r, &c, 1), EMSGSIZE);
	wait_until_blocked(pid);
	put(fd, "large");
	EXPECT_CHILD_OK(pid);
	expect_signal(SIG, NULL);
}

TEST(a_message_that_comes_back_has_come, "C29.5 C11.1")
{
	int fd = box_new();
	struct mbox_recv r;

	hold_signal(SIG);
	put(fd, "a");
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	/* Whoever looks meanwhile finds nothing, and would never be told. */
	EXPECT_ERRNO(do_recv(fd, &r, nowhere(), 16), EFAULT);
	expect_signal(SIG, NULL);
	expect_next(fd, "a");
}

TEST(the_message_of_a_sender_that_waited_sends_it_with_that_sender, "C29.5")
{
	int fd = full_box();
	siginfo_t info;
	pid_t pid;

	hold_signal(SIG);
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		ASSERT_OK(do_send(fd, "second", 6));
	}
	wait_until_blocked(pid);
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	expect_next(fd, "first");
	expect_signal(SIG, &info);
	EXPECT_EQ(info.si_pid, pid);
	EXPECT_EQ(info.si_uid, ALICE);
	EXPECT_CHILD_OK(pid);
}

TEST(a_rendezvous_sends_it_when_a_sender_waits, "C29.5")
{
	int fd = box_new(.capacity = MBOX_CAPACITY_ZERO);
	siginfo_t info;
	pid_t pid;

	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	pid = sender(fd, "a");
	expect_signal(SIG, &info);
	EXPECT_EQ(info.si_pid, pid);
	expect_next(fd, "a");
	EXPECT_CHILD_OK(pid);
}

TEST(a_message_in_place_of_another_sends_no_signal, "C29.5 C13.3")
{
	int fd = box_new(.max_messages = 1, .policy = MBOX_POLICY_DROP_OLDEST);

	hold_signal(SIG);
	put(fd, "a");
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	put(fd, "b");
	expect_no_signal(SIG);
	expect_next(fd, "b");
	put(fd, "c");
	expect_signal(SIG, NULL);
}

TEST(a_message_that_is_flushed_makes_room_for_a_signal, "C29.5 C22.5")
{
	struct mbox_flush flush = { .size = sizeof(flush) };
	int fd = full_box();
	pid_t pid;

	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	pid = sender(fd, "second");
	ASSERT_OK(box_ioctl(fd, MBOX_IOC_FLUSH, &flush));
	expect_signal(SIG, NULL);
	EXPECT_CHILD_OK(pid);
}

TEST(write_sends_it_with_who_opened_the_handle, "C29.5 C8.10")
{
	int fd = registered(), send = ASSERT_OK(do_copy(fd, R_SEND));
	siginfo_t info;
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		ASSERT_EQ(write(send, "a", 1), 1);
	}
	EXPECT_CHILD_OK(pid);
	expect_signal(SIG, &info);
	EXPECT_EQ(info.si_pid, getpid());
	EXPECT_EQ(info.si_uid, 0);
}

/* -- To whom ---------------------------------------------------------------- */

static void *register_and_take(void *arg)
{
	int fd = *(int *)arg;

	/* The first thread has it. */
	EXPECT_ERRNO(do_notify(fd, SIG, 1), EBUSY);
	/* One that has none ends none. */
	EXPECT_OK(do_notify(fd, 0, 0));
	put(fd, "a");
	expect_no_signal(SIG);
	return NULL;
}

TEST(the_signal_goes_to_the_thread_that_registered_and_no_other,
     "C29.2 C29.6 NOTIFY:EBUSY")
{
	int fd = registered();
	pthread_t t;

	ASSERT_EQ(pthread_create(&t, NULL, register_and_take, &fd), 0);
	ASSERT_EQ(pthread_join(t, NULL), 0);
	expect_signal(SIG, NULL);
}

TEST(another_process_is_refused_while_one_has_registered, "NOTIFY:EBUSY")
{
	int fd = registered();
	pid_t pid;

	CHILD(pid)
	expect_refused(fd, do_notify(fd, SIG, 2), EBUSY);
	EXPECT_CHILD_OK(pid);
	put(fd, "a");
	expect_signal(SIG, NULL);
}

TEST(who_registers_again_changes_signal_and_value, "C29.2")
{
	int fd = registered();
	int copy = ASSERT_OK(do_copy(fd, R_RECV));
	siginfo_t info;

	hold_signal(SIGUSR1);
	ASSERT_OK(do_notify(copy, SIGUSR1, 7));
	/* It counts as made through the second handle. */
	close(ASSERT_OK(dup(fd)));
	put(fd, "a");
	expect_signal(SIGUSR1, &info);
	EXPECT_EQ(value_of(&info), 7);
	expect_no_signal(SIG);
}

TEST(signal_0_ends_ones_own_registration, "C29.2")
{
	int fd = registered();

	ASSERT_OK(do_notify(fd, 0, 0));
	ASSERT_OK(do_notify(fd, 0, 0));
	put(fd, "a");
	expect_no_signal(SIG);
}

/* -- What it says -------------------------------------------------------------- */

TEST(a_value_is_as_wide_as_a_pointer_and_no_wider, "C29.5 C34.2")
{
	uint64_t wide = 0x1122334455667788ULL;
	int fd = box_new();
	siginfo_t info;

	hold_signal(SIG);
	if (sizeof(void *) == 4) {
		EXPECT_ERRNO(do_notify(fd, SIG, wide), EINVAL);
		wide = 0xffffffff;
	}
	ASSERT_OK(do_notify(fd, SIG, wide));
	put(fd, "a");
	expect_signal(SIG, &info);
	EXPECT_EQ(value_of(&info), wide);
}

TEST(a_sender_that_is_not_seen_has_no_pid, "C29.5")
{
	int fd = box_new(), up[2];
	pid_t pid;
	char c;

	ASSERT_OK(pipe(up));
	hold_signal(SIG);
	ASSERT_OK(unshare(CLONE_NEWPID));
	CHILD(pid)
	{
		siginfo_t info;
		pid_t inner;

		ASSERT_EQ(getpid(), 1);
		ASSERT_OK(do_notify(fd, SIG, VALUE));
		ASSERT_EQ(write(up[1], "r", 1), 1);
		await_signal(SIG, &info);
		EXPECT_EQ(info.si_pid, 0);
		expect_next(fd, "a");
		ASSERT_OK(do_notify(fd, SIG, VALUE));
		CHILD(inner)
		put(fd, "b");
		EXPECT_CHILD_OK(inner);
		expect_signal(SIG, &info);
		EXPECT_EQ(info.si_pid, inner);
	}
	ASSERT_EQ(read(up[0], &c, 1), 1);
	put(fd, "a");
	EXPECT_CHILD_OK(pid);
}

/* A child in a user namespace in which ALICE is root is told of a sender. */
static void told_in_user_ns(uid_t sender, uid_t shown)
{
	int fd = box_new(), up[2];
	pid_t pid, other;
	char c;

	ASSERT_OK(pipe(up));
	hold_signal(SIG);
	CHILD(pid)
	{
		siginfo_t info;

		mbt_become(ALICE, ALICE);
		enter_user_ns(0, 0);
		ASSERT_OK(do_notify(fd, SIG, VALUE));
		ASSERT_EQ(write(up[1], "r", 1), 1);
		await_signal(SIG, &info);
		EXPECT_EQ(info.si_uid, shown);
	}
	ASSERT_EQ(read(up[0], &c, 1), 1);
	CHILD(other)
	{
		mbt_become(sender, sender);
		put(fd, "a");
	}
	EXPECT_CHILD_OK(other);
	EXPECT_CHILD_OK(pid);
}

TEST(a_sender_has_the_uid_of_the_receivers_user_namespace, "C29.5")
{
	told_in_user_ns(ALICE, 0);
}

TEST(a_sender_without_a_uid_there_has_the_overflow_uid, "C29.5")
{
	told_in_user_ns(BOB, 65534);
}

TEST(a_sender_from_a_user_namespace_has_its_uid_outside, "C29.5")
{
	int fd = registered();
	siginfo_t info;
	pid_t pid;

	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		enter_user_ns(0, 0);
		put(fd, "a");
	}
	EXPECT_CHILD_OK(pid);
	expect_signal(SIG, &info);
	EXPECT_EQ(info.si_uid, ALICE);
	expect_next(fd, "a");

	/* Without a uid inside it has none that could be another's outside. */
	ASSERT_OK(do_notify(fd, SIG, VALUE));
	CHILD(pid)
	{
		mbt_become(ALICE, ALICE);
		ASSERT_OK(unshare(CLONE_NEWUSER));
		put(fd, "b");
	}
	EXPECT_CHILD_OK(pid);
	expect_signal(SIG, &info);
	EXPECT_EQ(info.si_uid, 65534);
}

TEST(a_real_time_signal_over_the_limit_is_lost_and_another_says_nothing,
     "C29.2")
{
	struct rlimit none = { 0, 1000 }, some = { 1000, 1000 };
	int fd = registered();
	siginfo_t info;

	hold_signal(SIGUSR1);
	ASSERT_OK(setrlimit(RLIMIT_SIGPENDING, &none));
	put(fd, "a");
	expect_no_signal(SIG);
	expect_next(fd, "a");
	ASSERT_OK(do_notify(fd, SIGUSR1, VALUE));
	put(fd, "b");
	expect_signal(SIGUSR1, &info);
	EXPECT_EQ(info.si_code, SI_USER);
	EXPECT_EQ(info.si_pid, 0);
	expect_next(fd, "b");
	ASSERT_OK(setrlimit(RLIMIT_SIGPENDING, &some));
	put(fd, "c");
	expect_no_signal(SIG);
	expect_no_signal(SIGUSR1);
}

/* -- Refusals -------------------------------------------------------------------- */

TEST(notify_needs_recv, "C3.3 NOTIFY:EBADF")
{
	int fd = box_new(), send = ASSERT_OK(do_copy(fd, R_SEND | R_ADMIN));
	int in = ASSERT_OK(open(DEV, O_RDONLY | O_CLOEXEC));
	int device = ASSERT_OK(open(DEV, O_RDWR | O_CLOEXEC));

	expect_refused(fd, do_notify(send, SIG, 0), EBADF);
	/* It is no read, write or poll. */
	EXPECT_ERRNO(do_notify(device, SIG, 0), EBADF);
	EXPECT_OK(do_notify(in, SIG, 0));
}

TEST(what_makes_no_sense_is_refused_by_notify, "C34.6")
{
	int fd = registered();

	expect_refused(fd, do_notify(fd, 65, 0), EINVAL);
	expect_refused(fd, do_notify(fd, UINT32_MAX, 0), EINVAL);
	expect_refused(fd, do_notify(fd, 0, 1), EINVAL);
	expect_refused(fd, do_notify(fd, SIG, 0, .flags = 1), EINVAL);
	expect_refused(fd, do_notify(fd, SIG, 0, .__reserved = 1), EINVAL);
	/* The registration is as it was. */
	put(fd, "a");
	expect_signal(SIG, NULL);
	EXPECT_OK(do_notify(fd, 64, 0));
}

TEST(notify_on_a_destroyed_mailbox_fails_with_EIDRM, "NOTIFY:EIDRM C4.13")
{
	int fd = registered();

	ASSERT_OK(do_destroy(fd));
	EXPECT_ERRNO(do_notify(fd, SIG, 0), EIDRM);
	EXPECT_ERRNO(do_notify(fd, 0, 0), EIDRM);
	/* Its end is no arrival. */
	expect_no_signal(SIG);
}
