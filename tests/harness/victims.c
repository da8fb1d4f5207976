// SPDX-License-Identifier: GPL-2.0-only
/*
 * victims.c: tests that must fail, each in its own way.
 *
 * Owns: the cases harness_selftest.sh runs to see that the harness reports
 * them.  Runs on the host; never part of a test run of its own.
 */
#include "mbox_test.h"

#include <pthread.h>
#include <signal.h>

TEST(passes, "C1.1")
{
	EXPECT_EQ(2 + 2, 4);
	EXPECT_ERRNO(close(-1), EBADF);
}

TEST(sees_a_wrong_value, "")
{
	EXPECT_EQ(2 + 2, 5);
}

TEST(sees_a_wrong_errno, "")
{
	EXPECT_ERRNO(close(-1), EINTR);
}

TEST(sees_success_where_an_error_is_due, "")
{
	EXPECT_ERRNO(getpid(), EINTR);
}

TEST(makes_no_check, "")
{
}

TEST(is_skipped, "C1.2")
{
	SKIP("there is no %s", "reason");
}

TEST_FOR(hangs, "", 1)
{
	EXPECT_TRUE(true);
	for (;;)
		pause();
}

TEST(crashes, "")
{
	EXPECT_TRUE(true);
	raise(SIGSEGV);
}

TEST(fails_in_a_child, "")
{
	pid_t pid;

	CHILD(pid)
	ASSERT_EQ(1, 2);
	mbt_reap(__FILE__, __LINE__, pid);
}

static void *fail_in_thread(void *arg)
{
	EXPECT_EQ(3, 4);
	return arg;
}

TEST(fails_in_a_thread, "")
{
	pthread_t t;

	pthread_create(&t, NULL, fail_in_thread, NULL);
	pthread_join(t, NULL);
}

TEST(exits_with_a_status, "")
{
	EXPECT_TRUE(true);
	_exit(3);
}

TEST(leaves_a_process_behind, "")
{
	if (fork() == 0)
		for (;;)
			pause();
	EXPECT_TRUE(true);
}
