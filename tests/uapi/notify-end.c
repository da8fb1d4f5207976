// SPDX-License-Identifier: GPL-2.0-only
/*
 * notify-end.c: what ends a registration: its thread's end, exec, a closed
 * descriptor; and all that while its signal is on its way.
 *
 * Owns: the claims of C29.3.  Takes no locks; part of uapi-notify.
 */
#include "races.h"
#include "told.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>

#define SIG SIGRTMIN

/* The mailbox has nobody registered: anyone can be. */
static void expect_free(int fd)
{
	EXPECT_OK(do_notify(fd, SIGUSR2, 0));
	EXPECT_OK(do_notify(fd, 0, 0));
}

/* -- Threads and processes that end -------------------------------------------- */

static void *just_register(void *arg)
{
	ASSERT_OK(do_notify(*(int *)arg, SIGKILL, 0));
	return NULL;
}

TEST(the_end_of_its_thread_ends_a_registration, "C29.3")
{
	int fd = box_new(), i;
	pthread_t t;

	/* If it went to the process it would be its end. */
	for (i = 0; i < 2; i++) {
		ASSERT_EQ(pthread_create(&t, NULL, just_register, &fd), 0);
		ASSERT_EQ(pthread_join(t, NULL), 0);
	}
	put(fd, "a");
	expect_next(fd, "a");
	expect_free(fd);
}

static pthread_t first_thread;

static void *outlive(void *arg)
{
	int fd = *(int *)arg;

	ASSERT_EQ(pthread_join(first_thread, NULL), 0);
	expect_free(fd);
	put(fd, "a");
	mbt_child_exit();
}

TEST(a_first_thread_that_has_ended_holds_no_registration, "C29.3")
{
	static int fd;
	pthread_t t;
	pid_t pid;

	fd = box_new();
	CHILD(pid)
	{
		first_thread = pthread_self();
		ASSERT_OK(do_notify(fd, SIGKILL, 0));
		ASSERT_EQ(pthread_create(&t, NULL, outlive, &fd), 0);
		pthread_exit(NULL);
	}
	EXPECT_CHILD_OK(pid);
}

TEST(the_end_of_its_process_ends_a_registration, "C29.3")
{
	int fd = box_new();
	pid_t pid;

	CHILD(pid)
	ASSERT_OK(do_notify(fd, SIG, 0));
	EXPECT_CHILD_OK(pid);
	expect_free(fd);
	CHILD(pid)
	{
		ASSERT_OK(do_notify(fd, SIG, 0));
		raise(SIGKILL);
	}
	EXPECT_CHILD_KILLED(pid, SIGKILL);
	expect_free(fd);
	put(fd, "a");
}

/* -- Descriptors that are closed ------------------------------------------------ */

TEST(closing_a_copy_of_its_descriptor_ends_a_registration, "C29.3")
{
	int fd = box_new(), copy = ASSERT_OK(dup(fd));

	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, 0));
	close(copy);
	put(fd, "a");
	expect_no_signal(SIG);
	expect_next(fd, "a");
	/* dup2() over it closes it too. */
	copy = ASSERT_OK(dup(fd));
	ASSERT_OK(do_notify(fd, SIG, 0));
	ASSERT_OK(dup2(box_dev(), copy));
	put(fd, "b");
	expect_no_signal(SIG);
}

TEST(closing_another_handle_ends_no_registration, "C29.3")
{
	int fd = box_new(), other = ASSERT_OK(do_copy(fd, R_RECV));

	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, 0));
	close(other);
	put(fd, "a");
	expect_signal(SIG, NULL);
}

TEST(what_another_process_closes_ends_no_registration, "C29.3")
{
	int fd = box_new();
	pid_t pid;

	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, 0));
	CHILD(pid)
	close(fd);
	EXPECT_CHILD_OK(pid);
	CHILD(pid)
	{
		/* With its end, too. */
	}
	EXPECT_CHILD_OK(pid);
	put(fd, "a");
	expect_signal(SIG, NULL);
}

TEST(a_registration_ends_with_its_handle_whoever_closes_it, "C29.3")
{
	int fd = box_new(), in = ASSERT_OK(do_copy(fd, R_RECV));
	pid_t pid;

	hold_signal(SIG);
	ASSERT_OK(do_notify(in, SIG, 0));
	CHILD_WITH_FILES(pid)
	close(in);
	EXPECT_CHILD_OK(pid);
	EXPECT_ERRNO(fcntl(in, F_GETFD), EBADF);
	put(fd, "a");
	expect_no_signal(SIG);
	expect_free(fd);
}

/* -- exec ------------------------------------------------------------------------- */

static int gate[2];

/* Becomes a program that ends well when the gate opens, and of a SIGUSR1. */
static void become_program(void)
{
	ASSERT_OK(dup2(gate[0], 0));
	close(gate[1]);
	execl("/bin/sh", "sh", "-c", "read line", NULL);
	FAIL("cannot run /bin/sh: %s", mbt_errno_name(errno));
	_exit(1);
}

static void *become_program_here(void *arg)
{
	(void)arg;
	become_program();
	return NULL;
}

static bool is_program(pid_t pid)
{
	char path[64], name[32];

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	return mbt_read_file(path, name, sizeof(name)) > 0 &&
	       !strcmp(name, "sh\n");
}

static void wait_for_program(pid_t pid)
{
	WAIT_FOR(is_program(pid));
	/* What the shell does while it waits for a line. */
	wait_until_sleeping(pid, "poll");
}

/* Lets the program end; it has had no signal. */
static void expect_program_ends(pid_t pid)
{
	ASSERT_EQ(write(gate[1], "\n", 1), 1);
	EXPECT_CHILD_OK(pid);
}

TEST(exec_ends_a_registration_whose_descriptor_stays_open, "C29.3")
{
	int fd = box_new();
	pid_t pid;

	ASSERT_OK(pipe(gate));
	CHILD(pid)
	{
		ASSERT_OK(fcntl(fd, F_SETFD, 0));
		ASSERT_OK(do_notify(fd, SIGUSR1, 0));
		become_program();
	}
	wait_for_program(pid);
	put(fd, "a");
	expect_program_ends(pid);
	expect_free(fd);
}

TEST(exec_by_another_thread_ends_a_registration, "C29.3")
{
	int fd = box_new();
	pthread_t t;
	pid_t pid;

	ASSERT_OK(pipe(gate));
	CHILD(pid)
	{
		ASSERT_OK(fcntl(fd, F_SETFD, 0));
		ASSERT_OK(do_notify(fd, SIGUSR1, 0));
		/* It takes over the number of this one. */
		ASSERT_EQ(pthread_create(&t, NULL, become_program_here, NULL),
			  0);
		pthread_join(t, NULL);
	}
	wait_for_program(pid);
	put(fd, "a");
	expect_program_ends(pid);
	expect_free(fd);
}

/* -- before-signal: taken for a message, and the signal not sent ------------------ */

/* A child that sends, and is stopped with the signal in its hand. */
static pid_t sender_that_stops(int fd)
{
	pid_t pid;

	mbt_delay_arm("before-signal");
	pid = start_sender(fd, "a", 0, 0, 0);
	mbt_delay_wait("before-signal");
	return pid;
}

TEST(a_signal_on_its_way_does_not_reach_another_program, "C29.3")
{
	int fd = box_new(), up[2];
	pid_t pid, other;
	char c = 'r';

	need_delays();
	ASSERT_OK(pipe(gate));
	ASSERT_OK(pipe(up));
	CHILD(pid)
	{
		ASSERT_OK(fcntl(fd, F_SETFD, 0));
		ASSERT_OK(do_notify(fd, SIGUSR1, 0));
		ASSERT_EQ(write(up[1], &c, 1), 1);
		ASSERT_EQ(read(gate[0], &c, 1), 1);
		become_program();
	}
	ASSERT_EQ(read(up[0], &c, 1), 1);
	other = sender_that_stops(fd);
	ASSERT_EQ(write(gate[1], "x", 1), 1);
	wait_for_program(pid);
	mbt_delay_release("before-signal");
	EXPECT_CHILD_OK(other);
	expect_program_ends(pid);
}

static pthread_barrier_t stage;

static void *register_and_stay(void *arg)
{
	just_register(arg);
	pthread_barrier_wait(&stage);
	pthread_barrier_wait(&stage);
	return NULL;
}

TEST(a_signal_on_its_way_to_a_thread_that_has_ended_is_dropped, "C29.3")
{
	int fd = box_new();
	pid_t other;
	pthread_t t;

	need_delays();
	ASSERT_EQ(pthread_barrier_init(&stage, NULL, 2), 0);
	ASSERT_EQ(pthread_create(&t, NULL, register_and_stay, &fd), 0);
	pthread_barrier_wait(&stage);
	other = sender_that_stops(fd);
	pthread_barrier_wait(&stage);
	ASSERT_EQ(pthread_join(t, NULL), 0);
	mbt_delay_release("before-signal");
	EXPECT_CHILD_OK(other);
	expect_next(fd, "a");
	expect_free(fd);
}

TEST(who_registers_again_while_a_signal_is_on_its_way_gets_both, "C29.2")
{
	int fd = box_new();
	siginfo_t info;
	pid_t other;

	need_delays();
	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, 1));
	other = sender_that_stops(fd);
	expect_no_signal(SIG);
	expect_next(fd, "a");
	ASSERT_OK(do_notify(fd, SIG, 2));
	put(fd, "b");
	expect_signal(SIG, &info);
	EXPECT_EQ(value_of(&info), 2);
	mbt_delay_release("before-signal");
	EXPECT_CHILD_OK(other);
	expect_signal(SIG, &info);
	EXPECT_EQ(value_of(&info), 1);
}

TEST(the_end_of_the_mailbox_leaves_a_signal_on_its_way_alone, "C29.2")
{
	int fd = box_new();
	pid_t other;

	need_delays();
	hold_signal(SIG);
	ASSERT_OK(do_notify(fd, SIG, 1));
	other = sender_that_stops(fd);
	ASSERT_OK(do_destroy(fd));
	close(fd);
	mbt_delay_release("before-signal");
	EXPECT_CHILD_OK(other);
	expect_signal(SIG, NULL);
}
