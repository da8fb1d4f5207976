/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mbox_test.h: the harness of every test program that runs in the VM.
 *
 * Owns: registration, one forked child per test, timeouts, KTAP, checks that
 * print what they saw.  Takes no locks.  Used by tests/uapi, lib, cli, stress.
 *
 * A program is one or more .c files with TEST()s, linked with mbox_test.c,
 * which has main().  Write
 *
 *	TEST(a_message_keeps_its_boundary, "C8.1 SEND:EMSGSIZE")
 *	{
 *		ASSERT_EQ(write(fd, "abc", 3), 3);
 *		ASSERT_ERRNO(write(fd, big, 99999), EMSGSIZE);
 *	}
 *
 * The name is a sentence with underscores for blanks.  The second argument
 * names the sentences of tests/contract/contract.txt, and the cells
 * VERB:ERRNO of the errno table, that the test proves; it may be "".
 *
 * Each test runs in a child of its own, in its own process group.  A test
 * passes if the child ends with 0, made at least one check, and no check in
 * it, its threads or its children failed.  After TEST's 30 s (TEST_FOR takes
 * another limit; MBOX_TEST_SLOW=4 in the environment gives all limits four
 * times their time) it is killed, and every task it left is shown with the place
 * it sleeps in.  Processes a test leaves behind are killed.  The program's
 * status is 0 only if every test passed or was skipped.
 *
 * EXPECT_* notes a failure and goes on; ASSERT_* ends the calling process.
 * SKIP("reason") ends the test as skipped.  Checks work in threads and in
 * children made by mbt_fork() or CHILD().
 *
 * Arguments: NAME=VALUE, first, is put into the environment; --list prints
 * the tests; words run only the tests whose names contain one of them.
 */
#ifndef MBOX_TEST_H
#define MBOX_TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

struct mbt_case {
	const char *name;
	const char *claims;
	unsigned int seconds;
	void (*fn)(void);
	struct mbt_case *next;
};

void mbt_register(struct mbt_case *c);

#define TEST_FOR(name_, claims_, seconds_)                                 \
	static void test_##name_(void);                                    \
	static struct mbt_case case_##name_ = { #name_, claims_, seconds_, \
						test_##name_, NULL };      \
	__attribute__((constructor)) static void register_##name_(void)    \
	{                                                                  \
		mbt_register(&case_##name_);                               \
	}                                                                  \
	static void test_##name_(void)

#define TEST(name_, claims_) TEST_FOR(name_, claims_, 30)

/* -- Checks ------------------------------------------------------------- */

/* Counts a check; the other functions here do it themselves. */
void mbt_checked(void);

/* Notes a failure of the running test: "# file:line: text". */
void mbt_fail(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Prints "# text" beside the results, as one write. */
void mbt_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the running test as skipped; call it from the test itself. */
void mbt_skip(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

bool mbt_compare(const char *file, int line, const char *what, long long saw,
		 const char *op, const char *expr, long long expected,
		 bool holds);
bool mbt_check_errno(const char *file, int line, const char *what,
		     long long ret, int seen, int expected);
bool mbt_check_ok(const char *file, int line, const char *what, long long ret,
		  int seen);
bool mbt_check_mem(const char *file, int line, const char *what,
		   const void *saw, const void *expected, size_t len);
bool mbt_check_str(const char *file, int line, const char *what,
		   const char *saw, const char *expected);

/* The texts come as arguments: here the macros in a and b are expanded. */
#define MBT_CMP_(a_text, a, op, b_text, b)                                   \
	({                                                                   \
		long long mbt_a_ = (long long)(a);                           \
		long long mbt_b_ = (long long)(b);                           \
		mbt_compare(__FILE__, __LINE__, a_text, mbt_a_, #op, b_text, \
			    mbt_b_, mbt_a_ op mbt_b_);                       \
	})
#define MBT_ERRNO_(text, call, err)                                            \
	({                                                                     \
		long long mbt_r_ = (errno = 0, (long long)(call));             \
		mbt_check_errno(__FILE__, __LINE__, text, mbt_r_, errno, err); \
	})
#define MBT_OK_(text, call)                                            \
	({                                                             \
		long long mbt_r_ = (errno = 0, (long long)(call));     \
		mbt_check_ok(__FILE__, __LINE__, text, mbt_r_, errno); \
	})
#define MBT_OR_EXIT_(check)       \
	do {                      \
		if (!(check))     \
			_exit(1); \
	} while (0)

#define EXPECT_EQ(saw, expected) MBT_CMP_(#saw, saw, ==, #expected, expected)
#define EXPECT_NE(saw, other) MBT_CMP_(#saw, saw, !=, #other, other)
#define EXPECT_LT(saw, limit) MBT_CMP_(#saw, saw, <, #limit, limit)
#define EXPECT_LE(saw, limit) MBT_CMP_(#saw, saw, <=, #limit, limit)
#define EXPECT_GT(saw, limit) MBT_CMP_(#saw, saw, >, #limit, limit)
#define EXPECT_GE(saw, limit) MBT_CMP_(#saw, saw, >=, #limit, limit)
#define EXPECT_TRUE(cond) MBT_CMP_(#cond, !!(cond), ==, "true", true)
#define EXPECT_FALSE(cond) MBT_CMP_(#cond, !!(cond), ==, "false", false)
/* The call returns -1 and errno is err. */
#define EXPECT_ERRNO(call, err) MBT_ERRNO_(#call, call, err)
/* The call returns something that is not negative. */
#define EXPECT_OK(call) MBT_OK_(#call, call)
#define EXPECT_MEM(saw, expected, len) \
	mbt_check_mem(__FILE__, __LINE__, #saw, saw, expected, len)
#define EXPECT_STR(saw, expected) \
	mbt_check_str(__FILE__, __LINE__, #saw, saw, expected)
#define FAIL(...) mbt_fail(__FILE__, __LINE__, __VA_ARGS__)

#define ASSERT_EQ(saw, expected) \
	MBT_OR_EXIT_(MBT_CMP_(#saw, saw, ==, #expected, expected))
#define ASSERT_NE(saw, other) \
	MBT_OR_EXIT_(MBT_CMP_(#saw, saw, !=, #other, other))
#define ASSERT_LT(saw, limit) \
	MBT_OR_EXIT_(MBT_CMP_(#saw, saw, <, #limit, limit))
#define ASSERT_LE(saw, limit) \
	MBT_OR_EXIT_(MBT_CMP_(#saw, saw, <=, #limit, limit))
#define ASSERT_GT(saw, limit) \
	MBT_OR_EXIT_(MBT_CMP_(#saw, saw, >, #limit, limit))
#define ASSERT_GE(saw, limit) \
	MBT_OR_EXIT_(MBT_CMP_(#saw, saw, >=, #limit, limit))
#define ASSERT_TRUE(cond) \
	MBT_OR_EXIT_(MBT_CMP_(#cond, !!(cond), ==, "true", true))
#define ASSERT_FALSE(cond) \
	MBT_OR_EXIT_(MBT_CMP_(#cond, !!(cond), ==, "false", false))
#define ASSERT_ERRNO(call, err) MBT_OR_EXIT_(MBT_ERRNO_(#call, call, err))
#define ASSERT_MEM(saw, expected, len) \
	MBT_OR_EXIT_(EXPECT_MEM(saw, expected, len))
#define ASSERT_STR(saw, expected) MBT_OR_EXIT_(EXPECT_STR(saw, expected))
/* Like EXPECT_OK; its value is the call's. */
#define ASSERT_OK(call)                                                       \
	({                                                                    \
		long long mbt_ok_ = (errno = 0, (long long)(call));           \
		MBT_OR_EXIT_(mbt_check_ok(__FILE__, __LINE__, #call, mbt_ok_, \
					  errno));                            \
		(int)mbt_ok_;                                                 \
	})
#define SKIP(...) mbt_skip(__VA_ARGS__)

/* "EAGAIN" for EAGAIN. */
const char *mbt_errno_name(int err);

/* -- Processes ---------------------------------------------------------- */

/* fork() whose child dies with its parent; fails the test if it cannot. */
pid_t mbt_fork(void);

/* CHILD(pid) { body }: the body runs in a child, which then ends with 0. */
#define CHILD(pid) for ((pid) = mbt_fork(); (pid) == 0; mbt_child_exit())
/* Its child has the same descriptors, not a copy of them. */
#define CHILD_WITH_FILES(pid) \
	for ((pid) = mbt_fork_with_files(); (pid) == 0; mbt_child_exit())
pid_t mbt_fork_with_files(void);
void mbt_child_exit(void) __attribute__((noreturn));

/* waitpid() for at most 20 s; returns the status, or -1 and a failure. */
int mbt_reap(const char *file, int line, pid_t pid);
/* The child ended by itself with 0. */
#define EXPECT_CHILD_OK(pid)                                                \
	MBT_CMP_("wait status of " #pid, mbt_reap(__FILE__, __LINE__, pid), \
		 ==, "0", 0)
#define ASSERT_CHILD_OK(pid) MBT_OR_EXIT_(EXPECT_CHILD_OK(pid))
/* The child was ended by this signal. */
#define EXPECT_CHILD_KILLED(pid, sig)                                       \
	MBT_CMP_("wait status of " #pid, mbt_reap(__FILE__, __LINE__, pid), \
		 ==, #sig, sig)
/* What the last mbt_reap() returned. */
int mbt_last_status(void);

/* Takes this uid and gid (real, effective, saved), no further groups. */
void mbt_become(uid_t uid, gid_t gid);

pid_t mbt_gettid(void);

/*
 * Waits until the task sleeps interruptibly inside the module (a mbx_ frame
 * is on its stack).  Fails and ends the test after 10 s.  Needs root.
 */
#define wait_until_blocked(tid) \
	mbt_wait_sleeping(__FILE__, __LINE__, tid, "mbx_")
/* The same for any place; where is a substring of its stack, "" for any. */
#define wait_until_sleeping(tid, where) \
	mbt_wait_sleeping(__FILE__, __LINE__, tid, where)
void mbt_wait_sleeping(const char *file, int line, pid_t tid,
		       const char *where);
/* True if the task sleeps inside the module now. */
bool mbt_is_blocked(pid_t tid);
/*
 * Times a task that sleeps has gone to sleep of its own will.  Just before it
 * leaves the processor it looks asleep, and has not been counted: so this waits
 * until it has.
 */
long mbt_sleeps(pid_t tid);
/* Shows state, wchan, syscall and stack of a process's threads as notes. */
void mbt_show_tasks(pid_t pid);
/* Calls fn for every process that descends from this one. */
void mbt_each_descendant(void (*fn)(pid_t));

/* Waits until cond holds; fails and ends the test after 10 s, or mbt_slow(). */
#define WAIT_FOR(cond)                                              \
	do {                                                        \
		int64_t end_ = mbt_now() + MBT_PATIENCE;            \
		mbt_checked();                                      \
		while (!(cond)) {                                   \
			if (mbt_now() > end_) {                     \
				FAIL("never came true: %s", #cond); \
				_exit(1);                           \
			}                                           \
			mbt_sleep_ms(2);                            \
		}                                                   \
	} while (0)

/* -- Time --------------------------------------------------------------- */

#define MBT_MS 1000000LL
#define MBT_SECOND 1000000000LL
/* By how much this kernel is slower than others: MBOX_TEST_SLOW, else 1. */
int mbt_slow(void);
/* How long to wait for what must come. */
#define MBT_PATIENCE (mbt_slow() * 10 * MBT_SECOND)
/* ns of CLOCK_MONOTONIC and CLOCK_REALTIME */
int64_t mbt_now(void);
int64_t mbt_now_real(void);
/* An absolute deadline so many ms from now, on either clock. */
uint64_t mbt_in_ms(int ms);
uint64_t mbt_real_in_ms(int ms);
void mbt_sleep_ms(int ms);

/* -- Files -------------------------------------------------------------- */

/* Reads a small file as a string; returns its length or -1. */
ssize_t mbt_read_file(const char *path, char *buf, size_t size);
/* Writes a string to a file that exists; returns 0 or -1 and errno. */
int mbt_write_file(const char *path, const char *text);

/* -- Delay points of the test flavour of the module ---------------------- */

/* True if this module has delay points. */
bool mbt_has_delays(void);
/* The next task that reaches the point stops there. */
void mbt_delay_arm(const char *point);
/* Waits until a task has stopped there; fails the test after 10 s. */
void mbt_delay_wait(const char *point);
/* Lets the stopped task go on, and disarms. */
void mbt_delay_release(const char *point);
/* Tasks that stand there now. */
int mbt_delay_stopped(const char *point);

/* -- Hooks a program may define ------------------------------------------ */

/* Run in the runner before the first test; false ends it as failed. */
bool mbt_before_all(char *why, size_t size) __attribute__((weak));
void mbt_before_each(void) __attribute__((weak));
/* Run after each test's processes are gone; false fails that test. */
bool mbt_after_each(char *why, size_t size) __attribute__((weak));

/* Memory shared by the runner and all tests of the program, zeroed. */
void *mbt_shared(size_t size);

#endif /* MBOX_TEST_H */
